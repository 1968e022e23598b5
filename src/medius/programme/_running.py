"""The running plan: how far, in which pieces, on which ground, and never beyond the long-run guard.

Facts: X02 and R01 (the guard), X71, X72, X85 (own judgement beside E52, E54), C09 (downhill).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from medius.evidence import fact
from medius.programme._models import Done, PlanInput, RunStep

__all__ = ["DAYS_OF_GUARD", "guarded_km", "longest_before", "run_steps"]

DAYS_OF_GUARD = 30
"""The guard looks back so many days (R01)."""

RUN_MIN_PER_KM = 6.5
"""A calm pace, only to guess minutes from kilometres."""

_WALK_MIN_PER_KM = 11.0
_RUN_PARTS = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
_MOST_STEPS = 40


def run_steps(given: PlanInput) -> tuple[RunStep, ...]:
    """Return the ladder of runs, each 10 % longer than the one before, up to the goal."""
    growth = 1 + fact("X71").number("growth") / 100
    first = first_km(given)
    goal = max(given.race_km or 0.0, given.running.longest_km_30_days or 0.0, 10.0, first)
    steps: list[RunStep] = []
    unbroken_30 = None
    for number in range(_MOST_STEPS):
        km = min(first * growth**number, goal)
        broken = given.symptomatic and number < len(_RUN_PARTS)
        run = _RUN_PARTS[number] if broken else 0.0
        walk = fact("X72").number("walk") if broken else 0.0
        if not broken and unbroken_30 is None and km * RUN_MIN_PER_KM >= fact("X85").number("flat_minutes"):
            unbroken_30 = number
        steps.append(
            RunStep(km=int(10 * km) / 10, run_min=run, walk_min=walk, terrain=_terrain(given, number, unbroken_30))
        )
        if km >= goal and not broken and "downhill too" in steps[-1].terrain:
            break
    return tuple(steps)


def _terrain(given: PlanInput, number: int, unbroken_30: int | None) -> str:
    if not given.symptomatic:
        return "as you are used to, downhill too"
    if unbroken_30 is None or number <= unbroken_30:
        return "flat and even"
    if number <= unbroken_30 + fact("X85").number("good_runs_more"):
        return "hills up are fine, walk down"
    return "as you are used to, downhill too, at first short and steady"


def first_km(given: PlanInput) -> float:
    """Return the first distance in km (X71); without pain it is the longest run there was, or the same first 2 km."""
    rule, running = fact("X71"), given.running
    if not given.symptomatic:
        return running.longest_km_30_days or rule.number("unknown")
    if running.pain_from_km is not None:
        km = rule.number("share_of_pain_free") * running.pain_from_km
    elif running.longest_km_30_days is not None:
        share = rule.number("share_of_longest") * running.longest_km_30_days
        km = min(max(share, rule.number("at_least")), rule.number("at_most"))
    else:
        km = rule.number("unknown")
    if max(given.pain_now or 0.0, given.pain_worst or 0.0) > fact("X11").number("hold_up_to"):
        km = min(km, rule.number("unknown"))
    if running.longest_km_30_days is not None:
        km = min(km, running.longest_km_30_days)
    return km


def minutes_of(step: RunStep) -> float:
    """Return the expected minutes of a run."""
    if step.run_min <= 0:
        return step.km * RUN_MIN_PER_KM
    cycle_km = step.run_min / RUN_MIN_PER_KM + step.walk_min / _WALK_MIN_PER_KM
    return step.km / cycle_km * (step.run_min + step.walk_min)


def longest_before(
    given: PlanInput, history: Iterable[Done], day: dt.date, other_runs: Iterable[tuple[dt.date, float]] = ()
) -> float | None:
    """Return the longest run (km) of the 30 days before `day`, or None if none is known.

    `other_runs` are days and kilometres of runs that are not in the history, from a watch for example.
    """
    since = day - dt.timedelta(days=DAYS_OF_GUARD)
    known = [done.run.km for done in history if done.run is not None and since <= done.date < day]
    known += [km for when, km in other_runs if since <= when < day]
    running = given.running
    if running.longest_km_30_days is not None and since <= (running.longest_on or given.start) <= day:
        known.append(running.longest_km_30_days)
    return max(known, default=None)


def guarded_km(
    given: PlanInput,
    history: Iterable[Done],
    day: dt.date,
    km: float,
    other_runs: Iterable[tuple[dt.date, float]] = (),
) -> tuple[float, float | None]:
    """Return the distance that the guard allows (at most `km`, down to 0.1 km), and the longest run it was compared with."""
    longest = longest_before(given, history, day, other_runs)
    allowed = first_km(given) if longest is None else fact("X02").number("warn_over") * longest
    return int(10 * min(km, allowed) + 1e-9) / 10, longest
