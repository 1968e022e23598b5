"""What must hold for every runner and every history: a thousand simulated runners, and more pain added anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from medius.programme import LOADED, Done, Plan, Session, fold, longest_before, make_plan, next_session
from medius.programme._running import first_km

if TYPE_CHECKING:
    from programme.conftest import Lived

RUNNERS = 1000


def test_the_simulation_meets_every_kind_of_session(lives: tuple[Lived, ...]) -> None:
    kinds = {session.kind for lived in lives for session in lived.sessions}
    assert kinds == {"training", "rest", "settle", "see-clinician"}
    exercises = {item.step.exercise for lived in lives for session in lived.sessions for item in session.items}
    assert {"clamshell", "side-lying-hip-abduction", "pelvic-drop", "single-leg-deadlift"} <= exercises
    assert any(item.step.variant == LOADED for lived in lives for s in lived.sessions for item in s.items)


def test_no_run_is_planned_beyond_the_long_run_guard(lives: tuple[Lived, ...]) -> None:
    checked = 0
    for lived in lives:
        for session, known in zip(lived.sessions, lived.known, strict=True):
            if session.run is None:
                continue
            longest = longest_before(lived.plan.given, lived.logs[:known], session.date)
            allowed = first_km(lived.plan.given) if longest is None else 1.10 * longest
            assert 0 < session.run.step.km <= allowed + 1e-9
            checked += 1
    assert checked > 5 * RUNNERS


def test_sessions_fall_on_free_days_and_fit_the_minutes(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        days, minutes = lived.plan.given.days, lived.plan.given.minutes
        for session in lived.sessions:
            if session.kind == "training":
                assert session.date.weekday() in days
                assert session.minutes <= minutes


def test_no_two_runs_are_planned_on_neighbouring_days(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        runs = [day.date for day in lived.plan.days if day.run]
        assert all((b - a).days >= 2 for a, b in pairwise(runs))


def test_at_most_one_session_a_day_and_never_more_after_a_missed_one(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        days = [session.date for session in lived.sessions if session.kind == "training"]
        assert len(days) == len(set(days))
        for lived_session in lived.sessions:
            tracks = [item.track for item in lived_session.items]
            assert len(tracks) == len(set(tracks))


def test_nobody_lifts_a_weight_before_two_good_unloaded_deadlifts(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        for session, known in zip(lived.sessions, lived.known, strict=True):
            if any(item.step.load_kg > 0 for item in session.items):
                good = [
                    done
                    for done in lived.logs[:known]
                    if any(
                        item.asked.exercise == "single-leg-deadlift"
                        and item.asked.load_kg == 0
                        and item.form_good
                        and item.repetitions >= item.asked.repetitions
                        for item in done.items
                    )
                    and (done.pain or 0) <= 2
                ]
                assert len(good) >= 2


def test_a_ladder_is_climbed_one_step_at_a_time(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        before: dict[str, int] = {}
        for session in lived.sessions:
            for item in session.items:
                if item.track in before:
                    assert item.level <= before[item.track] + 1
                before[item.track] = item.level


def test_a_heavier_weight_is_at_most_ten_percent_more_work(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        for track in lived.plan.tracks:
            for easier, harder in pairwise(track.steps):
                assert harder.load_kg >= easier.load_kg
                if harder.load_kg > easier.load_kg > 0:
                    small = harder.load_kg <= 1.10 * easier.load_kg
                    work = harder.load_kg * harder.repetitions * harder.sets
                    assert small or work <= 1.10 * easier.load_kg * easier.repetitions * easier.sets


def test_pain_over_the_limit_never_leads_up(lives: tuple[Lived, ...]) -> None:
    for lived in lives:
        for number, done in enumerate(lived.logs):
            if done.pain is not None and done.pain > 5 and done.trained:
                before, after = fold(lived.plan, lived.logs[:number]), fold(lived.plan, lived.logs[: number + 1])
                assert all(after.places[name] <= before.places[name] for name in before.places)
                assert after.run_place <= before.run_place


_DOSE = {"sets": 1, "repetitions": 1}


def assert_not_more(less_pain: Session, more_pain: Session) -> None:
    """Check that nothing in the second session is more than in the first."""
    order = {"training": 0, "rest": 1, "settle": 1, "see-clinician": 2, "blocked": 3}
    if more_pain.kind != "training":
        assert not more_pain.items
        assert more_pain.run is None
        return
    assert order[less_pain.kind] == 0, "more pain turned a stop into a session"
    easier = {item.track: item for item in less_pain.items}
    for item in more_pain.items:
        if item.track in easier:
            other = easier[item.track]
            assert item.level <= other.level
            assert item.step.load_kg <= other.step.load_kg
            if item.step.model_copy(update=_DOSE) == other.step.model_copy(update=_DOSE):
                assert item.step.sets * item.step.repetitions <= other.step.sets * other.step.repetitions
    if more_pain.run is not None:
        assert less_pain.run is not None
        assert more_pain.run.step.km <= less_pain.run.step.km
        assert more_pain.run.step.run_min <= (less_pain.run.step.run_min or 99)


PAINS = ("pain", "next_morning", "worse_next_morning", "pain_now")


def worsened(done: Done, field: str, to: float) -> Done | None:
    """Return the log with more pain in one place, or None if that would not be more."""
    if field == "worse_next_morning":
        # An unanswered question is judged by the morning's number, so only a "no" becomes worse by a "yes".
        return done.model_copy(update={field: True})
    old = getattr(done, field)
    if field in ("pain_now", "next_morning") and old is None:
        return None  # a first number at rest is news, good or bad, and not more pain
    if old is not None and to <= old:
        return None
    return done.model_copy(update={field: to})


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, RUNNERS - 1), data=st.data())
def test_more_pain_anywhere_never_raises_any_dose(live: Callable[[int], Lived], seed: int, data: st.DataObject) -> None:
    lived = live(seed)
    if not lived.logs:
        return
    number = data.draw(st.integers(0, len(lived.logs) - 1))
    field = data.draw(st.sampled_from(PAINS))
    to = data.draw(st.floats(0, 10))
    old = lived.logs[number]
    if field != "worse_next_morning" and getattr(old, field) is None and to <= 2:
        to = 3.0 + to / 2  # a first number counts as more pain only if it is any
    new = worsened(old, field, to)
    if new is None:
        return
    logs = list(lived.logs)
    logs[number] = new
    for session in lived.sessions:
        until = [done for done in lived.logs if done.date < session.date]
        until_worse = [done for done in logs if done.date < session.date]
        assert_not_more(
            next_session(lived.plan, until, session.date), next_session(lived.plan, until_worse, session.date)
        )


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, RUNNERS - 1), less=st.floats(0, 10), more=st.floats(0, 10))
def test_more_pain_today_never_raises_any_dose(
    live: Callable[[int], Lived], seed: int, less: float, more: float
) -> None:
    lived = live(seed)
    less, more = sorted((less, more))
    for session, known in zip(lived.sessions[::5], lived.known[::5], strict=True):
        logs = lived.logs[:known]
        assert_not_more(
            next_session(lived.plan, logs, session.date, pain_now=less),
            next_session(lived.plan, logs, session.date, pain_now=more),
        )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, RUNNERS - 1), data=st.data())
def test_more_pain_at_the_start_never_raises_any_dose(
    live: Callable[[int], Lived], seed: int, data: st.DataObject
) -> None:
    lived = live(seed)
    given_ = lived.plan.given
    if not given_.symptomatic:
        return
    field = data.draw(st.sampled_from(("pain_now", "pain_worst")))
    more = data.draw(st.floats(getattr(given_, field), 10))
    worse = make_plan(given_.model_copy(update={field: more}))
    for session, known in zip(lived.sessions, lived.known, strict=True):
        logs = lived.logs[:known]
        assert_not_more(next_session(lived.plan, logs, session.date), next_session(worse, logs, session.date))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, RUNNERS - 1), data=st.data())
def test_a_red_flag_blocks_until_it_is_cleared(live: Callable[[int], Lived], seed: int, data: st.DataObject) -> None:
    lived = live(seed)
    if not lived.logs:
        return
    number = data.draw(st.integers(0, len(lived.logs) - 1))
    logs = list(lived.logs)
    logs[number] = logs[number].model_copy(update={"red_flags": ("the knee locks",)})
    for session in lived.sessions:
        if session.date > logs[number].date:
            told = next_session(lived.plan, [d for d in logs if d.date < session.date], session.date)
            assert told.kind == "blocked"
            assert not told.items
            assert told.run is None
    last = logs[-1].date + dt.timedelta(days=1)
    cleared = next_session(lived.plan, [*logs, Done(date=last, pain_now=0, cleared_by="a doctor")], last)
    assert cleared.kind == "training"


def test_a_plan_with_an_uncleared_red_flag_holds_nothing(lives: tuple[Lived, ...]) -> None:
    for lived in lives[:50]:
        blocked: Plan = make_plan(lived.plan.given.model_copy(update={"blocked_because": ("hot joint",)}))
        assert blocked.blocked
        assert not blocked.tracks
        assert not blocked.days
        for session in lived.sessions:
            assert next_session(blocked, lived.logs, session.date).kind == "blocked"


def test_the_same_history_in_any_order_gives_the_same_session(lives: tuple[Lived, ...]) -> None:
    for lived in lives[:100]:
        on = lived.sessions[-1].date
        assert next_session(lived.plan, lived.logs, on) == next_session(lived.plan, lived.logs[::-1], on)
