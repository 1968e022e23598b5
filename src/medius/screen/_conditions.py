"""Evaluate conditions in three values: true, false, and None for "not known from these answers" (Kleene's logic)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from medius.evidence import fact
from medius.screen._models import CANNOT_TELL, Condition, Points, Threshold

__all__ = ["Values", "conjunction", "disjunction", "holds", "threshold"]

Values = Mapping[str, Any]
"""Valid answers by question id: str, list of str, float, list of floats or None. A missing id is unanswered."""


def threshold(value: Threshold) -> float:
    """Return `value`, or the number in the ledger that it names (``D38.age_from``)."""
    if isinstance(value, str):
        fact_id, _, name = value.partition(".")
        return fact(fact_id).number(name)
    return float(value)


def conjunction(parts: list[bool | None]) -> bool | None:
    """Return the three-valued "and" of `parts`."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def disjunction(parts: list[bool | None]) -> bool | None:
    """Return the three-valued "or" of `parts`."""
    if any(part is True for part in parts):
        return True
    return None if any(part is None for part in parts) else False


def holds(condition: Condition, values: Values) -> bool | None:
    """Return whether `condition` holds for the answers, or None where they do not say."""
    if condition.all_:
        result = conjunction([holds(part, values) for part in condition.all_])
    elif condition.any_:
        result = disjunction([holds(part, values) for part in condition.any_])
    elif condition.negate is not None:
        inner = holds(condition.negate, values)
        result = None if inner is None else not inner
    elif condition.score:
        result = _score(condition, values)
    else:
        result = _answer(condition, values)
    return condition.if_unknown if result is None else result


def has_item(answer: Any, wanted: tuple[str, ...]) -> bool | None:
    """Return whether an answer is, or a checklist holds, one of `wanted`."""
    if answer is None or answer == CANNOT_TELL:
        return None
    if isinstance(answer, str):
        return answer in wanted
    if any(item in wanted for item in answer):
        return True
    return None if CANNOT_TELL in answer else False


def _answer(condition: Condition, values: Values) -> bool | None:
    answer = values.get(condition.answer or "")
    if condition.is_:
        return has_item(answer, condition.is_)
    if not isinstance(answer, int | float):
        return None
    other = values.get(condition.more_than_answer or condition.times_more_than_answer or "")
    if condition.times_more_than_answer is not None and condition.more_than is not None:
        return answer > threshold(condition.more_than) * other if isinstance(other, int | float) else None
    if condition.more_than_answer is not None:
        return answer > other if isinstance(other, int | float) else None
    tests: list[tuple[Threshold | None, Callable[[float, float], bool]]] = [
        (condition.at_least, lambda a, b: a >= b),
        (condition.at_most, lambda a, b: a <= b),
        (condition.more_than, lambda a, b: a > b),
        (condition.less_than, lambda a, b: a < b),
    ]
    return all(test(float(answer), threshold(limit)) for limit, test in tests if limit is not None)


def _score(condition: Condition, values: Values) -> bool | None:
    lowest = highest = 0.0
    for term in condition.score:
        low, high = _points(term, values)
        lowest, highest = lowest + low, highest + high
    limit = threshold(condition.at_least or 0.0)
    if lowest >= limit:
        return True
    return None if highest >= limit else False


def _points(term: Points, values: Values) -> tuple[float, float]:
    counts = has_item(values.get(term.answer), (term.is_,))
    counts = term.if_unknown if counts is None else counts
    points = threshold(term.points)
    if counts is None:
        return min(0.0, points), max(0.0, points)
    return (points, points) if counts else (0.0, 0.0)
