"""Axes, units, gaps, smoothing and marker sets on a skeleton whose every point is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.body import adult, landmark_motion
from medius.errors import InvalidValueError, UnreadableFileError
from medius.motion import make_motion
from medius.motion.mocap import (
    bundled_marker_sets,
    fill_gaps,
    find_marker_set,
    load_marker_set,
    low_pass,
    marker_set_template,
    orient,
    smooth_markers,
)
from medius.motion.mocap.markersets import MarkerSet
from medius.motion.mocap.units import settle_unit

HOUSE = MarkerSet("house", "House", "test", {k: k for k in adult().landmarks})


def standing() -> xr.Dataset:
    """The house skeleton, standing for 20 frames; x forwards, y up, z right."""
    values = np.tile(adult().defaults, (20, 1))
    return landmark_motion(adult(), values, fps=100.0).sel(keypoint=list(adult().landmarks))


def turned(motion: xr.Dataset, rows: np.ndarray) -> xr.Dataset:
    position = np.einsum("ij,tjk->tik", rows, motion.position.to_numpy())
    return motion.assign(position=(motion.position.dims, position))


AXES = [
    np.eye(3),
    np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]),
    np.array([[-1.0, 0, 0], [0, 1, 0], [0, 0, -1]]),
    np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]),
]


@pytest.mark.parametrize("rows", AXES)
def test_any_right_handed_laboratory_is_turned_to_x_forwards_y_up_z_right(rows: np.ndarray) -> None:
    back = orient(turned(standing(), rows), HOUSE)
    assert np.allclose(back.position.to_numpy(), standing().position.to_numpy(), atol=1e-12)
    assert back.attrs["log"][-1]["how"] == {"up": "detected", "forward": "detected"}


def test_a_left_handed_laboratory_is_refused_and_can_be_mirrored() -> None:
    mirrored = turned(standing(), np.diag([1.0, 1.0, -1.0]))
    with pytest.raises(InvalidValueError, match=r"mirrored.*mirror=True"):
        orient(mirrored, HOUSE)
    back = orient(mirrored, HOUSE, mirror=True)
    assert np.allclose(back.position.to_numpy(), standing().position.to_numpy(), atol=1e-12)


def test_swapped_sides_are_refused() -> None:
    motion = standing()
    names = [n[:-1] + {"r": "l", "l": "r"}[n[-1]] if n[-2:] in ("_r", "_l") else n for n in motion.keypoint.to_numpy()]
    with pytest.raises(InvalidValueError, match="mirrored"):
        orient(motion.assign_coords(keypoint=names), HOUSE)


def test_running_across_the_laboratory_gives_its_own_forward() -> None:
    angle = np.radians(40.0)
    rows = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    back = orient(turned(standing(), rows), HOUSE)
    assert np.allclose(back.position.to_numpy(), standing().position.to_numpy(), atol=1e-9)


def test_axes_that_cannot_be_told_are_asked_for() -> None:
    motion = standing()
    feet_only = motion.sel(keypoint=["heel_r", "heel_l", "mt1_r", "mt1_l"])
    with pytest.raises(InvalidValueError, match="Pass up="):
        orient(feet_only, HOUSE)
    no_back = motion.sel(keypoint=[k for k in motion.keypoint.to_numpy() if not k.startswith("psis")])
    with pytest.raises(InvalidValueError, match="Pass forward="):
        orient(no_back, HOUSE)
    with pytest.raises(InvalidValueError, match="not an axis"):
        orient(motion, HOUSE, up="q")
    with pytest.raises(InvalidValueError, match="cannot also be"):
        orient(motion, HOUSE, up="y", forward="-y")


@given(scale=st.sampled_from([1.0, 100.0, 1000.0]), size=st.floats(1.3, 2.1))
@settings(max_examples=30, deadline=None)
def test_units_are_told_from_the_size_of_a_person(scale: float, size: float) -> None:
    position = np.zeros((5, 3, 2))
    position[:, 1, 1] = size
    unit, how = settle_unit(position * scale, None, None, "file")
    assert {"m": 1.0, "cm": 100.0, "mm": 1000.0}[unit] == scale
    assert how == "detected"


def test_units_that_cannot_be_told_are_asked_for() -> None:
    with pytest.raises(InvalidValueError, match="Pass unit="):
        settle_unit(np.zeros((3, 3, 2)), None, None, "file")
    with pytest.raises(InvalidValueError, match=r"would spread over 1.7e\+03 m"):
        settle_unit(np.array([[[0.0, 1.0], [0.0, 1700.0], [0.0, 0.0]]]), "mm", "m", "file")
    with pytest.raises(InvalidValueError, match="not a length unit"):
        settle_unit(np.ones((3, 3, 2)), None, "furlong", "file")


def wave(frames: int = 200) -> xr.Dataset:
    t = np.arange(frames) / 100.0
    position = np.stack([np.sin(2 * np.pi * 1.5 * t), 1 + 0.1 * np.cos(2 * np.pi * 3 * t), 0 * t], axis=1)[:, :, None]
    return make_motion(position, time=t, keypoints=["a"], unit="m", view="3d")


def test_short_gaps_are_filled_and_flagged_long_ones_stay() -> None:
    motion = wave()
    position = motion.position.to_numpy().copy()
    position[50:56], position[100:120], position[:4] = np.nan, np.nan, np.nan
    gappy = motion.assign(position=(motion.position.dims, position))
    filled = fill_gaps(gappy, longest_s=0.1)
    assert np.abs(filled.position.to_numpy()[50:56] - motion.position.to_numpy()[50:56]).max() < 0.01
    assert (filled.confidence.to_numpy()[50:56] == 0.5).all()
    assert np.isnan(filled.position.to_numpy()[100:120]).all()
    assert np.isnan(filled.position.to_numpy()[:4]).all()
    assert filled.attrs["log"][-1]["points_filled"] == 6
    assert filled.attrs["log"][-1]["points_empty"] == 24


def test_smoothing_halves_power_at_its_cutoff_and_does_not_delay() -> None:
    t = np.arange(4000) / 1000.0
    for frequency, expected in ((1.0, 1.0), (12.0, np.sqrt(0.5)), (60.0, 0.0)):
        signal = np.sin(2 * np.pi * frequency * t)
        out = low_pass(signal, 12.0, 1000.0)[1000:3000]
        inside = signal[1000:3000]
        gain = (out @ inside) / (inside @ inside)
        assert gain == pytest.approx(expected, abs=0.01)
        delayed = np.correlate(out - out.mean(), inside - inside.mean(), "same").argmax() - 1000
        assert abs(delayed) <= 1 or expected == 0.0


def test_smoothing_leaves_gaps_and_slow_recordings_alone() -> None:
    motion = wave()
    position = motion.position.to_numpy().copy()
    position[90:95] = np.nan
    smooth = smooth_markers(motion.assign(position=(motion.position.dims, position)), cutoff_hz=12.0)
    assert np.isnan(smooth.position.to_numpy()[90:95]).all()
    assert np.isfinite(smooth.position.to_numpy()[:90]).all()
    slow = smooth_markers(motion, cutoff_hz=60.0)
    assert np.array_equal(slow.position.to_numpy(), motion.position.to_numpy())
    assert "too few" in slow.attrs["log"][-1]["skipped"]


def test_bundled_sets_are_whole() -> None:
    names = {s.name for s in bundled_marker_sets()}
    assert names == {"fukuchi-rbds", "hamner", "opencap", "ric-ferber", "theia", "vicon-plug-in-gait"}
    for markers in bundled_marker_sets():
        assert markers.source
        for side in ("r", "l"):
            # What is on one side is on the other, under the same rule.
            own = {k[:-2] for k in markers.landmarks if k.endswith(f"_{side}")}
            other = {k[:-2] for k in markers.landmarks if k.endswith("_l" if side == "r" else "_r")}
            assert own == other


def test_sets_are_recognised_from_the_names(data: Path) -> None:
    from medius.motion import read_motion

    static = read_motion(data / "mocap" / "rbds001" / "RBDS001static.c3d")
    assert find_marker_set(static.keypoint.to_numpy()).name == "fukuchi-rbds"
    running = read_motion(data / "mocap" / "hamner" / "subject02_running.trc")
    assert find_marker_set(running.keypoint.to_numpy()).name == "hamner"
    opencap = [
        "r.ASIS_study",
        "L.ASIS_study",
        "r.PSIS_study",
        "L.PSIS_study",
        "C7_study",
        "r_shoulder_study",
        "L_shoulder_study",
    ]
    opencap += [
        f"{s}_{p}_study" for s in ("r", "L") for p in ("thigh1", "thigh2", "thigh3", "sh1", "sh2", "sh3", "calc", "toe")
    ]
    opencap += [f"{s}_5meta_study" for s in ("r", "L")]
    assert find_marker_set(opencap).name == "opencap"


def test_an_unknown_set_lists_what_is_missing_and_how_to_write_a_map() -> None:
    with pytest.raises(InvalidValueError, match=r"no set that Medius knows.*--marker-template"):
        find_marker_set(["one", "two", "three"])
    with pytest.raises(InvalidValueError, match="Known: fukuchi-rbds"):
        find_marker_set([], name="nonsense")


def test_a_filled_template_is_a_map(tmp_path: Path) -> None:
    text = marker_set_template(["RASI", "LASI"])
    assert "#   LASI" in text
    file = tmp_path / "lab.toml"
    file.write_text(text.replace("{side}…", "{side}X").replace("pelvis = []", 'pelvis = ["RX", "LX"]'))
    markers = load_marker_set(file)
    assert markers.name == "my-lab"
    assert markers.landmarks["asis_r"] == "RX"
    assert markers.clusters["pelvis"] == ("RX", "LX")
    file.write_text("not toml [")
    with pytest.raises(UnreadableFileError, match="not a marker-set map"):
        load_marker_set(file)
    file.write_text('[clusters]\ntail = ["a"]\n')
    with pytest.raises(UnreadableFileError, match="unknown segments"):
        load_marker_set(file)
