"""Functions of one joint coordinate: how a knee rolls while it bends. Each gives its value and its slope, vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError

__all__ = ["CubicSpline", "Floats", "Function", "Polynomial"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Function(Protocol):
    """A function of one coordinate (radians or metres)."""

    def __call__(self, x: Floats) -> tuple[Floats, Floats]:
        """Return value and derivative at `x`."""
        ...

    def scaled(self, factor: float) -> Function:
        """Return this function times `factor`."""
        ...


@dataclass(frozen=True)
class Polynomial:
    """A polynomial; ``coefficients`` from the highest power down. ``(slope, intercept)`` is a line, ``(c,)`` a constant."""

    coefficients: tuple[float, ...]

    def __call__(self, x: Floats) -> tuple[Floats, Floats]:
        """Return value and derivative at `x`."""
        if len(self.coefficients) == 1:
            return np.full_like(x, self.coefficients[0]), np.zeros_like(x)
        if len(self.coefficients) == 2:
            return self.coefficients[0] * x + self.coefficients[1], np.full_like(x, self.coefficients[0])
        poly = np.asarray(self.coefficients)
        return np.asarray(np.polyval(poly, x)), np.asarray(np.polyval(np.polyder(poly), x), dtype=np.float64)

    def scaled(self, factor: float) -> Polynomial:
        """Return this polynomial times `factor`."""
        return Polynomial(tuple(factor * c for c in self.coefficients))

    @property
    def is_line(self) -> bool:
        """Whether this is a constant or a straight line."""
        return len(self.coefficients) <= 2


@dataclass(frozen=True)
class CubicSpline:
    """A cubic spline with the end conditions of Forsythe, Malcolm & Moler 1977, straight beyond its ends.

    OpenSim's ``SimmSpline`` and ``NaturalCubicSpline`` of the musculoskeletal models are this spline: the third
    derivative at each end is that of the cubic through the four outermost points.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y) or len(self.x) < 2 or (np.diff(self.x) <= 0).any():
            raise InvalidValueError("A spline needs two or more points with rising x.")

    @cached_property
    def _coefficients(self) -> tuple[Floats, Floats, Floats]:
        return _fmm_coefficients(np.asarray(self.x), np.asarray(self.y))

    def __call__(self, x: Floats) -> tuple[Floats, Floats]:
        """Return value and derivative at `x`."""
        knots, values = np.asarray(self.x), np.asarray(self.y)
        b, c, d = self._coefficients
        index = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
        inside = np.clip(x, knots[0], knots[-1])
        t = inside - knots[index]
        slope = b[index] + t * (2.0 * c[index] + t * 3.0 * d[index])
        value = values[index] + t * (b[index] + t * (c[index] + t * d[index]))
        return value + slope * (x - inside), slope

    def scaled(self, factor: float) -> CubicSpline:
        """Return this spline times `factor`."""
        return CubicSpline(self.x, tuple(factor * v for v in self.y))


def _fmm_coefficients(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Coefficients b, c, d of each piece ``y + b t + c t² + d t³`` (the last entry belongs to the right end)."""
    n = len(x)
    h = np.diff(x)
    slope = np.diff(y) / h
    if n < 3:
        zero = np.zeros(2)
        return np.repeat(slope, 2), zero, zero
    system = np.zeros((n, n))
    right = np.zeros(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2.0 * (h[i - 1] + h[i]), h[i]
        right[i] = slope[i] - slope[i - 1]
    system[0, :2] = -h[0], h[0]
    system[-1, -2:] = h[-1], -h[-1]
    if n > 3:
        second = right[1:-1] / (x[2:] - x[:-2])
        right[0] = (second[1] - second[0]) / (x[3] - x[0]) * h[0] ** 2
        right[-1] = -(second[-1] - second[-2]) / (x[-1] - x[-4]) * h[-1] ** 2
    c = np.linalg.solve(system, right)
    b = slope - h * (c[1:] + 2.0 * c[:-1])
    d = np.diff(c) / h
    last = slope[-1] + h[-1] * (c[-2] + 2.0 * c[-1])
    return np.append(b, last), np.asarray(3.0 * c, dtype=np.float64), np.append(d, d[-1])


def line(slope: float = 1.0, intercept: float = 0.0) -> Polynomial:
    """Return the straight line ``slope · x + intercept``."""
    return Polynomial((slope, intercept))


def constant(value: float) -> Polynomial:
    """Return the constant `value`."""
    return Polynomial((value,))


def spline(x: Sequence[float], y: Sequence[float]) -> CubicSpline:
    """Return the spline through the points."""
    return CubicSpline(tuple(map(float, x)), tuple(map(float, y)))
