"""Plans: what is known shapes them, what is not known is said, what cannot be is a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from medius.errors import InvalidValueError, UnreadableFileError
from medius.evidence import fact, require
from medius.exercises import exercise
from medius.programme import (
    Equipment,
    Plan,
    Sentence,
    best_case,
    build_tracks,
    feedback_share,
    input_from_observations,
    make_plan,
    next_session,
    next_weight,
    parse_plan_input,
    read_plan_input,
    render_case,
    render_plan,
)
from medius.record import Observation
from medius.screen import load_answers, screen

ROOT = Path(__file__).parent.parent.parent
START = dt.date(2027, 1, 4)
CASES = sorted((ROOT / "docs/examples/programme").glob("*.toml"))

Make = Callable[..., Plan]


@pytest.fixture
def make() -> Make:
    def made(**values: object) -> Plan:
        plain: dict[str, object] = {"start": START, "screened": True, "side": "left", "pain_now": 0, "pain_worst": 4}
        return make_plan(parse_plan_input({**plain, **values}))

    return made


def told(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(sentence.text for sentence in sentences)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_written_runners_are_current(path: Path) -> None:
    written = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert render_case(path) == written, "run python -m scripts.docs"


def test_there_are_at_least_ten_written_runners() -> None:
    assert len(CASES) >= 10


def test_the_four_exercises_are_in_every_plan_with_a_step() -> None:
    names = {step.exercise for track in build_tracks(Equipment()) for step in track.steps}
    assert {"clamshell", "side-lying-hip-abduction", "pelvic-drop", "single-leg-deadlift"} <= names


@pytest.mark.parametrize(
    "equipment",
    [Equipment(), Equipment(step=False), Equipment(band=True, weights_kg=(5, 8, 10)), Equipment(weights_kg=(16,))],
)
def test_a_ladder_asks_only_for_what_is_at_hand(equipment: Equipment) -> None:
    for track in build_tracks(equipment):
        for step in track.steps:
            needed = set(exercise(step.exercise).equipment) - {"mat"}
            assert equipment.band or "band" not in {*needed, step.variant}
            assert equipment.step or "step" not in needed
            assert step.load_kg in (0, *equipment.weights_kg)


def test_the_order_is_lying_then_standing_then_loaded(make: Make) -> None:
    sessions = best_case(make(pain_worst=8, equipment={"weights_kg": [8]}))
    first: dict[str, int] = {}
    for number, session in enumerate(sessions):
        for item in session.items:
            first.setdefault("loaded" if item.step.load_kg else item.step.exercise, number)
    assert first["clamshell"] == first["side-lying-hip-abduction"] == 0 or first["clamshell"] <= 1
    assert first["clamshell"] < first["pelvic-drop"] < first["single-leg-deadlift"] < first["loaded"]


@pytest.mark.parametrize(
    ("weights", "now", "repetitions", "then"),
    [
        ([5.0, 5.5], 5.0, 10, (5.5, 8)),  # 10 % heavier
        ([8.0, 12.0], 8.0, 10, (12.0, 7)),  # 12 kg × 7 = 84 ≤ 1.1 × 8 kg × 10 = 88
        ([4.0, 12.0], 4.0, 10, None),  # 44 / 12 = 3 repetitions are too few
        ([8.0], 8.0, 10, None),
    ],
)
def test_the_next_weight_keeps_the_work_within_ten_percent(
    weights: list[float], now: float, repetitions: int, then: tuple[float, int] | None
) -> None:
    assert next_weight(weights, now, repetitions) == then


def test_every_sentence_rests_on_facts_that_may_be_used(make: Make) -> None:
    plan = make(
        sitting_hours=9, race_date=START + dt.timedelta(days=60), race_km=10, weak_side="right", weakness_percent=20
    )
    sentences = [*plan.expectation, *plan.advice, *plan.notes]
    assert all(sentence.evidence for sentence in sentences)
    for session in best_case(plan):
        for sentence in (*session.reasons, *session.messages, *session.tests):
            require(*sentence.evidence)
            assert sentence.evidence


def test_the_weaker_side_goes_first_and_then_the_sore_one(make: Make) -> None:
    assert make(side="left", weak_side="right", weakness_percent=20).first_side == "right"
    assert make(side="right").first_side == "right"
    assert make(side="both").first_side == "left"


def test_form_is_retrained_only_with_pain_and_a_reason_on_the_film(make: Make) -> None:
    shown = {"crossing_feet": True, "high_drop_or_adduction": True, "cadence": 160, "evidence": ["K26"]}
    assert [change.kind for change in make(form=shown).retraining] == ["cadence", "step-width"]
    assert make().retraining == ()
    well = make_plan(parse_plan_input({"start": START, "screened": True, "form": shown}))
    assert well.retraining == ()
    assert "left alone" in told(well.notes)


def test_the_cadence_rises_by_five_and_then_at_most_ten_percent(make: Make) -> None:
    plan = make(form={"high_drop_or_adduction": True, "cadence": 160}, days="mon,wed,fri,sun")
    cues = [session.run.cues[0].text for session in best_case(plan) if session.run is not None]
    assert "168 steps a minute (now 160)" in cues[0]
    assert "176 steps a minute" in cues[6]
    assert "No beep" in cues[14]
    assert not any("184" in cue for cue in cues)


def test_feedback_fades_over_eight_to_eighteen_runs() -> None:
    shares = [feedback_share(n) for n in range(20)]
    assert shares[:4] == [1, 1, 1, 1]
    assert all(a >= b for a, b in pairwise(shares))
    practised = sum(share > 0 for share in shares)
    sessions = fact("E45").quantity("sessions")
    assert sessions.low is not None
    assert sessions.high is not None
    assert sessions.low <= practised <= sessions.high


def test_a_race_is_judged_by_the_long_run_guard(make: Make) -> None:
    def note(**values: object) -> str:
        return told(make(**values).notes)

    assert "cannot be met" in note(race_date=START + dt.timedelta(days=27), race_km=42.2)
    assert "cannot be met" in note(race_date=START + dt.timedelta(days=3), race_km=21.1)
    assert "within reach" in note(
        side=None, pain_worst=0, race_date=START + dt.timedelta(days=40), race_km=10, running={"longest_km_30_days": 11}
    )
    assert "is over" in note(race_date=START - dt.timedelta(days=3), race_km=10)
    assert "give its distance" in note(race_date=START + dt.timedelta(days=30))
    assert "too far off" in note(race_date=START + dt.timedelta(days=900), race_km=10)


def test_unasked_red_flags_with_pain_make_no_plan() -> None:
    plan = make_plan(parse_plan_input({"start": START, "side": "left", "pain_worst": 4}))
    assert plan.blocked
    assert "medius screen" in render_plan(plan, best_case(plan))


def test_no_findings_at_all_give_a_general_plan_that_says_so() -> None:
    plan = make_plan(parse_plan_input({"start": START}))
    assert not plan.blocked
    assert "Nothing is known" in told(plan.notes)
    assert "red flags have not been asked" in told(plan.notes)


def test_pain_nine_on_day_one_waits_and_goes_on_when_it_settles(make: Make) -> None:
    plan = make(pain_now=9, pain_worst=10)
    first = next_session(plan)
    assert first.kind == "settle"
    assert not first.items
    assert first.run is None
    later = next_session(plan, (), START, pain_now=2)
    assert later.kind == "training"
    assert later.run is not None
    assert later.run.step.km <= 2


def test_one_day_a_week_fits_and_is_called_little(make: Make) -> None:
    plan = make(days="sat")
    assert {day.date.weekday() for day in plan.days} == {5}
    assert "One day a week" in told(plan.notes)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"days": []}, "at least one free day"),
        ({"days": "moonday"}, "no weekday"),
        ({"days": "s"}, "no weekday"),
        ({"pain_now": 11}, "pain_now"),
        ({"pain_worst": -1}, "pain_worst"),
        ({"minutes": 3}, "minutes"),
        ({"equipment": {"weights_kg": [-5]}}, "weights_kg"),
        ({"side": "middle"}, "side"),
        ({"shoe": "red"}, "shoe"),
        ({"start": "soon"}, "start"),
        ({"race_km": 0}, "race_km"),
        ({"form": {"evidence": ["E14"]}}, "never read"),
    ],
)
def test_what_cannot_be_is_a_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValueError, match=sentence):
        parse_plan_input({"start": START, **values})


@pytest.mark.parametrize(("name", "text"), [("a.toml", "days = ["), ("a.json", "{"), ("b.json", "[1]")])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnreadableFileError, match=name):
        read_plan_input(tmp_path / name, START)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_plan_input(tmp_path / "absent.toml", START)


def observed(name: str) -> tuple[Observation, ...]:
    return screen(load_answers(ROOT / "docs/examples/screen" / f"{name}.toml")).observations


def test_a_screening_becomes_an_input() -> None:
    given = input_from_observations(observed("typical-itbs"), start=START)
    assert (given.side, given.pain_now, given.pain_worst) == ("right", 1, 6)
    assert given.running.longest_km_30_days == 16
    assert given.running.weekly_km == 45
    assert given.sitting_hours == 8
    assert given.pattern == "consistent with iliotibial band syndrome"
    assert given.screened
    assert not given.stops


def test_a_measured_weakness_becomes_an_input() -> None:
    given = input_from_observations(observed("clinician-tests"), start=START)
    assert given.weak_side == "right"
    assert given.weakness_percent == pytest.approx(22.4, abs=0.1)


@pytest.mark.parametrize(
    "name", ["bone-stress", "locked-knee", "deep-vein-clot", "night-pain", "infected-joint", "child"]
)
def test_a_red_flag_of_the_screening_blocks_the_plan(name: str) -> None:
    plan = make_plan(input_from_observations(observed(name), start=START))
    assert plan.blocked
    assert next_session(plan).kind == "blocked"


def test_a_cleared_red_flag_does_not_block() -> None:
    assert not make_plan(input_from_observations(observed("cleared"), start=START)).blocked


def test_form_counts_only_where_the_film_stands_out() -> None:
    common: dict[str, Any] = {"unit": "m", "source": "film", "method": "t/1"}
    narrow = Observation(code="step_width", value=-0.04, interval_95=(-0.06, -0.02), **common)
    unsure = Observation(code="step_width", value=-0.01, interval_95=(-0.04, 0.02), **common)
    assert input_from_observations([narrow], start=START).form.crossing_feet
    assert not input_from_observations([unsure], start=START).form.crossing_feet


def test_a_small_side_difference_is_not_a_weakness() -> None:
    small = Observation(
        code="hip_abduction_side_difference",
        value=9.0,
        unit="%",
        source="answers",
        method="t/1",
        detail={"weaker": "left"},
    )
    assert input_from_observations([small], start=START).weak_side is None


def test_the_same_input_gives_the_same_plan(make: Make) -> None:
    assert make() == make()
    again = Plan.model_validate(make().to_json())
    assert again == make()
