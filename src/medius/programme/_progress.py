"""How it goes: sessions, pain, ladders; and what week 6 to 8 means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from medius.evidence import fact
from medius.programme._models import Done, Pain, Plan, Sentence, Session, Value, check_history
from medius.programme._schedule import week_of
from medius.programme._state import fold
from medius.record import Observation

__all__ = ["METHOD", "Progress", "measure_progress", "observe_session"]

METHOD = "programme/1"
_REVIEW_LAST_WEEK = 8


class Progress(Value):
    """Where the person stands on a day.

    ``pain_before`` is the worst pain of the week before the plan, ``pain_last_week`` the worst of the last seven days.
    """

    date: dt.date
    week: int
    sessions_planned: int
    sessions_done: int
    longest_run_km: float | None
    run_km_last_week: float
    levels: dict[str, tuple[int, int]]
    pain_before: Pain | None
    pain_last_week: Pain | None
    sentences: tuple[Sentence, ...]


def measure_progress(plan: Plan, history: Sequence[Done], on: dt.date) -> Progress:
    """Return the progress up to a day, judged by the minimal changes of the ledger (O01, X14)."""
    known = tuple(done for done in check_history(tuple(history)) if done.date <= on)
    state = fold(plan, known)
    week_ago = on - dt.timedelta(days=7)
    recent = [done for done in known if done.date > week_ago]
    pains = [p for done in recent for p in _pains(done)]
    runs = [(done.date, done.run.km) for done in known if done.run is not None]
    before, last = plan.given.pain_worst, max(pains, default=None)
    week = max(1, week_of(plan.given.start, on))
    return Progress(
        date=on,
        week=week,
        sessions_planned=sum(day.date <= on and (day.strength or day.run) for day in plan.days),
        sessions_done=sum(done.trained for done in known),
        longest_run_km=max((km for _, km in runs), default=None),
        run_km_last_week=sum(km for day, km in runs if day > week_ago),
        levels={t.name: (min(state.level(t.name), len(t.steps) - 1), len(t.steps) - 1) for t in plan.tracks},
        pain_before=before,
        pain_last_week=last,
        sentences=_sentences(plan, before, last, week, (on - plan.given.start).days),
    )


def _pains(done: Done) -> list[float]:
    found = [done.pain, done.pain_now, done.next_morning, *(item.pain for item in done.items)]
    if done.run is not None:
        found.append(done.run.pain)
    return [pain for pain in found if pain is not None]


def _sentences(plan: Plan, before: float | None, last: float | None, week: int, day: int) -> tuple[Sentence, ...]:
    if not plan.given.symptomatic:
        return ()
    if day < 7:
        return (Sentence(text="Too early to compare: the first week is not over.", evidence=("O01",)),)
    if before is None or last is None:
        text = "Pain cannot be compared yet: it needs the worst of the week before the plan and a log of the last seven days."
        return (Sentence(text=text, evidence=("O01",)),)
    much, slight = fact("O01").number("much_better"), fact("O01").number("slightly_better")
    fall = before - last
    if fall >= much:
        text = f"Pain fell from {before:g} to {last:g}: much better."
    elif fall >= slight:
        text = f"Pain fell from {before:g} to {last:g}: slightly better."
    elif fall > -slight:
        text = f"Pain was {before:g}, now {last:g}: no change that counts."
    else:
        text = f"Pain rose from {before:g} to {last:g}."
    found = [Sentence(text=text, evidence=("O01", "O03"))]
    review = int(fact("X14").number("review"))
    if week > review and fall < fact("X14").number("nrs_gain"):
        text = "Six weeks are over and pain has not fallen by 2 points: see a clinician."
        if week <= _REVIEW_LAST_WEEK:
            text = text[:-1] + ", at the latest by week 8 if the running index (UWRI) has not risen by 5 either."
        found.append(Sentence(text=text, evidence=("X14", "O08")))
    return tuple(found)


def observe_session(done: Done, session: Session | None = None) -> list[Observation]:
    """Return what a log says as Observations, for reports and exports."""
    common: dict[str, Any] = {"source": "answers", "method": METHOD, "time": done.date.isoformat()}
    found: list[Observation] = []
    for code, value, evidence in (
        ("session_pain", done.pain, ("O01", "X11")),
        ("pain_at_rest", done.pain_now, ("O01",)),
        ("pain_next_morning_after_session", done.next_morning, ("O01", "X66")),
    ):
        if value is not None:
            found.append(Observation(code=code, value=value, unit="points", evidence=evidence, **common))
    for item in done.items:
        detail = {
            "exercise": item.asked.exercise,
            "sets": item.sets,
            "load_kg": item.load_kg,
            "form_good": item.form_good,
        }
        found.append(
            Observation(
                code="exercise_repetitions",
                value=item.repetitions,
                n_strides=item.repetitions * item.sets,
                detail=detail | ({"planned": session.date.isoformat()} if session else {}),
                evidence=("X63",),
                **common,
            )
        )
    if done.run is not None:
        found.append(
            Observation(code="run_distance", value=1000 * done.run.km, unit="m", evidence=("R01", "X02"), **common)
        )
    return found
