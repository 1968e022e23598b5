"""The skeleton: forward and inverse kinematics against OpenSim, closed forms and themselves."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.body import (
    Landmark,
    about_axis,
    adult,
    angle_array,
    inverse_kinematics,
    landmark_motion,
    place_points,
    place_segments,
    read_osim,
    read_osim_path,
    scale_to_centres,
    segment_factors,
)
from medius.body.functions import CubicSpline, Polynomial
from medius.body.rotation import turned_about
from medius.errors import InvalidValueError, NothingToMeasureError, UnreadableFileError

MODELS = ("opensim/Rajagopal2016.osim", "opensim/LaiUhlrich2022.osim", "mocap/hamner/subject02_registered.osim")


def random_pose(skeleton: Any, count: int, seed: int, *, most: float = 100.0) -> np.ndarray:
    low = [max(c.low, -most) if c.rotation else -1.0 for c in skeleton.coordinates]
    high = [min(c.high, most) if c.rotation else 1.0 for c in skeleton.coordinates]
    return np.random.default_rng(seed).uniform(low, high, size=(count, len(low)))


@pytest.mark.parametrize("file", MODELS)
def test_forward_kinematics_places_every_body_where_opensim_does(data: Path, file: str) -> None:
    opensim = pytest.importorskip("opensim")
    opensim.Logger.setLevelString("Off")
    skeleton = read_osim(data / file)
    model = opensim.Model(str(data / file))
    state = model.initSystem()
    values = random_pose(skeleton, 8, 3)
    frames = place_segments(skeleton, values)
    worst = 0.0
    for index, row in enumerate(values):
        for coordinate, value in zip(skeleton.coordinates, row, strict=True):
            theirs = model.getCoordinateSet().get(coordinate.name)
            theirs.setLocked(state, False)
            theirs.setValue(state, float(np.radians(value) if coordinate.rotation else value), False)
        model.realizePosition(state)
        for name, frame in frames.items():
            body = model.getBodySet().get(name)
            where = body.getPositionInGround(state)
            worst = max(worst, float(np.abs(frame.origin[index] - [where.get(i) for i in range(3)]).max()))
            turn = body.getTransformInGround(state).R().asMat33()
            matrix = [[turn.get(i, j) for j in range(3)] for i in range(3)]
            worst = max(worst, float(np.abs(frame.rotation[index] - matrix).max()))
    assert worst < 1e-7


def test_the_house_skeleton_is_rajagopals_with_house_signs(data: Path) -> None:
    theirs = read_osim(data / MODELS[0])
    ours = adult()
    pose = {"hip_flexion_r": 30.0, "hip_adduction_l": 8.0, "knee_flexion_r": 60.0, "ankle_dorsiflexion_l": -15.0}
    same = {"hip_flexion_r": 30.0, "hip_adduction_l": 8.0, "knee_angle_r": 60.0, "ankle_angle_l": -15.0}
    a, b = place_segments(ours, pose), place_segments(theirs, same)
    for mine, other in (("foot_r", "calcn_r"), ("foot_l", "calcn_l"), ("trunk", "torso"), ("hand_l", "hand_l")):
        # OpenSim's default posture bends nothing but stands at 0.94 m, like ours.
        assert np.allclose(a[mine].origin, b[other].origin, atol=1e-9), mine


@pytest.mark.parametrize(
    ("coordinate", "point", "axis", "sign"),
    [
        ("hip_flexion_r", "knee_lateral_r", 0, 1),
        ("hip_flexion_l", "knee_lateral_l", 0, 1),
        ("hip_adduction_r", "knee_lateral_r", 2, -1),
        ("hip_adduction_l", "knee_lateral_l", 2, 1),
        ("knee_flexion_r", "heel_r", 0, -1),
        ("knee_flexion_l", "heel_l", 0, -1),
        ("ankle_dorsiflexion_r", "mt1_r", 1, 1),
        ("ankle_dorsiflexion_l", "mt1_l", 1, 1),
        ("hip_rotation_r", "mt1_r", 2, -1),
        ("hip_rotation_l", "mt1_l", 2, 1),
        ("pelvis_list", "asis_r", 1, -1),
        ("pelvis_tilt", "c7", 0, -1),
        ("pelvis_rotation", "asis_r", 0, 1),
        ("lumbar_extension", "c7", 0, -1),
        ("shoulder_flexion_r", "elbow_lateral_r", 0, 1),
        ("elbow_flexion_l", "elbow_lateral_l", 0, 0),
    ],
)
def test_signs_mean_what_they_say(coordinate: str, point: str, axis: int, sign: int) -> None:
    rest = place_points(adult(), {coordinate: 0.0})[point][0]
    moved = place_points(adult(), {coordinate: 10.0})[point][0]
    change = moved[axis] - rest[axis]
    assert np.sign(round(float(change), 6)) == sign


def test_left_is_the_mirror_image_of_right() -> None:
    pose = {
        "hip_flexion": 25.0,
        "hip_adduction": 7.0,
        "hip_rotation": -9.0,
        "knee_flexion": 50.0,
        "subtalar_inversion": 5.0,
    }
    right = place_points(adult(), {f"{k}_r": v for k, v in pose.items()})
    left = place_points(adult(), {f"{k}_l": v for k, v in pose.items()})
    for name in ("knee_lateral", "ankle_medial", "heel", "mt1", "mt5"):
        assert left[f"{name}_l"][0] == pytest.approx(right[f"{name}_r"][0] * [1, 1, -1], abs=1e-5)


def test_a_person_of_any_height_stands_on_the_floor() -> None:
    for height in (1.5, 1.7, 1.95):
        points = place_points(adult().scaled_to_height(height), {})
        assert points["head_top"][0, 1] == pytest.approx(height, abs=1e-6)
        assert 0.0 < points["heel_r"][0, 1] < 0.06
    with pytest.raises(InvalidValueError, match="not possible"):
        adult().scaled_to_height(17.0)


def test_scaling_to_measured_centres_gives_those_lengths() -> None:
    tall = adult().scaled_to_height(1.9)
    points = place_points(tall, {})
    centres = {}
    for side, letter in (("left", "l"), ("right", "r")):
        centres[f"{side}_hip"] = place_segments(tall, {}, [f"thigh_{letter}"])[f"thigh_{letter}"].origin[0]
        for joint in ("knee", "ankle"):
            centres[f"{side}_{joint}"] = (points[f"{joint}_lateral_{letter}"] + points[f"{joint}_medial_{letter}"])[
                0
            ] / 2
    factors = segment_factors(adult(), centres)
    assert factors == pytest.approx(dict.fromkeys(("pelvis", "thigh", "shank"), 1.9 / 1.7))
    assert segment_factors(scale_to_centres(adult(), centres), centres) == pytest.approx(dict.fromkeys(factors, 1.0))
    with pytest.raises(InvalidValueError, match="cannot be fitted"):
        segment_factors(adult(), {"left_hip": np.zeros(3)})


def test_splines_are_those_of_opensim(data: Path) -> None:
    opensim = pytest.importorskip("opensim")
    x = np.linspace(0, 2.0944, 13)
    y = np.array([0, 0.0127, 0.0227, 0.0296, 0.0332, 0.0335, 0.0309, 0.0258, 0.0189, 0.0114, 0.0044, -0.0005, -0.0017])
    theirs = opensim.SimmSpline()
    for a, b in zip(x, y, strict=True):
        theirs.addPoint(float(a), float(b))
    at = np.linspace(-0.3, 2.4, 200)
    expected = [theirs.calcValue(opensim.Vector(1, float(v))) for v in at]
    value, slope = CubicSpline(tuple(x), tuple(y))(at)
    assert value == pytest.approx(expected, abs=1e-12)
    numeric = (CubicSpline(tuple(x), tuple(y))(at + 1e-6)[0] - CubicSpline(tuple(x), tuple(y))(at - 1e-6)[0]) / 2e-6
    assert slope == pytest.approx(numeric, abs=1e-6)
    with pytest.raises(InvalidValueError, match="rising x"):
        CubicSpline((0.0, 0.0), (1.0, 2.0))


def test_polynomials_give_value_and_slope() -> None:
    value, slope = Polynomial((2.0, -3.0, 1.0))(np.array([2.0]))
    assert (value[0], slope[0]) == (3.0, 5.0)
    assert Polynomial((4.0,)).scaled(0.5)(np.array([9.0]))[0][0] == 2.0


@given(
    angle=st.floats(-7, 7),
    direction=st.sampled_from([(1, 0, 0), (0, -1, 0), (0, 0, 1), (0.6, 0.0, 0.8), (0.48, 0.6, 0.64)]),
)
@settings(max_examples=60, deadline=None)
def test_turning_frames_is_the_product_of_matrices(angle: float, direction: tuple[float, float, float]) -> None:
    start = about_axis(np.array([0.0, 0.6, 0.8]), np.array([0.3, 1.2]))
    axis = np.asarray(direction, dtype=float)
    assert np.allclose(
        turned_about(start, axis, np.full(2, angle)), start @ about_axis(axis, np.full(2, angle)), atol=1e-12
    )


def test_angles_are_taken_in_any_form_and_wrong_ones_named() -> None:
    assert angle_array(adult(), {"knee_flexion_r": [10.0, 20.0]}).shape == (2, 37)
    with pytest.raises(InvalidValueError, match="no coordinate knee_bend"):
        angle_array(adult(), {"knee_bend": 3.0})
    with pytest.raises(InvalidValueError, match="37 coordinates"):
        angle_array(adult(), np.zeros((4, 5)))
    with pytest.raises(InvalidValueError, match="no segment 'tail'"):
        place_segments(adult(), {}, ["tail"])


def running_pose(frames: int, fps: float) -> np.ndarray:
    """Smooth movement of every unlocked coordinate well inside its limits."""
    at = np.arange(frames) / fps
    values = np.tile(adult().defaults, (frames, 1))
    random = np.random.default_rng(2)
    for index, coordinate in enumerate(adult().coordinates):
        if coordinate.rotation and not coordinate.locked:
            middle = float(np.clip(coordinate.default, coordinate.low + 25, coordinate.high - 25))
            values[:, index] = middle + 12.0 * np.sin(2 * np.pi * (1.4 * at + random.random()))
    return values


SEEN = [
    i
    for i, c in enumerate(adult().coordinates)
    if not c.name.startswith(("elbow", "forearm", "wrist", "toe", "shoulder_rot"))
]


def test_inverse_kinematics_undoes_forward_kinematics() -> None:
    values = running_pose(120, 100.0)
    motion = landmark_motion(adult(), values, fps=100.0).sel(keypoint=list(adult().landmarks))
    result = inverse_kinematics(adult(), motion)
    assert np.abs(result.angles - values)[:, SEEN].max() < 0.02
    assert result.residual.max() < 1e-4


def test_noise_of_markers_gives_errors_of_its_size_and_missing_markers_do_not_matter() -> None:
    values = running_pose(200, 100.0)
    motion = landmark_motion(adult(), values, fps=100.0).sel(keypoint=list(adult().landmarks))
    random = np.random.default_rng(4)
    position = motion.position.to_numpy() + 0.002 * random.standard_normal(motion.position.shape)
    position[random.random((200, 1, position.shape[2])).repeat(3, axis=1) < 0.05] = np.nan
    result = inverse_kinematics(adult(), motion.assign(position=(motion.position.dims, position)))
    hips = [
        adult().coordinate_names.index(n) for n in ("hip_flexion_r", "hip_adduction_l", "knee_flexion_r", "pelvis_list")
    ]
    # 2 mm over lever arms of 10 to 40 cm is half a degree.
    assert np.sqrt(((result.angles - values)[:, hips] ** 2).mean(axis=0)).max() < 1.0


def test_limits_hold() -> None:
    values = running_pose(20, 100.0)
    knee = adult().coordinate_names.index("knee_flexion_r")
    values[:, knee] = -30.0  # beyond the limit of -10
    motion = landmark_motion(adult(), values, fps=100.0).sel(keypoint=list(adult().landmarks))
    result = inverse_kinematics(adult(), motion)
    assert result["knee_flexion_r"] == pytest.approx(np.full(20, -10.0))
    assert result.at_limit[knee] == 1.0


def test_frames_with_too_few_markers_are_empty() -> None:
    motion = landmark_motion(adult(), running_pose(30, 100.0), fps=100.0).sel(keypoint=list(adult().landmarks))
    position = motion.position.to_numpy().copy()
    position[10:14, :, 2:] = np.nan
    result = inverse_kinematics(adult(), motion.assign(position=(motion.position.dims, position)))
    assert np.isnan(result.angles[10:14]).all()
    assert np.isfinite(result.angles[14:]).all()


def test_what_cannot_be_solved_is_said() -> None:
    motion = landmark_motion(adult(), running_pose(5, 100.0), fps=100.0)
    with pytest.raises(NothingToMeasureError, match="three and more"):
        inverse_kinematics(adult(), motion.sel(keypoint=["asis_r", "asis_l"]))
    with pytest.raises(InvalidValueError, match="3-D motion in metres"):
        inverse_kinematics(adult(), motion.assign_attrs(unit="px"))


def test_inverse_kinematics_of_a_minute_is_quick() -> None:
    """A quarter of a 60 s trial at 200 Hz, held to the limit of the whole because the machine is shared."""
    frames = 3000
    motion = landmark_motion(adult(), running_pose(frames, 200.0), fps=200.0).sel(keypoint=list(adult().landmarks))
    position = motion.position.to_numpy() + 0.003 * np.random.default_rng(0).standard_normal(motion.position.shape)
    start = time.perf_counter()
    inverse_kinematics(adult(), motion.assign(position=(motion.position.dims, position)))
    assert time.perf_counter() - start < 5.0


def test_opensim_and_medius_solve_the_same_problem_alike(data: Path, tmp_path: Path) -> None:
    """Live: the same model, markers and weights give the same angles to a hundredth of a degree."""
    opensim = pytest.importorskip("opensim")
    opensim.Logger.setLevelString("Off")
    folder = data / "mocap" / "hamner"
    from medius.motion import read_motion
    from medius.motion.mocap import read_storage

    skeleton = read_osim(folder / "subject02_registered.osim")
    motion = read_motion(folder / "subject02_running.trc").isel(time=slice(0, 10))
    seen = [n for n in skeleton.landmarks if n in motion.keypoint.to_numpy() and n != "L.Bicep"]
    weights = {n: 5.0 if n in ("R.ASIS", "L.ASIS", "V.Sacral") else 1.0 for n in seen}
    ours = inverse_kinematics(skeleton, motion.sel(keypoint=seen), weights=weights)
    model = opensim.Model(str(folder / "subject02_registered.osim"))
    model.initSystem()
    tool = opensim.InverseKinematicsTool()
    tool.setModel(model)
    tool.setMarkerDataFileName(str(folder / "subject02_running.trc"))
    for name in seen:
        task = opensim.IKMarkerTask()
        task.setName(name)
        task.setApply(True)
        task.setWeight(weights[name])
        tool.getIKTaskSet().cloneAndAppend(task)
    tool.setStartTime(0.0)
    tool.setEndTime(9 / 60)
    tool.set_accuracy(1e-9)
    tool.set_report_errors(False)
    tool.setOutputMotionFileName(str(tmp_path / "theirs.mot"))
    tool.run()
    theirs = read_storage(tmp_path / "theirs.mot")
    for name in ("pelvis_list", "pelvis_tilt", "hip_flexion_r", "hip_adduction_l", "knee_angle_r", "ankle_angle_l"):
        gap = ours[name][: theirs.sizes["time"]] - theirs.value.sel(column=name).to_numpy()
        assert np.abs(gap).max() < 0.01, name


def test_models_that_cannot_be_read_are_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "not.osim").write_text("<html/>")
    (tmp_path / "broken.osim").write_text("<OpenSimDocument")
    for name, words in (
        ("not.osim", "not an OpenSim 4 model"),
        ("broken.osim", "cannot be read"),
        ("gone.osim", "cannot be"),
    ):
        with pytest.raises(UnreadableFileError, match=words):
            read_osim(tmp_path / name)
    with pytest.raises(UnreadableFileError, match="no muscle 'nothing'"):
        read_osim_path(data / MODELS[0], "nothing")
    with pytest.raises(UnreadableFileError, match="moves or wraps"):
        read_osim_path(data / MODELS[0], "glmax1_r")
    points = read_osim_path(data / MODELS[0], "tfl_r")
    assert [p.segment for p in points] == ["pelvis", "femur_r", "femur_r", "tibia_r"]
    assert points[0] == Landmark("pelvis", (-0.0311, 0.0214, 0.1241))
