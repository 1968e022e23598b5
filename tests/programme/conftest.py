"""Runners who do not exist: inputs and histories for property tests, from one seed each."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from medius.programme import (
    Done,
    DoneItem,
    DoneRun,
    Plan,
    Session,
    done_well,
    make_plan,
    next_session,
    parse_plan_input,
)

START = dt.date(2027, 1, 4)
RUNNERS = 1000


def some_input(rng: np.random.Generator) -> dict[str, object]:
    """Return the plain values of a random runner, screened and without red flags."""
    days = sorted(rng.choice(7, size=int(rng.integers(1, 8)), replace=False).tolist())
    hurts = rng.random() < 0.8
    weights = sorted(
        {float(w) for w in rng.choice([2, 4, 5, 5.5, 6, 8, 8.5, 10, 12, 16, 20, 24], size=int(rng.integers(0, 5)))}
    )
    values: dict[str, object] = {
        "start": START,
        "screened": True,
        "days": days,
        "minutes": int(rng.integers(10, 91)),
        "equipment": {
            "band": bool(rng.random() < 0.5),
            "roller": bool(rng.random() < 0.5),
            "step": bool(rng.random() < 0.8),
            "weights_kg": weights,
        },
        "running": {
            "longest_km_30_days": None if rng.random() < 0.3 else round(float(rng.uniform(0.4, 40)), 1),
            "pain_from_km": None if rng.random() < 0.5 or not hurts else round(float(rng.uniform(0.5, 20)), 1),
        },
    }
    if hurts:
        values |= {
            "side": str(rng.choice(["left", "right", "both"])),
            "pain_now": float(rng.integers(0, 10)),
            "pain_worst": float(rng.integers(0, 11)),
            "weak_side": str(rng.choice(["left", "right"])) if rng.random() < 0.5 else None,
        }
    if rng.random() < 0.3:
        values |= {
            "race_date": START + dt.timedelta(days=int(rng.integers(1, 80))),
            "race_km": float(rng.choice([5, 10, 21.1, 42.2])),
        }
    if rng.random() < 0.4:
        values["form"] = {"crossing_feet": bool(rng.random() < 0.5), "high_drop_or_adduction": True, "cadence": 165}
    return values


def some_log(rng: np.random.Generator, session: Session, luck: float) -> Done:
    """Return what a runner with moods makes of a session; with luck it goes well."""
    if rng.random() < luck:
        return done_well(session)
    pain = float(rng.choice([0, 1, 2, 3, 4, 5, 6, 8], p=[0.25, 0.25, 0.2, 0.1, 0.06, 0.04, 0.05, 0.05]))
    morning = None if rng.random() < 0.1 else float(rng.choice([0, 1, 2, 3, 6], p=[0.4, 0.25, 0.2, 0.1, 0.05]))
    worse = None if rng.random() < 0.5 else bool(rng.random() < 0.1)
    items = tuple(
        DoneItem(
            track=item.track,
            asked=item.step,
            repetitions=max(0, item.step.repetitions + int(rng.integers(-2, 4))),
            sets=item.step.sets,
            load_kg=item.step.load_kg,
            effort=None if rng.random() < 0.2 else float(rng.integers(2, 10)),
            form_good=None if rng.random() < 0.1 else bool(rng.random() < 0.85),
            pain=None if rng.random() < 0.5 else pain,
        )
        for item in session.items
        if rng.random() < 0.95
    )
    run = None
    if session.run is not None and rng.random() < 0.9:
        km = round(session.run.step.km * float(rng.choice([0.4, 1.0, 1.0, 1.0, 1.6])), 2) or 0.1
        run = DoneRun(
            km=km, asked_km=session.run.step.km, long=session.run.step.long, pain=None if rng.random() < 0.5 else pain
        )
    return Done(
        date=session.date,
        items=items,
        run=run,
        pain=None if rng.random() < 0.1 else pain,
        next_morning=morning,
        worse_next_morning=worse,
    )


@dataclass(frozen=True)
class Lived:
    """A runner's plan, sessions as they were asked, and logs; ``logs[:n]`` was known when ``sessions[n]`` was asked."""

    plan: Plan
    sessions: tuple[Session, ...]
    known: tuple[int, ...]
    logs: tuple[Done, ...]


def live_through(seed: int, weeks: int = 7) -> Lived:
    """Let a random runner live through a plan, with missed sessions and a gap now and then."""
    rng = np.random.default_rng(seed)
    luck = float(rng.random()) ** 0.5
    plan = make_plan(parse_plan_input(some_input(rng)))
    end, on = START + dt.timedelta(weeks=weeks), START
    sessions: list[Session] = []
    known: list[int] = []
    logs: list[Done] = []
    while on < end:
        session = next_session(plan, logs, on)
        if session.date >= end:
            break
        sessions.append(session)
        known.append(len(logs))
        on = session.date + dt.timedelta(days=1)
        if session.kind == "training":
            if rng.random() < 0.85:
                log = some_log(rng, session, luck)
                if log.trained:
                    logs.append(log)
        elif session.kind == "settle":
            logs.append(Done(date=session.date, pain_now=float(rng.integers(0, 8))))
        if rng.random() < 0.02:
            on += dt.timedelta(days=int(rng.integers(10, 36)))
    return Lived(plan, tuple(sessions), tuple(known), tuple(logs))


@pytest.fixture(scope="session")
def live() -> Callable[[int], Lived]:
    """Give the function that lets a random runner live through a plan."""
    return functools.cache(live_through)


@pytest.fixture(scope="session")
def lives(live: Callable[[int], Lived]) -> tuple[Lived, ...]:
    """Give a thousand simulated runners."""
    return tuple(live(seed) for seed in range(RUNNERS))
