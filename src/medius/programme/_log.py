"""Logs of what was done: made from a session, checked before they are kept, and completed on the next morning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from medius.errors import InvalidValueError
from medius.programme._models import Done, DoneItem, DoneRun, Session

__all__ = ["check_done", "done_as_asked", "with_morning"]


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


def check_done(history: Sequence[Done], done: Done, today: dt.date) -> None:
    """Refuse a log that cannot be right.

    Raises
    ------
    InvalidValueError
        If its day has not come yet, or was logged before.
    """
    if done.date > today:
        raise InvalidValueError(f"{done.date.isoformat()} has not come yet. Log a session on its day or later.")
    if done.trained and any(other.date == done.date and other.trained for other in history):
        raise InvalidValueError(
            f"The session of {done.date.isoformat()} is logged already; it is kept as it is. "
            "To add how the knee was on the next morning, use --next-morning."
        )


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
