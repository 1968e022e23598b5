"""Where the runner was when: a clock without the pauses, and a distance without the jumps of a lost satellite."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from medius.load._activity import Activity

__all__ = ["FASTEST_M_S", "great_circle_m", "joins", "run_distance", "running_clock"]

Array = NDArray[np.float64]

FASTEST_M_S = 12.5
"""Faster than any runner (the 100 m world record peaks at 12.4 m/s): such a step is the satellite's, not the runner's."""

_DEVICE_FASTEST_M_S = 40.0
"""A device's own distance may catch up after a late fix, but not at 144 km/h."""

_EARTH_RADIUS_M = 6371008.8
_LONGEST_GAP_S = 1800.0
_JOIN_S = 1.0


def joins(activity: Activity) -> NDArray[np.bool_]:
    """Whether each sample begins a new stretch: after a pause, a segment's border, or half an hour of silence."""
    time = activity.samples["time"]
    joined = np.zeros(time.size, dtype=bool)
    joined[[index for index in activity.breaks if 0 < index < time.size]] = True
    for stop, start in activity.pauses:
        first = int(np.searchsorted(time, stop, side="right"))
        if 0 < first < time.size and time[first] - time[first - 1] >= 0.5 * (start - stop):
            joined[first] = True
    joined[1:] |= np.diff(time) > _LONGEST_GAP_S
    return joined


def running_clock(activity: Activity) -> Array:
    """Return seconds from the first sample to each sample, pauses and gaps left out."""
    step = np.diff(activity.samples["time"], prepend=activity.samples["time"][:1])
    return np.cumsum(np.where(joins(activity), np.minimum(step, _JOIN_S), step))


def great_circle_m(latitude: Array, longitude: Array) -> Array:
    """Return the distance from each point to the next in m on a sphere, shape (n - 1,)."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    a = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    return np.asarray(2.0 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0))), dtype=np.float64)


def run_distance(activity: Activity) -> tuple[Array | None, list[str]]:
    """Return the distance run up to each sample in m, and sentences that say what was mended.

    The device's own distance is used where it gives one (it knows the foot pod, the treadmill and the wheel); otherwise
    the track. None where there is neither.
    """
    own = activity.samples.get("distance")
    time = activity.samples["time"]
    if own is not None and np.isfinite(own).sum() >= 2:
        return _device_distance(time, own)
    latitude, longitude = activity.samples.get("latitude"), activity.samples.get("longitude")
    if latitude is None or longitude is None:
        return None, []
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    if placed.sum() < 2:
        return None, []
    index = np.flatnonzero(placed)
    kept, dropped = _without_teleports(time[index], latitude[index], longitude[index])
    index = index[kept]
    if index.size < 2:
        return None, []
    step = great_circle_m(latitude[index], longitude[index])
    apart = np.cumsum(joins(activity))[index]
    jump = step > FASTEST_M_S * np.diff(time[index])
    step[(np.diff(apart) > 0) | jump] = 0.0
    total = np.concatenate(([0.0], np.cumsum(step)))
    notes = []
    if dropped or jump.any():
        notes.append(f"The satellite position jumped {dropped + int(jump.sum())} times; the jumps were left out.")
    return np.interp(time, time[index], total), notes


def _device_distance(time: Array, own: Array) -> tuple[Array, list[str]]:
    known = np.flatnonzero(np.isfinite(own))
    step = np.diff(own[known])
    limit = _DEVICE_FASTEST_M_S * np.maximum(np.diff(time[known]), 2.0)
    jump, back = step > limit, step < -1.0
    step[jump | (step < 0)] = 0.0
    first = own[known[0]]
    total = np.concatenate(([0.0], np.cumsum(step))) + (first if 0 <= first <= limit[0] else 0.0)
    notes = []
    if jump.any() or back.any():
        count = int(jump.sum() + back.sum())
        notes.append(f"The recorded distance jumped {count} times; the jumps were left out.")
    return np.interp(time, time[known], total), notes


def _without_teleports(time: Array, latitude: Array, longitude: Array) -> tuple[NDArray[np.bool_], int]:
    """Mark the points to keep: a point is dropped where leaving it out makes an impossible step possible."""
    kept = np.ones(time.size, dtype=bool)
    speed = great_circle_m(latitude, longitude) / np.diff(time)
    if not (speed > FASTEST_M_S).any():
        return kept, 0
    last, dropped, waiting = 0, 0, 0
    for point in range(1, time.size):
        step = _distance_m(latitude[last], longitude[last], latitude[point], longitude[point])
        if step <= FASTEST_M_S * (time[point] - time[last]):
            last, waiting = point, 0
            continue
        waiting += 1
        if waiting > 5:  # it stays there: the fix was found again elsewhere
            last, waiting = point, 0
            continue
        kept[point] = False
        dropped += 1
    return kept, dropped


def _distance_m(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    phi, to_phi = math.radians(latitude), math.radians(to_latitude)
    half = math.sin(math.radians(to_longitude - longitude) / 2) ** 2
    a = math.sin((to_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(to_phi) * half
    return 2.0 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(a)))
