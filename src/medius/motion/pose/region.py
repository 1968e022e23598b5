"""The region of interest that a pose network looks at, and how it moves from frame to frame.

The rules are those of MediaPipe's pose pipeline (Apache-2.0): a square, turned with the body, found from two auxiliary
points (middle of the hips, and a point on the circle around the whole body), enlarged by a quarter, the two points
smoothed by a One-Euro filter (Casiez 2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["AuxiliarySmoother", "Region", "region_from_points"]

_ENLARGE = 1.25


@dataclass(frozen=True, slots=True)
class Region:
    """A turned square in the picture.

    Attributes
    ----------
    x, y
        Centre in pixels.
    size
        Side in pixels.
    rotation
        Radians, clockwise in the picture; 0 where the body stands upright.
    """

    x: float
    y: float
    size: float
    rotation: float

    def to_picture(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points of the unit square (0 to 1, y down) to picture pixels; shape (..., 2)."""
        c, s = math.cos(self.rotation) * self.size, math.sin(self.rotation) * self.size
        u, v = unit[..., 0] - 0.5, unit[..., 1] - 0.5
        return np.stack([self.x + c * u - s * v, self.y + s * u + c * v], axis=-1)


def region_from_points(center: NDArray[np.float64], circle: NDArray[np.float64]) -> Region:
    """Return the region for the two auxiliary points, in pixels."""
    dx, dy = float(circle[0] - center[0]), float(circle[1] - center[1])
    rotation = math.pi / 2 - math.atan2(-dy, dx)
    rotation -= 2 * math.pi * math.floor((rotation + math.pi) / (2 * math.pi))
    return Region(float(center[0]), float(center[1]), max(2 * math.hypot(dx, dy) * _ENLARGE, 16.0), rotation)


class AuxiliarySmoother:
    """One-Euro filter of the two auxiliary points, in units of the body's size."""

    _MIN_CUTOFF, _BETA, _DERIVATIVE_CUTOFF = 0.01, 10.0, 1.0

    def __init__(self) -> None:
        self._time = -math.inf
        self._value = np.zeros((2, 2))
        self._rate = np.zeros((2, 2))

    def __call__(self, points: NDArray[np.float64], time_s: float, size: float) -> NDArray[np.float64]:
        """Return smoothed `points` (2, 2) in pixels; `size` is the side of the body's square in pixels."""
        if not math.isfinite(self._time) or time_s <= self._time:
            self._value, self._rate = points.copy(), np.zeros((2, 2))
        else:
            step = time_s - self._time
            rate = (points - self._value) / (size * step)
            self._rate += _alpha(self._DERIVATIVE_CUTOFF, step) * (rate - self._rate)
            cutoff = self._MIN_CUTOFF + self._BETA * np.abs(self._rate)
            tau = 1.0 / (2 * math.pi * cutoff)
            self._value = self._value + (points - self._value) / (1.0 + tau / step)
        self._time = time_s
        return self._value


def _alpha(cutoff: float, step: float) -> float:
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff * step))
