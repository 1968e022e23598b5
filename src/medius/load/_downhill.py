"""Downhill exposure: minutes and metres by gradient, and the steepest sustained minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medius.load._elevation import ElevationProfile

__all__ = ["BANDS", "DownhillBand", "DownhillExposure", "gradient_percent", "measure_downhill"]

Array = NDArray[np.float64]

BANDS: tuple[tuple[str, float, float], ...] = (
    ("0 to -5 %", -5.0, 0.0),
    ("-5 to -10 %", -10.0, -5.0),
    ("below -10 %", -np.inf, -10.0),
)
"""Name, lower and upper gradient in % of each band. They divide for description; nothing says that risk begins at one."""

_HALF_WINDOW_S = 10
_SLOWEST_M_S = 0.5
_MINUTE_S = 60
_SHORTEST_MINUTE_M = 60.0


@dataclass(frozen=True)
class DownhillBand:
    """Time in minutes, distance in m and descent in m within one gradient band."""

    name: str
    minutes: float
    distance_m: float


@dataclass(frozen=True)
class DownhillExposure:
    """What went downhill in a run; ``steepest_minute_percent`` is negative, None where no minute went down."""

    bands: tuple[DownhillBand, ...]
    steepest_minute_percent: float | None


def gradient_percent(altitude: Array, distance: Array, half_window_s: int = _HALF_WINDOW_S) -> Array:
    """Return the gradient at every second in %, over 20 s around it; NaN where less than 5 m were covered in them."""
    index = np.arange(altitude.size)
    before, after = np.maximum(index - half_window_s, 0), np.minimum(index + half_window_s, altitude.size - 1)
    along = distance[after] - distance[before]
    rise = altitude[after] - altitude[before]
    return np.where(along >= 5.0, 100.0 * rise / np.maximum(along, 5.0), np.nan)


def measure_downhill(profile: ElevationProfile, distance: Array) -> DownhillExposure:
    """Measure the downhill part of a run.

    Parameters
    ----------
    profile
        Cleaned altitude of every second.
    distance
        Distance in m at every second of the running clock, same length.

    Notes
    -----
    A second counts as downhill where it lies on a leg that descends (`ElevationProfile.falling`), its gradient is below 0
    and the runner moves faster than 0.5 m/s: the noise of a flat road is not downhill.
    """
    gradient = gradient_percent(profile.altitude, distance)
    step = np.diff(distance, append=distance[-1])
    counted = profile.falling & (step > _SLOWEST_M_S) & (gradient < 0)
    bands = []
    for name, low, high in BANDS:
        inside = counted & (gradient >= low) & (gradient < high)
        bands.append(DownhillBand(name, float(inside.sum()) / 60.0, float(step[inside].sum())))
    return DownhillExposure(tuple(bands), _steepest_minute(profile.altitude, distance))


def _steepest_minute(altitude: Array, distance: Array) -> float | None:
    if altitude.size <= _MINUTE_S:
        return None
    along = distance[_MINUTE_S:] - distance[:-_MINUTE_S]
    rise = altitude[_MINUTE_S:] - altitude[:-_MINUTE_S]
    sustained = along >= _SHORTEST_MINUTE_M
    if not sustained.any():
        return None
    steepest = float((100.0 * rise[sustained] / along[sustained]).min())
    return steepest if steepest < 0 else None
