"""Mixed-up legs: exchanged at known frames, and put right again."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.motion import make_motion
from medius.motion.cleaning import fill_gaps
from medius.motion.sides import repair_swaps

Runner: Any = importlib.import_module("tests.gait._synthetic").Runner
LEG = ("knee", "ankle", "heel", "foot_index")


def swap(motion: xr.Dataset, frames: Sequence[int]) -> xr.Dataset:
    """Exchange the legs in some frames."""
    names = motion["keypoint"].to_numpy().tolist()
    out = motion.copy(deep=True)
    for part in LEG:
        i, j = names.index(f"left_{part}"), names.index(f"right_{part}")
        for variable in ("position", "confidence"):
            values = out[variable].to_numpy()
            values[frames, ..., i], values[frames, ..., j] = (
                values[frames, ..., j].copy(),
                values[frames, ..., i].copy(),
            )
    return out


def legs(motion: xr.Dataset) -> xr.DataArray:
    """Return the leg points."""
    return motion["position"].sel(keypoint=[f"{side}_{part}" for side in ("left", "right") for part in LEG])


def wrong_frames(repaired: xr.Dataset, true: xr.Dataset) -> int:
    """Return in how many frames a leg point that is there is not where it should be."""
    gap = np.abs(legs(repaired).to_numpy() - legs(true).to_numpy())
    return int((np.nan_to_num(gap).max(axis=(1, 2)) > 1e-6).sum())


@pytest.mark.parametrize("view", ["side-left", "side-right"])
@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_legs_that_were_never_mixed_up_are_left_alone(view: str, fps: float) -> None:
    motion = Runner(view=view, fps=fps).motion
    repaired = repair_swaps(motion)
    assert wrong_frames(repaired, motion) == 0
    assert repaired.attrs["log"][-1]["frames_swapped"] == 0
    assert np.isfinite(repaired["position"]).mean() > 0.99


@pytest.mark.parametrize("view", ["side-left", "side-right"])
@pytest.mark.parametrize(
    "frames",
    [
        [100],
        [100, 101],
        list(range(200, 212)),
        [50, 51, 150, 151, 152, 250, 300, 301, 302, 303],
        list(range(20, 460, 9)),
    ],
)
def test_exchanged_frames_are_found_and_put_right(view: str, frames: list[int]) -> None:
    motion = Runner(view=view).motion
    repaired = repair_swaps(swap(motion, frames))
    assert wrong_frames(repaired, motion) <= 1
    assert repaired.attrs["log"][-1]["frames_swapped"] == pytest.approx(len(frames), abs=2)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 479), max_size=90), st.sampled_from(["side-left", "side-right"]))
def test_scattered_swaps_are_undone_but_for_frames_in_which_the_legs_cross(frames: set[int], view: str) -> None:
    motion = Runner(view=view).motion
    repaired = repair_swaps(swap(motion, sorted(frames)))
    gap = np.abs(legs(repaired).to_numpy() - legs(motion).to_numpy())
    wrong = np.nan_to_num(gap).max(axis=(1, 2)) > 20.0
    assert wrong.sum() <= 0.03 * len(wrong)


def test_a_swap_takes_the_confidence_along() -> None:
    motion = Runner(view="side-left").motion.copy(deep=True)
    motion["confidence"].loc[{"keypoint": "left_ankle"}] = 0.9
    motion["confidence"].loc[{"keypoint": "right_ankle"}] = 0.6
    frames = list(range(100, 110))
    xr.testing.assert_equal(repair_swaps(swap(motion, frames))["confidence"], motion["confidence"])


def test_both_legs_seen_at_the_place_of_one_lose_the_less_sure() -> None:
    motion = Runner(view="side-left").motion
    seen = motion.copy(deep=True)
    apart = np.abs(
        (motion["position"].sel(keypoint="left_ankle") - motion["position"].sel(keypoint="right_ankle")).sel(space="x")
    )
    middle = int(np.argmax(apart.to_numpy()[100:140])) + 100
    frames = slice(middle - 1, middle + 2)
    for part in LEG:
        seen["position"].loc[{"keypoint": f"right_{part}"}][frames] = motion["position"].sel(keypoint=f"left_{part}")[
            frames
        ]
        seen["confidence"].loc[{"keypoint": f"right_{part}"}][frames] = 0.3
    repaired = repair_swaps(seen)
    assert np.isnan(repaired["position"].sel(keypoint="right_ankle")[middle]).all()
    assert np.isfinite(repaired["position"].sel(keypoint="left_ankle")[middle]).all()
    bridged = fill_gaps(repaired)["position"].sel(keypoint="right_ankle")[middle]
    np.testing.assert_allclose(bridged, motion["position"].sel(keypoint="right_ankle")[middle], atol=25.0)


@pytest.mark.parametrize("what", ["still", "unseen", "one frame", "no legs"])
def test_what_has_no_rhythm_is_returned_as_it_is(what: str) -> None:
    motion = Runner(view="side-left").motion.copy(deep=True)
    if what == "still":
        motion["position"][:] = motion["position"][0]
    elif what == "unseen":
        motion["position"][:] = np.nan
    elif what == "one frame":
        motion = motion.isel(time=slice(0, 1))
    else:
        motion = make_motion(np.ones((50, 2, 1)), time=np.arange(50) / 60, keypoints=("nose",), unit="px")
    xr.testing.assert_equal(repair_swaps(motion), motion)
