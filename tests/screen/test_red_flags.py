"""No red flag is ever missed, and one more sign never takes a flag away.

What section 1d of the evidence asks of each sign is written down here independently of the program's data files.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.screen import CANNOT_TELL, Screening, read_answers, screen

NONE = {"urgent_signs": ["none"], "lasting_signs": ["none"], "bone_signs": ["none"], "clot_signs": ["none"]}
"""A person without any sign."""

SAFE = {"age": 34, "side": "right", "onset": "gradual", **NONE}
"""Answers that rule every red flag out."""

SINGLE = {
    ("urgent_signs", "hot_red_swollen"): "hot-joint",
    ("urgent_signs", "fever"): "unwell",
    ("urgent_signs", "ill"): "unwell",
    ("urgent_signs", "sepsis"): "sepsis",
    ("urgent_signs", "deformed"): "deformity",
    ("urgent_signs", "cold_or_pale_foot"): "blood-or-nerve",
    ("urgent_signs", "numb_or_weak"): "blood-or-nerve",
    ("urgent_signs", "growing_numbness"): "growing-nerve-loss",
    ("urgent_signs", "cannot_bear_weight"): "cannot-walk",
    ("urgent_signs", "cannot_move_knee"): "cannot-move",
    ("urgent_signs", "locked"): "locked",
    ("urgent_signs", "large_swelling"): "large-effusion",
    ("urgent_signs", "tendon_torn"): "tendon-rupture",
    ("urgent_signs", "ligament_torn"): "ligament-rupture",
    ("urgent_signs", "breathless"): "clot-in-the-lung",
    ("lasting_signs", "night_and_rest_pain"): "night-pain",
    ("lasting_signs", "severe_night_pain"): "night-pain",
    ("lasting_signs", "weight_loss"): "systemic",
    ("lasting_signs", "hard_lump"): "hard-lump",
    ("bone_signs", "sharp_spot_on_bone"): "bone-stress",
    ("injury_signs", "looks_broken"): "fracture-or-dislocation",
}
"""Signs that are a red flag on their own (D36, D37, D40, D42)."""

OTTAWA = ["kneecap_tender", "fibular_head_tender", "cannot_bend_90", "no_four_steps"]
WELLS = [
    "cancer",
    "cast_or_paralysis",
    "bed_or_surgery",
    "vein_tender",
    "whole_leg_swollen",
    "calf_swollen",
    "pitting",
    "surface_veins",
    "earlier_clot",
]
BONE = ["sharp_spot_on_bone", "worse_through_run", "load_change", "earlier_bone_stress", "low_energy"]
CHECKLISTS = {
    "urgent_signs": [item for name, item in SINGLE if name == "urgent_signs"],
    "lasting_signs": [item for name, item in SINGLE if name == "lasting_signs"],
    "bone_signs": BONE,
    "clot_signs": WELLS,
    "injury_signs": [*OTTAWA, "looks_broken"],
}


def expected_flags(answers: dict[str, Any]) -> set[str]:
    """Return every red flag that the answers must raise."""
    ticked = {name: set(answers.get(name, ())) for name in CHECKLISTS}
    flags = {flag for (name, item), flag in SINGLE.items() if item in ticked[name]}
    if "hot_red_swollen" in ticked["urgent_signs"] and ticked["urgent_signs"] & {"fever", "ill"}:
        flags.add("joint-infection")
    points = len(ticked["clot_signs"] & set(WELLS)) - 2 * (answers.get("clot_other_diagnosis") == "yes")
    if points >= 2:
        flags.add("likely-clot")
    if "worse_through_run" in ticked["bone_signs"] and ticked["bone_signs"] & set(BONE[2:]):
        flags.add("bone-stress")
    age, days = answers.get("age"), answers.get("days_since_injury")
    fresh = answers.get("onset") == "trauma" and (not isinstance(days, int) or days <= 7)
    old = isinstance(age, int) and age >= 55
    if fresh and (old or ticked["injury_signs"] & set(OTTAWA)):
        flags.add("ottawa")
    if isinstance(age, int) and age < 18:
        flags.add("under-age")
    return flags


def flags(answers: dict[str, Any]) -> set[str]:
    return {flag.id for flag in outcome(answers).red_flags}


def outcome(answers: dict[str, Any]) -> Screening:
    return screen(read_answers(answers))


def subset(name: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(CHECKLISTS[name]), unique=True).map(lambda items: items or ["none"])


PEOPLE = st.fixed_dictionaries(
    {
        "age": st.integers(5, 105),
        "onset": st.sampled_from(["gradual", "during-run", "trauma"]),
        **{name: subset(name) for name in CHECKLISTS},
    },
    optional={
        "days_since_injury": st.integers(0, 100),
        "clot_other_diagnosis": st.sampled_from(["yes", "no"]),
        "regions": st.lists(st.sampled_from(["lateral_epicondyle", "patella", "shin"]), min_size=1, unique=True),
        "pain_now": st.integers(0, 10),
        "noble": st.sampled_from(["yes", "no"]),
    },
)


def test_a_person_without_signs_has_no_red_flag_and_is_not_blocked() -> None:
    result = outcome(SAFE)
    assert result.red_flags == ()
    assert result.open_red_flags == ()
    assert not result.blocked


@pytest.mark.parametrize(("name", "item"), SINGLE, ids=[f"{name}-{item}" for name, item in SINGLE])
def test_every_sign_alone_is_caught_and_blocks(name: str, item: str) -> None:
    result = outcome({**SAFE, name: [item]})
    assert SINGLE[name, item] in {flag.id for flag in result.red_flags}
    assert result.blocked
    assert all(flag.message and flag.because and flag.evidence for flag in result.red_flags)


@settings(max_examples=600, deadline=None)
@given(PEOPLE)
def test_exactly_the_expected_flags_are_raised(answers: dict[str, Any]) -> None:
    assert flags(answers) == expected_flags(answers)


@settings(max_examples=300, deadline=None)
@given(PEOPLE, st.sampled_from([(name, item) for name, items in CHECKLISTS.items() for item in items]))
def test_one_more_sign_never_takes_a_flag_away(answers: dict[str, Any], sign: tuple[str, str]) -> None:
    name, item = sign
    more = [ticked for ticked in answers[name] if ticked != "none"]
    added = {**answers, name: [*more, item] if item not in more else more}
    assert flags(answers) <= flags(added)


@settings(max_examples=150, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(answers: dict[str, Any], random: Any) -> None:
    names = list(answers)
    random.shuffle(names)
    assert outcome({name: answers[name] for name in names}) == outcome(answers)


@settings(max_examples=150, deadline=None)
@given(PEOPLE, st.sampled_from([*CHECKLISTS, "age", "onset"]))
def test_leaving_out_or_not_knowing_an_answer_never_clears_anybody(answers: dict[str, Any], name: str) -> None:
    shown = expected_flags(answers)
    if name == "injury_signs" and answers["onset"] != "trauma":
        return  # this question is asked only after an injury
    for partial in ({k: v for k, v in answers.items() if k != name}, {**answers, name: CANNOT_TELL}):
        result = outcome(partial)
        still = {flag.id for flag in result.red_flags} | {flag.id for flag in result.open_red_flags}
        assert shown <= still
        assert result.blocked or not shown


def test_wells_counts_every_pair_and_no_single_item() -> None:
    for item in WELLS:
        assert "likely-clot" not in flags({**SAFE, "clot_signs": [item]})
    for pair in combinations(WELLS, 2):
        assert "likely-clot" in flags({**SAFE, "clot_signs": list(pair)})
        assert "likely-clot" not in flags({**SAFE, "clot_signs": list(pair), "clot_other_diagnosis": "yes"})
    assert "likely-clot" in flags({**SAFE, "clot_signs": WELLS[:4], "clot_other_diagnosis": "yes"})


@pytest.mark.parametrize("onset", ["gradual", "during-run"])
def test_the_knee_rule_is_only_for_an_injury(onset: str) -> None:
    assert "ottawa" not in flags({**SAFE, "age": 70, "onset": onset})


def test_the_knee_rule_every_combination() -> None:
    for count in range(len(OTTAWA) + 1):
        for signs in combinations(OTTAWA, count):
            for age, days in product((54, 55), (0, 7, 8)):
                answers = {**SAFE, "age": age, "onset": "trauma", "days_since_injury": days}
                answers["injury_signs"] = list(signs) or ["none"]
                assert ("ottawa" in flags(answers)) == (days <= 7 and (age >= 55 or count > 0))


def test_an_injury_of_unknown_age_counts_as_fresh() -> None:
    assert "ottawa" in flags({**SAFE, "onset": "trauma", "injury_signs": ["cannot_bend_90"]})


def test_a_measured_range_below_a_right_angle_counts_too() -> None:
    injured = {**SAFE, "onset": "trauma", "days_since_injury": 1, "injury_signs": ["none"]}
    assert "ottawa" in flags({**injured, "knee_flexion_range": 80})
    assert "ottawa" not in flags({**injured, "knee_flexion_range": 120})


def test_the_most_urgent_comes_first() -> None:
    result = outcome({**SAFE, "lasting_signs": ["hard_lump"], "urgent_signs": ["locked", "cold_or_pale_foot"]})
    assert [flag.urgency for flag in result.red_flags] == ["now", "within days", "this week"]
    assert [step.code for step in result.next_steps] == ["blood-or-nerve", "locked", "hard-lump", "be_seen"]


def test_nothing_answered_is_not_a_clean_bill() -> None:
    result = outcome({})
    assert result.blocked
    assert not result.red_flags
    assert {"urgent_signs", "lasting_signs", "bone_signs", "clot_signs", "onset", "age"} <= {
        name for flag in result.open_red_flags for name in flag.questions
    }


def test_a_misspelt_sign_leaves_the_question_open() -> None:
    result = outcome({**SAFE, "urgent_signs": ["lockd"]})
    assert result.blocked
    assert any("locked" in problem.message for problem in result.problems)


def test_hidden_questions_do_not_keep_the_gate_shut() -> None:
    assert not outcome({**NONE, "age": 40, "onset": "during-run"}).blocked
