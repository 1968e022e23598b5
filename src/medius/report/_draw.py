"""Anti-aliased strokes and lettering that stay readable on light and dark pictures.

A canvas is an array (height, width, 3) of bytes in any colour space; an `Inks` holds the colours in that same space,
so video is drawn on without ever leaving YUV. Coordinates follow `medius.motion`: the centre of the first pixel is
(0.5, 0.5).
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

__all__ = [
    "RGB",
    "SKELETON",
    "Canvas",
    "Colour",
    "Inks",
    "Point",
    "draw_pelvis_line",
    "draw_person",
    "put_chip",
    "stroke",
]

Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of a drawing. Blue and orange of Okabe and Ito stay apart for every common colour blindness."""

    left: Colour
    right: Colour
    middle: Colour
    pelvis: Colour
    dark: Colour
    grid: Colour

    def of(self, side: str | None) -> Colour:
        """Return the colour of a side, or of what has none."""
        return {"left": self.left, "right": self.right}.get(side or "", self.middle)


RGB = Inks(
    left=(86, 180, 233),
    right=(240, 160, 40),
    middle=(225, 228, 230),
    pelvis=(255, 255, 255),
    dark=(18, 24, 28),
    grid=(70, 82, 90),
)

_LIMBS = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("shoulder", "hip"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)
SKELETON: tuple[tuple[str, str], ...] = (
    ("left_shoulder", "right_shoulder"),
    *((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in _LIMBS),
)
"""Lines of a runner between key points, as pairs of names. Hips are not joined: their line is not the pelvis."""

_SHIFT = 4


def _fixed(point: Point) -> tuple[int, int]:
    scale = 1 << _SHIFT
    return round((point[0] - 0.5) * scale), round((point[1] - 0.5) * scale)


def is_seen(point: Point | None) -> bool:
    """Whether a point has finite coordinates."""
    return point is not None and math.isfinite(point[0]) and math.isfinite(point[1])


def stroke(canvas: Canvas, start: Point, end: Point, colour: Colour, width: int) -> None:
    """Draw an anti-aliased line in place."""
    cv2.line(canvas, _fixed(start), _fixed(end), colour, width, cv2.LINE_AA, _SHIFT)


def dot(canvas: Canvas, centre: Point, radius: float, colour: Colour) -> None:
    """Draw a filled, anti-aliased disc in place."""
    cv2.circle(canvas, _fixed(centre), round(radius * (1 << _SHIFT)), colour, -1, cv2.LINE_AA, _SHIFT)


def _side_of(name: str) -> str | None:
    return next((side for side in ("left", "right") if name.startswith(side)), None)


def draw_person(
    canvas: Canvas,
    points: Mapping[str, Point],
    lines: Sequence[tuple[str, str]],
    inks: Inks,
    width: int,
) -> None:
    """Draw lines and joints in place; the far outline first, so that crossing limbs stay apart."""
    seen = {name: point for name, point in points.items() if is_seen(point)}
    drawn = [(a, b) for a, b in lines if a in seen and b in seen]
    for a, b in drawn:
        stroke(canvas, seen[a], seen[b], inks.dark, width + max(2, width // 2 * 2))
    for a, b in drawn:
        colour = inks.of(_side_of(a) if _side_of(a) == _side_of(b) else None)
        stroke(canvas, seen[a], seen[b], colour, width)
    for name in dict.fromkeys(name for line in drawn for name in line):
        dot(canvas, seen[name], width * 1.15 + 1, inks.dark)
        dot(canvas, seen[name], width * 1.15, inks.of(_side_of(name)))
        dot(canvas, seen[name], width * 0.5, inks.pelvis)


def draw_pelvis_line(
    canvas: Canvas, left: Point, right: Point, inks: Inks, width: int, *, reach: float = 0.35, level: bool = True
) -> None:
    """Draw the line through two stickers in place, past both ends, with a dashed level line to compare it with.

    Parameters
    ----------
    reach
        How far the line goes past each sticker, as a share of their distance.
    level
        Draw the dashed level line too.
    """
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    start, end = a + (a - b) * reach, b + (b - a) * reach
    if level:
        half, middle = float(np.hypot(*(end - start))) * 0.75, (a + b) / 2
        dash = max(4.0, width * 3.0)
        for x in np.arange(-half, half, 2 * dash):
            ends = [(float(middle[0] + min(t, half)), float(middle[1])) for t in (x, x + dash)]
            stroke(canvas, ends[0], ends[1], inks.dark, width)
            stroke(canvas, ends[0], ends[1], inks.middle, max(1, width // 2))
    stroke(canvas, tuple(start), tuple(end), inks.dark, width + max(2, width // 2 * 2))
    stroke(canvas, tuple(start), tuple(end), inks.pelvis, width)
    for point, colour in ((left, inks.left), (right, inks.right)):
        dot(canvas, point, width * 1.9, inks.dark)
        dot(canvas, point, width * 1.5, colour)


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """Return the folder of the DejaVu fonts that come with matplotlib (found without importing it)."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:  # pragma: no cover - a dependency
        raise FileNotFoundError("matplotlib")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


@lru_cache(maxsize=1024)
def _mask(text: str, size: int, bold: bool) -> NDArray[np.float32]:
    file = font_folder() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    font = ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
    ascent, descent = font.getmetrics()
    picture = Image.new("L", (max(1, math.ceil(font.getlength(text))), ascent + descent))
    ImageDraw.Draw(picture).text((0, 0), text, fill=255, font=font)
    mask: NDArray[np.float32] = np.asarray(picture, dtype=np.float32)[..., None] / np.float32(255)
    mask.flags.writeable = False
    return mask


def text_size(text: str, size: int, *, bold: bool = False) -> tuple[int, int]:
    """Return width and height of lettering in pixels."""
    height, width, _ = _mask(text, size, bold).shape
    return width, height


def put_text(canvas: Canvas, text: str, at: tuple[int, int], colour: Colour, size: int, *, bold: bool = False) -> None:
    """Write in place, ``at`` being the top left corner; what falls outside the canvas is cut off."""
    mask = _mask(text, size, bold)
    x, y = at
    left, top = max(0, -x), max(0, -y)
    mask = mask[top : max(top, canvas.shape[0] - y), left : max(left, canvas.shape[1] - x)]
    if mask.size == 0:
        return
    area = canvas[y + top : y + top + mask.shape[0], x + left : x + left + mask.shape[1]]
    area[:] = (area * (1 - mask) + np.asarray(colour, dtype=np.float32) * mask + 0.5).astype(np.uint8)


def put_chip(canvas: Canvas, text: str, centre: Point, colour: Colour, inks: Inks, size: int) -> None:
    """Write on a dark rounded plate, in place, kept inside the canvas."""
    width, height = text_size(text, size, bold=True)
    pad = max(2, size // 4)
    full_width, full_height = width + 4 * pad, height + pad
    x = int(min(max(centre[0] - full_width / 2, 4), max(4, canvas.shape[1] - full_width - 4)))
    y = int(min(max(centre[1] - full_height / 2, 4), max(4, canvas.shape[0] - full_height - 4)))
    radius = full_height / 2
    ends = (x + radius, y + radius), (x + full_width - radius, y + radius)
    cv2.line(canvas, _fixed(ends[0]), _fixed(ends[1]), inks.dark, full_height, cv2.LINE_AA, _SHIFT)
    put_text(canvas, text, (x + 2 * pad, y + pad // 2), colour, size, bold=True)
