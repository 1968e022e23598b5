"""Judge one repetition: the faults seen in it, and its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from medius.coach._gauge import Gauge, Lengths, gauge
from medius.coach._points import Points
from medius.exercises import Exercise, Fault, Sign
from medius.record import Side

__all__ = ["HOME", "NEAR_TOP", "OUT", "Judge", "Sample"]

OUT = 0.2
"""Progress from which a movement has begun."""
HOME = 0.15
"""Progress below which it is over."""
NEAR_TOP = 0.85
"""Share of the progress reached from which a picture belongs to the top."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of a repetition: time, progress, value of every sign, and of the angle whose range is told.

    ``fits`` tells whether the position is what the definition asks of the top.
    """

    time_s: float
    progress: float
    signs: tuple[float | None, ...]
    angle: float | None
    fits: bool


class Judge:
    """Look for the faults of an exercise and measure its range, on one side."""

    def __init__(self, item: Exercise, side: Side) -> None:
        coach = item.coach
        self._lying = item.kind == "lying"
        self._signs: list[tuple[Fault, Sign, Gauge]] = [(f, s, gauge(s, side)) for f in item.faults for s in f.signs]
        named = [s for s in coach.signals if coach.target and s.name == coach.target.angle] if coach else []
        self._angle = (named[0], gauge(named[0], side)) if named else None

    def look(self, points: Points, lengths: Lengths, *, frontal: bool) -> tuple[tuple[float | None, ...], float | None]:
        """Return the value of every sign and of the angle whose range is told, in one picture."""
        signs = tuple(take(points, lengths) for _, _, take in self._signs)
        if self._angle is None or not self._in_view(self._angle[0].views, frontal):
            return signs, None
        return signs, self._angle[1](points, {})

    def range_deg(self, course: Sequence[Sample]) -> float | None:
        """Return the range of one repetition in degrees; None where it cannot be measured."""
        reached = max(s.progress for s in course)
        rest = [s.angle for s in course if s.angle is not None and abs(s.progress) < HOME]
        top = [s.angle for s in course if s.angle is not None and s.progress >= 0.95 * reached]
        return abs(median(top) - median(rest)) if rest and top else None

    def faults(self, course: Sequence[Sample], reached: float, *, frontal: bool) -> tuple[str, ...]:
        """Return the ids of the faults seen in one repetition, in the order of the definition: the worst first."""
        seen: dict[str, bool] = {}
        for number, (fault, sign, _) in enumerate(self._signs):
            if self._in_view(fault.views, frontal):
                seen[fault.id] = seen.get(fault.id, True) and _is_seen(course, number, sign, reached)
        return tuple(name for name, yes in seen.items() if yes)

    def _in_view(self, views: tuple[str, ...], frontal: bool) -> bool:
        """Tell whether the camera stands where something can be seen; while lying, everything is filmed from one place."""
        return self._lying or not views or any((view in ("front", "rear")) == frontal for view in views)


def _is_seen(course: Sequence[Sample], number: int, sign: Sign, reached: float) -> bool:
    rest = [v for s in course if abs(s.progress) < HOME and (v := s.signs[number]) is not None]
    least = NEAR_TOP * reached if sign.when == "top" else OUT
    values = sorted(v for s in course if s.progress >= least and (v := s.signs[number]) is not None)
    if not values or (sign.change and not rest):
        return False
    zero = median(rest) if sign.change else 0.0
    last = len(values) - 1
    great, small = (0.9, 0.1) if sign.when == "way" else (0.5, 0.5)
    return (sign.low is None or values[round(great * last)] - zero > sign.low) and (
        sign.high is None or values[round(small * last)] - zero < sign.high
    )
