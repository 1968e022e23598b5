"""The strip under the annotated video: live numbers and their last two seconds, with the uncertainty band."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.report._draw import RGB, Canvas, Colour, Inks, dot, put_text, stroke, text_size
from medius.report._format import format_number, format_value
from medius.report.overlay import Reading

__all__ = ["PANEL_HEIGHT", "YUV", "Panel", "to_yuv"]

PANEL_HEIGHT = 80
_SECONDS = 2.0
_PAD = 10
_TEXT = 11
_NUMBER = 15
_GRAPH_TOP = 29
_DEFAULT_RANGE = (-10.0, 10.0)
_MATRIX = np.array(
    [
        [0.182586, 0.614231, 0.062007, 16.0],
        [-0.100644, -0.338572, 0.439216, 128.0],
        [0.439216, -0.398942, -0.040274, 128.0],
    ],
    dtype=np.float32,
)
"""RGB 0 to 255 to YUV, BT.709 limited range (ITU-R BT.709)."""


def to_yuv(rgb: NDArray[np.uint8], out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return a picture in YUV 4:4:4, BT.709, limited range; written into ``out`` where that is given."""
    made = np.asarray(cv2.transform(rgb, _MATRIX, dst=out), dtype=np.uint8)
    if out is not None and made is not out:
        out[:] = made
    return made


def _yuv_of(colour: Colour) -> Colour:
    y, u, v = (int(part) for part in to_yuv(np.array([[colour]], dtype=np.uint8))[0, 0])
    return y, u, v


def _mix(colour: Colour, ground: Colour, share: float) -> Colour:
    a, b, c = (round(share * x + (1 - share) * y) for x, y in zip(colour, ground, strict=True))
    return a, b, c


YUV = Inks(
    left=_yuv_of(RGB.left),
    right=_yuv_of(RGB.right),
    middle=_yuv_of(RGB.middle),
    pelvis=_yuv_of(RGB.pelvis),
    dark=_yuv_of(RGB.dark),
    grid=_yuv_of(RGB.grid),
)
_LABEL_COLOUR = _yuv_of((176, 188, 194))


class Panel:
    """Draws the strip; remembers the last two seconds of each label.

    Parameters
    ----------
    width
        Pixels.
    fps
        Frames drawn a second.
    ranges
        Lower and upper end of the graph by label.
    """

    def __init__(self, width: int, fps: float, ranges: Mapping[str, tuple[float, float]]) -> None:
        self._width = width
        self._length = max(2, round(_SECONDS * fps))
        self._ranges = ranges
        self._past: dict[str, deque[Reading]] = {}

    def draw(self, canvas: Canvas, readings: Sequence[Reading]) -> None:
        """Draw in place; ``canvas`` has `PANEL_HEIGHT` rows. Only the first two readings find room."""
        canvas[:] = YUV.dark
        shown = readings[:2]
        for order, reading in enumerate(shown):
            past = self._past.setdefault(reading.label, deque(maxlen=self._length))
            past.append(reading)
            left = order * self._width // len(shown)
            self._draw_cell(canvas[:, left : (order + 1) * self._width // len(shown)], reading, past)

    def _draw_cell(self, cell: Canvas, reading: Reading, past: Sequence[Reading]) -> None:
        put_text(cell, reading.label, (_PAD, 9), _LABEL_COLOUR, _TEXT)
        text = "–"
        if reading.value is not None and math.isfinite(reading.value):
            text = format_value(reading.value, reading.unit)
            if reading.half_width > 0:
                text += f" ± {format_number(reading.half_width, reading.unit)}"
        width, _ = text_size(text, _NUMBER, bold=True)
        put_text(cell, text, (cell.shape[1] - _PAD - width, 6), YUV.of(reading.side), _NUMBER, bold=True)

        low, high = self._ranges.get(reading.label, _DEFAULT_RANGE)
        bottom, right = PANEL_HEIGHT - 5, cell.shape[1] - _PAD - 4

        def height_of(value: float) -> float:
            share = (min(max(value, low), high) - low) / (high - low)
            return bottom - share * (bottom - _GRAPH_TOP)

        level = height_of(0.0)
        stroke(cell, (_PAD, level), (cell.shape[1] - _PAD, level), YUV.grid, 1)
        step = (right - _PAD) / (self._length - 1)
        start = right - step * (len(past) - 1)
        for run in _runs(past):
            _draw_run(cell, [(start + step * i, past[i]) for i in run], height_of)
        last = past[-1]
        if last.value is not None and math.isfinite(last.value):
            dot(cell, (right, height_of(last.value)), 3, YUV.of(last.side))


def _runs(past: Sequence[Reading]) -> list[list[int]]:
    """Split into stretches of one side without gaps; a stretch starts where the one before it ended."""
    runs: list[list[int]] = []
    for index, reading in enumerate(past):
        if reading.value is None or not math.isfinite(reading.value):
            continue
        if runs and runs[-1][-1] == index - 1:
            if past[index - 1].side == reading.side:
                runs[-1].append(index)
                continue
            runs.append([index - 1, index])
        else:
            runs.append([index])
    return runs


def _draw_run(cell: Canvas, run: Sequence[tuple[float, Reading]], place: Callable[[float], float]) -> None:
    colour = YUV.of(run[-1][1].side)
    values = [(x, r.value or 0.0, r.half_width) for x, r in run]
    upper = [(x, place(v + h)) for x, v, h in values]
    lower = [(x, place(v - h)) for x, v, h in values]
    if len(run) > 1:
        edge = np.round((np.array(upper + lower[::-1]) - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(cell, [edge], _mix(colour, YUV.dark, 0.42), cv2.LINE_AA, 4)
        middle = np.round((np.array([(x, place(v)) for x, v, _ in values]) - 0.5) * 16).astype(np.int32)
        cv2.polylines(cell, [middle], False, colour, 1, cv2.LINE_AA, 4)
