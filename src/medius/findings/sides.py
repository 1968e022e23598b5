"""Left against right, by the same rules as each side."""

from __future__ import annotations

import math
from dataclasses import dataclass

from medius.record import Interval, Observation

__all__ = ["SideDifference", "side_difference"]

_NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class SideDifference:
    """Left minus right of one measure.

    Attributes
    ----------
    code, unit
        As in the observations.
    value
        Left minus right.
    interval_95
        Its 95 % interval.
    beyond_error
        Whether the interval leaves out zero.
    """

    code: str
    unit: str
    value: float
    interval_95: Interval
    beyond_error: bool


def side_difference(left: Observation, right: Observation) -> SideDifference | None:
    """Compare the two sides of a measure; None where one has no number.

    The random parts add as squares. The systematic parts may point in opposite directions (a camera that is turned raises
    one side's drop and lowers the other's), so they add in full. The interval is as wide in standard errors as the wider
    one of the sides (Student's t where few films stand behind the error).
    """
    if left.value is None or right.value is None or left.standard_error is None or right.standard_error is None:
        return None

    def part(observation: Observation, name: str) -> float:
        found = observation.detail.get(name)
        return float(found) if isinstance(found, int | float) else float(observation.standard_error or 0.0)

    random = math.hypot(part(left, "standard_error_strides"), part(right, "standard_error_strides"))
    systematic = part(left, "systematic_error") + part(right, "systematic_error")
    half = max(_coverage(left), _coverage(right)) * math.hypot(random, systematic)
    value = left.value - right.value
    return SideDifference(left.code, left.unit, value, (value - half, value + half), abs(value) > half)


def _coverage(observation: Observation) -> float:
    """Return the half width of an observation's 95 % interval in standard errors."""
    if observation.interval_95 is None or not observation.standard_error:
        return _NORMAL
    low, high = observation.interval_95
    return max(_NORMAL, (high - low) / 2 / observation.standard_error)
