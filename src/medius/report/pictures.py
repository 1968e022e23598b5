"""Key frames: a moment of the clip with joints and pelvis line drawn on the runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError
from medius.record import Side
from medius.report._draw import RGB, SKELETON, Point, draw_pelvis_line, draw_person, is_seen, put_chip

__all__ = ["SKELETON", "Label", "draw_key_frame"]

_ASPECT = 2 / 3
_MARGIN = 0.06
_HEAD = 0.22
_PAPER = (233, 237, 238)


@dataclass(frozen=True, slots=True)
class Label:
    """Lettering on a picture.

    Attributes
    ----------
    text
        Short: ``R``, ``8.0°``.
    at
        Name of a key point, or pixels (x, y) in the picture that was handed in.
    side
        Colours the text.
    offset
        Where the label sits from ``at``, in heights of the finished picture (x right, y down).
    """

    text: str
    at: str | Point
    side: Side | None = None
    offset: Point = (0.0, 0.0)


def draw_key_frame(
    rgb: NDArray[np.uint8],
    points: Mapping[str, Point],
    *,
    stickers: Mapping[Side, Point] | None = None,
    lines: Sequence[tuple[str, str]] = SKELETON,
    labels: Sequence[Label] = (),
    height: int = 720,
    crop: bool = True,
) -> NDArray[np.uint8]:
    """Return a picture with the runner's joints and pelvis line drawn on it.

    Nothing is measured here: the pelvis line is drawn through the stickers, never through hip key points, and numbers
    are written only where a `Label` brings them.

    Parameters
    ----------
    rgb
        Picture, uint8, shape (height, width, 3). It is not changed.
    points
        Key points by name, pixels (x right, y down, centre of the first pixel at 0.5, 0.5). Names that begin with
        ``left`` and ``right`` get their side's colour. Points that are NaN, or not named, are left out.
    stickers
        The pelvis stickers, or None; both are needed for the line.
    lines
        Pairs of names to join.
    labels
        Lettering.
    height
        Height of the finished picture in pixels.
    crop
        Cut out the runner (2 : 3, with a margin) instead of showing the whole picture.

    Returns
    -------
    NDArray[np.uint8]
        RGB, shape (height, width, 3).

    Raises
    ------
    InvalidValueError
        If ``rgb`` is not an RGB picture.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise InvalidValueError(f"A key frame needs RGB bytes, got {rgb.dtype} of shape {rgb.shape}.")
    seen = {name: (float(p[0]), float(p[1])) for name, p in points.items() if is_seen(p)}
    used = [seen[name] for line in lines for name in line if name in seen]
    box = _box_around(used, rgb.shape[:2]) if crop and used else (0.0, 0.0, float(rgb.shape[1]), float(rgb.shape[0]))
    canvas, scale = _cut(rgb, box, height)

    def move(point: Point) -> Point:
        return (point[0] - box[0]) * scale, (point[1] - box[1]) * scale

    width = max(2, round(height / 200))
    placed = {name: move(point) for name, point in seen.items()}
    draw_person(canvas, placed, lines, RGB, width)
    if stickers and all(is_seen(stickers.get(side)) for side in ("left", "right")):
        draw_pelvis_line(canvas, move(stickers["left"]), move(stickers["right"]), RGB, width)
    for label in labels:
        anchor = placed.get(label.at) if isinstance(label.at, str) else move(label.at)
        if anchor is not None and is_seen(anchor):
            spot = anchor[0] + label.offset[0] * height, anchor[1] + label.offset[1] * height
            put_chip(
                canvas, label.text, spot, RGB.pelvis if label.side is None else RGB.of(label.side), RGB, height // 32
            )
    return canvas


def _box_around(points: Sequence[Point], shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    """Return (x0, y0, x1, y1) around the points, always 2 : 3; wider than the picture only for a very tall body."""
    xy = np.asarray(points)
    low, high = xy.min(axis=0), xy.max(axis=0)
    # The head lies above the highest joint, by about a fifth of the height of the joints.
    low = low - (0.0, _HEAD * (high[1] - low[1]))
    body = max(float(high[1] - low[1]), float(high[0] - low[0]) / _ASPECT)
    rows, columns = float(shape[0]), float(shape[1])
    joints = float(high[1] - low[1]) / (1 + _HEAD) * 1.04
    tall = min(max(min(body * (1 + 2 * _MARGIN), columns / _ASPECT), joints), rows)
    wide = tall * _ASPECT
    middle = float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2
    x0 = min(max(middle[0] - wide / 2, 0.0), columns - wide) if wide <= columns else (columns - wide) / 2
    # Where a large body does not fit whole, the feet stay and the head goes.
    y0 = min(max(middle[1] - tall / 2, float(high[1]) + 0.03 * tall - tall, 0.0), rows - tall)
    return x0, y0, x0 + wide, y0 + tall


def _cut(
    rgb: NDArray[np.uint8], box: tuple[float, float, float, float], height: int
) -> tuple[NDArray[np.uint8], float]:
    """Return the box enlarged or shrunk to `height`, and pixels out per pixel in."""
    x0, y0, x1, y1 = box
    scale = height / (y1 - y0)
    size = max(1, round((x1 - x0) * scale)), height
    left, top = max(0, int(x0)), max(0, int(y0))
    part: NDArray[Any] = rgb[top : int(np.ceil(y1)), left : max(left + 1, int(np.ceil(x1)))]
    if scale < 0.8:
        part = cv2.GaussianBlur(part, (0, 0), 0.4 / scale)
    # Continuous coordinates: out = (in - x0) * scale, pixel centres at +0.5 in both pictures.
    matrix = np.array(
        [
            [scale, 0.0, (left + 0.5 - x0) * scale - 0.5],
            [0.0, scale, (top + 0.5 - y0) * scale - 0.5],
        ]
    )
    flags = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
    out = cv2.warpAffine(part, matrix, size, flags=flags, borderValue=_PAPER)
    return np.ascontiguousarray(out, dtype=np.uint8), scale
