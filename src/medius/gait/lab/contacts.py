"""When the feet touch the ground and leave it, from force plates, or from markers where there are none.

Force plates: vertical force over 20 N after a 50 Hz low-pass. Markers: touchdown at the first peak of vertical acceleration
of heel or forefoot (Handsaker et al. 2016, J Biomech 49:1710; fits any foot strike), toe-off at the knee's greatest
extension (Fellin et al. 2010, J Sci Med Sport 13:646) or, with a marker on the big toe, at its peak of vertical jerk
(Handsaker 2016). `touchdowns_from_pelvis` is the method of Milner & Paquette 2015 (J Biomech 48:3502). Each is compared
with force plates in the tests and in ``docs/accuracy.md``.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import find_peaks

from medius.gait.contacts import Contacts, Stance
from medius.motion.mocap import low_pass, lowest_seen
from medius.record import Side

__all__ = ["THRESHOLD_N", "contacts_from_forces", "contacts_from_markers", "touchdowns_from_pelvis"]

Array = NDArray[np.float64]

THRESHOLD_N = 20.0
"""Vertical force over which a foot counts as on the ground."""

PELVIS_SHIFT_S = 0.015
"""How long after touchdown the pelvis sinks fastest: 3 frames at 200 Hz (fact K37; 22 to 27 ms on a treadmill, K38)."""

_SIDES: tuple[Side, Side] = ("left", "right")
_FORCE_CUTOFF_HZ = 50.0
_ACCELERATION_CUTOFF_HZ = 40.0
_SHORTEST_S, _LONGEST_S = 0.08, 1.2
_SPLIT_S = 0.03
_LANDING_M = 0.05
_FLIGHT_M, _FLIGHT_SHARE = 0.02, 0.05
_BOUNCE_M = 0.02

WALKING = "none: walking"
"""Method of contacts that were not looked for because the markers show walking."""

_JERK_FPS = 100.0  # frame rate from which accelerations and jerks are sharp enough to time events


def contacts_from_forces(
    motion: xr.Dataset,
    feet: Mapping[Side, Array],
    *,
    threshold: float = THRESHOLD_N,
    cutoff_hz: float = _FORCE_CUTOFF_HZ,
) -> Contacts:
    """Find stances from force plates.

    Parameters
    ----------
    motion
        Oriented Motion with ``force`` and ``centre_of_pressure``.
    feet
        Side to the position of the foot (time, 3), metres; says whose foot a contact is.
    threshold
        Newton.
    cutoff_hz
        Low-pass of the vertical force.

    Returns
    -------
    Contacts; no stances where the plates saw none (or never let go, as one plate under a walker).
    """
    rate = float(motion.attrs["force_rate"])
    times = motion["force_time"].to_numpy()
    force, centre = motion["force"].to_numpy(), motion["centre_of_pressure"].to_numpy()
    spans: dict[Side, list[tuple[float, float]]] = {"left": [], "right": []}
    for plate in range(force.shape[2]):
        vertical = np.nan_to_num(force[:, 1, plate])
        if vertical.mean() < 0:  # some laboratories store the push of the foot on the plate
            vertical = -vertical
        smooth = low_pass(vertical, cutoff_hz, rate) if rate > 2.5 * cutoff_hz else vertical
        for first, end in _runs(smooth > threshold):
            if first == 0 or end == smooth.size or (end - first) / rate < _SHORTEST_S:
                continue
            side = _whose(motion, feet, times[first:end], centre[first:end, :, plate], smooth[first:end])
            if side is not None:
                start = _crossing(times, smooth, first, threshold)
                spans[side].append((start, _crossing(times, smooth, end, threshold)))
    return build_contacts({s: _joined(v) for s, v in spans.items()}, f"forces-{threshold:.0f}N/1")


def _runs(on: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _crossing(times: Array, signal: Array, index: int, threshold: float) -> float:
    """Time between samples `index` - 1 and `index` at which the signal passes the threshold."""
    before, after = signal[index - 1], signal[index]
    share = (threshold - before) / (after - before) if after != before else 1.0
    return float(times[index - 1] + np.clip(share, 0.0, 1.0) * (times[index] - times[index - 1]))


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join contacts of one foot that two plates saw one after the other."""
    result: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if result and start - result[-1][1] < _SPLIT_S:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def _whose(motion: xr.Dataset, feet: Mapping[Side, Array], times: Array, centre: Array, force: Array) -> Side | None:
    """Side whose foot is nearest to the centre of pressure while the force is high."""
    strong = force > 0.5 * force.max()
    at, where = times[strong], centre[strong]
    frames = motion["time"].to_numpy()
    distance: dict[Side, float] = {}
    for side, track in feet.items():
        gaps = [np.interp(at, frames, track[:, axis]) - where[:, axis] for axis in (0, 2)]
        away = np.hypot(*gaps)
        if np.isfinite(away).any():
            distance[side] = float(np.nanmedian(away))
    nearest = sorted(distance.items(), key=lambda entry: entry[1])
    return nearest[0][0] if nearest else None


