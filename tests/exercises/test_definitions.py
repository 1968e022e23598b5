"""Definitions: whole, cited, within what joints can do, and the same movements as the rendered clips show."""

from __future__ import annotations

import gzip
import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medius.body import adult
from medius.errors import InvalidValueError, MediusError
from medius.evidence import fact
from medius.exercises import (
    exercise,
    exercises,
    joint_angles_over_time,
    key_times,
    load_exercises,
    render_exercises_page,
)
from medius.motion._keypoint_names import BODY_25, COCO_17, HALPE_26

NAMES = {
    "clamshell",
    "side-lying-hip-abduction",
    "pelvic-drop",
    "single-leg-deadlift",
    "bridge",
    "single-leg-bridge",
    "side-plank-abduction",
    "lateral-band-walk",
    "single-leg-squat",
    "step-down",
    "split-squat",
    "quadruped-hip-extension",
    "single-leg-stance",
    "it-band-stretch",
    "foam-roller-thigh",
    "glute-roll",
}
COACHED = (
    "clamshell",
    "side-lying-hip-abduction",
    "pelvic-drop",
    "single-leg-deadlift",
    "single-leg-squat",
    "single-leg-stance",
    "bridge",
    "side-plank-abduction",
)
DEFINITIONS = Path(str(files("medius.exercises") / "definitions"))


def test_the_exercises_are_those_of_the_programme() -> None:
    assert set(exercises()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_angle_is_within_what_the_joint_can_do(name: str) -> None:
    item = exercise(name)
    length = sum(phase.seconds + phase.hold for phase in item.phases)
    limits = {c.name: (c.low, c.high) for c in adult().coordinates}
    for side in ("left", "right"):
        angles = joint_angles_over_time(item, np.linspace(0, length, 50), side)
        for coordinate, values in angles.items():
            if coordinate == "pelvis_tilt":
                continue  # how the body lies in the room, no joint
            low, high = limits[coordinate]
            assert low <= values.min(), coordinate
            assert values.max() <= high, coordinate


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_exercise_says_what_a_person_needs(name: str) -> None:
    item = exercise(name)
    assert item.purpose
    assert item.start
    assert item.movement
    assert item.feel
    assert item.stop_if
    assert {view.name for view in item.views} == {"front", "side"}
    assert any(muscle.role != "helps" for muscle in item.muscles)
    assert all(fault.cue and fault.evidence for fault in item.faults)
    if item.kind == "pre-run":
        assert "C07" in item.evidence
        assert "while" in item.honest or "no lasting" in item.honest
    elif item.kind != "test":
        assert item.faults
        assert "X13" in item.evidence


def test_muscle_activity_is_what_the_ledger_says_and_has_its_spread_where_it_was_read() -> None:
    assert {(a.percent_mvic, a.sd) for a in exercise("clamshell").activation} == {(40, 38)}
    assert {(a.percent_mvic, a.sd) for a in exercise("side-lying-hip-abduction").activation} == {(81, 42)}
    assert all("E08" in a.evidence for item in exercises().values() for a in item.activation)


@pytest.mark.parametrize("name", COACHED)
def test_the_coach_finds_camera_start_and_signal(name: str) -> None:
    coach = exercise(name).coach
    assert coach is not None
    assert coach.camera
    assert coach.ready
    assert coach.signals
    assert set(coach.views) >= {view for signal in coach.signals for view in signal.views}
    known = {*BODY_25, *COCO_17, *HALPE_26}
    points = [p for s in coach.signals for p in (*s.points, *(s.over or ()))]
    points += [p for condition in coach.ready for p in condition.points]
    for point in (name for joined in points for name in joined.split("+")):
        place, _, rest = point.partition("_")
        assert place in ("work", "other", "middle", "nose"), point
        assert place == "nose" or f"left_{rest}" in known, point
    if name != "single-leg-stance":
        assert coach.target is not None
        rule = fact("X62")
        assert rule.number("partial_from") <= coach.target.full_from <= rule.number("full_from")


def truth(data: Path, clip: str) -> dict[str, Any]:
    with gzip.open(data / "rendered" / "exercise" / f"{clip}.json.gz", "rt") as file:
        content: dict[str, Any] = json.load(file)
    return content


CLIPS = {
    "clamshell": ("clamshell-1", "clamshell-2"),
    "side-lying-hip-abduction": ("side-abduction-1", "side-abduction-2"),
    "pelvic-drop": ("pelvic-drop-1", "pelvic-drop-2"),
    "single-leg-deadlift": ("deadlift-1", "deadlift-2"),
}


@pytest.mark.parametrize("name", sorted(CLIPS))
def test_every_fault_of_the_rendered_clips_has_a_cue(data: Path, name: str) -> None:
    for clip in CLIPS[name]:
        for repetition in truth(data, clip)["repetitions"]:
            for fault in repetition["faults"]:
                assert exercise(name).fault(fault).cue


def top_minus_start(name: str, coordinate: str) -> float:
    item = exercise(name)
    moments = [moment for _, _, moment in key_times(item)][:2]
    first, top = joint_angles_over_time(item, moments, "right")[coordinate]
    return float(top - first)


@pytest.mark.parametrize(
    ("name", "clip", "coordinate", "tolerance"),
    [
        ("clamshell", "clamshell-1", "hip_rotation", 6),
        ("clamshell", "clamshell-1", "hip_adduction", 6),
        ("side-lying-hip-abduction", "side-abduction-1", "hip_adduction", 6),
        ("pelvic-drop", "pelvic-drop-1", "hip_adduction", 5),
        ("single-leg-deadlift", "deadlift-1", "hip_flexion", 6),
        ("single-leg-deadlift", "deadlift-1", "knee_flexion", 6),
    ],
)
def test_the_movement_is_that_of_the_rendered_clip(
    data: Path, name: str, clip: str, coordinate: str, tolerance: float
) -> None:
    known = truth(data, clip)
    letter = known["side"][0]
    curve, time = np.array(known["frames"][f"{coordinate}_{letter}_deg"]), np.array(known["frames"]["time_s"])
    good = [r for r in known["repetitions"] if r["full"] and not r["faults"]]
    seen = [np.interp(r["peak_s"], time, curve) - np.interp(r["start_s"], time, curve) for r in good]
    assert abs(top_minus_start(name, f"{coordinate}_r") - np.median(seen)) < tolerance


def test_an_unknown_exercise_is_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match=r"no exercise called 'burpee'\. Known are: bridge"):
        exercise("burpee")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('title = "Clamshell"', 'title = "Clamshell"\ncolour = "red"', "damaged at colour"),
        ('"E11", ', '"E14", ', "never read in a source"),
        ('name = "clamshell"', 'name = "shell"', "must agree"),
        ("key = true", "key = false", "key picture"),
        ('stop_if = ["', "stop_if = []  # [", "damaged at stop_if"),
        ("[tempo]", "[tempo", "not valid TOML"),
    ],
)
def test_damage_is_told_at_once(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    shutil.copy(DEFINITIONS / "clamshell.toml", tmp_path)
    path = tmp_path / "clamshell.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(MediusError, match=sentence):
        load_exercises(tmp_path)


def test_the_page_of_the_exercises_is_current() -> None:
    written = Path(__file__).parent.parent.parent / "docs" / "exercises.md"
    assert written.read_text(encoding="utf-8") == render_exercises_page(), "run python -m scripts.docs"
