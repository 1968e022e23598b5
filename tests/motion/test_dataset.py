"""The Motion: what is valid, and what a sentence says where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medius.errors import InputError, InvalidValueError
from medius.motion import VIEWS, make_motion, validate_motion, with_log

NAMES = ("left_hip", "right_hip", "nose")


def motion(n: int = 5, **changes: Any) -> xr.Dataset:
    """Make a small valid Motion, or one that is spoilt by `changes`."""
    given_: dict[str, Any] = {
        "position": np.ones((n, 2, 3)),
        "time": np.arange(n) / 50.0,
        "keypoints": NAMES,
        "unit": "px",
    }
    given_ |= changes
    return make_motion(given_.pop("position"), **given_)


def test_a_motion_has_the_documented_shape() -> None:
    made = motion(view="rear", source="by hand", attrs={"width": 720})
    assert made["position"].dims == ("time", "space", "keypoint")
    assert made["confidence"].dims == ("time", "keypoint")
    assert made["space"].to_numpy().tolist() == ["x", "y"]
    assert made.attrs["fps"] == pytest.approx(50.0)
    assert (made.attrs["unit"], made.attrs["view"], made.attrs["source"]) == ("px", "rear", "by hand")
    assert made.attrs["width"] == 720
    assert made.attrs["log"] == []
    validate_motion(made)


def test_three_dimensions_are_a_laboratory() -> None:
    made = motion(position=np.ones((5, 3, 3)), unit="m", view="3d")
    assert made["space"].to_numpy().tolist() == ["x", "y", "z"]


def test_confidence_is_one_where_a_point_was_seen_and_zero_elsewhere() -> None:
    position = np.ones((5, 2, 3))
    position[2, 0, 1] = np.nan
    confidence = motion(position=position)["confidence"].to_numpy()
    assert confidence[2, 1] == 0.0
    assert confidence.sum() == 14.0


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=30))
def test_the_frame_rate_is_the_median_one(steps: list[float]) -> None:
    time = np.cumsum([0.0, *steps])
    assert motion(len(time), time=time).attrs["fps"] == pytest.approx(1.0 / np.median(np.diff(time)))


def test_a_single_frame_has_no_frame_rate() -> None:
    assert np.isnan(motion(1).attrs["fps"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"position": np.ones((5, 4, 3))}, "shape"),
        ({"position": np.ones((5, 2))}, "shape"),
        ({"time": np.arange(4) / 50.0}, "4 times"),
        ({"keypoints": ("nose",)}, "1 names"),
        ({"keypoints": ("nose", "nose", "left_hip")}, "names must differ"),
        ({"time": np.zeros(5)}, "strictly increasing"),
        ({"time": np.array([0.0, 1.0, np.nan, 3.0, 4.0])}, "finite"),
        ({"unit": "cm"}, "'unit'"),
        ({"view": "above"}, "'view'"),
        ({"confidence": np.full((5, 3), 1.5)}, "confidence"),
        ({"confidence": np.full((5, 3), np.nan)}, "confidence"),
        ({"confidence": np.ones((5, 2))}, "confidence"),
        ({"n": 0}, "no frames"),
    ],
)
def test_what_is_not_a_motion_is_refused_with_a_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidValueError, match=words) as caught:
        motion(**changes)
    assert isinstance(caught.value, InputError)
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).endswith(".")


def test_a_dataset_without_the_variables_is_no_motion() -> None:
    with pytest.raises(InvalidValueError, match="'confidence'"):
        validate_motion(motion().drop_vars("confidence"))
    with pytest.raises(InvalidValueError, match="'position'"):
        validate_motion(motion().transpose("keypoint", "time", "space"))


@given(arrays(np.float64, (4, 2, 3), elements=st.floats(-1e4, 1e4)), st.sampled_from(VIEWS))
def test_positions_are_kept_as_given(position: np.ndarray[Any, np.dtype[np.float64]], view: str) -> None:
    np.testing.assert_array_equal(motion(4, position=position, view=view)["position"], position)


def test_the_log_grows_and_the_original_stays() -> None:
    first = motion()
    second = with_log(with_log(first, "smooth", cutoff_hz=10.0), "level", roll_deg=2.0)
    assert first.attrs["log"] == []
    assert second.attrs["log"] == [{"operation": "smooth", "cutoff_hz": 10.0}, {"operation": "level", "roll_deg": 2.0}]
    assert second["position"] is not None
    xr.testing.assert_equal(first, second)
