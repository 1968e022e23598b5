"""Which days: strength and runs spread over the free days, no two runs on neighbouring days while the knee is healing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations

from medius.evidence import fact
from medius.programme._models import PlanInput, PlannedDay, Sentence

__all__ = ["DAY_NAMES", "planned_days", "run_days", "strength_days", "week_of"]

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_RUNS = 3


def weeks_of_plan() -> int:
    """Return the length of a plan in weeks (X14: the review)."""
    return int(fact("X14").number("review"))


def strength_days(days: Sequence[int]) -> tuple[int, ...]:
    """Return the weekdays of strength work: three where there are three, four of six or seven (E27: two to three a week)."""
    free = sorted(set(days))
    count = 4 if len(free) >= 6 else min(len(free), int(fact("E27").quantity("sessions_per_week").high or 3))
    return max(combinations(free, count), key=lambda chosen: (_least_gap(chosen), [-day for day in chosen]))


def run_days(days: Sequence[int], strength: Sequence[int]) -> tuple[int, ...]:
    """Return the weekdays of runs: at most three, none beside another (X73), away from strength days where possible."""
    free = sorted(set(days))
    for count in range(min(_MOST_RUNS, len(free)), 0, -1):
        chosen = [c for c in combinations(free, count) if count == 1 or _least_gap(c) >= 2]
        if chosen:
            return min(chosen, key=lambda c: (len(set(c) & set(strength)), -_least_gap(c), c))
    return ()


def _least_gap(days: Sequence[int]) -> int:
    if len(days) < 2:
        return 7
    ordered = sorted(days)
    return min((b - a) % 7 for a, b in zip(ordered, [*ordered[1:], ordered[0]], strict=True))


def week_of(start: dt.date, day: dt.date) -> int:
    """Return the week of the plan, from 1."""
    return (day - start).days // 7 + 1


def planned_days(given: PlanInput) -> tuple[PlannedDay, ...]:
    """Return every day of the six weeks that has something on, and the day of the last tests."""
    strength = strength_days(given.days)
    runs = run_days(given.days, strength)
    found: list[PlannedDay] = []
    tests_due = _test_days(given)
    for offset in range(7 * weeks_of_plan() + 7):
        day = given.start + dt.timedelta(days=offset)
        if day.weekday() not in given.days:
            continue
        after = offset >= 7 * weeks_of_plan()
        due = tests_due[0] if tests_due and day >= tests_due[0][0] else None
        if due:
            tests_due = tests_due[1:]
        if after and not due:
            continue
        has_strength, has_run = day.weekday() in strength and not after, day.weekday() in runs and not after
        if has_strength or has_run or due:
            found.append(
                PlannedDay(
                    date=day,
                    week=week_of(given.start, day),
                    strength=has_strength,
                    run=has_run,
                    tests=due[1] if due else (),
                )
            )
    return tuple(found)


def _test_days(given: PlanInput) -> tuple[tuple[dt.date, tuple[Sentence, ...]], ...]:
    rule = fact("X78")
    first = (
        Sentence(
            text="Test both hips: strength in one position, best of several tries; write the numbers down.",
            evidence=("X78", "S15", "S16"),
        ),
        Sentence(text="Single-leg stance, 30 seconds a side, filmed from behind.", evidence=("X78", "S19")),
        Sentence(text="Film a run from behind and from the side.", evidence=("X04", "X78")),
    )
    again = (
        Sentence(
            text=(
                "Test both hips again, same position. A change counts from 14 % with a good protocol, 27 % lying on the "
                "side."
            ),
            evidence=("X09", "S17"),
        ),
        Sentence(text="Single-leg stance again. A change under 4 degrees is no change.", evidence=("X10",)),
        Sentence(
            text=(
                "Film the run again, same camera place, same speed; only a change beyond the measure's own error "
                "counts."
            ),
            evidence=("X05", "X78"),
        ),
    )
    weeks = (0, int(rule.number("middle")), int(rule.number("end")))
    return tuple((given.start + dt.timedelta(weeks=week), again if week else first) for week in weeks)
