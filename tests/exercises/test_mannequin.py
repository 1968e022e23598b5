"""The mannequin: it stands on the one skeleton, on the floor, and shows what the definition says."""

from __future__ import annotations

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

from medius.body import adult, place_segments
from medius.errors import InvalidValueError
from medius.exercises import (
    Exercise,
    animate,
    draw_key_pictures,
    exercise,
    exercises,
    joint_angles_over_time,
    key_times,
    pose,
)

NAMES = sorted(exercises())
SVG = "{http://www.w3.org/2000/svg}"


def moments(item: Exercise) -> NDArray[np.float64]:
    return np.linspace(0.0, sum(phase.seconds + phase.hold for phase in item.phases), 25) * (1 - 1e-9)


def at_keys(name: str, part: str) -> NDArray[np.float64]:
    """Centres (key picture, sphere, 3) of a part."""
    item = exercise(name)
    return pose(item, [moment for _, _, moment in key_times(item)]).parts[part][0]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_floats_or_sinks_into_the_floor(name: str) -> None:
    item = exercise(name)
    body = pose(item, moments(item))
    lowest = np.min([(c[:, :, 1] - r).min(axis=1) for c, r in body.parts.values()], axis=0)
    if not item.placement.rest_on:
        np.testing.assert_allclose(lowest, 0.0, atol=1e-9)
    else:
        assert lowest.min() > -0.06  # the wrists of the mannequin stay straight


