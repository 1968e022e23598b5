"""The data files: sound, cited, pictured and documented; and the Observations they lead to."""

from __future__ import annotations

from pathlib import Path

import pytest
from defusedxml import ElementTree

from medius.evidence import require
from medius.screen import (
    load_answers,
    picture,
    questionnaire,
    questions,
    read_answers,
    regions,
    render_screening_page,
    screen,
)
from medius.screen._catalogue import catalogue, conditions_of
from medius.screen._conditions import holds, threshold
from medius.screen._models import Condition

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def test_every_rule_question_and_advice_cites_usable_facts() -> None:
    loaded = catalogue()
    groups = (loaded.red_flags, loaded.patterns, loaded.risks, loaded.instruments, loaded.advice.values())
    for evidence in [item.evidence for group in groups for item in group]:
        assert evidence
        require(*evidence)
    for question in questions().values():
        require(*question.evidence)


def test_every_threshold_named_in_a_rule_is_a_number_of_the_ledger() -> None:
    loaded = catalogue()
    rules = [*loaded.red_flags, *loaded.patterns, *loaded.risks]
    for condition in (part for rule in rules for part in conditions_of(rule)):
        for value in (condition.at_least, condition.at_most, condition.more_than, condition.less_than):
            assert value is None or threshold(value) is not None


def test_every_self_test_has_instructions_a_picture_and_its_accuracy() -> None:
    (section,) = [section for section in questionnaire() if section.id == "self_tests"]
    tests = [question for question in section.question if question.id != "do_self_tests"]
    assert {test.id for test in tests} >= {"noble", "single_leg_stance_left", "single_leg_squat", "step_down"}
    for test in tests:
        assert test.help
        assert test.accuracy
        assert test.picture


@pytest.mark.parametrize("name", sorted({q.picture for q in questions().values() if q.picture}))
def test_every_picture_is_sound_described_and_loads_nothing(name: str) -> None:
    text = picture(name)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title")
    assert len(root.findtext(f"{SVG}desc") or "") > 40
    assert b"href" not in text
    assert b"<script" not in text


def test_the_knee_map_shows_every_region_where_the_data_say() -> None:
    root = ElementTree.fromstring(picture("knee-map"))
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    for region in regions():
        group = root.find(f"{SVG}g[@id='region-{region.code}']")
        assert group is not None
        circle = group.find(f"{SVG}circle")
        assert circle is not None
        assert float(circle.attrib["cx"]) == pytest.approx(region.x / 100 * width, abs=1)
        assert float(circle.attrib["cy"]) == pytest.approx(region.y / 100 * height, abs=1)


def test_the_page_is_current_and_names_every_question() -> None:
    page = render_screening_page()
    assert (ROOT / "docs" / "screening.md").read_text(encoding="utf-8") == page, "run python -m scripts.docs"
    assert all(f"`{name}`" in page for name in questions())


def test_no_question_text_lives_in_code() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src/medius/screen").glob("*.py"))
    assert not [question.id for question in questions().values() if question.text in code]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("a", True), ("b", False), (None, None), ("cannot tell", None), (["b", "cannot tell"], None)],
)
def test_conditions_know_three_values(answer: object, expected: bool | None) -> None:
    condition = Condition.model_validate({"answer": "x", "is": ["a"]})
    values = {} if answer is None else {"x": answer}
    assert holds(condition, values) is expected
    negated = Condition.model_validate({"negate": {"answer": "x", "is": ["a"]}})
    assert holds(negated, values) is (None if expected is None else not expected)


def test_observations_carry_what_everything_downstream_needs() -> None:
    given = load_answers(ROOT / "docs/examples/screen/clinician-tests.toml")
    records = {(item.code, item.side): item for item in screen(given).observations}
    assert records["hip_abduction_strength", "left"].unit == "Nm/kg"
    assert records["hip_abduction_strength_z", "right"].value == pytest.approx(-0.94, abs=0.01)
    assert records["pattern_itbs", "right"].text == "consistent with"
    assert records["risk_posture", None].text == "unknown"
    assert records["red_flag_ottawa", None].text == "absent"
    assert records["score_lefs", None].value == 70
    assert records["score_uwri", None].status == "not-measurable"
    assert "between 20 and 24" in (records["score_uwri", None].reason or "")
    assert records["modified_ober_angle", "left"].value == -26
    assert all(item.source == "answers" and item.time == "2026-11-20" for item in records.values())


def test_observations_say_whose_they_are() -> None:
    records = screen(read_answers({"age": 40, "person": "p-7"})).observations
    assert {item.person for item in records} == {"p-7"}
