"""Downhill exposure on slopes that are known."""

from __future__ import annotations

import numpy as np
import pytest

from medius.load import gradient_percent, measure_downhill, measure_elevation


def slope(gradients: list[float], seconds: int = 600, speed: float = 3.0):  # type: ignore[no-untyped-def]
    steps = np.repeat(np.array(gradients) / 100 * speed, seconds)
    altitude = 1000.0 + np.concatenate(([0.0], np.cumsum(steps)))
    distance = speed * np.arange(altitude.size)
    clock = np.arange(float(altitude.size))
    profile = measure_elevation(clock, altitude, np.zeros(altitude.size, dtype=bool), from_device=True)
    assert profile is not None
    return profile, distance


def test_each_gradient_lands_in_its_band() -> None:
    profile, distance = slope([-3.0, -8.0, -15.0, 0.0, 6.0])
    exposure = measure_downhill(profile, distance)
    assert [band.minutes for band in exposure.bands] == pytest.approx([10.0, 10.0, 10.0], abs=0.6)
    assert [band.distance_m for band in exposure.bands] == pytest.approx([1800.0] * 3, rel=0.06)
    assert exposure.steepest_minute_percent == pytest.approx(-15.0, abs=0.3)


def test_level_and_uphill_are_not_downhill() -> None:
    profile, distance = slope([0.0, 5.0, 0.0])
    exposure = measure_downhill(profile, distance)
    assert sum(band.minutes for band in exposure.bands) < 0.2
    assert exposure.steepest_minute_percent is None


def test_standing_is_not_running_downhill() -> None:
    altitude = np.linspace(100.0, 80.0, 1200)
    profile = measure_elevation(np.arange(1200.0), altitude, np.zeros(1200, dtype=bool), from_device=True)
    assert profile is not None
    exposure = measure_downhill(profile, np.zeros(1200))
    assert sum(band.minutes for band in exposure.bands) == 0.0


def test_gradient_is_unknown_where_nothing_was_covered() -> None:
    assert np.isnan(gradient_percent(np.linspace(0, 10, 100), np.zeros(100))).all()


def test_a_minute_shorter_than_a_run_has_no_steepest_minute() -> None:
    profile, distance = slope([-10.0], seconds=50)
    assert measure_downhill(profile, distance).steepest_minute_percent is None
