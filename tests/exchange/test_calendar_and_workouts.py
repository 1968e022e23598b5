"""Calendar, workouts and metronome are read back by other people's programs."""

from __future__ import annotations

import datetime as dt
import io
import wave

import fitdecode
import icalendar
import numpy as np
import pytest

from medius.errors import InvalidValueError
from medius.exchange import render_calendar, render_metronome, render_strength_workout, render_workouts
from medius.programme import Plan, Session, best_case, make_plan, parse_plan_input

START = dt.date(2027, 1, 4)


@pytest.fixture(scope="module")
def plan() -> Plan:
    values = {
        "start": START,
        "screened": True,
        "side": "left",
        "pain_now": 0,
        "pain_worst": 3,
        "days": "mon,wed,sun",
        "equipment": {"weights_kg": [8], "roller": True},
        "running": {"longest_km_30_days": 12},
    }
    return make_plan(parse_plan_input(values))


@pytest.fixture(scope="module")
def sessions(plan: Plan) -> tuple[Session, ...]:
    return best_case(plan)


def test_the_calendar_is_read_back_with_every_session(plan: Plan, sessions: tuple[Session, ...]) -> None:
    content = render_calendar(plan, sessions)
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [session.date for session in sessions]
    assert all(event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(days=1) for event in events)
    assert len({str(event["uid"]) for event in events}) == len(sessions)
    assert "strength 19 min" in str(events[0]["summary"])
    told = str(events[0]["description"])
    assert "Clamshell: 2 × 10 a side, 2 s out, hold 1 s, 2 s back" in told
    assert "\n" in told


def test_calendar_lines_are_cut_as_the_standard_asks(plan: Plan, sessions: tuple[Session, ...]) -> None:
    content = render_calendar(plan, sessions)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no character is cut in two


def test_the_same_plan_gives_the_same_bytes(plan: Plan, sessions: tuple[Session, ...]) -> None:
    assert render_calendar(plan, sessions) == render_calendar(plan, sessions)
    assert render_workouts(plan, sessions) == render_workouts(plan, sessions)


def messages(content: bytes, name: str) -> list[dict[str, object]]:
    with fitdecode.FitReader(io.BytesIO(content), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        return [
            {field.name: field.value for field in frame.fields}
            for frame in reader
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == name
        ]


def test_a_strength_workout_is_read_back(plan: Plan, sessions: tuple[Session, ...]) -> None:
    session = next(s for s in sessions if any(item.step.load_kg for item in s.items))
    content = render_strength_workout(plan, session)
    assert messages(content, "file_id")[0]["type"] == "workout"
    workout = messages(content, "workout")[0]
    steps = messages(content, "workout_step")
    assert (workout["sport"], workout["sub_sport"]) == ("training", "strength_training")
    assert workout["num_valid_steps"] == len(steps)
    asked = [(item.step.repetitions, side) for item in session.items for side in item.sides or ("",)]
    done = [s for s in steps if s["duration_type"] == "reps"]
    assert [s["duration_reps"] for s in done] == [count for count, _ in asked]
    assert all(str(s["wkt_step_name"]).endswith(side) for s, (_, side) in zip(done, asked, strict=True))
    loaded = [s for s in done if s.get("exercise_weight")]
    assert {s["exercise_weight"] for s in loaded} == {8.0}
    assert {s["exercise_category"] for s in loaded} == {"deadlift"}
    repeats = [s for s in steps if s["duration_type"] == "repeat_until_steps_cmplt"]
    assert [s["repeat_steps"] for s in repeats] == [item.step.sets for item in session.items if item.step.sets > 1]
    assert {s["duration_time"] for s in steps if s["duration_type"] == "time"} == {30.0}


def test_run_workouts_are_read_back(plan: Plan, sessions: tuple[Session, ...]) -> None:
    files = render_workouts(plan, sessions)
    runs = {s.date.isoformat(): s.run for s in sessions if s.run is not None}
    assert {name[:10] for name in files if "run" in name} == set(runs)
    for day, run in runs.items():
        content = files[f"{day}-run.fit"]
        assert messages(content, "workout")[0]["sport"] == "running"
        steps = messages(content, "workout_step")
        if run.step.run_min > 0:
            assert [s["duration_time"] for s in steps[:2]] == [60 * run.step.run_min, 60 * run.step.walk_min]
        else:
            assert [s["duration_distance"] for s in steps] == [pytest.approx(1000 * run.step.km)]


def test_the_metronome_clicks_at_the_cadence() -> None:
    with wave.open(io.BytesIO(render_metronome(172, minutes=0.5))) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert sound.size == pytest.approx(30 * rate)
    loud = np.flatnonzero(np.abs(sound) > 3000) / rate
    starts = loud[np.r_[True, np.diff(loud) > 0.1]]
    assert starts.size == 86
    np.testing.assert_allclose(60 / np.diff(starts), 172, rtol=2e-3)


@pytest.mark.parametrize(("cadence", "minutes"), [(20, 1), (172, 0), (172, 100)])
def test_an_impossible_metronome_is_a_sentence(cadence: float, minutes: float) -> None:
    with pytest.raises(InvalidValueError, match="Give"):
        render_metronome(cadence, minutes)
