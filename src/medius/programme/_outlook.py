"""What the six weeks look like if all goes well, and whether a race is within reach then."""

from __future__ import annotations

import datetime as dt

from medius.evidence import fact
from medius.programme._models import Done, DoneItem, DoneRun, Plan, Sentence, Session
from medius.programme._running import DAYS_OF_GUARD
from medius.programme._schedule import DAY_NAMES, week_of
from medius.programme._session import next_session

__all__ = ["best_case", "done_well", "race_outlook"]

_FARTHEST_RACE_DAYS = 370


def done_well(session: Session) -> Done:
    """Return a log of a session in which everything went as well as it can."""
    items = tuple(
        DoneItem(
            track=item.track,
            asked=item.step,
            repetitions=item.step.repetitions,
            sets=item.step.sets,
            load_kg=item.step.load_kg,
            effort=5,
            form_good=True,
            pain=0,
        )
        for item in session.items
    )
    run = session.run
    done_run = DoneRun(km=run.step.km, asked_km=run.step.km, long=run.step.long, pain=0) if run else None
    return Done(date=session.date, items=items, run=done_run, pain=0, next_morning=0, worse_next_morning=False)


def best_case(plan: Plan, history: tuple[Done, ...] = (), until: dt.date | None = None) -> tuple[Session, ...]:
    """Return the sessions from here to `until` (default: the end of the plan) if every one goes well.

    Pain at rest counts as settled after the first session, or the plan would stand still.
    """
    if plan.blocked or not plan.days:
        return ()
    end = until or plan.days[-1].date
    sessions: list[Session] = []
    known = history
    on: dt.date | None = None
    while True:
        session = next_session(plan, known, on, pain_now=0.0)
        if session.date > end:
            return tuple(sessions)
        if session.kind in ("blocked", "see-clinician"):
            return tuple(sessions)
        if session.kind == "training":
            sessions.append(session)
            done = done_well(session)
            known = (*known, done) if done.trained else known
        on = session.date + dt.timedelta(days=1)


def race_outlook(plan: Plan) -> tuple[Sentence, ...]:
    """Say honestly whether the race is within reach of the long-run guard if all goes well (X79, X02)."""
    given = plan.given
    if given.race_date is None:
        return ()
    day = given.race_date
    if day < given.start:
        return (Sentence(text=f"The race of {day.isoformat()} is over; it is left out.", evidence=("X79",)),)
    weeks = max(0, week_of(given.start, day) - 1)
    when = f"{DAY_NAMES[day.weekday()]}, {day.isoformat()}, in {(day - given.start).days} days"
    if given.race_km is None:
        return (Sentence(text=f"Race on {when}: give its distance to have it judged.", evidence=("X79",)),)
    if (day - given.start).days > _FARTHEST_RACE_DAYS:
        return (Sentence(text=f"Race on {when}: too far off to judge now. Ask again later.", evidence=("X79",)),)
    longest = _longest_by(plan, day)
    guard = fact("X02")
    head = f"Race of {given.race_km:g} km on {when}: "
    if longest is None:
        text = head + "no run can be planned before it. The date cannot be met: choose a later one, or cheer."
    else:
        ratio = given.race_km / longest
        told = f"if all goes well the longest run before it is about {longest:.0f} km"
        if ratio <= guard.number("warn_over"):
            text = head + f"{told}, so it is within reach."
        elif ratio <= guard.number("strong_warning_over"):
            text = (
                head
                + f"{told}; the race is {ratio:.1f} times that. The guard warns: a shorter or a later race fits better."
            )
        else:
            text = (
                head
                + f"{told}; the race is {ratio:.1f} times that. The date cannot be met: choose a later one, or cheer."
            )
    if weeks == 0 and given.symptomatic:
        text += " So near a race nothing gets stronger; training now only adds load."
    return (Sentence(text=text, evidence=("X79", "X02", "R01")),)


def _longest_by(plan: Plan, day: dt.date) -> float | None:
    """Return the longest run in the 30 days before a race if all goes well, the weeks after the plan included."""
    sessions = best_case(plan, until=day - dt.timedelta(days=1))
    since = day - dt.timedelta(days=DAYS_OF_GUARD)
    runs = [session.run.step.km for session in sessions if session.run is not None and session.date >= since]
    known, on = plan.given.running.longest_km_30_days, plan.given.running.longest_on or plan.given.start
    if known is not None and since <= on and not plan.given.symptomatic:
        runs.append(known)
    return max(runs, default=None)
