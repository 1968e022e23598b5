"""What the sticker finder takes and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["Bytes2D", "PixelPlanes", "Placement", "StickerResult"]

Bytes2D = NDArray[np.uint8]

Placement = Literal["wide", "narrow"]
"""``wide``: on the iliac crests or near them; ``narrow``: over the PSIS (judged against the hip key points)."""


class PixelPlanes(Protocol):
    """One picture in 8-bit YUV 4:2:0, as a video decoder gives it.

    ``luma`` has shape (height, width); ``chroma_u`` and ``chroma_v`` have half of both, rounded up.
    """

    @property
    def luma(self) -> Bytes2D:
        """Brightness, shape (height, width)."""
        ...

    @property
    def chroma_u(self) -> Bytes2D:
        """Blue difference, shape (height / 2, width / 2)."""
        ...

    @property
    def chroma_v(self) -> Bytes2D:
        """Red difference, shape (height / 2, width / 2)."""
        ...

    @property
    def index(self) -> int:
        """Number of the frame in the clip, from 0."""
        ...

    @property
    def time_s(self) -> float:
        """Seconds from the first frame."""
        ...


@dataclass(frozen=True)
class StickerResult:
    """What became of the search for two stickers.

    Attributes
    ----------
    found
        Whether two stickers were found. Without them there is no pelvic drop to report.
    reason
        A sentence for the runner: why none were found. Empty when found.
    motion
        A Motion in pixels with the key points ``left_sticker`` and ``right_sticker`` (the runner's own sides), one
        time per frame that was added; None when not found. Confidence: above 0.5 seen, 0.3 interpolated
        over a short hiding, 0 (position NaN) absent.
    placement
        ``wide`` or ``narrow``, None when not found.
    distance_px
        Median distance between the two centres in pixels.
    diameter_px
        Median diameter of the stickers in pixels.
    centre_sd_px
        Random error (standard deviation) of one centre in one frame, per axis, in pixels, estimated from how much the
        distance between the stickers jitters. It does not include movement of the skin over the bone.
    angle_sd_deg
        The random error of the sticker line's angle in one frame that follows from it, in degrees.
    seen_share
        Share of the frames with a person in which both stickers were seen (not interpolated).
    colour_yuv
        Median colour of the stickers, each 0 to 255; None when not found.
    """

    found: bool
    reason: str = ""
    motion: xr.Dataset | None = None
    placement: Placement | None = None
    distance_px: float = float("nan")
    diameter_px: float = float("nan")
    centre_sd_px: float = float("nan")
    angle_sd_deg: float = float("nan")
    seen_share: float = 0.0
    colour_yuv: tuple[float, float, float] | None = None