def build_contacts(spans: Mapping[Side, Sequence[tuple[float, float]]], method: str) -> Contacts:
    """Make `Contacts` of touchdown and toe-off times; a stride that misses a contact in between has no duration."""
    strides = [b[0] - a[0] for v in spans.values() for a, b in itertools.pairwise(v)]
    usual = float(np.median(strides)) if strides else float("nan")
    stances = []
    for side in _SIDES:
        own = spans.get(side, [])
        for index, (start, end) in enumerate(own):
            if end - start > _LONGEST_S:
                continue
            stride = own[index + 1][0] - start if index + 1 < len(own) else float("nan")
            if not 0.75 * usual < stride < 1.25 * usual:
                stride = float("nan")
            stances.append(Stance(side, start, end, stride))
    stances.sort(key=lambda s: s.initial_contact)
    return Contacts(tuple(stances), method, 1.0 / usual if usual > 0 else float("nan"))


def sinking_peaks(pelvis_height: Array, fps: float) -> NDArray[np.int64]:
    """Frames at which the pelvis sinks fastest, once a step."""
    if not np.isfinite(pelvis_height).any() or np.subtract(*np.nanpercentile(pelvis_height, [95, 5])) < _BOUNCE_M:
        return np.empty(0, dtype=np.int64)
    height = low_pass(pelvis_height, 10.0, fps) if fps > 30 else pelvis_height
    speed = np.gradient(np.where(np.isfinite(height), height, np.nanmean(height))) * fps
    spread = float(np.subtract(*np.percentile(-speed, [95, 5])))
    peaks, _ = find_peaks(-speed, distance=max(1, round(0.2 * fps)), prominence=0.25 * spread)
    return peaks


def touchdowns_from_pelvis(pelvis_height: Array, fps: float, *, shift_s: float = PELVIS_SHIFT_S) -> Array:
    """Find the times of touchdown, either foot, from the pelvis' height (Milner & Paquette 2015).

    Parameters
    ----------
    pelvis_height
        Metres, (time,).
    fps
        Frames a second.
    shift_s
        How long after touchdown the pelvis sinks fastest. It depends on speed (K37, K38).
    """
    return sinking_peaks(pelvis_height, fps) / fps - shift_s


def contacts_from_markers(
    motion: xr.Dataset,
    pelvis_height: Array,
    feet: Mapping[Side, Sequence[Array]],
    knee_flexion: Mapping[Side, Array],
    toes: Mapping[Side, Array],
) -> Contacts:
    """Find stances from markers alone.

    Parameters
    ----------
    motion
        Oriented Motion, gaps filled, not smoothed (its own 40 Hz low-pass is applied to accelerations).
    pelvis_height
        Metres, (time,): gives the rhythm.
    feet
        Side to the tracks (time, 3) of heel and forefoot markers.
    knee_flexion
        Side to knee flexion, degrees (time,), where there is one.
    toes
        Side to the track of the big toe's marker, where there is one.
    """
    fps = float(motion.attrs["fps"])
    spans: dict[Side, list[tuple[float, float]]] = {"left": [], "right": []}
    sides: list[Side] = [s for s in _SIDES if feet.get(s)]
    peaks = sinking_peaks(pelvis_height, fps)
    lowest = {s: lowest_seen(np.stack([t[:, 1] for t in feet[s]]), 0) for s in sides}
    if len(sides) == 2 and _always_grounded(lowest["left"], lowest["right"]):
        return Contacts((), WALKING, float("nan"))
    for index, peak in enumerate(peaks):
        heights = {s: lowest[s][peak] for s in sides if np.isfinite(lowest[s][peak])}
        if not heights:
            continue
        side = min(heights, key=lambda s: heights[s])
        if len(sides) == 1 and heights[side] > np.nanmin(lowest[side]) + _LANDING_M:
            continue
        start = _touchdown(feet[side], int(peak), fps)
        following = peaks[index + 1] / fps if index + 1 < len(peaks) else peak / fps + 0.38
        knee, toe = knee_flexion.get(side), toes.get(side)
        if knee is None and toe is None and len(feet[side]) > 1:
            toe = feet[side][1]
        end = _toe_off(knee, toe, start, following, fps) if start is not None else None
        if start is not None and end is not None:
            spans[side].append((start, end))
    by_jerk = not knee_flexion or (bool(toes) and fps >= _JERK_FPS)
    method = "markers-acceleration-" + ("toe-jerk/1" if by_jerk else "knee-extension/1")
    return build_contacts({s: _joined(v) for s, v in spans.items()}, method)


