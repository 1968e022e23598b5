"""Ascent and descent from a noisy altimeter.

Summing every difference of a 1 Hz altitude adds up its noise: over 12 hours almost as much again as the true descent.
The method here, ``median-gauss-hysteresis/1``:

1. altitude on a 1 s grid of the running clock (pauses left out, stretches joined end to end);
2. points more than 10 m from the running median of 31 s are replaced (a barometer that is calibrated in the first seconds
   of a run jumps there and back by up to 90 m), and single steps over 5 m/s are taken for a new calibration;
3. Gaussian smoothing, standard deviation 6 s;
4. turning points at least 1 m apart (5 m where the altitude may be the satellite's); ascent and descent are the sums of
   the legs between them.

The constants of steps 3 and 4 are this project's choice, made where the totals that Garmin devices print for two runs
and their laps are met; ``tests/load/test_device_totals.py`` prints the agreement, ``docs/watch-files.md`` the table.
They are for running; at the speed of a bicycle the smoothing is too long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

__all__ = ["ElevationProfile", "clean_altitude", "measure_elevation", "turning_points"]

Array = NDArray[np.float64]

METHOD = "median-gauss-hysteresis/1"
SMOOTHING_S = 6.0
DEVICE_THRESHOLD_M = 1.0
UNKNOWN_THRESHOLD_M = 5.0
_MEDIAN_S = 31
_OUTLIER_M = 10.0
_STEP_M_S = 5.0


@dataclass(frozen=True)
class ElevationProfile:
    """The cleaned altitude of a run, every second of the running clock.

    Attributes
    ----------
    altitude
        Smoothed altitude in m, shape (seconds,).
    turns
        Indices of the turning points, the first and last second among them.
    ascent_m, descent_m
        Metres up and metres down, both positive.
    """

    altitude: Array
    turns: NDArray[np.intp]
    ascent_m: float
    descent_m: float

    @property
    def falling(self) -> NDArray[np.bool_]:
        """Whether each second belongs to a leg downhill."""
        steps = np.diff(self.altitude[self.turns])
        falling = np.zeros(self.altitude.size, dtype=bool)
        for leg in np.flatnonzero(steps < 0):
            falling[self.turns[leg] : self.turns[leg + 1]] = True
        return falling


def measure_elevation(
    clock: Array, altitude: Array, joined: NDArray[np.bool_], *, from_device: bool
) -> ElevationProfile | None:
    """Measure ascent and descent.

    Parameters
    ----------
    clock
        Running clock in s, strictly increasing, shape (n,).
    altitude
        Altitude in m, NaN where missing, shape (n,).
    joined
        Whether each sample begins a new stretch; altitude does not count across.
    from_device
        True where the altitude comes from the watch's own file (usually a barometer), False where it may be the
        satellite's.

    Returns
    -------
    The profile; None where fewer than 10 samples have an altitude, or where every altitude is 0 (none was recorded).
    """
    known = np.isfinite(altitude) & (np.abs(altitude) < 10000.0)
    if known.sum() < 10 or not altitude[known].any():
        return None
    level = _level_joins(altitude[known], np.cumsum(joined, dtype=np.intp)[known])
    seconds = np.arange(0.0, np.floor(clock[-1]) + 1.0)
    smooth = clean_altitude(np.interp(seconds, clock[known], level))
    turns = turning_points(smooth, DEVICE_THRESHOLD_M if from_device else UNKNOWN_THRESHOLD_M)
    legs = np.diff(smooth[turns])
    return ElevationProfile(smooth, turns, float(legs[legs > 0].sum()), abs(float(legs[legs < 0].sum())))


def _level_joins(altitude: Array, stretch: NDArray[np.intp]) -> Array:
    step = np.diff(altitude, prepend=altitude[0])
    step[np.diff(stretch, prepend=stretch[0]) > 0] = 0.0
    return np.asarray(altitude[0] + np.cumsum(step), dtype=np.float64)


def clean_altitude(altitude: Array) -> Array:
    """Return the altitude of every second without outliers, calibration steps and noise, m."""
    cleaned = altitude
    if cleaned.size > 3:
        width = min(_MEDIAN_S, cleaned.size - 1 + cleaned.size % 2)
        outlier = np.abs(cleaned - median_filter(cleaned, size=width, mode="nearest")) > _OUTLIER_M
        if outlier.any() and not outlier.all():
            index = np.arange(cleaned.size)
            cleaned = np.interp(index, index[~outlier], cleaned[~outlier])
        step = np.diff(cleaned)
        calibrated = np.abs(step) > _STEP_M_S
        if calibrated.any():
            step[calibrated] = 0.0
            cleaned = cleaned[0] + np.concatenate(([0.0], np.cumsum(step)))
    return np.asarray(gaussian_filter1d(cleaned, SMOOTHING_S, mode="nearest"), dtype=np.float64)


def turning_points(altitude: Array, threshold_m: float) -> NDArray[np.intp]:
    """Return the indices where the way turns up or down by at least `threshold_m`, and the first and last index."""
    step = np.diff(altitude)
    moving = np.flatnonzero(step != 0.0)
    if moving.size == 0:
        return np.array([0, altitude.size - 1], dtype=np.intp)
    sign = np.sign(step[moving])
    local = [0, *(moving[1:][sign[1:] != sign[:-1]]).tolist(), altitude.size - 1]
    turns, direction, extreme = [0], 0, 0
    low = high = 0
    for point in local[1:]:
        value = altitude[point]
        if direction == 0:
            low = point if value < altitude[low] else low
            high = point if value > altitude[high] else high
            if altitude[high] - altitude[low] >= threshold_m:
                direction = 1 if high > low else -1
                first, extreme = (low, high) if direction > 0 else (high, low)
                if first > 0:
                    turns.append(first)
        elif (value - altitude[extreme]) * direction >= 0:
            extreme = point
        elif (altitude[extreme] - value) * direction >= threshold_m:
            turns.append(extreme)
            direction, extreme = -direction, point
    if direction == 0:
        return np.array([0], dtype=np.intp)
    if extreme != turns[-1]:
        turns.append(extreme)
    return np.array(turns, dtype=np.intp)
