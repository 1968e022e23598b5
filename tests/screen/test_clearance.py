"""A clinician's clearance: who, when, for which flags, and when it does not count."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from medius.screen import Screening, read_answers, screen

SAFE: dict[str, Any] = {"age": 34, "side": "right", "onset": "gradual", "urgent_signs": ["none"]}
SAFE |= {"lasting_signs": ["none"], "bone_signs": ["none"], "clot_signs": ["none"]}


def outcome(answers: dict[str, Any]) -> Screening:
    return screen(read_answers(answers))


CLEARANCE = {"by": "Dr Ana Lopez", "on": "2026-11-20"}
FLAGGED = {**SAFE, "answered_on": "2026-11-18", "lasting_signs": ["night_and_rest_pain"]}


def test_a_clearance_lifts_the_block_and_is_kept_with_who_and_when() -> None:
    result = outcome({**FLAGGED, "clearance": CLEARANCE})
    assert not result.blocked
    (flag,) = result.red_flags
    assert (flag.cleared_by, flag.cleared_on) == ("Dr Ana Lopez", "2026-11-20")
    record = next(item for item in result.observations if item.code == "red_flag_night_pain")
    assert record.detail["cleared_by"] == "Dr Ana Lopez"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"answered_on": "2026-11-21"}, "older than the answers"),
        ({"answered_on": None}, "answered_on"),
        ({"clearance": {**CLEARANCE, "by": ""}}, "by is wrong"),
        ({"clearance": {**CLEARANCE, "on": "soon"}}, "not a date"),
        ({"clearance": {"by": "Dr Ana Lopez"}}, "on is wrong"),
        ({"clearance": {**CLEARANCE, "flags": ["nightpain"]}}, "Did you mean 'night-pain'"),
        ({"clearance": "yes"}, "clearance"),
    ],
)
def test_a_clearance_that_does_not_count_says_why(change: dict[str, Any], sentence: str) -> None:
    result = outcome({**FLAGGED, "clearance": CLEARANCE, **change})
    assert result.blocked
    assert any(sentence in problem.message for problem in result.problems)


def test_a_clearance_covers_the_flags_it_names_and_never_what_is_open() -> None:
    two = {**FLAGGED, "lasting_signs": ["night_and_rest_pain", "hard_lump"]}
    assert outcome({**two, "clearance": {**CLEARANCE, "flags": ["hard-lump"]}}).blocked
    del two["clot_signs"]
    assert outcome({**two, "clearance": CLEARANCE}).blocked
    named = {**CLEARANCE, "flags": ["night-pain", "hard-lump", "likely-clot"]}
    assert not outcome({**two, "clearance": named}).blocked


def test_a_clearance_from_the_future_does_not_count() -> None:
    answers = read_answers({**FLAGGED, "clearance": CLEARANCE})
    assert screen(answers, today=dt.date(2026, 11, 19)).blocked
    assert not screen(answers, today=dt.date(2026, 11, 20)).blocked
