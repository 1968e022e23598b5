"""Anatomical frames and joint angles: angles that are put into a body come out of its markers."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.body import about_axis, adult, cardan_zxy, joint_angles, landmark_motion, static_offsets
from medius.errors import InvalidValueError, NothingToMeasureError
from medius.motion import make_motion
from medius.motion.mocap import (
    MarkerSet,
    calibrate,
    functional_hip_centre,
    harrington_hip_centre,
    landmark_segments,
    move_segments,
)

NAMES = list(adult().landmarks)
CLUSTERS: dict[str, tuple[str, ...]] = {"pelvis": ("asis_r", "asis_l", "psis_r", "psis_l")}
for _side in ("r", "l"):
    for _part, _members in (
        ("thigh", ("thigh_1", "thigh_2", "thigh_3")),
        ("shank", ("shank_1", "shank_2", "shank_3")),
        ("foot", ("heel", "mt1", "mt5")),
    ):
        CLUSTERS[f"{_part}_{_side}"] = tuple(f"{m}_{_side}" for m in _members)
HOUSE = MarkerSet("house", "House", "test", {k: k for k in NAMES}, CLUSTERS)
AXES = np.eye(3)


def standing() -> xr.Dataset:
    return landmark_motion(adult(), np.tile(adult().defaults, (10, 1)), fps=100.0).sel(keypoint=NAMES)


def turn(angles: np.ndarray) -> np.ndarray:
    """About z, then x, then y; degrees (time, 3)."""
    z, x, y = np.radians(angles).T
    return about_axis(AXES[2], z) @ about_axis(AXES[0], x) @ about_axis(AXES[1], y)


def posed(wanted: dict[str, np.ndarray]) -> xr.Dataset:
    """Markers of a body whose anatomical frames have exactly the wanted rotations relative to each other.

    `wanted` names a segment and gives (time, 3) Cardan angles z, x, y of it in the segment above (pelvis: in the lab).
    """
    still = standing()
    calibration = calibrate(still, HOUSE)
    count = len(next(iter(wanted.values())))
    rotation = {"lab": np.broadcast_to(AXES, (count, 3, 3))}
    tracks = {}
    above = {"pelvis": "lab"} | {f"{a}_{s}": b if b == "pelvis" else f"{b}_{s}" for s in "rl" for a, b in
                                 (("thigh", "pelvis"), ("shank", "thigh"), ("foot", "shank"))}  # fmt: skip
    for segment, parent in above.items():
        rotation[segment] = rotation[parent] @ turn(wanted.get(segment, np.zeros((count, 3))))
        names, places = calibration.clusters[segment]
        local = (places - calibration.origin[segment]) @ calibration.rotation[segment]
        middle = np.stack([np.arange(count) * 0.01, np.full(count, 1.0), np.zeros(count)], axis=1)
        for name, place in zip(names, local, strict=True):
            tracks[name] = rotation[segment] @ place + middle
    return make_motion(
        np.stack(list(tracks.values()), axis=2),
        time=np.arange(count) / 100.0,
        keypoints=list(tracks),
        unit="m",
        view="3d",
    )


angle = st.floats(-60.0, 60.0)


@given(values=st.lists(st.tuples(angle, angle, angle), min_size=7, max_size=7))
@settings(max_examples=40, deadline=None)
def test_angles_put_in_come_out(values: list[tuple[float, float, float]]) -> None:
    order = ("pelvis", "thigh_r", "shank_r", "foot_r", "thigh_l", "shank_l", "foot_l")
    wanted = {s: np.tile(v, (3, 1)) for s, v in zip(order, values, strict=True)}
    angles = joint_angles(move_segments(posed(wanted), calibrate(standing(), HOUSE)))
    found = {str(c): float(angles.angle.sel(coordinate=c)[0]) for c in angles.coordinate.to_numpy()}
    z, x, y = values[1]
    assert (found["hip_flexion_r"], found["hip_adduction_r"], found["hip_rotation_r"]) == pytest.approx(
        (z, x, y), abs=1e-7
    )
    z, x, y = values[2]
    assert (found["knee_flexion_r"], found["knee_adduction_r"], found["knee_rotation_r"]) == pytest.approx(
        (-z, x, y), abs=1e-7
    )
    # Mirror: the same movement of the left leg has the other turn about x and y, and the same sign of its angle.
    z, x, y = values[4]
    assert (found["hip_flexion_l"], found["hip_adduction_l"], found["hip_rotation_l"]) == pytest.approx(
        (z, -x, -y), abs=1e-7
    )
    z, x, y = values[0]
    assert (found["pelvis_tilt"], found["pelvis_list"], found["pelvis_rotation"]) == pytest.approx((z, x, y), abs=1e-7)


@pytest.mark.parametrize("heading", [0.0, 37.0, 180.0])
def test_obliquity_does_not_depend_on_heading(heading: float) -> None:
    frame = about_axis(AXES[1], np.radians(np.array([heading]))) @ about_axis(AXES[0], np.radians(np.array([6.0])))
    segments = xr.Dataset(
        {"rotation": (("time", "segment", "row", "column"), frame[:, None])},
        coords={"time": [0.0], "segment": ["pelvis"]},
        attrs={"log": []},
    )
    angles = joint_angles(segments)
    # Turned about its forward axis by +6°, the right side is 6° low, whichever way the person runs.
    assert float(angles.angle.sel(coordinate="pelvis_obliquity")[0]) == pytest.approx(6.0)


def test_cardan_angles_of_the_unit_frame_are_zero() -> None:
    assert np.array_equal(cardan_zxy(AXES, AXES), np.zeros(3))


def test_harrington_of_its_mean_adult_lies_where_the_paper_says() -> None:
    # Width 0.24 m, depth 0.15 m: x = -0.24·150 - 9.9, y = -0.30·240 - 10.9, z = 0.33·240 + 7.3 millimetres.
    assert harrington_hip_centre(0.24, 0.15, "r") == pytest.approx([-0.0459, -0.0829, 0.0865])
    assert harrington_hip_centre(0.24, 0.15, "l") == pytest.approx([-0.0459, -0.0829, -0.0865])


def test_the_house_skeleton_has_hips_near_harringtons() -> None:
    # Two independent sources: the model's hip and the regression on its own ASIS and PSIS agree to 2.5 cm.
    calibration = calibrate(standing(), HOUSE)
    hip = np.array([-0.05628, 0.94 - 0.07849, 0.07726])
    assert np.linalg.norm(calibration.joint_centres["hip_r"] - hip) < 0.025


def test_a_missing_marker_of_four_changes_nothing() -> None:
    wanted = {"pelvis": np.tile([5.0, 3.0, 2.0], (3, 1))}
    motion = posed(wanted)
    position = motion.position.to_numpy().copy()
    position[1, :, 0] = np.nan
    segments = move_segments(motion.assign(position=(motion.position.dims, position)), calibrate(standing(), HOUSE))
    lists = joint_angles(segments).angle.sel(coordinate="pelvis_list").to_numpy()
    assert lists == pytest.approx([3.0, 3.0, 3.0])


def test_two_missing_markers_of_three_leave_the_frame_empty() -> None:
    motion = posed({"thigh_r": np.tile([20.0, 0.0, 0.0], (4, 1))})
    position = motion.position.to_numpy().copy()
    names = motion.keypoint.to_numpy().tolist()
    position[2, :, [names.index("thigh_1_r"), names.index("thigh_2_r")]] = np.nan
    segments = move_segments(motion.assign(position=(motion.position.dims, position)), calibrate(standing(), HOUSE))
    flexion = joint_angles(segments).angle.sel(coordinate="hip_flexion_r").to_numpy()
    assert flexion[[0, 1, 3]] == pytest.approx([20.0] * 3)
    assert np.isnan(flexion[2])


def test_swapped_names_are_found_told_and_taken_back() -> None:
    motion = posed({"foot_r": np.tile([10.0, 0.0, 0.0], (30, 1))})
    names = motion.keypoint.to_numpy().tolist()
    swapped = [{"mt1_r": "mt5_r", "mt5_r": "mt1_r"}.get(n, n) for n in names]
    segments = move_segments(motion.assign_coords(keypoint=swapped), calibrate(standing(), HOUSE))
    assert any("mt1_r and mt5_r are swapped" in n for n in segments.attrs["notes"])
    found = joint_angles(segments).angle.sel(coordinate="ankle_dorsiflexion_r").to_numpy()
    assert found == pytest.approx(np.full(30, 10.0))


def test_a_cluster_that_never_fits_is_left_out_with_a_sentence() -> None:
    motion = posed({"thigh_l": np.tile([10.0, 0.0, 0.0], (30, 1))})
    position = motion.position.to_numpy().copy()
    position[:, 0, motion.keypoint.to_numpy().tolist().index("thigh_2_l")] += 0.2
    segments = move_segments(motion.assign(position=(motion.position.dims, position)), calibrate(standing(), HOUSE))
    assert any("left thigh do not fit" in n and "30 frames were left out" in n for n in segments.attrs["notes"])
    assert np.isnan(joint_angles(segments).angle.sel(coordinate="hip_flexion_l")).all()


def test_missing_landmarks_are_listed() -> None:
    still = standing()
    poor = still.sel(keypoint=[n for n in NAMES if n not in ("knee_medial_l", "heel_r")])
    calibration = calibrate(poor, HOUSE)
    assert any("left knee" in n and "knee_medial_l missing" in n for n in calibration.notes)
    assert any("right foot" in n for n in calibration.notes)
    assert "thigh_l" not in calibration.rotation
    assert "thigh_r" in calibration.rotation
    with pytest.raises(NothingToMeasureError, match="pelvis needs markers"):
        calibrate(still.sel(keypoint=["heel_r", "heel_l"]), HOUSE)


def test_a_moving_still_trial_is_noticed() -> None:
    values = np.tile(adult().defaults, (50, 1))
    values[:, adult().coordinate_names.index("pelvis_tx")] = np.linspace(0, 1, 50)
    moving = landmark_motion(adult(), values, fps=100.0).sel(keypoint=NAMES)
    assert any("may not be a standing trial" in n for n in calibrate(moving, HOUSE).notes)


def test_frames_without_a_still_trial_are_those_of_the_still_trial() -> None:
    direct = joint_angles(landmark_segments(standing(), HOUSE))
    through = joint_angles(move_segments(standing(), calibrate(standing(), HOUSE)))
    for name in ("hip_flexion_r", "knee_flexion_l", "pelvis_tilt"):
        assert static_offsets(direct)[name] == pytest.approx(static_offsets(through)[name], abs=1e-9)


def test_the_hip_is_found_from_movement_where_it_moves_widely() -> None:
    t = np.linspace(0, 2 * np.pi, 200)
    wide = np.stack([30 * np.sin(t), 25 * np.sin(2 * t + 0.5), 10 * np.sin(3 * t)], axis=1)
    segments = move_segments(posed_about_hip(wide), calibrate(standing(), HOUSE))
    centre, spread = functional_hip_centre(segments, "r")
    calibration = calibrate(standing(), HOUSE)
    expected = calibration.rotation["pelvis"].T @ (calibration.joint_centres["hip_r"] - calibration.origin["pelvis"])
    assert centre == pytest.approx(expected, abs=1e-6)
    assert spread < 1e-6
    narrow = np.stack([30 * np.sin(t), 0 * t, 0 * t], axis=1)
    with pytest.raises(InvalidValueError, match="moves too little"):
        functional_hip_centre(move_segments(posed_about_hip(narrow), calibrate(standing(), HOUSE)), "r")


def posed_about_hip(angles: np.ndarray) -> xr.Dataset:
    """The right thigh turns about its hip centre, the pelvis stands."""
    calibration = calibrate(standing(), HOUSE)
    rotation = calibration.rotation["pelvis"] @ turn(angles)
    tracks = {n: np.tile(p, (len(angles), 1)) for n, p in zip(*calibration.clusters["pelvis"], strict=True)}
    names, places = calibration.clusters["thigh_r"]
    hip = calibration.joint_centres["hip_r"]
    local = (places - hip) @ calibration.rotation["thigh_r"]
    tracks |= {n: rotation @ p + hip for n, p in zip(names, local, strict=True)}
    return make_motion(
        np.stack(list(tracks.values()), axis=2),
        time=np.arange(len(angles)) / 100.0,
        keypoints=list(tracks),
        unit="m",
        view="3d",
    )
