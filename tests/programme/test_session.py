"""How a plan bends: one thing happens at a time, and the next session is known beforehand."""

from __future__ import annotations

import datetime as dt

import pytest

from medius.errors import InvalidValueError
from medius.programme import (
    Done,
    DoneRun,
    Plan,
    Session,
    best_case,
    check_done,
    done_as_asked,
    done_well,
    fold,
    make_plan,
    measure_progress,
    merge_done,
    next_session,
    observe_session,
    parse_plan_input,
    render_session,
    with_morning,
)

START = dt.date(2027, 1, 4)


@pytest.fixture(scope="module")
def plan() -> Plan:
    values = {
        "start": START,
        "screened": True,
        "side": "left",
        "pain_now": 0,
        "pain_worst": 4,
        "days": "mon,wed,fri,sun",
        "equipment": {"weights_kg": [8]},
        "running": {"longest_km_30_days": 12},
    }
    return make_plan(parse_plan_input(values))


def lived(plan: Plan, *changes: dict[str, object]) -> tuple[list[Done], Session]:
    """Do sessions well but for the changes given for each; return the logs and what comes next."""
    logs: list[Done] = []
    for change in changes:
        session = next_session(plan, logs)
        logs.append(done_well(session).model_copy(update=change))
    return logs, next_session(plan, logs)


def levels(plan: Plan, logs: list[Done]) -> dict[str, int]:
    state = fold(plan, logs)
    return {track.name: state.level(track.name) for track in plan.tracks}


def strength_only(session: Session, **answers: object) -> Done:
    values = {"effort": 5.0, "form_good": True, "pain": 1.0, **answers}
    done = done_as_asked(session, **values)  # type: ignore[arg-type]
    return done.model_copy(update={"next_morning": 0.0})


def clam_level(plan: Plan, *answers: dict[str, object]) -> int:
    logs: list[Done] = []
    on = START
    for answer in answers:
        session = next_session(plan, logs, on)
        while not session.items:
            session = next_session(plan, logs, session.date + dt.timedelta(days=1))
        logs.append(strength_only(session).model_copy(update=answer))
        on = session.date + dt.timedelta(days=1)
    return fold(plan, logs).level("clamshell")


GOOD: dict[str, object] = {}


def test_two_good_sessions_in_a_row_lead_one_step_on(plan: Plan) -> None:
    assert [clam_level(plan, *[GOOD] * n) for n in range(5)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    "spoiled",
    [{"pain": 3.0}, {"pain": None}, {"next_morning": None}, {"worse_next_morning": False, "next_morning": 4.0}],
)
def test_pain_of_three_to_five_or_unknown_holds_and_starts_the_count_again(
    plan: Plan, spoiled: dict[str, object]
) -> None:
    assert clam_level(plan, GOOD, spoiled, GOOD) == 0
    assert clam_level(plan, GOOD, spoiled, GOOD, GOOD) == 1


@pytest.mark.parametrize(
    "bad", [{"pain": 6.0}, {"worse_next_morning": True}, {"next_morning": 3.0}, {"next_morning": 7.0}]
)
def test_pain_over_five_or_a_worse_morning_steps_back(plan: Plan, bad: dict[str, object]) -> None:
    assert clam_level(plan, GOOD, GOOD, GOOD, GOOD) == 2
    assert clam_level(plan, GOOD, GOOD, GOOD, GOOD, bad) == 1


def test_high_effort_and_poor_form_hold(plan: Plan) -> None:
    session = next_session(plan)
    for answers in ({"effort": 9.0}, {"form_good": False}, {"form_good": None}, {"extra_repetitions": -1}):
        logs = [strength_only(session, **answers)]
        assert fold(plan, logs).places["clamshell"] == 0
    assert fold(plan, [strength_only(session, effort=9.0, extra_repetitions=2)]).places["clamshell"] == 1


def test_two_steps_back_in_a_row_rest_and_four_call_for_a_clinician(plan: Plan) -> None:
    bad: dict[str, object] = {"pain": 7.0}
    logs, after = lived(plan, {}, bad, bad)
    assert after.kind == "rest"
    assert not after.items
    assert "Rest until" in render_session(after)
    on = logs[-1].date + dt.timedelta(days=4)
    assert next_session(plan, logs, on).kind == "training"
    for _ in range(2):
        session = next_session(plan, logs, on)
        logs.append(done_well(session).model_copy(update=bad))
        on = session.date + dt.timedelta(days=4)
    assert next_session(plan, logs, on + dt.timedelta(days=30)).kind == "see-clinician"
    cleared = [*logs, Done(date=on, cleared_by="Dr Example")]
    assert next_session(plan, cleared, on).kind == "training"


def test_missed_sessions_are_not_made_up_for(plan: Plan) -> None:
    logs, on_time = lived(plan, {}, {})
    late = next_session(plan, logs, on_time.date + dt.timedelta(days=3))
    assert late.date > on_time.date
    assert [item.level for item in late.items] <= [item.level for item in on_time.items] or not on_time.items
    assert all(item.step.sets <= 3 for item in late.items)


