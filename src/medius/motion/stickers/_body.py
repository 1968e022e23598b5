"""Where on the body a spot of the picture lies.

Body coordinates: origin at the middle of the hip key points, unit the length of the trunk (middle of the hips to middle
of the shoulders), x to the picture's right across the trunk, y along the trunk towards the head. The trunk's length and
direction are smoothed over a second; the origin follows the runner frame by frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from medius.errors import InvalidValueError
from medius.motion.stickers._result import Bytes2D, PixelPlanes

__all__ = ["BODY_POINTS", "WORK_TRUNK_PX", "BodyAxes", "Region", "body_axes", "body_columns", "cut_region"]

BODY_POINTS = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")

WORK_TRUNK_PX = 130.0
"""The pelvis is looked at in a picture shrunk so that the trunk has this length: one pixel is about 4 mm."""

_REACH_ACROSS = 0.5
_REACH_DOWN = 0.15
_REACH_UP = 0.55
_SMALLEST_TRUNK_PX = 40.0
_STEEPEST = 1.0  # tangent of the largest angle between trunk and vertical: 45 degrees
_SMOOTHING_S = 1.0

Floats = NDArray[np.float64]


def body_columns(names: Sequence[str]) -> list[int]:
    """Return where `BODY_POINTS` are in `names`.

    Raises
    ------
    InvalidValueError
        If one is missing.
    """
    missing = [name for name in BODY_POINTS if name not in names]
    if missing:
        raise InvalidValueError(f"Stickers are looked for around the hips, but the key points have no {missing[0]}.")
    return [list(names).index(name) for name in BODY_POINTS]


@dataclass(frozen=True, slots=True)
class Region:
    """The pelvis cut out of a frame.

    Attributes
    ----------
    picture
        Luma, U, V at the work scale, uint8, shape (3, height, width).
    left, top
        Corner in the whole picture, pixels, both even.
    step_x, step_y
        Pixels of the whole picture per pixel of `picture`.
    """

    picture: Bytes2D
    left: int
    top: int
    step_x: float
    step_y: float


def cut_region(frame: PixelPlanes, body: Floats) -> Region | None:
    """Cut the surroundings of the pelvis out of `frame`.

    Parameters
    ----------
    frame
        Pixel planes.
    body
        Positions of `BODY_POINTS` in pixels, shape (4, 2).

    Returns
    -------
    Region or None
        None where no upright person is, or the person is too small or outside the picture.
    """
    if not np.isfinite(body).all():
        return None
    hips, shoulders = (body[0] + body[1]) / 2, (body[2] + body[3]) / 2
    across, up = float(shoulders[0] - hips[0]), float(hips[1] - shoulders[1])
    trunk = float(np.hypot(across, up))
    if trunk < _SMALLEST_TRUNK_PX or up * _STEEPEST < abs(across):
        return None
    height, width = frame.luma.shape
    lean = across / trunk
    left = max(0, int(hips[0] - (_REACH_ACROSS - min(0.0, lean) * _REACH_UP) * trunk)) // 2
    right = min(width, int(hips[0] + (_REACH_ACROSS + max(0.0, lean) * _REACH_UP) * trunk)) // 2
    top = max(0, int(hips[1] - _REACH_UP * trunk)) // 2
    bottom = min(height, int(hips[1] + _REACH_DOWN * trunk)) // 2
    if right - left < trunk / 4 or bottom - top < trunk / 8:
        return None
    shrink = trunk / WORK_TRUNK_PX
    whole = max(1, round(shrink))  # the part of the shrinking that goes pixel by pixel, which is fast
    right -= (right - left) % whole
    bottom -= (bottom - top) % whole
    size = (round(2 * (right - left) / shrink), round(2 * (bottom - top) / shrink))
    planes = (
        _resize(frame.luma[2 * top : 2 * bottom, 2 * left : 2 * right], whole, size),
        _resize(frame.chroma_u[top:bottom, left:right], whole // 2 if whole % 2 == 0 else 1, size),
        _resize(frame.chroma_v[top:bottom, left:right], whole // 2 if whole % 2 == 0 else 1, size),
    )
    return Region(np.stack(planes), 2 * left, 2 * top, 2 * (right - left) / size[0], 2 * (bottom - top) / size[1])


def _resize(plane: Bytes2D, whole: int, size: tuple[int, int]) -> Bytes2D:
    """Shrink by averaging blocks of `whole` pixels, then to `size` (width, height) by linear interpolation."""
    if whole > 1:
        blocks = (plane.shape[1] // whole, plane.shape[0] // whole)
        plane = np.asarray(cv2.resize(plane, blocks, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class BodyAxes:
    """Body coordinates of every frame.

    Attributes
    ----------
    origin
        Middle of the hips in pixels, shape (frame, 2); NaN where no person was.
    across, up
        Unit vectors in the picture, shape (frame, 2).
    trunk
        Length of the trunk in pixels, smoothed, shape (frame,).
    hip_width
        Median distance of the hip key points in trunk lengths.
    left_is_left
        Whether the runner's left hip and shoulder lie at the picture's left (as seen from behind).
    """

    origin: Floats
    across: Floats
    up: Floats
    trunk: Floats
    hip_width: float
    left_is_left: bool

    def to_body(self, points: Floats, frames: NDArray[np.intp]) -> Floats:
        """Turn pixels, shape (n, 2), seen in `frames`, shape (n,), into body coordinates."""
        moved = (points - self.origin[frames]) / self.trunk[frames, None]
        return np.stack([(moved * self.across[frames]).sum(axis=1), (moved * self.up[frames]).sum(axis=1)], axis=1)


def body_axes(body: Floats, time: Floats) -> BodyAxes:
    """Return the body coordinates of a clip.

    Parameters
    ----------
    body
        Positions of `BODY_POINTS`, pixels, shape (frame, 4, 2).
    time
        Seconds, shape (frame,).
    """
    seen = np.isfinite(body).all(axis=(1, 2))
    hips, shoulders = body[:, :2].mean(axis=1), body[:, 2:].mean(axis=1)
    trunk_vector = np.full_like(hips, np.nan)
    step = float(np.median(np.diff(time))) if time.size > 1 else 1.0
    window = 2 * round(_SMOOTHING_S / step / 2) + 1
    if seen.any():
        vector = (shoulders - hips)[seen]
        trunk_vector[seen] = median_filter(vector, size=(min(window, 2 * len(vector) - 1), 1), mode="nearest")
    trunk = np.hypot(trunk_vector[:, 0], trunk_vector[:, 1])
    up = trunk_vector / trunk[:, None]
    across = np.stack([-up[:, 1], up[:, 0]], axis=1)
    widths = body[:, 0] - body[:, 1]
    hip_width = np.hypot(widths[:, 0], widths[:, 1]) / trunk
    sides = (widths + body[:, 2] - body[:, 3])[:, 0]
    return BodyAxes(
        origin=hips,
        across=across,
        up=up,
        trunk=trunk,
        hip_width=float(np.median(hip_width[seen])) if seen.any() else float("nan"),
        left_is_left=bool(seen.any() and np.median(sides[seen]) < 0),
    )
