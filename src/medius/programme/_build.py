"""Build a plan input from Observations: screening, strength, running, film. What is absent stays unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

from medius.errors import InvalidValueError
from medius.evidence import fact
from medius.findings import findings_from_form
from medius.programme._models import Equipment, FormFlags, PlanInput, RunningNow
from medius.record import Observation, Side

__all__ = ["input_from_observations"]


def input_from_observations(
    observations: Sequence[Observation],
    *,
    start: dt.date,
    days: Sequence[int] = (0, 2, 4),
    equipment: Equipment | None = None,
    minutes: int = 50,
    goal: str | None = None,
    race_date: dt.date | None = None,
    race_km: float | None = None,
    person: str | None = None,
) -> PlanInput:
    """Read from observations what a plan needs; the rest are the person's own wishes.

    Where a code appears more than once, the last one counts. A red flag that is present and not cleared, or that the
    answers leave open, blocks (X01). Strength counts only from the side difference that the ledger flags (X08).
    """
    last = {(o.code, o.side): o for o in observations}
    side, pattern = _side_and_pattern(observations)
    weak_side, weakness = _weakness(last)
    try:
        return PlanInput(
            person=person,
            start=start,
            side=side,
            pain_now=_value(last, "score_nrs_now"),
            pain_worst=_value(last, "score_nrs_worst"),
            pain_next_morning=_value(last, "score_nrs_next_morning"),
            screened=any(o.code.startswith("red_flag_") for o in observations),
            blocked_because=_blocked(last.values()),
            pattern=pattern,
            weak_side=weak_side,
            weakness_percent=weakness,
            form=_form(observations, last),
            running=_running(last),
            equipment=equipment or Equipment(),
            days=tuple(sorted(set(days))),
            minutes=minutes,
            goal=goal,
            race_date=race_date,
            race_km=race_km,
            sitting_hours=_value(last, "sitting_hours"),
        )
    except ValueError as error:
        raise InvalidValueError(f"The plan cannot be made from these values: {error}") from error


_Last = dict[tuple[str, Side | None], Observation]


def _value(last: _Last, code: str) -> float | None:
    found = last.get((code, None))
    return None if found is None else found.value


def _side_and_pattern(observations: Sequence[Observation]) -> tuple[Side | Literal["both"] | None, str | None]:
    sides = {o.side for o in observations if o.code.startswith(("pattern_", "regions_")) and o.side is not None}
    side: Side | Literal["both"] | None = None
    if sides:
        side = "both" if len(sides) > 1 else next(iter(sides))
    itbs = [o.text for o in observations if o.code == "pattern_itbs" and o.text]
    return side, f"{itbs[-1]} with iliotibial band syndrome".replace("with with", "with") if itbs else None


def _blocked(observations: Iterable[Observation]) -> tuple[str, ...]:
    found = []
    for o in observations:
        if not o.code.startswith("red_flag_"):
            continue
        name = o.code.removeprefix("red_flag_").replace("_", " ")
        if o.text == "present" and not o.detail.get("cleared_by"):
            because = "; ".join(str(b) for b in o.detail.get("because", ()))
            urgency = o.detail.get("urgency", "soon")
            found.append(f"Red flag, be seen {urgency}: {name}" + (f" ({because})." if because else "."))
        elif o.text == "unknown":
            found.append(f"A red flag cannot be ruled out from the answers: {name}. Answer its questions first.")
    return tuple(found)


def _weakness(last: _Last) -> tuple[Side | None, float | None]:
    found = last.get(("hip_abduction_side_difference", None))
    if found is None or found.value is None or found.value < fact("X08").number("flag_from"):
        return None, None
    weaker = found.detail.get("weaker")
    side: Side | None = weaker if weaker in ("left", "right") else None
    return side, found.value


def _form(observations: Sequence[Observation], last: _Last) -> FormFlags:
    findings = [f for f in findings_from_form(observations) if f.severity == "stands-out"]
    crossing = [f for f in findings if f.code in ("step_width", "crossover_share")]
    high = [f for f in findings if f.code == "contralateral_pelvic_drop" and f.z is not None]
    chosen = [*crossing, *high]
    return FormFlags(
        crossing_feet=bool(crossing),
        high_drop_or_adduction=bool(high),
        cadence=_value(last, "cadence"),
        certainty=chosen[0].certainty if chosen else "low",
        evidence=tuple(dict.fromkeys(i for f in chosen for i in f.evidence)),
    )


def _running(last: _Last) -> RunningNow:
    return RunningNow(
        longest_km_30_days=_km(last, "longest_run_30_days") or None, weekly_km=_km(last, "weekly_distance")
    )


def _km(last: _Last, code: str) -> float | None:
    found = last.get((code, None))
    if found is None or found.value is None:
        return None
    return found.value / 1000 if found.unit == "m" else found.value
