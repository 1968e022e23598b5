"""The next session from a plan and what happened: a pure function, with its reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from medius.evidence import fact
from medius.programme._ladders import LOADED, WARM_UP_MIN
from medius.programme._models import (
    Done,
    Item,
    Plan,
    PlannedDay,
    PreRun,
    Run,
    RunStep,
    Sentence,
    Session,
    Track,
    check_history,
)
from medius.programme._retrain import cues_for_run
from medius.programme._running import guarded_km, minutes_of
from medius.programme._schedule import run_days, strength_days, week_of, weeks_of_plan
from medius.programme._state import State, fold, places_after_gap, run_place_after_gap
from medius.record import Side

__all__ = ["next_session"]


def next_session(
    plan: Plan,
    history: Sequence[Done] = (),
    on: dt.date | None = None,
    pain_now: float | None = None,
    other_runs: Sequence[tuple[dt.date, float]] = (),
) -> Session:
    """Return what to do next.

    Parameters
    ----------
    plan
        The plan.
    history
        What was done, in any order.
    on
        The session is on this day or the next free day after it. Default: the day after the last log, or the start.
    pain_now
        Pain at rest now, where it is known better than from the last log.
    other_runs
        Days and kilometres of runs that are not in the history, from a watch for example; the guard counts them.

    Returns
    -------
    Session
        Its kind says whether there is anything to do; its reasons say why it is as it is.

    Raises
    ------
    InvalidValueError
        If the history holds two logs of training on one day.

    Notes
    -----
    More pain in the history, all else equal, never gives a higher place on a ladder, a heavier weight or a longer run; a
    red flag stops everything; a run is never longer than the long-run guard allows (X01, X02, X11, X65).
    """
    ordered = check_history(tuple(history))
    day = _first_day(plan, ordered, on)
    known = tuple(done for done in ordered if done.date <= day)
    state = fold(plan, known)
    rest_pain = state.rest_pain if pain_now is None else pain_now
    stopped = _stopped(plan, state, day, rest_pain)
    if stopped is not None:
        return stopped
    planned = _planned(plan, day)
    items = _items(plan, state, planned) if planned.strength else ()
    run, run_reasons = _run(plan, state, known, planned, rest_pain, other_runs) if planned.run else (None, ())
    pre_run = _pre_run(plan) if run is not None else ()
    minutes = (WARM_UP_MIN + sum(item.step.minutes for item in items)) if items else 0.0
    reasons = (*_reasons(plan, state, planned, items), *run_reasons)
    return Session(
        date=planned.date,
        week=planned.week,
        kind="training",
        items=items,
        pre_run=pre_run,
        run=run,
        tests=planned.tests,
        minutes=round(minutes, 1),
        reasons=reasons,
        messages=_messages(plan, planned),
    )


def _first_day(plan: Plan, history: Sequence[Done], on: dt.date | None) -> dt.date:
    trained = {done.date for done in history if done.trained}
    if on is None:
        on = max((*(day + dt.timedelta(days=1) for day in trained), plan.given.start))
    day = max(on, plan.given.start)
    while day in trained:
        day += dt.timedelta(days=1)
    return day


def _stopped(plan: Plan, state: State, day: dt.date, rest_pain: float | None) -> Session | None:
    """Return the session that stops the programme, or None."""
    week = week_of(plan.given.start, day)
    light, rule = fact("X11"), fact("X65")
    if plan.blocked or state.red_flags:
        because = plan.given.stops if plan.blocked else state.red_flags
        reasons = tuple(Sentence(text=text, evidence=("X01",)) for text in because)
        message = Sentence(
            text="Stop: see a clinician first. There is no session until somebody has looked at this.",
            evidence=("X01",),
        )
        return Session(date=day, week=week, kind="blocked", reasons=reasons, messages=(message,))
    if state.backs >= rule.number("clinician_after"):
        text = f"Pain went over the limit in {state.backs} sessions in a row. A clinician should look at the knee before you go on."
        return Session(
            date=day, week=week, kind="see-clinician", messages=(Sentence(text=text, evidence=("X65", "X11")),)
        )
    rest = dt.timedelta(days=rule.number("rest"))
    if state.backs >= rule.number("rest_after") and state.last_back is not None and day <= state.last_back + rest:
        until = state.last_back + rest
        text = f"Rest until {until.isoformat()}: two sessions in a row went over the limit. Then go on, one step lower."
        return Session(date=day, week=week, kind="rest", messages=(Sentence(text=text, evidence=("X65", "X11")),))
    if rest_pain is not None and rest_pain > light.number("hold_up_to"):
        text = (
            f"Pain at rest is {rest_pain:g}. No exercises and no running until it is 5 or less; move as far as is comfortable. "
            "Log it with: medius done --pain-now. If it does not fall within a few days, or anything new comes up, see a clinician."
        )
        return Session(
            date=day, week=week, kind="settle", messages=(Sentence(text=text, evidence=("X74", "X11", "E30")),)
        )
    return None


def _planned(plan: Plan, day: dt.date) -> PlannedDay:
    """Return the first planned day from `day` on; after the six weeks the same weekdays go on."""
    for planned in plan.days:
        if planned.date >= day:
            return planned
    strength = strength_days(plan.given.days)
    runs = run_days(plan.given.days, strength)
    while day.weekday() not in {*strength, *runs}:
        day += dt.timedelta(days=1)
    weekday = day.weekday()
    return PlannedDay(date=day, week=week_of(plan.given.start, day), strength=weekday in strength, run=weekday in runs)


def _items(plan: Plan, state: State, planned: PlannedDay) -> tuple[Item, ...]:
    places = places_after_gap(state.places, state.last_strength, planned.date)
    other: Side = "right" if plan.first_side == "left" else "left"
    open_tracks = [track for track in _in_turn(plan, planned) if _unlocked(plan, track.name, places)]
    found: list[Item] = []
    for track in open_tracks[: plan.tracks_per_session]:
        level = min(_allowed_level(track, places[track.name] // 2, state), len(track.steps) - 1)
        step = track.steps[level]
        sides: tuple[Side, ...] = (plan.first_side, other) if step.both_sides else ()
        found.append(Item(track=track.name, level=level, step=step, sides=sides))
    return tuple(sorted(found, key=lambda item: _ORDER_OF_DOING.index(item.track)))


_ORDER_OF_DOING = ("clamshell", "side-lift", "bridge", "pelvis", "deadlift")
"""Lying before standing before loaded (X13)."""


def _in_turn(plan: Plan, planned: PlannedDay) -> tuple[Track, ...]:
    """Return the ladders in the turn of the day, which depends on the date alone."""
    first = planned.date.toordinal() % len(plan.tracks)
    return (*plan.tracks[first:], *plan.tracks[:first])


def _unlocked(plan: Plan, track: str, places: dict[str, int]) -> bool:
    if track not in ("pelvis", "deadlift"):
        return True
    standing = plan.starts_standing or max(places["clamshell"], places["side-lift"]) >= 2
    return standing and (track == "pelvis" or places["pelvis"] >= 2)


def _allowed_level(track: Track, level: int, state: State) -> int:
    """Keep weights out of the hands until the unloaded deadlift was done well often enough (X69)."""
    if state.unloaded_done_well >= fact("X69").number("good_unloaded_sessions"):
        return level
    loaded = [number for number, step in enumerate(track.steps) if step.variant == LOADED]
    return min(level, loaded[0] - 1) if loaded else level


def _run(
    plan: Plan,
    state: State,
    history: Sequence[Done],
    planned: PlannedDay,
    rest_pain: float | None,
    other_runs: Sequence[tuple[dt.date, float]],
) -> tuple[Run | None, tuple[Sentence, ...]]:
    if rest_pain is not None and rest_pain > fact("X11").number("go_up_to"):
        text = (
            f"No run: pain at rest is {rest_pain:g}. Instead, if it keeps pain at 2 or less: cycling, swimming, running in deep "
            "water or walking uphill. When it is less: medius done --pain-now."
        )
        return None, (Sentence(text=text, evidence=("X74", "X75")),)
    place = min(run_place_after_gap(state.run_place, state.last_run, planned.date), len(plan.runs) - 1)
    step = plan.runs[place]
    long = step.run_min > 0 or _is_long_day(plan, planned.date)
    wanted = (
        step.km
        if long
        else max(fact("X86").number("short_share") * step.km, *(0.0, *(s.km for s in plan.runs if s.run_min > 0)))
    )
    km, longest = guarded_km(plan.given, history, planned.date, wanted, other_runs)
    if km <= 0:
        return None, (
            Sentence(text="No run: the longest of the last 30 days is too short to build on. Walk.", evidence=("X02",)),
        )
    step = RunStep(km=km, run_min=step.run_min, walk_min=step.walk_min, terrain=step.terrain, long=long)
    if longest is None:
        text = "No run of the last 30 days is known, so this one is short."
        reason = Sentence(text=text, evidence=("X71", "R01"))
    else:
        text = f"{km:g} km: at most 1.10 times the longest run of the last 30 days ({longest:g} km)."
        reason = Sentence(text=text, evidence=("X02", "R01", "X71"))
    run = Run(step=step, minutes=round(minutes_of(step)), guard_longest_km=longest, cues=cues_for_run(plan, state.runs))
    return run, (reason,)


def _is_long_day(plan: Plan, day: dt.date) -> bool:
    runs = run_days(plan.given.days, strength_days(plan.given.days))
    return day.weekday() == max(runs)


def _pre_run(plan: Plan) -> tuple[PreRun, ...]:
    dose = fact("X77")
    return tuple(
        PreRun(exercise=name, seconds=dose.number("stretch" if "stretch" in name else "roll")) for name in plan.pre_run
    )


def _reasons(plan: Plan, state: State, planned: PlannedDay, items: Sequence[Item]) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    if state.verdicts:
        day, verdict = state.verdicts[-1]
        held = "its pain or the next morning is not logged yet" if state.waiting else "pain of 3 to 5"
        held += ": the same again"
        text, ids = {
            "back": ("pain over 5 or worse on the next morning: one step back", ("X11", "X65", "E30")),
            "hold": (held, ("X11", "X64")),
            "ok": ("pain of 2 or less, and settled: on, once two sessions in a row were good", ("X11", "X12", "X64")),
        }[verdict]
        found.append(Sentence(text=f"Last time ({day.isoformat()}): {text}.", evidence=ids))
    elif planned.strength:
        found.append(
            Sentence(
                text="First session: the lowest steps, lying before standing before loaded.", evidence=("X13", "X68")
            )
        )
    if state.last_strength is not None and (planned.date - state.last_strength).days >= fact("X67").number("gap"):
        days = (planned.date - state.last_strength).days
        text = f"{days} days without strength work: one step back for each full fortnight, and nothing to make up for."
        found.append(Sentence(text=text, evidence=("X67",)))
    named = {item.track for item in items}
    if items and "pelvis" not in named:
        found.append(Sentence(text="Standing exercises come after one step forward lying.", evidence=("X13", "X68")))
    loaded = any(item.step.load_kg > 0 for item in items)
    if "deadlift" in named and not loaded:
        found.append(Sentence(text="No weight in the hand before two good sessions without one.", evidence=("X69",)))
    return tuple(found)


def _messages(plan: Plan, planned: PlannedDay) -> tuple[Sentence, ...]:
    if planned.week <= weeks_of_plan() or not plan.given.symptomatic:
        return ()
    text = (
        "The six weeks are over. If pain has fallen by less than 2 points and the running index by less than 5, see a "
        "clinician; otherwise go on."
    )
    return (Sentence(text=text, evidence=("X14", "O01", "O08")),)
