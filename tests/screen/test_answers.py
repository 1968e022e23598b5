"""Answers: units, impossible values, unknown names, damaged files. What is usable is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.errors import UnreadableFileError
from medius.screen import CANNOT_TELL, load_answers, questions, read_answers, screen


def told(given: dict[str, Any]) -> str:
    return " ".join(problem.message for problem in read_answers(given).problems)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("height", "5 ft 11 in", 71 * 0.0254),
        ("height", "179 cm", 1.79),
        ("height", "1,79 m", 1.79),
        ("mass", "160 lb", 160 * 0.45359237),
        ("mass", 72, 72.0),
        ("weekly_distance", "20 mi", 20 * 1.609344),
        ("weeks", "14 d", 2.0),
        ("hip_abduction_left_newton", ["20 kgf", "-", 200], [196.133, None, 200.0]),
        ("lever_arm", "40 cm", 0.40),
    ],
)
def test_units(name: str, given: Any, value: Any) -> None:
    answers = read_answers({name: given})
    assert answers.problems == ()
    assert answers.values[name] == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("age", 3, "not possible"),
        ("age", True, "not a number"),
        ("age", "old", "not a number"),
        ("age", float("nan"), "not a number that can be used"),
        ("age", 10**400, "not a number that can be used"),
        ("pain_now", 14, "between 0 and 10"),
        ("pain_now", -1, "between 0 and 10"),
        ("mass", "72 m", "unit 'm' is not known"),
        ("hip_abduction_right_newton", [9000], "1200 N"),
        ("side", "middle", "Possible are left, right, both"),
        ("side", ["left"], "not an answer"),
        ("onset", "truama", "Did you mean 'trauma'?"),
        ("regions", 3, "not a list"),
        ("regions", [], "empty list"),
        ("regions", ["knee"], "not among the answers"),
        ("lefs", [5] * 20, "number 20"),
        ("lefs", [1.5] * 20, "whole number"),
        ("lefs", [4] * 19, "20 numbers are needed, 19"),
        ("psfs", [{"name": "run"}], "activity ="),
        ("psfs", [{"activity": "run", "score": 11}], "between 0 and 10"),
        ("race_date", "tomorrow", "not a date"),
        ("goal", 12, "not a text"),
        ("goal", "x" * 3000, "was cut"),
        ("paint_now", 3, "Did you mean 'pain_now'?"),
        ("answered_on", "2026-13-40", "not a date"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, given: Any, sentence: str) -> None:
    message = told({name: given, "sex": "male"})
    assert sentence in message
    assert message.startswith(name)
    assert read_answers({name: given, "sex": "male"}).values["sex"] == "male"


def test_cannot_tell_is_an_answer_to_everything() -> None:
    answers = read_answers(dict.fromkeys(questions(), CANNOT_TELL))
    assert set(answers.values) == set(questions())
    assert not answers.problems
    assert screen(answers).blocked


def test_none_beside_other_answers_is_dropped_and_told() -> None:
    answers = read_answers({"urgent_signs": ["none", "locked"]})
    assert answers.values["urgent_signs"] == ["locked"]
    assert "cannot both be true" in answers.problems[0].message


def test_an_answer_to_a_question_that_was_not_asked_is_kept_and_told() -> None:
    answers = read_answers({"onset": "gradual", "injury_signs": ["looks_broken"]})
    assert "onset says that it does not apply" in answers.problems[0].message
    assert {flag.id for flag in screen(answers).red_flags} == {"fracture-or-dislocation"}


def test_yes_and_no_may_be_true_and_false() -> None:
    assert read_answers({"stops_run": True, "earlier_injury": False}).values == {
        "stops_run": "yes",
        "earlier_injury": "no",
    }


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    given = {"age": 30, "regions": ["patella"], "answered_on": "2026-11-20", "psfs": [{"activity": "run", "score": 3}]}
    (tmp_path / "a.json").write_text(json.dumps(given), encoding="utf-8-sig")
    (tmp_path / "a.toml").write_text(
        'age = 30\nregions = "patella"\nanswered_on = 2026-11-20\npsfs = [{ activity = "run", score = 3 }]\n'
    )
    assert load_answers(tmp_path / "a.json") == load_answers(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.toml", b"age = ", "not valid TOML"),
        ("a.json", b'{"age": }', "not valid JSON"),
        ("a.json", b"[1, 2]", "must hold one object"),
        ("a.txt", b"\xff\xfe\x00\x01", "not text in UTF-8"),
        ("a.toml", b"#" * 1_000_001, "larger than 1 MB"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
    ],
)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=sentence):
        load_answers(tmp_path / name)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_missing_file_or_a_folder_is_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        load_answers(tmp_path / name)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*questions(), "clearance", "answered_on", "person", "x"]), JSON_VALUES, max_size=8)
)
def test_no_answers_file_whatever_is_in_it_breaks_the_screening(given: dict[str, Any]) -> None:
    answers = read_answers(given)
    assert screen(answers) == screen(read_answers(given))
    json.dumps(screen(answers).to_json(), allow_nan=False)
