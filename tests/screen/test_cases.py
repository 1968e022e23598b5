"""The written cases give the outcome that section 1 of the evidence supports."""

from __future__ import annotations

from pathlib import Path

import pytest

from medius.cli.screen import render_text
from medius.evidence import require
from medius.screen import Screening, load_answers, screen

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "screen"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".toml", ".json"))

EXPECTED: dict[str, tuple[set[str], set[str], bool]] = {
    # case: red flags, patterns that fit, blocked
    "typical-itbs": (set(), {"itbs"}, False),
    "patellofemoral": (set(), {"patellofemoral"}, False),
    "lateral-meniscus": (set(), {"lateral_meniscus"}, False),
    "bone-stress": ({"bone-stress"}, {"bone_stress"}, True),
    "deep-vein-clot": ({"likely-clot"}, set(), True),
    "acute-trauma-ottawa": ({"ottawa"}, set(), True),
    "old-trauma": (set(), {"patellofemoral"}, False),
    "post-run-soreness": (set(), set(), False),
    "both-knees": (set(), {"itbs"}, False),
    "contradictory": (set(), set(), False),
    "empty": (set(), set(), True),
    "child": ({"under-age"}, {"itbs"}, True),
    "clinician-tests": (set(), {"itbs"}, False),
    "infected-joint": ({"joint-infection", "hot-joint", "unwell"}, set(), True),
    "night-pain": ({"night-pain", "systemic"}, set(), True),
    "locked-knee": ({"locked", "large-effusion", "ligament-rupture"}, set(), True),
    "sprinter": (set(), {"biceps_femoris"}, False),
    "impossible-values": ({"locked"}, set(), True),
    "cleared": ({"night-pain"}, {"itbs"}, False),
    "cannot-tell": (set(), set(), False),
}


def run(name: str) -> Screening:
    (path,) = [path for path in CASES if path.stem == name]
    return screen(load_answers(path))


def test_every_case_is_expected_here() -> None:
    assert {path.stem for path in CASES} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_case(name: str) -> None:
    red_flags, fitting, blocked = EXPECTED[name]
    result = run(name)
    assert {flag.id for flag in result.red_flags} == red_flags
    assert {p.code for p in result.patterns if p.verdict == "consistent with"} == fitting
    assert result.blocked is blocked
    assert result.next_steps


@pytest.mark.parametrize("name", EXPECTED)
def test_every_sentence_carries_usable_facts(name: str) -> None:
    result = run(name)
    groups = (result.red_flags, result.open_red_flags, result.patterns, result.risk, result.scores, result.next_steps)
    cited = [item.evidence for group in groups for item in group]
    cited += [note.evidence for pattern in result.patterns for note in (*pattern.for_, *pattern.against)]
    cited += [note.evidence for note in result.strength.notes]
    for evidence in cited:
        assert evidence
        require(*evidence)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_outcome_beside_the_case_is_current(path: Path) -> None:
    written = (FOLDER / f"{path.stem}.txt").read_text(encoding="utf-8")
    assert written == render_text(screen(load_answers(path))), "run python -m scripts.docs"


def test_never_a_probability_nor_a_diagnosis() -> None:
    for name in EXPECTED:
        text = render_text(run(name)).lower()
        for word in ("probab", "you have ", "likelihood", "diagnosed"):
            assert word not in text, (name, word)


def test_the_typical_case_says_what_to_measure_next() -> None:
    result = run("typical-itbs")
    assert {"film", "measure_strength", "leave_out_downhill"} <= {step.code for step in result.next_steps}
    status = {risk.code: risk.status for risk in result.risk}
    assert status == {
        "long_distance": "present",
        "single_run_spike": "present",
        "downhill": "present",
        "posture": "unknown",
        "sitting": "present",
        "hip_strength": "unknown",
        "earlier_injury": "absent",
    }


def test_the_same_answers_with_anterior_pain_do_not_fit_itbs() -> None:
    assert verdicts("patellofemoral")["itbs"] == "not consistent with"
    assert verdicts("lateral-meniscus")["itbs"] == "not consistent with"
    assert verdicts("lateral-meniscus")["lateral_cartilage"] == "cannot tell"


def verdicts(name: str) -> dict[str, str]:
    return {pattern.code: pattern.verdict for pattern in run(name).patterns}


def test_the_contradictory_case_names_the_questions_and_cannot_tell() -> None:
    result = run("contradictory")
    assert verdicts("contradictory")["itbs"] == "cannot tell"
    told = " ".join(problem.message for problem in result.problems)
    for question in ("pain_now", "pain_worst", "stops_run", "when_running", "bone_signs", "weekly_distance"):
        assert question in told
    assert not [score for score in result.scores if score.code.startswith("nrs")]


def test_both_knees_give_a_record_for_each_side() -> None:
    records = [item for item in run("both-knees").observations if item.code == "pattern_itbs"]
    assert [item.side for item in records] == ["left", "right"]


def test_soreness_after_running_fits_nothing_and_says_so() -> None:
    assert "stiff_muscles" in {step.code for step in run("post-run-soreness").next_steps}


def test_the_old_injury_is_not_judged_by_the_knee_rule_and_says_so() -> None:
    assert run("old-trauma").next_steps[0].code == "old_injury"


def test_impossible_values_are_named_and_the_rest_is_kept() -> None:
    result = run("impossible-values")
    named = {problem.question for problem in result.problems}
    assert {"age", "side", "urgent_signs", "lasting_signs", "clot_signs", "regions", "pain_now"} <= named
    assert {"mass", "hip_abduction_left_newton", "lefs", "shoe_size"} <= named
    assert {flag.id for flag in result.red_flags} == {"locked"}