@pytest.mark.parametrize("name", NAMES)
def test_the_left_side_is_the_mirror_image_of_the_right(name: str) -> None:
    item = exercise(name)
    right, left = pose(item, moments(item), "right"), pose(item, moments(item), "left")
    flip = np.array([1.0, 1.0, -1.0])
    for part, (centres, _) in right.parts.items():
        other = part[:-2] + {"_r": "_l", "_l": "_r"}[part[-2:]] if part[-2:] in ("_r", "_l") else part
        mirrored = left.parts[other][0] * flip
        if part in ("pelvis", "belly", "chest"):
            mirrored = mirrored[:, np.array([[1, 0] for _ in range(centres.shape[1] // 2)]).ravel() + _pairs(centres)]
        np.testing.assert_allclose(mirrored, centres, atol=2e-3)


def _pairs(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(0, centres.shape[1], 2), 2)


@pytest.mark.parametrize(
    "name", ["pelvic-drop", "single-leg-deadlift", "single-leg-squat", "step-down", "split-squat", "single-leg-stance"]
)
def test_the_standing_foot_stays_and_is_flat(name: str) -> None:
    item = exercise(name)
    centres, radii = pose(item, moments(item)).parts["foot_r"]
    assert np.ptp(centres.mean(axis=1), axis=0)[[0, 2]].max() < 1e-9
    sole = centres[:, [0, 2], 1] - radii[[0, 2]]
    assert np.abs(sole[:, 0] - sole[:, 1]).max() < 0.045


def test_the_clamshell_opens_at_the_knees_and_not_at_the_feet() -> None:
    work, other = at_keys("clamshell", "thigh_r")[:, -1], at_keys("clamshell", "thigh_l")[:, -1]
    knees = np.linalg.norm(work - other, axis=1)
    heels = np.linalg.norm(at_keys("clamshell", "foot_r")[:, 0] - at_keys("clamshell", "foot_l")[:, 0], axis=1)
    assert knees[0] < 0.20
    assert knees[1] > knees[0] + 0.15
    assert heels.max() < 0.16


def test_the_pelvis_drops_and_lifts_over_an_upright_leg() -> None:
    hips = at_keys("pelvic-drop", "pelvis")[:, 1] - at_keys("pelvic-drop", "pelvis")[:, 0]
    slope = np.degrees(np.arctan2(hips[:, 1], np.linalg.norm(hips[:, [0, 2]], axis=1)))
    np.testing.assert_allclose(slope, [0, -13, 8], atol=1.0)
    leg = at_keys("pelvic-drop", "thigh_r")[:, 0] - at_keys("pelvic-drop", "shank_r")[:, -1]
    assert np.degrees(np.arctan2(np.abs(leg[:, 2]), leg[:, 1])).max() < 4
    trunk = at_keys("pelvic-drop", "head")[:, 0] - at_keys("pelvic-drop", "pelvis")[:, :2].mean(axis=1)
    assert np.degrees(np.arctan2(np.abs(trunk[:, 2]), trunk[:, 1])).max() < 5


def test_trunk_and_free_leg_make_one_line_in_the_deadlift() -> None:
    hip = at_keys("single-leg-deadlift", "thigh_l")[1, 0]
    trunk = at_keys("single-leg-deadlift", "neck")[1, 0] - hip
    leg = at_keys("single-leg-deadlift", "shank_l")[1, -1] - hip
    angle = np.degrees(np.arccos(trunk @ leg / np.linalg.norm(trunk) / np.linalg.norm(leg)))
    assert angle > 155
    assert np.degrees(np.arctan2(trunk[1], np.linalg.norm(trunk[[0, 2]]))) < 25


def test_the_bridge_makes_one_line_from_shoulder_to_knee() -> None:
    shoulder, hip = at_keys("bridge", "upper_arm_r")[1, 0], at_keys("bridge", "thigh_r")[1, 0]
    knee = at_keys("bridge", "thigh_r")[1, -1]
    a, b = shoulder - hip, knee - hip
    assert np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))) > 160
    assert at_keys("bridge", "belly")[1, 0, 1] > at_keys("bridge", "belly")[0, 0, 1] + 0.1


def test_the_joints_are_those_of_the_skeleton() -> None:
    item = exercise("single-leg-squat")
    time = moments(item)
    knee = place_segments(adult(), joint_angles_over_time(item, time), ["shank_r"])["shank_r"].origin
    body = pose(item, time)
    foot = body.parts["shank_r"][0][:, 0]
    assert np.ptp((knee - foot) - (knee - foot)[0], axis=0)[[0, 2]].max() < 0.35
    length = np.linalg.norm(body.parts["thigh_r"][0][:, 0] - body.parts["thigh_r"][0][:, -1], axis=1)
    np.testing.assert_allclose(length, length[0], rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", ["left", "right"])
def test_pictures_are_plain_svg_with_the_working_muscle(name: str, side: str) -> None:
    item = exercise(name)
    pictures = draw_key_pictures(item, "left" if side == "left" else "right")
    assert len(pictures) == len(item.views) * len(key_times(item))
    for svg in pictures.values():
        root = fromstring(svg)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "title", "rect", "polygon", "polyline"}
        assert any("(works)" in (t.text or "") or "(stretched)" in (t.text or "") for t in root.iter(f"{SVG}title"))
        assert "href" not in svg


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("view", ["front", "side"])
def test_an_animation_moves_through_one_repetition(name: str, view: str) -> None:
    item = exercise(name)
    root = fromstring(animate(item, view))
    moves = list(root.iter(f"{SVG}animate"))
    if len(key_times(item)) > 1:
        assert moves
    length = sum(phase.seconds + phase.hold for phase in item.phases)
    for move in moves:
        assert move.attrib["dur"] == f"{length:g}s"
        frames = move.attrib["values"].split(";")
        assert len({len(frame.split()) for frame in frames}) == 1
        first, last = (np.array([p.split(",") for p in f.split()], dtype=float) for f in (frames[0], frames[-1]))
        assert np.abs(first.mean(axis=0) - last.mean(axis=0)).max() < 4


def test_the_weight_is_drawn_only_when_it_is_lifted() -> None:
    item = exercise("single-leg-deadlift")
    dark = "#3b444b"
    assert all(dark not in svg for svg in draw_key_pictures(item).values())
    assert all(dark in svg for svg in draw_key_pictures(item, loaded=True).values())


def test_an_unknown_view_is_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match="has no view 'top'"):
        animate(exercise("bridge"), "top")


def test_an_unknown_angle_is_a_sentence() -> None:
    item = exercise("bridge")
    broken = item.model_copy(update={"posture": {"tail_flexion_both": 10}})
    with pytest.raises(InvalidValueError, match="no coordinate tail_flexion"):
        joint_angles_over_time(broken, [0.0])
