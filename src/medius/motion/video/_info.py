"""What is known of a video before its pictures are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["ColorInfo", "Matrix", "VideoInfo"]

Matrix = Literal["bt601", "bt709", "bt2020"]


@dataclass(frozen=True, slots=True)
class ColorInfo:
    """How brightness and colour of a video turn into red, green and blue.

    Attributes
    ----------
    matrix
        Luma coefficients: ITU-R BT.601, BT.709 or BT.2020. A file that does not say counts as BT.709 from 1280 columns
        or 577 rows on (as stored), else as BT.601, which is what players assume.
    full_range
        True if luma runs from 0 to 255, False if from 16 to 235.
    transfer
        Transfer characteristic as FFmpeg numbers it (ITU-T H.273); 16 (PQ) and 18 (HLG) are high dynamic range, whose
        colours come out paler than on a phone: they are not tone-mapped.
    """

    matrix: Matrix = "bt709"
    full_range: bool = False
    transfer: int = 2

    @property
    def high_dynamic_range(self) -> bool:
        """Whether the transfer characteristic is PQ or HLG."""
        return self.transfer in (16, 18)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file says of itself, checked against its first frame and its time stamps.

    Attributes
    ----------
    path
        The file.
    sha256
        SHA-256 of the file, hexadecimal.
    container, codec, pixel_format
        As FFmpeg names them, for example ``mov,mp4``, ``hevc``, ``yuv420p10le``.
    width, height
        Size as displayed, in pixels: after rotation, and with square pixels.
    rotation_deg
        Clockwise turn that was applied, 0, 90, 180 or 270.
    mirrored
        True if the file asks for a left-right mirrored picture (after the turn); it was applied too.
    n_frames
        Number of frames, as the file declares or as duration and rate suggest; None where unknown.
    duration_s
        Length in seconds of real time; None where unknown.
    fps_nominal
        Frame rate at which the file plays, in 1/s.
    fps_median
        One over the usual time between frames in real time (slow motion divided out), in 1/s: the rate of the camera.
    variable_frame_rate
        True if the time between frames changes by more than the resolution of the time stamps explains.
    slow_motion_factor
        How many times slower the file plays than it was filmed; times are divided by it. From the caller or the
        metadata of the file, else 1.
    has_audio
        Whether there is a sound track.
    bit_depth
        Bits of a luma sample in the file; frames are handed out with 8.
    color
        See `ColorInfo`.
    """

    path: Path
    sha256: str
    container: str
    codec: str
    pixel_format: str
    width: int
    height: int
    rotation_deg: int
    mirrored: bool
    n_frames: int | None
    duration_s: float | None
    fps_nominal: float
    fps_median: float
    variable_frame_rate: bool
    slow_motion_factor: float
    has_audio: bool
    bit_depth: int
    color: ColorInfo