def test_a_gap_of_five_weeks_steps_back_and_keeps_everything(plan: Plan) -> None:
    logs = [done_well(session) for session in best_case(plan)[:12]]
    before = fold(plan, logs)
    back = next_session(plan, logs, logs[-1].date + dt.timedelta(days=35))
    by_track = {item.track: item.level for item in back.items}
    for name, level in by_track.items():
        top = min(before.level(name), len(plan.track(name).steps) - 1)
        assert level <= max(0, before.level(name) - 2) or level < top
    assert "35 days without strength work" in render_session(back) or "days without strength work" in render_session(
        back
    )
    assert fold(plan, logs).places == before.places


def test_a_red_flag_in_a_log_stops_everything(plan: Plan) -> None:
    _, after = lived(plan, {}, {"red_flags": ("the knee locks",)})
    assert after.kind == "blocked"
    assert "the knee locks" in render_session(after)


def test_pain_at_rest_stops_the_run_before_the_exercises(plan: Plan) -> None:
    day = next(day.date for day in plan.days if day.run and day.strength)
    three, six = next_session(plan, (), day, pain_now=3), next_session(plan, (), day, pain_now=6)
    assert three.run is None
    assert three.items
    assert "No run" in render_session(three)
    assert six.kind == "settle"


def test_the_run_follows_the_guard_and_the_watch(plan: Plan) -> None:
    sessions = [s for s in best_case(plan) if s.run is not None]
    logs = [done_well(sessions[0])]
    day = sessions[-1].date + dt.timedelta(days=35)
    alone = next_session(plan, logs, day)
    while alone.run is None:
        day += dt.timedelta(days=1)
        alone = next_session(plan, logs, day)
    assert alone.run.guard_longest_km is None
    short = next_session(plan, logs, day, other_runs=((alone.date - dt.timedelta(days=5), 1.0),))
    assert short.run is not None
    assert short.run.step.km == pytest.approx(1.1)


def test_a_day_is_logged_once_and_not_before_it_comes(plan: Plan) -> None:
    done = done_well(next_session(plan))
    check_done((), done, START)
    with pytest.raises(InvalidValueError, match="logged already"):
        check_done((done,), done, START)
    with pytest.raises(InvalidValueError, match="has not come yet"):
        check_done((), done, START - dt.timedelta(days=1))
    with pytest.raises(InvalidValueError, match="lies before it"):
        check_done((), done.model_copy(update={"date": START - dt.timedelta(days=1)}), START, plan)
    with pytest.raises(InvalidValueError, match="two logs for"):
        next_session(plan, (done, done))


def test_the_run_of_a_day_joins_its_exercises(plan: Plan) -> None:
    session = next_session(plan)
    items = strength_only(session, pain=1.0)
    run = Done(date=session.date, run=DoneRun(km=2.0), pain=4.0)
    both = merge_done(items, run)
    assert both.items == items.items
    assert both.run is not None
    assert both.pain == 4
    assert both.run.pain == 4
    with pytest.raises(InvalidValueError, match="logged already"):
        merge_done(both, run)


def test_the_next_morning_completes_the_last_session(plan: Plan) -> None:
    done = strength_only(next_session(plan)).model_copy(update={"next_morning": None})
    history, new = with_morning((done,), None, 1.0, worse=False)
    assert new.next_morning == 1
    assert history == (new,)
    with pytest.raises(InvalidValueError, match="no session that waits"):
        with_morning(history, None, 1.0, worse=None)
    with pytest.raises(InvalidValueError, match="no session on 2027-06-01"):
        with_morning(history, dt.date(2027, 6, 1), 1.0, worse=None)


def test_progress_is_judged_by_the_minimal_change_and_ends_at_a_clinician(plan: Plan) -> None:
    logs = [done_well(session).model_copy(update={"pain": 1.0}) for session in best_case(plan)]
    early = measure_progress(plan, logs, START + dt.timedelta(days=2))
    assert "Too early" in early.sentences[0].text
    good = measure_progress(plan, logs, START + dt.timedelta(days=41))
    assert "much better" in good.sentences[0].text
    assert good.sessions_done == sum(done.date <= good.date for done in logs)
    same = [done.model_copy(update={"pain": 4.0}) for done in logs]
    bad = measure_progress(plan, same, START + dt.timedelta(days=44))
    assert "see a clinician" in " ".join(s.text for s in bad.sentences)


def test_tests_come_in_weeks_one_four_and_after_six(plan: Plan) -> None:
    days = [(day.date - START).days for day in plan.days if day.tests]
    assert len(days) == 3
    assert days[0] < 7
    assert 21 <= days[1] < 28
    assert 42 <= days[2] < 49


def test_a_log_becomes_observations(plan: Plan) -> None:
    session = next_session(plan, (), next(day.date for day in plan.days if day.run))
    found = {o.code: o for o in observe_session(done_well(session), session)}
    assert found["session_pain"].value == 0
    assert session.run is not None
    assert found["run_distance"].value == pytest.approx(1000 * session.run.step.km)
