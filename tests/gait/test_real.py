"""A real runner on a treadmill, filmed from the side, whose cadence was counted from raw pixels; two networks."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import medius
from medius.errors import MissingPartError
from medius.motion.pose import find_model
from medius.record import Observation

Found = dict[tuple[str, str | None], Observation]
CADENCE, CADENCE_ERROR = 168.9, 0.5
"""Steps/min and its uncertainty, from the picture's own rhythm (README of the recordings)."""


def measured(path: Path, **options: object) -> Found:
    """Measure a file."""
    result = medius.analyse(path, height_m=1.75, **options)  # type: ignore[arg-type]
    return {(o.code, o.side): o for o in result.observations}


@pytest.fixture(scope="module")
def rtmpose(data: Path) -> Found:
    """From key points that RTMPose found."""
    return measured(data / "video" / "treadmill-side" / "male_side.pose.json")


@pytest.fixture(scope="module")
def blazepose(data: Path) -> Found:
    """From the film, with the smaller network."""
    try:
        find_model("full")
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")
    return measured(data / "video" / "treadmill-side" / "male_side.mp4", quick=True)


def test_cadence_from_the_key_points_of_another_tool(rtmpose: Found) -> None:
    cadence = rtmpose["cadence", None]
    assert cadence.value == pytest.approx(CADENCE, abs=CADENCE_ERROR)
    assert cadence.interval_95 is not None
    assert cadence.interval_95[0] <= CADENCE + CADENCE_ERROR
    assert cadence.interval_95[1] >= CADENCE - CADENCE_ERROR
    assert cadence.status == "final"


@pytest.mark.slow
def test_cadence_from_the_film(blazepose: Found) -> None:
    assert blazepose["cadence", None].value == pytest.approx(CADENCE, abs=CADENCE_ERROR)


@pytest.mark.slow
def test_two_networks_agree_within_what_they_state(blazepose: Found, rtmpose: Found) -> None:
    compared = 0
    for key, one in blazepose.items():
        other = rtmpose[key]
        assert (one.value is None) == (other.value is None), key
        if one.value is None or other.value is None:
            continue
        error = math.hypot(one.standard_error or 0.0, other.standard_error or 0.0)
        assert abs(one.value - other.value) < 2.5 * error + 1e-9, key
        compared += 1
    assert compared >= 14


@pytest.mark.slow
def test_what_thirty_frames_a_second_cannot_show_is_not_given(blazepose: Found) -> None:
    for code in ("contact_time", "flight_time", "duty_factor"):
        for side in ("left", "right"):
            assert blazepose[code, side].value is None
            assert "30 frames" in (blazepose[code, side].reason or "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        # Ranges that any treadmill runner at a training pace falls into; far wider than the errors.
        ("knee_flexion_at_contact", 0.0, 30.0), ("knee_flexion_peak_stance", 25.0, 65.0), ("overstride", 0.1, 0.5),
        ("hip_extension_peak", 0.0, 40.0), ("tibia_angle_at_contact", -5.0, 30.0),
    ],
)  # fmt: skip
def test_the_values_are_those_of_a_runner(blazepose: Found, rtmpose: Found, code: str, low: float, high: float) -> None:
    for found in (blazepose, rtmpose):
        for side in ("left", "right"):
            value = found[code, side].value
            assert value is not None
            assert low <= value <= high


@pytest.mark.slow
def test_of_two_people_the_one_who_walks_is_followed_and_not_measured_as_a_runner(data: Path) -> None:
    try:
        find_model("full")
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")
    result = medius.analyse(data / "video" / "walk-two-people" / "demo.mp4", height_m=1.75, quick=True, seconds=4.0)
    codes = {note.code for _, note in result.quality}
    assert {"several-people", "walking"} <= codes
    assert all(o.value is None for o in result.observations)
    assert {o.reason for o in result.observations} == {
        "The person in this film walks; running form is measured while running."
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clip", "code"),
    [("overground-side-short/demo3.mp4", "much-too-short"), ("multicam-balance/cam03.mp4", "much-too-short")],
)
def test_what_cannot_be_judged_gets_a_sentence_and_no_number(data: Path, clip: str, code: str) -> None:
    try:
        find_model("full")
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")
    result = medius.analyse(data / "video" / clip, height_m=1.75, quick=True)
    assert code in {note.code for _, note in result.quality}
    assert all(o.value is None and o.reason for o in result.observations)
