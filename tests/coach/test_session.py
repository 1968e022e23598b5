"""The mannequin of every definition does sets that are known exactly; the coach sees only its key points."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest

from coach.puppet import Move, film_set, mirrored
from medius.coach import COACHED, Event, Frame, Session, SetResult
from medius.errors import InvalidValueError
from medius.exercises import exercise
from medius.record import Side

SET = (Move(), Move(share=0.45), Move(hold=2.0), Move(out=2.0, back=2.0))
"""Three whole repetitions and, in second place, a partial one of less than half the range."""
STANCE = (Move(out=0.8, hold=5.0, back=0.8), Move(out=0.8, hold=3.0, back=0.8))
SIDES: tuple[Side, Side] = ("left", "right")
MOVED = tuple(name for name in COACHED if name != "single-leg-stance")


def watch(frames: Iterable[Frame], name: str, **options: object) -> tuple[SetResult, list[Event]]:
    session = Session(name, **options)  # type: ignore[arg-type]
    events = [event for frame in frames for event in session.step(frame)]
    return session.finish(), events


def counted(result: SetResult) -> list[bool]:
    return [r.counted for r in result.repetitions]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", MOVED)
def test_counts_whole_repetitions_shows_partial_ones_and_tells_the_side(name: str, side: Side) -> None:
    item = exercise(name)
    result, events = watch(film_set(item, side, SET), name)
    assert counted(result) == [True, False, True, True]
    assert {r.side for r in result.repetitions} == {side if item.sided else None}
    assert [r.hold_s for r in result.counted()] == pytest.approx([0.3, 2.0, 0.3], abs=0.3)
    assert result.repetitions[0].start_s == pytest.approx(0.8, abs=0.3)
    assert not any(r.faults for r in result.repetitions), "the mannequin shows good form"
    assert not result.quality
    assert [e.say for e in events if e.kind == "repetition"] == ["1", "2", "3"]
    assert events[0].kind in ("ready", "phase")


@pytest.mark.parametrize("name", MOVED)
def test_range_is_that_of_the_definition_or_absent_with_a_reason(name: str) -> None:
    item = exercise(name)
    result, _ = watch(film_set(item, "right", SET), name)
    target = item.coach.target if item.coach else None
    assert target is not None
    for repetition in result.counted():
        if target.not_measured:
            assert repetition.range_deg is None
            assert result.range_reason
        else:
            assert repetition.range_deg == pytest.approx(target.range_deg, rel=0.2)


@pytest.mark.parametrize("side", SIDES)
def test_stance_is_timed_per_side_and_its_pelvic_angle_is_refused(side: Side) -> None:
    result, _ = watch(film_set(exercise("single-leg-stance"), side, STANCE), "single-leg-stance")
    assert [r.hold_s for r in result.repetitions] == pytest.approx([6.6, 4.6], abs=0.3)
    assert {r.side for r in result.repetitions} == {side}
    found = {o.code: o for o in result.observations()}
    assert found["single_leg_stance_time"].value == pytest.approx(6.6, abs=0.3)
    assert found["contralateral_pelvic_drop"].status == "not-measurable"


def _dropped(frames: Iterator[Frame]) -> Iterator[Frame]:
    rng = np.random.default_rng(3)
    for f in frames:
        kept = {n: p for n, p in f.points.items() if rng.random() > 0.2}
        yield Frame(f.time_s, kept, f.width, f.height)


def _at_speed(factor: float) -> Callable[[Iterator[Frame]], Iterator[Frame]]:
    return lambda frames: (Frame(f.time_s / factor, f.points, f.width, f.height) for f in frames)


HARD: dict[str, tuple[dict[str, float], Callable[[Iterator[Frame]], Iterator[Frame]]]] = {
    "noise": ({"noise": 1.5}, iter),
    "dropped points": ({}, _dropped),
    "10 frames a second": ({"fps": 10.0}, iter),
    "60 frames a second": ({"fps": 60.0}, iter),
    "rolled left": ({"roll": 10.0}, iter),
    "rolled right": ({"roll": -10.0}, iter),
    "half speed": ({}, _at_speed(0.5)),
    "double speed": ({}, _at_speed(2.0)),
}


@pytest.mark.parametrize("how", HARD)
@pytest.mark.parametrize("name", MOVED)
def test_count_holds_when_the_key_points_are_hard(name: str, how: str) -> None:
    options, change = HARD[how]
    frames = film_set(exercise(name), "left", (Move(), Move(hold=1.0), Move()), **options)  # type: ignore[arg-type]
    result, _ = watch(change(frames), name)
    assert len(result.counted()) == 3
    if exercise(name).sided:
        assert {r.side for r in result.counted()} == {"left"}


@pytest.mark.parametrize("name", ["clamshell", "pelvic-drop", "single-leg-deadlift"])
def test_a_mirror_swaps_the_sides_unless_it_is_told(name: str) -> None:
    frames = list(film_set(exercise(name), "left", SET))
    seen, _ = watch(mirrored(frames), name)
    told, _ = watch(mirrored(frames), name, mirrored=True)
    assert {r.side for r in seen.repetitions} == {"right"}
    assert {r.side for r in told.repetitions} == {"left"}
    assert counted(seen) == counted(told) == [True, False, True, True]


@pytest.mark.parametrize("name", ["clamshell", "single-leg-deadlift"])
@pytest.mark.parametrize("frozen", [True, False])
def test_two_seconds_without_new_pictures_lose_nothing_silently(name: str, *, frozen: bool) -> None:
    frames = list(film_set(exercise(name), "right", (Move(),) * 4))
    last = next(f for f in frames if f.time_s >= 4.0)
    changed = [
        Frame(f.time_s, last.points, f.width, f.height) if 4.0 < f.time_s < 6.0 else f
        for f in frames
        if frozen or not 4.0 < f.time_s < 6.0
    ]
    result, _ = watch(changed, name)
    assert {q.code for q in result.quality} & {"picture_frozen", "gap"}
    assert len(result.counted()) <= 4


@pytest.mark.parametrize("done", MOVED)
def test_another_exercise_is_never_counted_and_the_result_says_so(done: str) -> None:
    frames = list(film_set(exercise(done), "right", SET))
    for asked in COACHED:
        if asked == done:
            continue
        result, _ = watch(frames, asked)
        assert not result.counted(), f"{done} counted as {asked}"
        assert result.quality, f"{done} watched as {asked} says nothing"


def test_the_other_side_is_told_and_not_counted() -> None:
    result, events = watch(film_set(exercise("clamshell"), "left", SET), "clamshell", side="right")
    assert not result.repetitions
    assert [q.code for q in result.quality] == ["wrong_side"]
    assert any(e.code == "wrong_side" for e in events)


def test_a_fault_is_told_once_in_a_while_as_the_cue_of_the_definition() -> None:
    item = exercise("single-leg-deadlift")
    phases = list(item.phases)
    phases[1] = phases[1].model_copy(update={"angles": {**phases[1].angles, "knee_flexion_work": 2.0}})
    bad = item.model_copy(update={"phases": tuple(phases)})
    result, events = watch(film_set(bad, "left", (Move(),) * 3), item.name)
    assert [r.faults for r in result.counted()] == [("knee_locked",)] * 3
    cues = [e for e in events if e.kind == "cue"]
    assert [e.say for e in cues] == [item.fault("knee_locked").cue]
    assert cues[0].time_s < result.repetitions[0].end_s
    assert result.summary()["faults"][0]["repetitions"] == 3


def test_a_step_takes_less_than_a_millisecond() -> None:
    frames = list(film_set(exercise("pelvic-drop"), "left", SET))
    session = Session("pelvic-drop")
    start = time.perf_counter()
    for frame in frames:
        session.step(frame)
    assert (time.perf_counter() - start) / len(frames) < 1e-3


def test_an_empty_room_and_frames_out_of_order_count_nothing() -> None:
    nobody, events = watch((Frame(i / 30, {}) for i in range(120)), "clamshell")
    assert [q.code for q in nobody.quality] == ["nobody"]
    assert any(e.kind == "lost" for e in events)
    session = Session("clamshell")
    session.step(Frame(1.0, {}))
    assert session.step(Frame(0.5, {})) == ()


def test_somebody_who_only_lies_there_is_told_that_nothing_was_counted() -> None:
    result, events = watch(film_set(exercise("clamshell"), "left", (), after=4.0), "clamshell")
    assert [q.code for q in result.quality] == ["no_repetition"]
    assert [e.kind for e in events if e.kind == "ready"] == ["ready"]


def test_names_and_sides_that_do_not_exist_are_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match="clamshell, side-lying-hip-abduction"):
        Session("squatty")
    with pytest.raises(InvalidValueError, match="left or right"):
        Session("clamshell", side="up")
    with pytest.raises(InvalidValueError, match="knows no exercise"):
        Session("foam-roller-thigh")


def test_json_holds_what_it_promises() -> None:
    result, _ = watch(film_set(exercise("bridge"), "left", SET), "bridge")
    told = result.to_json()
    assert set(told) >= {
        "schema", "exercise", "side", "repetitions", "quality", "summary", "observations",
    }  # fmt: skip
    assert set(told["repetitions"][0]) >= {
        "start_s", "peak_s", "end_s", "hold_s", "side", "counted", "range_deg", "faults",
    }  # fmt: skip
    assert told["summary"]["sides"]["both"]["counted"] == 3
    assert {o["code"] for o in told["observations"]} == {"coach_repetitions", "coach_hold", "coach_range"}


def test_frames_and_events_travel_as_json() -> None:
    frames = list(film_set(exercise("clamshell"), "left", (Move(), Move())))
    sent = [json.dumps({"time_s": f.time_s, "points": f.points, "width": f.width, "height": f.height}) for f in frames]
    session = Session("clamshell")
    events = [event.to_json() for text in sent for event in session.step(Frame.from_json(json.loads(text)))]
    assert json.loads(json.dumps(events)) == events
    assert [e["count"] for e in events if e["kind"] == "repetition"] == [1, 2]
    assert session.finish() == watch(frames, "clamshell")[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"time_s": "now", "points": {}}, {"time_s": 1.0}, {"time_s": 1.0, "points": {"nose": [1, 2]}},
        {"time_s": math.inf, "points": {}}, {"time_s": 1.0, "points": {"nose": ["a", 2, 3]}},
    ],
)  # fmt: skip
def test_a_frame_that_is_none_is_refused_in_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValueError, match=r"\.$"):
        Frame.from_json(wrong)
