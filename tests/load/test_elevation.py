"""Ascent and descent against hills that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medius.load import measure_elevation
from medius.load._elevation import turning_points

Array = NDArray[np.float64]


def measure(altitude: Array, *, from_device: bool = True) -> tuple[float, float]:
    clock = np.arange(altitude.size, dtype=float)
    profile = measure_elevation(clock, altitude, np.zeros(altitude.size, dtype=bool), from_device=from_device)
    assert profile is not None
    return profile.ascent_m, profile.descent_m


def barometer_noise(rng: np.random.Generator, seconds: int) -> Array:
    """White noise of 0.2 m, and wind: first-order noise of 0.4 m with a memory of 10 s; steps of 0.2 m as FIT stores."""
    wind = np.empty(seconds)
    wind[0] = 0.0
    keep = np.exp(-1 / 10)
    kicks = rng.normal(0.0, 0.4 * np.sqrt(1 - keep**2), seconds)
    for second in range(1, seconds):
        wind[second] = keep * wind[second - 1] + kicks[second]
    return wind + rng.normal(0.0, 0.2, seconds)


def test_twelve_hours_of_barometer_noise_are_not_counted_twice() -> None:
    seconds = 12 * 3600
    clock = np.arange(seconds)
    hills = 100.0 * np.cos(2 * np.pi * clock / 3600) + 15.0 * np.cos(2 * np.pi * clock / 600)
    steps = np.diff(hills)
    truth = -steps[steps < 0].sum()
    measured = np.round((500 + hills + barometer_noise(np.random.default_rng(1), seconds)) * 5) / 5
    naive_steps = np.diff(measured)
    naive = -naive_steps[naive_steps < 0].sum()
    _, descent = measure(measured)
    assert naive > 1.8 * truth
    assert descent == pytest.approx(truth, rel=0.10)


def test_calibration_in_the_first_seconds_is_no_hill() -> None:
    altitude = np.full(600, 55.0)
    altitude[3:5] = 142.4
    assert measure(altitude) == (0.0, 0.0)


def test_step_of_a_new_calibration_is_no_hill() -> None:
    altitude = np.concatenate((np.full(300, 50.0), np.full(300, 120.0)))
    ascent, descent = measure(altitude)
    assert ascent + descent < 0.5


def test_altitude_lost_in_a_pause_is_not_descended() -> None:
    altitude = np.concatenate((np.full(300, 500.0), np.full(300, 400.0)))
    joined = np.zeros(600, dtype=bool)
    joined[300] = True
    profile = measure_elevation(np.arange(600.0), altitude, joined, from_device=True)
    assert profile is not None
    assert profile.descent_m == 0.0


def test_zero_elevation_is_no_elevation() -> None:
    assert measure_elevation(np.arange(100.0), np.zeros(100), np.zeros(100, dtype=bool), from_device=False) is None


def test_all_missing_is_none() -> None:
    assert measure_elevation(np.arange(50.0), np.full(50, np.nan), np.zeros(50, dtype=bool), from_device=True) is None


def test_satellite_altitude_is_taken_with_more_caution() -> None:
    clock = np.arange(3600)
    altitude = 200 + 1.8 * np.sin(2 * np.pi * clock / 120)
    assert measure(altitude, from_device=False) == (0.0, 0.0)
    assert measure(altitude, from_device=True)[1] > 50


hills = st.lists(st.floats(-200, 200), min_size=3, max_size=12)


@settings(max_examples=60, deadline=None)
@given(hills, st.floats(-300, 300))
def test_up_minus_down_is_the_net_change_and_the_mirror_swaps_them(heights: list[float], shift: float) -> None:
    altitude = np.interp(np.arange(len(heights) * 120), np.arange(len(heights)) * 120, heights) + 1000.0
    clock, none = np.arange(float(altitude.size)), np.zeros(altitude.size, dtype=bool)
    profile = measure_elevation(clock, altitude, none, from_device=True)
    mirrored = measure_elevation(clock, 2000.0 - altitude, none, from_device=True)
    moved = measure_elevation(clock, altitude + shift, none, from_device=True)
    assert profile is not None
    assert mirrored is not None
    assert moved is not None
    ends = profile.altitude[profile.turns[-1]] - profile.altitude[profile.turns[0]]
    assert profile.ascent_m - profile.descent_m == pytest.approx(ends, abs=1e-6)
    assert (mirrored.ascent_m, mirrored.descent_m) == pytest.approx((profile.descent_m, profile.ascent_m), abs=1e-6)
    assert moved.descent_m == pytest.approx(profile.descent_m, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=60), st.floats(0.5, 10))
def test_turning_points_are_in_order_and_far_enough_apart(heights: list[float], threshold: float) -> None:
    altitude = np.array(heights)
    turns = turning_points(altitude, threshold)
    assert (np.diff(turns) > 0).all()
    legs = np.diff(altitude[turns])
    inner = legs[1:-1] if legs.size > 2 else legs[:0]
    assert (np.abs(inner) >= threshold - 1e-9).all()
    assert (np.sign(legs[1:]) != np.sign(legs[:-1])).all() or (legs == 0).any()
