"""What the history adds up to. Every rule here is monotone: more pain anywhere never leads to a higher place on a ladder.

A place is a whole number: two steps of it are one level, the odd one in between means "one good session so far". Each
session turns into a verdict that depends on that session alone, and each verdict moves a place by a function that never
reorders two places; so two histories that differ in pain only can never overtake one another (X11, X64, X65).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from medius.evidence import fact
from medius.programme._ladders import LOADED
from medius.programme._models import Done, DoneItem, Plan

__all__ = ["State", "Verdict", "fold", "judge", "judge_run", "places_after_gap"]

Verdict = Literal["back", "hold", "ok"]


@dataclass(frozen=True)
class State:
    """Where the person stands.

    Attributes
    ----------
    places
        Place on each ladder; the level is half of it.
    run_place
        Place on the ladder of runs.
    backs
        Sessions in a row that ended with a step back.
    last_back
        Day of the last of them.
    rest_pain
        Last known pain at rest.
    red_flags
        Signs that nobody has cleared since.
    unloaded_done_well
        Sessions with the unloaded single-leg deadlift in good form and pain of 2 or less.
    last_strength, last_run
        Days of the last training.
    waiting
        Whether the last training still lacks its pain, or the pain of the next morning.
    verdicts
        Verdict of each day of training, oldest first.
    """

    places: Mapping[str, int]
    run_place: int = 0
    backs: int = 0
    last_back: dt.date | None = None
    rest_pain: float | None = None
    red_flags: tuple[str, ...] = ()
    unloaded_done_well: int = 0
    last_strength: dt.date | None = None
    last_run: dt.date | None = None
    runs: int = 0
    waiting: bool = False
    verdicts: tuple[tuple[dt.date, Verdict], ...] = field(default=())

    def level(self, track: str) -> int:
        """Return the level on a ladder."""
        return self.places.get(track, 0) // 2


def fold(plan: Plan, history: Iterable[Done]) -> State:
    """Return the state after a history in order of date."""
    places = {track.name: 0 for track in plan.tracks}
    run_place = backs = unloaded = runs = 0
    last_back = last_strength = last_run = None
    rest_pain = plan.given.pain_now
    red_flags: tuple[str, ...] = ()
    verdicts: list[tuple[dt.date, Verdict]] = []
    waiting = False
    for done in history:
        if done.cleared_by:
            red_flags, backs, last_back = (), 0, None
        red_flags = red_flags + done.red_flags
        strength, running = judge(done), judge_run(done)
        if done.items:
            places = places_after_gap(places, last_strength, done.date)
            places = {name: _move(place, strength, _item(done, name)) for name, place in places.items()}
            unloaded += _unloaded_done_well(done, strength)
            last_strength = done.date
        if done.run is not None:
            run_place = run_place_after_gap(run_place, last_run, done.date)
            run_place = _move_run(run_place, _worse(running, strength) if strength == "back" else running, done)
            runs += 1
            last_run = done.date
        elif strength == "back" and done.items:
            run_place = _move_run(run_place, "back", done)
        if done.trained:
            worst = _worse(strength if done.items else "ok", running if done.run else "ok")
            verdicts.append((done.date, worst))
            waiting = done.next_morning is None or (
                done.pain is None and not any(i.pain is not None for i in done.items)
            )
            backs, last_back = (backs + 1, done.date) if worst == "back" else (0, last_back)
        rest_pain = max((p for p in (done.pain_now, done.next_morning) if p is not None), default=rest_pain)
    return State(
        places,
        run_place,
        backs,
        last_back,
        rest_pain,
        red_flags,
        unloaded,
        last_strength,
        last_run,
        runs,
        waiting,
        tuple(verdicts),
    )


def judge(done: Done) -> Verdict:
    """Return the verdict on the exercises of a day (X11, X65, X66). What is not known holds; it never moves forwards."""
    return _judge(done, (done.pain, *(item.pain for item in done.items)))


def judge_run(done: Done) -> Verdict:
    """Return the verdict on the run of a day."""
    return _judge(done, (done.pain, done.run.pain if done.run else None))


def _judge(done: Done, pains: Iterable[float | None]) -> Verdict:
    known = [pain for pain in pains if pain is not None]
    during = max(known, default=None)
    morning, light = done.next_morning, fact("X11")
    go, stop = light.number("go_up_to"), light.number("hold_up_to")
    settled_to = fact("X66").number("settled_up_to")
    worse = done.worse_next_morning
    if worse is None:
        worse = morning is not None and morning > settled_to
    if (during is not None and during > stop) or (morning is not None and morning > stop) or worse:
        return "back"
    if during is None or during > go or morning is None or morning > settled_to:
        return "hold"
    return "ok"


def _worse(first: Verdict, second: Verdict) -> Verdict:
    order: tuple[Verdict, ...] = ("back", "hold", "ok")
    return order[min(order.index(first), order.index(second))]


def _item(done: Done, track: str) -> DoneItem | None:
    return next((item for item in done.items if item.track == track), None)


def _move(place: int, verdict: Verdict, item: DoneItem | None) -> int:
    """Move a place: back one level, down to the last whole level, or one good session further."""
    if verdict == "back":
        return max(0, place // 2 * 2 - 2)
    if verdict == "hold":
        return place // 2 * 2
    if item is None:
        return place
    return place + 1 if _good(item) else place // 2 * 2


def _good(item: DoneItem) -> bool:
    """Whether a session with an exercise counts as good: form good, and low effort or two repetitions more (X64)."""
    rule = fact("X64")
    if item.form_good is not True or item.sets < item.asked.sets or item.repetitions < item.asked.repetitions:
        return False
    easy = item.effort is not None and item.effort <= rule.number("low_effort_up_to")
    more = item.repetitions >= item.asked.repetitions + rule.number("extra_repetitions")
    return easy or more


def _unloaded_done_well(done: Done, verdict: Verdict) -> int:
    return int(
        verdict == "ok"
        and any(
            item.asked.exercise == "single-leg-deadlift"
            and item.asked.variant != LOADED
            and item.form_good is True
            and item.repetitions >= item.asked.repetitions
            and item.sets >= item.asked.sets
            for item in done.items
        )
    )


def _move_run(place: int, verdict: Verdict, done: Done) -> int:
    """Move the place on the ladder of runs: two back, or one further after a whole run of the kind that counts."""
    run = done.run
    if verdict == "back":
        return max(0, place - int(fact("X65").number("runs_back")))
    if verdict == "hold" or run is None or run.asked_km is None or not run.long:
        return place
    return place + 1 if run.km >= fact("X86").number("done_from") * run.asked_km else place


def places_after_gap(places: Mapping[str, int], last: dt.date | None, day: dt.date) -> dict[str, int]:
    """Step back one level for each full gap without training (X67)."""
    levels = _gaps(last, day)
    return {n: max(0, p // 2 * 2 - 2 * levels) if levels else p for n, p in places.items()}


def run_place_after_gap(place: int, last: dt.date | None, day: dt.date) -> int:
    """Step back two runs for each full gap without a run (X67)."""
    return max(0, place - 2 * _gaps(last, day))


def _gaps(last: dt.date | None, day: dt.date) -> int:
    return 0 if last is None else max(0, (day - last).days) // int(fact("X67").number("gap"))
