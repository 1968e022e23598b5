"""What the measures of running form may say, and what they may not."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medius.evidence import fact
from medius.findings import caveats, findings_from_form, next_steps, reference_for, side_differences
from medius.record import Observation, Side

RULES = tomllib.loads(files("medius.findings").joinpath("form.toml").read_text("utf-8"))
DROP = "contralateral_pelvic_drop"
SIDES: tuple[Side, Side] = ("left", "right")
UNITS = {DROP: "deg", "knee_flexion_at_contact": "deg", "step_width": "m", "thigh_frontal_angle": "deg",
         "contact_time": "s", "cadence": "steps/min", "overstride": "m"}  # fmt: skip


def observe(code: str, value: float | None, error: float = 0.5, side: Side | None = None, **more: Any) -> Observation:
    """Make an observation with an interval of twice its error either way."""
    view = "rear" if code in (DROP, "step_width", "thigh_frontal_angle") else "side-left"
    given_: dict[str, Any] = {
        "code": code,
        "side": side,
        "unit": UNITS[code],
        "source": "sha256:0",
        "method": "made-up/1",
    }
    if value is None:
        return Observation.not_measurable(reason="No stickers.", **given_)
    numbers = {"value": value, "standard_error": error, "interval_95": (value - 2 * error, value + 2 * error)}
    detail = {"view": view, "standard_error_strides": error / 2, "systematic_error": error * 0.75**0.5}
    return Observation(**(given_ | numbers | {"n_strides": 12, "detail": detail} | more))


def severity(*observations: Observation) -> list[str]:
    """Return how each finding reads."""
    return [f.severity for f in findings_from_form(observations)]


def test_the_comparison_group_is_the_printed_one() -> None:
    # Bramah 2018, Am J Sports Med 46:3023: healthy runners 3.7 ± 1.9 degrees of drop, 10.2 ± 4.8 of knee flexion.
    drop, knee = reference_for(DROP), reference_for("knee_flexion_at_contact")
    assert drop is not None
    assert knee is not None
    assert (drop.mean, drop.sd, drop.fact_id) == (3.7, 1.9, "P01")
    assert (knee.mean, knee.sd, knee.fact_id) == (10.2, 4.8, "P02")
    assert "Bramah" in drop.population
    assert reference_for("cadence") is None
    assert reference_for("step_width") is None


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (9.0, 0.5, "stands-out"),  # 8.0 to 10.0, all above 5.6
        (6.0, 0.5, "cannot-tell"),  # 5.0 to 7.0, on both sides of it
        (4.0, 0.5, "as-expected"),
        (-6.0, 0.5, "as-expected"),  # a hike of the same size is not a drop
        (9.0, 3.0, "cannot-tell"),
        (5.6, 0.0, "as-expected"),  # exactly one standard deviation above the mean
    ],
)
def test_drop_stands_out_only_beyond_one_standard_deviation_and_its_own_interval(
    value: float, error: float, expected: str
) -> None:
    found = findings_from_form([observe(DROP, value, error, "right")])
    assert [f.severity for f in found] == [expected]
    assert found[0].z == pytest.approx((value - 3.7) / 1.9)
    assert found[0].side == "right"


@pytest.mark.parametrize(("value", "expected"), [(2.0, "stands-out"), (5.0, "cannot-tell"), (25.0, "as-expected")])
def test_a_straight_knee_stands_out_and_a_bent_one_does_not(value: float, expected: str) -> None:
    assert severity(observe("knee_flexion_at_contact", value, 1.0, "left")) == [expected]


@pytest.mark.parametrize(("value", "expected"), [(-0.03, "stands-out"), (0.005, "cannot-tell"), (0.08, "as-expected")])
def test_crossing_feet_stand_out(value: float, expected: str) -> None:
    assert severity(observe("step_width", value, 0.005)) == [expected]


def test_a_provisional_value_never_stands_out() -> None:
    assert severity(observe(DROP, 15.0, 0.5, "left", status="provisional", reason="Only 3 strides.")) == ["cannot-tell"]


@given(st.floats(-30, 30), st.floats(0, 10), st.sampled_from([DROP, "knee_flexion_at_contact", "step_width"]))
def test_more_uncertainty_never_makes_more_of_it(value: float, error: float, code: str) -> None:
    value = value / 100 if code == "step_width" else value
    side: Side | None = None if code == "step_width" else "left"
    sure, unsure = severity(observe(code, value, error, side)), severity(observe(code, value, error * 2 + 0.1, side))
    assert unsure != ["stands-out"] or sure == ["stands-out"]
    assert unsure != ["as-expected"] or sure == ["as-expected"]


def test_what_was_not_measured_says_nothing() -> None:
    assert findings_from_form([observe(DROP, None, side=side) for side in SIDES]) == []
    assert findings_from_form([]) == []
    assert side_differences([observe(DROP, None, side="left"), observe(DROP, 5.0, side="right")]) == []


def test_sides_are_compared_left_minus_right() -> None:
    (one,) = side_differences(
        [observe("contact_time", 0.30, 0.002, "left"), observe("contact_time", 0.25, 0.002, "right")]
    )
    assert one.value == pytest.approx(0.05)
    assert one.beyond_error
    assert one.interval_95[0] < 0.05 < one.interval_95[1]
    (same,) = side_differences(
        [observe("contact_time", 0.25, 0.02, "left"), observe("contact_time", 0.26, 0.02, "right")]
    )
    assert not same.beyond_error


@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(0.01, 5))
def test_exchanging_the_sides_turns_the_difference_over(left: float, right: float, error: float) -> None:
    def difference(one: float, other: float) -> Any:
        return side_differences([observe(DROP, one, error, "left"), observe(DROP, other, error, "right")])[0]

    ahead, back = difference(left, right), difference(right, left)
    assert ahead.value == pytest.approx(-back.value)
    assert ahead.beyond_error == back.beyond_error
    # Errors that every film shares (a turned camera) may point in opposite directions on the two sides.
    assert ahead.interval_95[1] - ahead.interval_95[0] >= 2 * 1.96 * error


def test_a_difference_is_as_unsure_as_its_sides() -> None:
    # With four degrees of freedom 95 % is 2.78 standard errors: what is within them on either side is no difference.
    def difference(factor: float) -> Any:
        sides = [
            observe(DROP, value, 0.5, side, interval_95=(value - factor * 0.5, value + factor * 0.5))
            for side, value in zip(SIDES, (5.0, 7.1), strict=True)
        ]
        return side_differences(sides)[0]

    assert difference(1.96).beyond_error
    assert not difference(2.78).beyond_error
    assert np.ptp(difference(2.78).interval_95) == pytest.approx(2.78 / 1.96 * np.ptp(difference(1.96).interval_95))


def test_the_larger_side_is_named() -> None:
    observations = [observe("contact_time", 0.22, 0.002, "left"), observe("contact_time", 0.26, 0.002, "right")]
    (found,) = findings_from_form(observations)
    assert (found.severity, found.side) == ("stands-out", "right")
    assert "right" in found.text
    assert "40 ms" in found.text


def test_what_stands_out_comes_first() -> None:
    found = severity(
        observe("step_width", 0.08, 0.005), observe(DROP, 6.0, 0.5, "left"), observe(DROP, 12.0, 0.5, "right"),
    )  # fmt: skip
    order = {"stands-out": 0, "cannot-tell": 1, "as-expected": 2}
    assert found == sorted(found, key=lambda s: order[s])
    assert found[0] == "stands-out"


def everything() -> list[Observation]:
    """Return observations of every code that a rule knows, some far out."""
    sided = [
        observe(code, value + (3.0 if side == "left" else 0.0) * scale, 0.2 * scale, side)
        for code, value, scale in ((DROP, 9.0, 1.0), ("knee_flexion_at_contact", 1.0, 1.0), ("thigh_frontal_angle", 9.0, 1.0),
                                   ("contact_time", 0.24, 0.01), ("overstride", 0.2, 0.01))
        for side in SIDES
    ]  # fmt: skip
    return [*sided, observe("step_width", -0.05, 0.004), observe("cadence", 165.0, 0.3)]


def test_every_sentence_is_whole_and_rests_on_facts() -> None:
    observations = everything()
    found = findings_from_form(observations)
    sentences = [(f.text, f.evidence) for f in found]
    sentences += [(s.text, s.evidence) for s in next_steps(observations, found)]
    sentences += [(c.text, c.evidence) for c in caveats(observations)]
    assert {f.code for f in found} == {rule["code"] for rule in RULES["rule"]}
    for text, ids in sentences:
        assert text.endswith(".")
        assert "{" not in text
        assert "  " not in text
        assert ids, text
        for fact_id in ids:
            assert fact(fact_id).id == fact_id


def test_no_rule_diagnoses() -> None:
    words = re.compile(
        r"\b(you have|diagnos(ed|is of)|suffers?|caused by|because of your|is the cause|abnormal|pathological)\b"
    )
    for kind in ("rule", "next-step", "caveat"):
        for entry in RULES[kind]:
            for key in ("text", "stands-out", "as-expected", "cannot-tell", "short"):
                text = entry.get(key, "")
                assert not words.search(text.lower()), text


@pytest.mark.parametrize("rule", RULES["rule"], ids=lambda r: f"{r['code']}-{r['kind']}")
def test_rules_name_their_facts_and_hold_no_numbers(rule: dict[str, Any]) -> None:
    assert rule["evidence"]
    assert rule["certainty"] in ("high", "moderate", "low", "very low")
    for key in ("stands-out", "as-expected", "cannot-tell"):
        assert not re.search(r"\d", rule.get(key, "")), "numbers come from the ledger or the measurement"
    if rule["kind"] == "reference":
        assert rule["reference"]["fact"] in rule["evidence"]


def steps(*observations: Observation) -> str:
    """Return all steps in one text."""
    return " ".join(s.text for s in next_steps(observations, findings_from_form(observations)))


def test_next_steps_follow_from_what_was_seen() -> None:
    first = next_steps([], [])[0]
    assert "screening" in first.text
    assert "stickers" in steps(observe(DROP, None, side="left"))
    assert "stickers" not in steps(observe(DROP, 3.0, side="left"))
    assert "from the side" in steps(observe("thigh_frontal_angle", 8.0, side="left"))
    assert "from behind" in steps(observe("overstride", 0.2, side="left"))
    assert "wider" in steps(observe("step_width", -0.05, 0.005))
    assert "wider" not in steps(observe("step_width", 0.08, 0.005))


def test_a_higher_cadence_is_tried_only_after_a_large_drop_and_in_numbers() -> None:
    large = (observe(DROP, 9.0, 0.3, "right"), observe("cadence", 160.0, 0.3))
    assert "from 160 to 168 steps/min" in steps(*large)
    assert "steps/min" not in steps(observe(DROP, 4.0, 0.3, "right"), observe("cadence", 160.0, 0.3))
    assert "{cadence" not in steps(observe(DROP, 9.0, 0.3, "right"))


def test_no_step_tells_anyone_to_run_more() -> None:
    text = steps(*everything()).lower()
    assert not re.search(
        r"\b(run more|run farther|run further|increase your (distance|mileage)|through (the )?pain)\b", text
    )


def test_the_caveats_come_always_and_those_of_the_stickers_with_them() -> None:
    plain, with_drop = caveats([]), caveats([observe(DROP, 5.0, side="left")])
    assert any("not a diagnosis" in c.text for c in plain)
    assert any("see a doctor" in c.text for c in plain)
    assert len(with_drop) > len(plain)
    assert not any("stickers" in c.text for c in plain)
