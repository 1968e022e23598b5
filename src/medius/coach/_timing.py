"""Start, top, hold and end of one repetition from its course.

Calm human movements between two positions follow the minimum-jerk profile 10s³ − 15s⁴ + 6s⁵ (Flash & Hogan 1985). Near its
ends such a movement is too slow to be seen, so the ends are carried on from the part that is seen: a fixed share of the
time between two levels. The shares below are those of the profile; nothing in them was fitted to films.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Course", "Timing", "time_repetition"]

_AT = {0.2: 0.3266, 0.5: 0.5, 0.85: 0.7079}
"""Share of the way to the share of the time at which the profile has gone it."""
_BEFORE = _AT[0.2] / (_AT[0.5] - _AT[0.2])
_AFTER = (1.0 - _AT[0.85]) / (_AT[0.85] - _AT[0.5])
_HALF = _AT[0.5] / (_AT[0.85] - _AT[0.5])
_TOP = 0.95

Course = list[tuple[float, float]]
"""Time (s) and progress (0 start position, 1 the range of the definition)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When things happened, seconds; ``reached`` is the progress of the top."""

    start_s: float
    top_s: float
    leave_s: float
    end_s: float
    reached: float

    @property
    def peak_s(self) -> float:
        """Middle of the time at the top."""
        return (self.top_s + self.leave_s) / 2.0

    @property
    def hold_s(self) -> float:
        """Time at the top."""
        return self.leave_s - self.top_s


def time_repetition(course: Course, *, lifting: bool = False) -> Timing:
    """Find the times of one repetition.

    Parameters
    ----------
    course
        From before the start to after the end, at least three samples, times growing.
    lifting
        Whether the progress is the height of a foot lifted by bending the knee. That height grows with the square of the
        angle at first, so its ends are slower still; the square root of it is timed instead.
    """
    if lifting:
        course = [(now, math.sqrt(max(0.0, x))) for now, x in course]
    best = max(x for _, x in course)
    near = sorted(x for _, x in course if x >= _TOP * best)
    reached = near[len(near) // 2]
    at_top = [i for i, (_, x) in enumerate(course) if x >= 0.85 * reached]
    rising, falling = course[at_top[0] :: -1] if at_top[0] else course[:1], course[at_top[-1] :]
    up = {level: _crossing(rising, level * reached) for level in _AT}
    down = {level: _crossing(falling, level * reached) for level in _AT}
    top = up[0.85] + _AFTER * (up[0.85] - up[0.5])
    leave = down[0.85] - _AFTER * (down[0.5] - down[0.85])
    if leave < top:
        top = leave = (top + leave) / 2.0
    if lifting:
        return Timing(
            start_s=up[0.5] - _HALF * (up[0.85] - up[0.5]),
            top_s=top,
            leave_s=leave,
            end_s=down[0.5] + _HALF * (down[0.5] - down[0.85]),
            reached=reached**2,
        )
    return Timing(
        start_s=max(course[0][0], up[0.2] - _BEFORE * (up[0.5] - up[0.2])),
        top_s=top,
        leave_s=leave,
        end_s=down[0.2] + _BEFORE * (down[0.2] - down[0.5]),
        reached=reached,
    )


def _crossing(course: Course, level: float) -> float:
    """Return the first time at which the course is below `level`, between samples by a straight line.

    The course starts at the top and runs away from it, forwards or backwards in time.
    """
    before, high = course[0]
    for now, x in course:
        if x < level:
            share = (high - level) / (high - x) if high > x else 1.0
            return before + max(0.0, min(1.0, share)) * (now - before)
        before, high = now, x
    return course[-1][0]
