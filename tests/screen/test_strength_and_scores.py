"""Strength and outcome scores against values worked out by hand from the papers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medius.errors import InvalidValueError
from medius.screen import (
    Score,
    Strength,
    detectable_change_percent,
    expected_hip_abduction,
    important_pain_change,
    interpret_change,
    read_answers,
    screen,
    side_difference,
)

TEST = {"hip_abduction_position": "side-lying", "hip_abduction_contraction": "eccentric"}
PERSON = {"age": 40, "sex": "male", "mass": 80, "lever_arm": 0.4}


def strength(answers: dict[str, Any]) -> Strength:
    return screen(read_answers(answers)).strength


def score(answers: dict[str, Any], code: str) -> Score:
    (found,) = [item for item in screen(read_answers(answers)).scores if item.code == code]
    return found


@pytest.mark.parametrize(("age", "sex", "expected"), [(40, "male", 1.615), (40, "female", 1.4), (20, "female", 1.5)])
def test_the_norm_is_the_equation_of_ramskov(age: float, sex: str, expected: float) -> None:
    assert expected_hip_abduction(age, sex) == pytest.approx(expected)


def test_newtons_become_a_moment_for_each_kilogram_and_a_z_score() -> None:
    result = strength({**TEST, **PERSON, "hip_abduction_left_newton": [200, 250, "-"]})
    (reading,) = result.hip_abduction
    assert reading.value == pytest.approx(250 * 0.4 / 80)
    assert reading.expected == pytest.approx(1.615)
    assert reading.z == pytest.approx((1.25 - 1.615) / 0.354)


@pytest.mark.parametrize(
    "change",
    [
        {"hip_abduction_position": "supine"},
        {"hip_abduction_contraction": "isometric"},
        {"hip_abduction_position": "cannot tell"},
    ],
)
def test_another_position_or_contraction_is_not_compared_with_the_norm(change: dict[str, str]) -> None:
    (reading,) = strength({**TEST, **PERSON, "hip_abduction_left": 1.5, **change}).hip_abduction
    assert reading.z is None
    assert reading.expected is None
    assert "not compared" in (reading.why_no_norm or "")


def test_newtons_without_lever_arm_or_mass_say_what_is_missing() -> None:
    result = strength({**TEST, "hip_abduction_left_newton": [200], "mass": 80})
    assert result.hip_abduction == ()
    assert "without lever_arm" in result.notes[0].text


def test_the_side_difference_has_one_formula() -> None:
    assert side_difference(1.0, 0.8) == pytest.approx(20.0)
    assert side_difference(0.8, 1.0) == pytest.approx(20.0)
    assert side_difference(7.82, 9.82) == pytest.approx(100 - 79.6, abs=0.05)  # Fredericson's women


@given(st.floats(0.05, 5), st.floats(0.05, 5))
def test_the_side_difference_is_symmetric_and_between_0_and_100(left: float, right: float) -> None:
    assert 0 <= side_difference(left, right) < 100
    assert side_difference(left, right) == side_difference(right, left)


@pytest.mark.parametrize(
    ("left", "right", "sore", "repeat", "risk"),
    [
        (1.5, 1.2, "right", True, "present"),
        (1.5, 1.2, "left", True, "absent"),
        (1.5, 1.2, "both", True, "present"),
        (1.5, 1.3, "right", False, "absent"),
        (1.5, None, "right", None, "unknown"),
    ],
)
def test_a_difference_of_15_percent_is_worth_a_second_look(
    left: float, right: float | None, sore: str, repeat: bool | None, risk: str
) -> None:
    result = screen(read_answers({"side": sore, "hip_abduction_left": left, "hip_abduction_right": right}))
    difference = result.strength.side_difference
    assert (difference.repeat if difference else None) is repeat
    assert next(item.status for item in result.risk if item.code == "hip_strength") == risk


@pytest.mark.parametrize(
    ("position", "protocol", "percent"),
    [
        ("side-lying", "ordinary", 27),
        ("side-lying", "standardised-best-of-four", 14),
        ("supine", "ordinary", 16),
        ("standing", None, None),
    ],
)
def test_the_smallest_real_change_depends_on_the_test(
    position: str, protocol: str | None, percent: float | None
) -> None:
    assert detectable_change_percent(position, protocol) == percent


@pytest.mark.parametrize(
    ("now", "words"), [(1.25, "within measurement error"), (1.3, "stronger, more"), (0.7, "weaker, more")]
)
def test_a_change_in_strength(now: float, words: str) -> None:
    (reading,) = strength({**TEST, "hip_abduction_left": now, "hip_abduction_left_before": 1.0}).hip_abduction
    assert (reading.change or "").startswith(words)


def test_the_ober_angle_has_no_consequence_alone() -> None:
    text = strength({"modified_ober_left": -16.29}).notes[0].text
    assert "+1.1 standard deviations" in text
    assert "less adduction than the proposed cut" in text
    assert "nothing follows from it alone" in text


def test_lefs_is_the_sum_of_20_items() -> None:
    result = score({"lefs": [4] * 10 + [3] * 10, "lefs_before": 62}, "lefs")
    assert result.value == 70
    assert result.detectable_change == 9
    assert result.change is not None
    assert result.change.meaning == "within measurement error"


def test_a_missing_item_gives_the_range_still_possible_and_no_total() -> None:
    result = score({"lefs": [4] * 18 + ["-", "cannot tell"]}, "lefs")
    assert (result.value, result.possible, result.missing_items) == (None, (72, 80), 2)


@given(st.lists(st.integers(0, 4) | st.just("-"), min_size=9, max_size=9).filter(lambda items: set(items) != {"-"}))
def test_the_range_of_a_score_with_missing_items_holds_every_completion(items: list[Any]) -> None:
    result = score({"uwri": items}, "uwri")
    lowest = sum(0 if item == "-" else item for item in items)
    highest = sum(4 if item == "-" else item for item in items)
    if "-" in items:
        assert result.possible == (lowest, highest)
    else:
        assert result.value == lowest == highest


def test_uwri_ostrc_psfs_and_rating_of_change() -> None:
    assert score({"uwri": [4] * 9}, "uwri").value == 36
    assert score({"ostrc": [25, 25, 25, 25]}, "ostrc_severity").value == 100
    activities = [{"activity": "run", "score": 4}, {"activity": "stairs", "score": 7}]
    assert score({"psfs": activities}, "psfs").value == 5.5
    missing = [{"activity": "run", "score": 4}, {"activity": "stairs", "score": "-"}]
    assert score({"psfs": missing}, "psfs").possible == (2.0, 7.0)
    five = score({"groc": 3, "groc_scale": "five"}, "groc")
    assert (five.lowest, five.highest) == (-5, 5)


def test_a_rating_outside_the_scale_named_is_set_aside() -> None:
    result = screen(read_answers({"groc": 7, "groc_scale": "five"}))
    assert result.scores == ()
    assert "groc" in result.problems[0].message


@pytest.mark.parametrize(("start", "points"), [(1, 1), (4, 1), (5, 2), (7, 2), (8, 3), (10, 3)])
def test_the_important_change_in_pain_grows_with_the_pain(start: float, points: float) -> None:
    assert important_pain_change(start) == points


@pytest.mark.parametrize(
    ("code", "before", "now", "meaning"),
    [
        ("lefs", 50, 58, "within measurement error"),
        ("lefs", 50, 59, "better, more than measurement error, and enough to matter"),
        ("lefs", 59, 50, "worse, more than measurement error, and enough to matter"),
        ("uwri", 20, 25, "better, more than measurement error"),
        ("uwri", 20, 28, "better, more than measurement error, and enough to matter"),
        ("nrs_worst", 7, 5, "better, more than measurement error, and enough to matter"),
        ("nrs_worst", 9, 7, "better, more than measurement error"),
        ("nrs_worst", 9, 6, "better, more than measurement error, and enough to matter"),
        ("nrs_worst", 4, 3, "within measurement error"),
        ("psfs", 3, 4.9, "within measurement error"),
        ("nrs_now", 3, 3, "no change"),
        ("ostrc_severity", 60, 20, "how large a change must be to be real was not read in a source"),
    ],
)
def test_what_a_change_means(code: str, before: float, now: float, meaning: str) -> None:
    assert interpret_change(code, before, now).meaning == meaning


def test_a_change_in_an_unknown_score_or_outside_it_is_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match="no score"):
        interpret_change("koos", 1, 2)
    with pytest.raises(InvalidValueError, match="0 to 80"):
        interpret_change("lefs", 90, 2)
