"""Open a file as video, and nothing else, and find out what it holds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from medius.motion.video._child._planes import Orientation, orientation_of
from medius.motion.video._child._talk import Refusal, Talk
from medius.motion.video._child._timing import Rates, measure_rates, slow_motion_of

__all__ = ["Opened", "open_container", "open_video"]

_CONTAINERS = ("mov", "mp4", "matroska", "webm", "avi", "mpegts")
"""The only demuxers allowed: none of them opens another file or address, as playlists and lists of files do."""
_STILL_BRANDS = ("heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis")
_MAX_SIDE = 8192
_SAMPLED_PACKETS = 1500
_THREADS = 2
_MATRICES = {1: "bt709", 5: "bt601", 6: "bt601", 7: "bt601", 9: "bt2020", 10: "bt2020"}
"""Matrix coefficients by number of ITU-T H.273 (7, SMPTE 240M, is close to BT.601's successor and counted there)."""


@dataclass(slots=True)
class Opened:
    """What opening found: `info` in the words of `VideoInfo`, and what decoding needs besides."""

    info: dict[str, Any]
    orientation: Orientation
    stored_size: tuple[int, int]
    origin_s: float | None
    step_s: float
    notes: list[str] = field(default_factory=list)


def open_container(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open `path` and choose its video stream.

    Raises
    ------
    Refusal
        If it is no video; the text says what it is as far as that is known.
    """
    try:
        container = av.open(
            f"file:{path}",
            metadata_errors="replace",
            options={"protocol_whitelist": "file", "format_whitelist": ",".join(_CONTAINERS)},
        )
    except av.error.FFmpegError as error:
        raise Refusal(_why_not(path, error)) from error
    if container.metadata.get("major_brand", "").strip() in _STILL_BRANDS:
        raise Refusal("is a photograph, not a video. Film the run and give the video file.")
    streams = [s for s in container.streams.video if not (s.disposition & av.stream.Disposition.attached_pic)]
    if not streams:
        kind = "holds only sound" if container.streams.audio else "holds no video"
        raise Refusal(f"{kind}. Give the video file that the camera recorded.")
    stream = max(streams, key=lambda s: (bool(s.disposition & av.stream.Disposition.default), s.width * s.height))
    if cast("VideoCodecContext | None", stream.codec_context) is None:
        raise Refusal("uses a video format that cannot be decoded here. Convert it to MP4 with H.264 or HEVC.")
    stream.codec_context.thread_type = "AUTO"
    stream.codec_context.thread_count = _THREADS
    return container, stream


def _why_not(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        head = file.read(64)
    if head[4:8] == b"ftyp" or head[4:8] in (b"mdat", b"wide", b"free", b"moov"):
        return (
            "is a video whose index is missing or damaged: the recording was cut off or the copy is not complete. "
            "Copy it again from the phone, or film again."
        )
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")) or head[8:12] == b"WEBP":
        return "is a picture, not a video. Film the run and give the video file."
    if head.startswith((b"#EXTM3U", b"ffconcat", b"<?xml")):
        return "is a list of other files, not a video. Give the video file itself."
    return "is not a video that Medius reads. It reads MP4, MOV, MKV, WebM, AVI and MPEG-TS."


def open_video(path: Path, slow_motion: float | None, talk: Talk) -> Opened:
    """Open `path`, decode its first frame and look at its time stamps."""
    notes: list[str] = []
    container, stream = open_container(path)
    with container:
        rates = _rates(container, stream)
    container, stream = open_container(path)
    with container:
        frame = first_frame(container, stream, talk)
        fps_file = rates.fps_median if rates else float(stream.average_rate or stream.guessed_rate or 0) or 30.0
        factor, note = (slow_motion, None) if slow_motion else slow_motion_of(_metadata(container, stream), fps_file)
        if note:
            notes.append(note)
        if frame.interlaced_frame:
            notes.append(
                "The film is interlaced: each picture joins two moments. Film with a phone for exact measures."
            )
        orientation = orientation_of(frame)
        stored = _square_pixels(frame.width, frame.height, stream.sample_aspect_ratio)
        width, height = orientation.size(*stored)
        if not (2 <= width <= _MAX_SIDE and 2 <= height <= _MAX_SIDE):
            raise Refusal(f"has frames of {width} × {height} pixels; Medius takes up to {_MAX_SIDE} a side.")
        full_range = frame.color_range == 2 or frame.format.name.startswith("yuvj")
        tick = float(stream.time_base) if stream.time_base else 0.0
        duration = _duration(container, stream)
        return Opened(
            info={
                "container": container.format.name,
                "codec": stream.codec_context.codec.canonical_name,
                "pixel_format": frame.format.name,
                "width": width,
                "height": height,
                "rotation_deg": orientation.rotation_deg,
                "mirrored": orientation.mirrored,
                "n_frames": stream.frames or (round(duration * fps_file) if duration else None),
                "duration_s": duration / factor if duration else None,
                "fps_nominal": float(stream.average_rate or stream.guessed_rate or fps_file),
                "fps_median": fps_file * factor,
                "variable_frame_rate": bool(rates and rates.variable),
                "slow_motion_factor": factor,
                "has_audio": bool(container.streams.audio),
                "bit_depth": frame.format.components[0].bits,
                "color": {
                    "matrix": _matrix(int(frame.colorspace), frame.width, frame.height),
                    "full_range": full_range,
                    "transfer": int(stream.codec_context.color_trc),
                },
            },
            orientation=orientation,
            stored_size=stored,
            origin_s=frame.pts * tick if frame.pts is not None else None,
            step_s=1.0 / fps_file,
            notes=notes,
        )


def first_frame(container: InputContainer, stream: VideoStream, talk: Talk) -> VideoFrame:
    """Decode until there is a frame; raise `Refusal` if there is none."""
    try:
        for packet in container.demux(stream):
            talk.alive()
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in frames:
                if not frame.is_corrupt:
                    return frame
    except av.error.FFmpegError as error:
        raise Refusal("is damaged: not one frame can be decoded. Copy it again, or film again.") from error
    raise Refusal("holds no frame that can be decoded. Copy it again from the phone, or film again.")


def _rates(container: InputContainer, stream: VideoStream) -> Rates | None:
    tick = float(stream.time_base or 0)
    stamps: list[tuple[int | None, int | None]] = []
    with suppress(av.error.FFmpegError):
        stamps.extend(
            (packet.pts, packet.dts)
            for packet in islice(container.demux(stream), _SAMPLED_PACKETS)
            if packet.size and not packet.is_discard
        )
    shown = [pts for pts, _ in stamps if pts is not None]
    if len(shown) < len(stamps):  # AVI knows only when to decode, not when to show
        shown = [dts for _, dts in stamps if dts is not None]
    return measure_rates(np.array(shown) * tick, tick)


def _metadata(container: InputContainer, stream: VideoStream) -> dict[str, str]:
    return {**container.metadata, **stream.metadata}


def _square_pixels(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    if aspect and 0.1 < aspect < 10 and aspect != 1:
        return 2 * round(width * float(aspect) / 2), height
    return width, height


def _duration(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def _matrix(colorspace: int, width: int, height: int) -> str:
    return _MATRICES.get(colorspace, "bt709" if width >= 1280 or height > 576 else "bt601")
