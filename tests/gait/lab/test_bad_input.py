"""Bad laboratory input: a sentence, the parts that can be computed, nothing invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from medius.body import adult, landmark_motion
from medius.errors import InvalidValueError, NothingToMeasureError
from medius.gait.lab import LabResult, analyse_lab
from medius.motion import make_motion, read_motion
from medius.motion.mocap import MarkerSet

FORCES = ["force", "centre_of_pressure", "free_moment"]


@pytest.fixture(scope="module")
def trial(data: Path) -> xr.Dataset:
    """Eight seconds of the real runner, without forces."""
    motion = read_motion(data / "mocap" / "rbds001" / "RBDS001runT25markers.txt").drop_vars(FORCES)
    return motion.isel(time=slice(0, 1200))


@pytest.fixture(scope="module")
def static(data: Path) -> xr.Dataset:
    return read_motion(data / "mocap" / "rbds001" / "RBDS001static.c3d")


def values(result: LabResult) -> dict[tuple[str, str | None], float | None]:
    return {(o.code, o.side): o.value for o in result.observations}


def notes(result: LabResult) -> str:
    return " ".join(n.message for n in result.notes)


def changed(motion: xr.Dataset, change: Callable[[np.ndarray], None]) -> xr.Dataset:
    position = motion.position.to_numpy().copy()
    change(position)
    return motion.assign(position=(motion.position.dims, position))


def test_without_a_still_trial_steps_and_pelvis_are_still_measured(trial: xr.Dataset) -> None:
    result = analyse_lab(trial)
    found = values(result)
    assert found["hip_adduction", "left"] is None
    assert found["cadence", None] == pytest.approx(156.8, abs=1.0)
    assert found["contralateral_pelvic_drop", "left"] is not None
    assert "Give the still trial with --static" in notes(result)
    reason = next(o.reason for o in result.observations if o.code == "hip_adduction")
    assert reason is not None
    assert "--static" in reason


def test_frames_of_zeros_and_blocks_of_nan_lose_their_strides_only(trial: xr.Dataset, static: xr.Dataset) -> None:
    whole = analyse_lab(trial, static)

    def damage(position: np.ndarray) -> None:
        position[300:420] = np.nan

    result = analyse_lab(changed(trial, damage), static)
    a, b = values(whole), values(result)
    for key in (("hip_adduction", "left"), ("knee_flexion_peak_stance", "right"), ("contact_time", "left")):
        assert b[key] == pytest.approx(a[key], rel=0.05)
    assert "stay empty" in notes(result)


def test_a_second_is_too_short_and_says_so(trial: xr.Dataset, static: xr.Dataset) -> None:
    result = analyse_lab(trial.isel(time=slice(0, 150)), static)
    assert any(n.code == "short" for n in result.notes)
    assert all(o.status != "final" for o in result.observations if o.side is not None and o.value is not None)


def test_a_blink_holds_no_step(trial: xr.Dataset, static: xr.Dataset) -> None:
    with pytest.raises(NothingToMeasureError, match="Nothing in this trial"):
        analyse_lab(trial.isel(time=slice(0, 20)), static)


def test_a_missing_left_foot_leaves_the_right_one(trial: xr.Dataset, static: xr.Dataset) -> None:
    left = [n for n in trial.keypoint.to_numpy() if n.startswith(("L.Heel", "L.MT"))]
    result = analyse_lab(trial.drop_sel(keypoint=left), static)
    found = values(result)
    assert found["hip_adduction", "right"] is not None
    assert found["hip_adduction", "left"] is None
    assert found["contact_time", "right"] == pytest.approx(0.29, abs=0.02)
    assert "left foot has no markers" in notes(result)
    assert found["step_width", None] is None


def test_mirrored_axes_are_refused_with_the_way_out(trial: xr.Dataset, static: xr.Dataset) -> None:
    def mirror(position: np.ndarray) -> None:
        position[:, 2] *= -1.0

    with pytest.raises(InvalidValueError, match="mirror=True"):
        analyse_lab(changed(trial, mirror), changed(static, mirror))
    both = analyse_lab(changed(trial, mirror), changed(static, mirror), mirror=True)
    assert values(both)["hip_adduction", "left"] is not None


def test_swapped_markers_are_told(trial: xr.Dataset, static: xr.Dataset) -> None:
    names = {"L.Thigh.Top.Lateral": "L.Thigh.Bottom.Medial", "L.Thigh.Bottom.Medial": "L.Thigh.Top.Lateral"}
    swapped = trial.assign_coords(keypoint=[names.get(n, n) for n in trial.keypoint.to_numpy()])
    result = analyse_lab(swapped, static)
    assert "L.Thigh.Top.Lateral and L.Thigh.Bottom.Medial are swapped" in notes(result)
    assert values(result)["hip_adduction", "left"] == pytest.approx(
        values(analyse_lab(trial, static))["hip_adduction", "left"]
    )


def test_another_persons_still_trial_is_noticed(trial: xr.Dataset, static: xr.Dataset) -> None:
    def shuffle(position: np.ndarray) -> None:
        random = np.random.default_rng(0)
        position += 0.08 * random.standard_normal((1, 3, position.shape[2]))

    result = analyse_lab(trial, changed(static, shuffle))
    assert "do not fit the still trial" in notes(result)
    assert values(result)["hip_adduction", "left"] is None
    assert values(result)["cadence", None] is not None


def test_a_still_trial_in_place_of_the_moving_one_holds_no_step(static: xr.Dataset) -> None:
    with pytest.raises(NothingToMeasureError, match=r"Nothing in this trial|No step"):
        analyse_lab(static, static)


def walker() -> xr.Dataset:
    """The house skeleton walking: 1.1 s strides, each foot down for 62 % of them."""
    fps, seconds = 150.0, 9.0
    t = np.arange(int(fps * seconds)) / fps
    skeleton = adult()
    pose = {"pelvis_ty": 0.94 - 0.015 * np.cos(4 * np.pi * t / 1.1)}
    for side, shift in (("r", 0.0), ("l", 0.5)):
        phase = np.mod(t / 1.1 + shift, 1.0)
        stance = phase < 0.62
        swing = (phase - 0.62) / 0.38
        pose[f"hip_flexion_{side}"] = np.where(
            stance, 25 - 40 * phase / 0.62, -15 + 40 * np.sin(np.pi / 2 * np.clip(swing, 0, 1))
        )
        pose[f"knee_flexion_{side}"] = np.where(
            stance, 5 + 8 * np.sin(np.pi * phase / 0.62), 5 + 60 * np.sin(np.pi * np.clip(swing, 0, 1))
        )
        pose[f"ankle_dorsiflexion_{side}"] = np.where(
            stance, -pose[f"hip_flexion_{side}"] + pose[f"knee_flexion_{side}"], 5.0
        )
    values = np.tile(skeleton.defaults, (len(t), 1))
    for name, track in pose.items():
        values[:, skeleton.coordinate_names.index(name)] = track
    motion = landmark_motion(skeleton, values, fps=fps).sel(keypoint=list(skeleton.landmarks))
    return motion.assign_attrs(file="walk")


HOUSE = MarkerSet("house", "House", "test", {k: k for k in adult().landmarks})


def test_walking_is_said() -> None:
    with pytest.raises(NothingToMeasureError, match="This is walking"):
        analyse_lab(walker(), marker_set=HOUSE)


def test_a_film_or_an_unknown_set_is_refused() -> None:
    film = make_motion(np.zeros((5, 2, 1)), time=np.arange(5) / 30, keypoints=["a"], unit="px", view="rear")
    with pytest.raises(InvalidValueError, match="not motion capture"):
        analyse_lab(film)
    odd = make_motion(
        np.random.default_rng(0).random((5, 3, 2)), time=np.arange(5) / 30, keypoints=["p", "q"], unit="m", view="3d"
    )
    with pytest.raises(InvalidValueError, match="--marker-template"):
        analyse_lab(odd.assign_attrs(file="odd"))


def test_one_plate_under_a_walker_falls_back_to_markers(trial: xr.Dataset, static: xr.Dataset) -> None:
    from medius.motion.mocap._read import add_forces

    count = 2 * trial.sizes["time"]
    force = np.zeros((count, 3, 1))
    force[:, 1] = 600.0
    result = analyse_lab(add_forces(trial, force, np.zeros_like(force), np.zeros_like(force), 300.0), static)
    assert "contacts come from the markers" in notes(result)
    assert result.contacts.method.startswith("markers")


def test_stored_poses_of_a_markerless_system_are_measured(trial: xr.Dataset, static: xr.Dataset) -> None:
    """The real runner as Theia would write him: whole poses, x right, y forwards, z up. The same angles come out."""
    marked = analyse_lab(trial, static)
    assert marked.segments is not None
    names = {"pelvis": "pelvis_4X4"} | {f"{p}_{s}": f"{s}_{p}_4X4" for s in "rl" for p in ("thigh", "shank", "foot")}
    up = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])  # house x, y, z in a laboratory of x right, y forwards, z up
    poses = np.zeros((trial.sizes["time"], len(names), 4, 4))
    poses[:, :, 3, 3] = 1.0
    for index, segment in enumerate(names):
        frame = marked.segments.sel(segment=segment)
        poses[:, index, :3, :3] = (up @ frame.rotation.to_numpy())[:, :, [2, 0, 1]]
        poses[:, index, :3, 3] = frame.origin.to_numpy() @ up.T
    stored = make_motion(
        poses[:, :, :3, 3].transpose(0, 2, 1),
        time=trial.time.to_numpy(),
        keypoints=list(names.values()),
        unit="m",
        view="3d",
        source="c3d",
        attrs={"file": "theia.c3d", "fps": 150.0},
    )
    stored = stored.assign(segment_pose=(("time", "segment", "row", "column"), poses)).assign_coords(
        segment=list(names.values())
    )
    result = analyse_lab(stored)
    assert result.angles is not None
    assert marked.angles is not None
    for name in ("hip_adduction_l", "knee_flexion_r", "pelvis_obliquity", "ankle_dorsiflexion_l"):
        ours = result.angles.angle.sel(coordinate=name).to_numpy()
        assert ours == pytest.approx(marked.angles.angle.sel(coordinate=name).to_numpy(), abs=1e-6), name
    assert values(result)["cadence", None] == pytest.approx(values(marked)["cadence", None], rel=0.02)
