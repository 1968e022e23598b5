"""Logs of what was done: made from a session, checked before they are kept, and completed on the next morning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from medius.errors import InvalidValueError
from medius.programme._models import Done, DoneItem, DoneRun, Plan, Session

__all__ = ["check_done", "done_as_asked", "merge_done", "with_morning"]


def done_as_asked(
    session: Session,
    *,
    pain: float | None = None,
    effort: float | None = None,
    form_good: bool | None = None,
    extra_repetitions: int = 0,
    with_items: bool = True,
    run_km: float | None = None,
) -> Done:
    """Return a log of a session done as it was asked, with the answers of the person.

    Parameters
    ----------
    session
        What was asked.
    pain, effort
        Worst pain (0 to 10) and effort (0 to 10).
    form_good
        Whether the form was good.
    extra_repetitions
        Repetitions more (or, negative, fewer) than asked in every exercise.
    with_items
        Whether the exercises were done.
    run_km
        The run that was done; None if there was none.
    """
    items = tuple(
        DoneItem(
            track=item.track,
            asked=item.step,
            repetitions=max(0, item.step.repetitions + extra_repetitions),
            sets=item.step.sets,
            load_kg=item.step.load_kg,
            effort=effort,
            form_good=form_good,
        )
        for item in session.items
    )
    run = None
    if run_km is not None:
        asked = session.run.step if session.run else None
        run = DoneRun(km=run_km, asked_km=asked.km if asked else None, long=asked.long if asked else True)
    return Done(date=session.date, items=items if with_items else (), run=run, pain=pain)


def check_done(history: Sequence[Done], done: Done, today: dt.date, plan: Plan | None = None) -> None:
    """Refuse a log that cannot be right.

    Raises
    ------
    InvalidValueError
        If its day has not come yet, lies before the plan, or was logged before.
    """
    if done.date > today:
        raise InvalidValueError(f"{done.date.isoformat()} has not come yet. Log a session on its day or later.")
    if plan is not None and done.date < plan.given.start:
        raise InvalidValueError(
            f"The plan starts on {plan.given.start.isoformat()}; {done.date.isoformat()} lies before it. Check the date."
        )
    if done.trained and any(other.date == done.date and other.trained for other in history):
        raise InvalidValueError(_TWICE.format(day=done.date.isoformat()))


_TWICE = (
    "The session of {day} is logged already; it is kept as it is. To add how the knee was on the next morning, use "
    "--next-morning."
)


def merge_done(old: Done, new: Done) -> Done:
    """Join the exercises and the run of one day into one log, with the worst pain of both.

    Raises
    ------
    InvalidValueError
        If both hold exercises, or both hold a run.
    """
    if (old.items and new.items) or (old.run is not None and new.run is not None):
        raise InvalidValueError(_TWICE.format(day=old.date.isoformat()))
    run = new.run or old.run
    if run is not None and run.pain is None:
        run = run.model_copy(update={"pain": new.pain if new.run else old.pain})
    return old.model_copy(
        update={
            "items": old.items or new.items,
            "run": run,
            "pain": _most(old.pain, new.pain),
            "pain_now": _most(old.pain_now, new.pain_now),
            "next_morning": _most(old.next_morning, new.next_morning),
            "worse_next_morning": new.worse_next_morning if old.worse_next_morning is None else old.worse_next_morning,
            "red_flags": old.red_flags + new.red_flags,
            "cleared_by": new.cleared_by or old.cleared_by,
            "note": "; ".join(note for note in (old.note, new.note) if note),
        }
    )


def _most(first: float | None, second: float | None) -> float | None:
    return max((p for p in (first, second) if p is not None), default=None)


def with_morning(
    history: Sequence[Done], day: dt.date | None, pain: float, worse: bool | None
) -> tuple[tuple[Done, ...], Done]:
    """Add the next morning's pain to a log; without a day to the last session that has none.

    Returns
    -------
    The whole history, and the log that was completed.

    Raises
    ------
    InvalidValueError
        If there is no such session.
    """
    ordered = sorted(history, key=lambda done: done.date)
    chosen = [d for d in ordered if d.trained and (d.date == day if day else d.next_morning is None)]
    if not chosen:
        which = f"on {day.isoformat()}" if day else "that waits for its next morning"
        raise InvalidValueError(f"There is no session {which}. Log it first with: medius done")
    old = chosen[-1]
    new = old.model_copy(update={"next_morning": pain, "worse_next_morning": worse})
    return tuple(new if done is old else done for done in ordered), new
