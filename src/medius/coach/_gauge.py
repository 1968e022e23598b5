"""Measure what a definition asks for on the key points of one picture."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping

from medius.coach._points import Points
from medius.errors import InvalidValueError
from medius.exercises import Condition, Exercise, Measured, Signal
from medius.record import Side

__all__ = ["Gauge", "Lengths", "counting_signals", "failing", "gauge", "length_of"]

Lengths = Mapping[tuple[str, str], float]
"""Lengths (pixels) between the two points named, as they were in the start position."""

Gauge = Callable[[Points, Lengths], float | None]
"""Give the measure in its own unit, or None where a point is not seen."""

Place = Callable[[Points], complex | None]


def counting_signals(item: Exercise) -> tuple[Signal, ...]:
    """Return the signals that repetitions of `item` are counted by: those with a range.

    Raises
    ------
    InvalidValueError
        If the definition has none.
    """
    found = tuple(s for s in (item.coach.signals if item.coach else ()) if s.range is not None)
    if not found:
        raise InvalidValueError(f"The coach cannot count '{item.name}'.")
    return found


def gauge(measured: Measured, side: Side) -> Gauge:
    """Make the function that takes `measured` on key points, `side` being the working side."""
    places = [_place(name, side) for name in measured.points]
    if measured.kind == "joint_angle":
        return _joint(places)
    if measured.kind == "line_angle":
        return _line(places)
    if measured.kind == "lean":
        return _lean(places, _place("work_hip", side), _place("other_hip", side))
    over = measured.over
    if over is None:
        raise ValueError(f"{measured.points} needs a length to be measured over")
    ends = (_place(over[0], side), _place(over[1], side))
    along = None if measured.along is None else [_place(name, side) for name in measured.along]
    return _length(places, ends, over, height=measured.kind == "height", along=along)


def length_of(over: tuple[str, str], side: Side) -> Callable[[Points], float | None]:
    """Make the function that gives the distance (pixels) between the two points of `over`."""
    first, second = (_place(name, side) for name in over)

    def take(points: Points) -> float | None:
        a, b = first(points), second(points)
        return None if a is None or b is None else abs(a - b)

    return take


def failing(conditions: list[tuple[Condition, Gauge]], points: Points, lengths: Lengths) -> Condition | None:
    """Return the first condition that does not hold, or whose points are not seen; None if all hold."""
    for condition, take in conditions:
        value = take(points, lengths)
        if value is None or not condition.low <= value <= condition.high:
            return condition
    return None


def _joint(places: list[Place]) -> Gauge:
    def take(points: Points, _: Lengths) -> float | None:
        a, b, c = (place(points) for place in places)
        if a is None or b is None or c is None or a == b or b == c:
            return None
        return abs(math.degrees(cmath.phase((a - b) / (c - b))))

    return take


def _line(places: list[Place]) -> Gauge:
    def take(points: Points, _: Lengths) -> float | None:
        a, b = (place(points) for place in places)
        if a is None or b is None or a == b:
            return None
        return math.degrees(math.atan2((b - a).imag, abs((b - a).real)))

    return take


def _lean(places: list[Place], work: Place, other: Place) -> Gauge:
    def take(points: Points, _: Lengths) -> float | None:
        a, b, here, there = places[0](points), places[1](points), work(points), other(points)
        if a is None or b is None or here is None or there is None or a == b:
            return None
        towards = 1.0 if here.real >= there.real else -1.0
        return towards * math.degrees(math.atan2((b - a).real, (b - a).imag))

    return take


def _length(
    places: list[Place], ends: tuple[Place, Place], over: tuple[str, str], *, height: bool, along: list[Place] | None
) -> Gauge:
    def take(points: Points, lengths: Lengths) -> float | None:
        a, b = (place(points) for place in places)
        if a is None or b is None:
            return None
        whole = lengths.get(over)
        if whole is None:
            first, second = ends[0](points), ends[1](points)
            whole = 0.0 if first is None or second is None else abs(first - second)
        if whole <= 0:
            return None
        if not height:
            return abs(b - a) / whole
        up = 1j
        if along is not None:
            top, bottom = along[0](points), along[1](points)
            if top is None or bottom is None or top == bottom:
                return None
            up = (top - bottom) / abs(top - bottom)
        return ((b - a) * up.conjugate()).real / whole

    return take


def _place(name: str, side: Side) -> Place:
    """Make the function that finds the point or mean of points called `name`."""
    other = "left" if side == "right" else "right"
    real: list[str] = []
    for part in name.split("+"):
        stem, _, rest = part.partition("_")
        if stem == "middle":
            real += [f"left_{rest}", f"right_{rest}"]
        else:
            real.append({"work": f"{side}_{rest}", "other": f"{other}_{rest}"}.get(stem, part))
    if len(real) == 1:
        only = real[0]
        return lambda points: points.get(only)
    names = tuple(real)

    def mean(points: Points) -> complex | None:
        total = 0j
        for one in names:
            place = points.get(one)
            if place is None:
                return None
            total += place
        return total / len(names)

    return mean
