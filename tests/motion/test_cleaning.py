"""Even in time, gaps filled, noise removed: on signals whose clean form is known."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medius.motion import make_motion, validate_motion
from medius.motion.cleaning import MAX_GAP_S, choose_cutoff, fill_gaps, resample_even, smooth

Array = NDArray[np.float64]


def waves(time: Array, hertz: tuple[float, ...] = (1.4, 2.8, 0.7)) -> Array:
    """Return three points that swing with different frequencies, shape (time, 2, 3)."""
    phase = 2 * np.pi * np.array(hertz) * time[:, None]
    return np.stack([100 * np.sin(phase), 300 + 80 * np.cos(phase)], axis=1)


def film(time: Array, position: Array | None = None) -> xr.Dataset:
    """Make a Motion of the waves."""
    names = ("a", "b", "c")
    return make_motion(
        waves(time) if position is None else position, time=time, keypoints=names, unit="px", view="rear"
    )


def test_an_even_film_is_left_alone() -> None:
    motion = film(np.arange(100) / 60.0)
    assert resample_even(motion) is motion
    short = film(np.array([0.0, 1.0]))
    assert resample_even(short) is short


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([30.0, 60.0, 120.0]))
def test_an_uneven_film_is_read_where_it_should_have_been(seed: int, fps: float) -> None:
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.uniform(0.8, 1.2, 200)) / fps
    even = resample_even(film(time))
    steps = np.diff(even["time"])
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    assert even.attrs["fps"] == pytest.approx(1.0 / steps[0])
    assert even["time"][0] == time[0]
    assert even["time"][-1] <= time[-1] + 1e-9
    # A straight line between neighbours is off by at most step^2 / 8 times the greatest acceleration.
    bound = 100 * (2 * np.pi * 2.8) ** 2 * (1.2 / fps) ** 2 / 8
    np.testing.assert_allclose(even["position"], waves(even["time"].to_numpy()), atol=1.05 * bound)
    validate_motion(even)
    assert even.attrs["log"][-1]["operation"] == "resample_even"


def test_missing_frames_leave_a_gap_that_is_not_invented() -> None:
    time = np.arange(240) / 60.0
    for seconds, bridged in ((0.05, True), (0.5, False)):
        kept = (time < 2.0) | (time >= 2.0 + seconds)
        even = resample_even(film(time[kept]))
        inside = (even["time"] > 2.01) & (even["time"] < 2.0 + seconds - 0.03)
        assert bool(np.isfinite(even["position"][inside]).all()) == bridged
        assert bridged or (even["confidence"][inside] == 0).all()
        assert np.isfinite(even["position"][~inside.to_numpy()]).mean() > 0.97
        assert np.isfinite(fill_gaps(even)["position"]).all() == bridged


@pytest.mark.parametrize(("frames", "bridged"), [(1, True), (5, True), (8, False), (30, False)])
def test_short_gaps_are_bridged_and_marked_and_long_ones_stay(frames: int, bridged: bool) -> None:
    time = np.arange(120) / 60.0
    motion = film(time)
    motion["position"][50 : 50 + frames, :, 1] = np.nan
    filled = fill_gaps(motion)
    gap = filled["position"][50 : 50 + frames, :, 1]
    assert ((frames + 1) / 60.0 <= MAX_GAP_S + 1e-9) == bridged
    assert np.isfinite(gap).all() == bridged
    assert (filled["confidence"][50 : 50 + frames, 1] == 0).all()
    assert (filled["confidence"][:, 0] == 1).all()
    np.testing.assert_array_equal(filled["position"][:50], motion["position"][:50])
    log = filled.attrs["log"][-1]
    assert (log["points_lost"], log["points_filled"]) == (frames, frames if bridged else 0)


def test_gaps_at_the_ends_and_points_never_seen_are_not_invented() -> None:
    motion = film(np.arange(120) / 60.0)
    motion["position"][:3, :, 0] = np.nan
    motion["position"][-3:, :, 1] = np.nan
    motion["position"][:, :, 2] = np.nan
    filled = fill_gaps(motion)["position"]
    assert np.isnan(filled[:3, :, 0]).all()
    assert np.isnan(filled[-3:, :, 1]).all()
    assert np.isnan(filled[:, :, 2]).all()


def test_points_that_the_network_doubts_are_dropped_when_asked() -> None:
    motion = film(np.arange(120) / 60.0)
    motion["confidence"][40, 0] = 0.2
    motion["position"][40, :, 0] = 9999.0
    kept, dropped = fill_gaps(motion), fill_gaps(motion, min_confidence=0.5)
    assert (kept["position"][40, :, 0] == 9999.0).all()
    np.testing.assert_allclose(dropped["position"][40, :, 0], waves(np.array([40 / 60.0]))[0, :, 0], atol=1.0)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
def test_smoothing_removes_noise_and_does_not_delay(fps: float) -> None:
    time = np.arange(round(6 * fps)) / fps
    clean = waves(time)
    noise = np.random.default_rng(2).normal(0.0, 3.0, clean.shape)
    smoothed = smooth(film(time, clean + noise))
    inner = slice(round(fps / 2), -round(fps / 2))
    left = smoothed["position"].to_numpy()[inner] - clean[inner]
    assert left.std() < (0.9 if fps < 60 else 0.75) * 3.0
    # A lag of one frame at 2.8 Hz would be an error of 1.2 px and more; the mean product with the slope shows it.
    slope = np.gradient(clean, time, axis=0)[inner]
    lag = -(left * slope).mean(axis=0) / (slope**2).mean(axis=0)
    assert np.abs(lag).max() < 0.001


@pytest.mark.parametrize("cutoff", [6.0, 10.0])
def test_the_cutoff_is_where_half_the_power_passes(cutoff: float) -> None:
    # Zero-lag fourth order: -3 dB at the stated frequency, next to nothing at three times it (Winter 2009).
    fps = 240.0
    time = np.arange(4800) / fps
    for factor, passed in ((0.3, 1.0), (1.0, 2**-0.5), (3.0, 0.013)):
        wave = np.repeat(np.sin(2 * np.pi * cutoff * factor * time)[:, None, None], 2, axis=1)
        motion = make_motion(wave, time=time, keypoints=("a",), unit="px", view="rear")
        inner = smooth(motion, cutoff=cutoff)["position"].to_numpy()[1000:-1000, 0, 0]
        assert np.abs(inner).max() == pytest.approx(passed, abs=0.02)


@settings(max_examples=20, deadline=None)
@given(st.floats(-500, 500), st.floats(0.1, 10.0))
def test_smoothing_moves_with_the_picture(shift: float, scale: float) -> None:
    time = np.arange(240) / 60.0
    position = waves(time) + np.random.default_rng(5).normal(0, 2, (240, 2, 3))
    one = smooth(film(time, position))
    other = smooth(film(time, position * scale + shift))
    np.testing.assert_allclose(other["position"], one["position"] * scale + shift, atol=1e-6 * scale)


def test_the_cutoff_rises_with_the_signal_and_stays_in_its_bounds() -> None:
    rng = np.random.default_rng(8)
    time = np.arange(720) / 120.0

    def cutoff(hertz: float, noise: float) -> float:
        position = waves(time, (hertz, hertz, hertz)) + rng.normal(0, noise, (720, 2, 3))
        return choose_cutoff(film(time, position), lowest=2.0, highest=20.0)

    assert cutoff(1.0, 3.0) < cutoff(4.0, 3.0) < cutoff(9.0, 3.0)
    assert cutoff(0.1, 30.0) >= 2.0
    assert choose_cutoff(film(np.arange(300) / 20.0)) <= 8.0 + 1e-9
    assert 10.0 <= choose_cutoff(film(time)) <= 14.0


@pytest.mark.parametrize("what", ["still", "unseen", "short", "slow"])
def test_films_that_cannot_be_judged_get_a_usual_cutoff(what: str) -> None:
    time = np.arange(20 if what == "short" else 200) / (4.0 if what == "slow" else 60.0)
    position = waves(time)
    if what == "still":
        position[:] = position[0]
    if what == "unseen":
        position[:] = np.nan
    cutoff = choose_cutoff(film(time, position))
    assert 0 < cutoff <= 14.0
    smoothed = smooth(film(time, position))["position"].to_numpy()
    assert np.isfinite(smoothed).all() == (what != "unseen")
    if what == "still":
        np.testing.assert_allclose(smoothed, position, atol=1e-9)


def test_stretches_between_long_gaps_are_filtered_on_their_own() -> None:
    time = np.arange(240) / 60.0
    position = waves(time)
    position[100:140] = np.nan
    position[140:] += 500.0  # a jump across the gap must not leak
    smoothed = smooth(film(time, position), cutoff=10.0)["position"].to_numpy()
    np.testing.assert_allclose(smoothed[:100], position[:100], atol=6.0)
    np.testing.assert_allclose(smoothed[140:], position[140:], atol=6.0)
    assert np.isnan(smoothed[100:140]).all()