def _always_grounded(left: Array, right: Array) -> bool:
    """Whether one foot is always within a few centimetres of its lowest place: walking, which has no flight."""
    above = np.minimum(left - np.nanpercentile(left, 2), right - np.nanpercentile(right, 2))
    seen = above[np.isfinite(above)]
    return bool(seen.size and (seen > _FLIGHT_M).mean() < _FLIGHT_SHARE)


def _touchdown(tracks: Sequence[Array], peak: int, fps: float) -> float | None:
    """First peak of upward acceleration of the markers near the ground, around the time the pelvis sinks fastest.

    A marker high above its lowest place, such as the toes of a foot that lands on its heel, is not landing yet.
    """
    first, end = peak - round(0.10 * fps), peak + round(0.03 * fps) + 1
    found = []
    for track in tracks:
        if first < 2 or end > track.shape[0] - 2:
            return None
        acceleration = _derivative(track[:, 1], 2, fps)
        window = acceleration[first:end]
        low = track[first:end, 1] < np.nanpercentile(track[:, 1], 2) + _LANDING_M
        if fps < _JERK_FPS or not np.isfinite(window).all() or not low.any():
            continue
        inner = np.flatnonzero(low[1:-1] & (window[1:-1] >= window[:-2]) & (window[1:-1] >= window[2:])) + 1
        if inner.size:
            best = int(inner[np.argmax(window[inner])])
            found.append(_refined(acceleration, first + best) / fps)
    return min(found) if found else _lowest_heel(tracks[0], first, end, fps)


def _lowest_heel(heel: Array, first: int, end: int, fps: float) -> float | None:
    """Touchdown where no acceleration stands out (smooth or slow recordings): the heel's lowest point, late by up to 25 ms."""
    height = heel[first:end, 1]
    if not np.isfinite(height).all():
        return None
    return (first + _refined(-height, int(np.argmin(height)))) / fps


def _toe_off(knee: Array | None, toe: Array | None, start: float, following: float, fps: float) -> float | None:
    """Toe-off in the second part of the time to the next foot's landing: by the toe's jerk, or the knee's extension."""
    first = round((start + 0.45 * (following - start)) * fps)
    end = round(min(following + 0.03, start + 0.55) * fps)
    use_toe = toe is not None and (fps >= _JERK_FPS or knee is None)
    if use_toe and toe is not None:
        jerk = _derivative(toe[:, 1], 3, fps)[first:end]
        if jerk.size > 2 and np.isfinite(jerk).all():
            return _refined(jerk, int(np.argmax(jerk))) / fps + first / fps
    if knee is not None:
        window = knee[first:end]
        if window.size > 4 and np.isfinite(window).all():
            return _refined(-window, int(np.argmin(window))) / fps + first / fps
    return None


def _derivative(signal: Array, order: int, fps: float) -> Array:
    smooth = low_pass(signal, _ACCELERATION_CUTOFF_HZ, fps) if fps > 2.5 * _ACCELERATION_CUTOFF_HZ else signal
    for _ in range(order):
        smooth = np.gradient(smooth) * fps
    return np.asarray(smooth, dtype=np.float64)


def _refined(signal: Array, peak: int) -> float:
    """Place of a maximum between frames, by a parabola through it and its neighbours."""
    if not 0 < peak < len(signal) - 1:
        return float(peak)
    a, b, c = signal[peak - 1 : peak + 2]
    bend = a - 2.0 * b + c
    return float(peak + (np.clip(0.5 * (a - c) / bend, -0.5, 0.5) if bend < 0 else 0.0))
