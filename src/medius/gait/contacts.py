"""When the feet touch the belt and leave it, from key points.

All signals are of a Motion in pixels that is even in time, cleaned and level. Times are refined between frames by a
parabola through the extreme and its neighbours, so that they are not bound to the frame rate; the fixed shifts between an
extreme and the force plate's event were learned on rendered runners and are checked by ``make accuracy``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import butter, filtfilt, find_peaks

from medius.record import Side

__all__ = ["SIDES", "Contacts", "Stance", "find_contacts", "running_rhythm"]

Array = NDArray[np.float64]
SIDES: tuple[Side, Side] = ("left", "right")

# Seconds from the signal's extreme to the event of the force plate (20 N), learned on rendered runners: fact Q05.
_SIDE_IC_AFTER_REACH = 0.018
_SIDE_TO_BEFORE_BACK = 0.081
_SIDE_TO_BEFORE_EXTENSION = 0.012
_REAR_IC_BEFORE_DROP = 0.035
_REAR_TO_AFTER_LOW = 0.040

_EVENT_CUTOFF_HZ = 10.0
_REGULAR = 0.6
"""Running scores above 0.95, a jumble of people or a sprint start below 0.5 (`running_rhythm`)."""
_STANCE_S = (0.10, 0.45)
_RUNNING_PHASE = (0.06, 0.30)


@dataclass(frozen=True, slots=True)
class Stance:
    """One foot's time on the ground.

    Attributes
    ----------
    side
        The person's own left or right.
    initial_contact, toe_off
        Seconds in the clip.
    stride_time
        Seconds to the same foot's next initial contact; NaN for the last one.
    """

    side: Side
    initial_contact: float
    toe_off: float
    stride_time: float

    @property
    def midstance(self) -> float:
        """Half way between initial contact and toe-off, in seconds."""
        return (self.initial_contact + self.toe_off) / 2

    @property
    def duration(self) -> float:
        """Contact time in seconds."""
        return self.toe_off - self.initial_contact


@dataclass(frozen=True, slots=True)
class Contacts:
    """All stances of a clip, in order of time.

    Attributes
    ----------
    stances
        Whole stances only; those at the clip's ends or inside gaps are left out.
    method
        How they were found.
    stride_frequency
        Strides per second, from the rhythm of the whole clip; NaN where there is none.
    trunk_like_walking
        From behind: the trunk is lowest while both feet are on the ground, as in walking, not in the middle of a stance.
    """

    stances: tuple[Stance, ...]
    method: str
    stride_frequency: float
    trunk_like_walking: bool = False

    def of(self, side: Side) -> tuple[Stance, ...]:
        """Return the stances of one foot."""
        return tuple(stance for stance in self.stances if stance.side == side)

    @property
    def duty_factor(self) -> float:
        """Median share of the stride that a foot is on the ground; above 0.5 is walking; NaN without strides."""
        shares = [s.duration / s.stride_time for s in self.stances if s.stride_time > 0]
        return float(np.median(shares)) if shares else float("nan")


def running_rhythm(motion: xr.Dataset) -> tuple[float, float]:
    """Return the stride frequency (1/s) and how regular the rhythm is (0 to 1).

    Both come from the autocorrelation of the left foot's height less the right one's, in which whatever is common to
    both (camera shake, breathing) is gone. A regularity under 0.6 means that nobody runs steadily.
    """
    fps = float(motion.attrs["fps"])
    signal = np.zeros(motion.sizes["time"])
    for name in ("ankle", "heel", "knee"):
        difference = _point(motion, f"left_{name}") - _point(motion, f"right_{name}")
        signal = (
            signal + np.nan_to_num(difference[:, 1] - np.nanmean(difference[:, 1]))
            if np.isfinite(difference[:, 1]).any()
            else signal
        )
    if not signal.any() or len(signal) < 1.5 * fps:
        return float("nan"), 0.0
    spectrum = np.fft.rfft(signal, 2 * len(signal))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(signal)]
    correlation /= correlation[0] * (1 - np.arange(len(signal)) / len(signal)).clip(0.2)
    lags = np.arange(len(signal)) / fps
    inside = (lags >= 0.45) & (lags <= 2.2)
    peaks, _ = find_peaks(np.where(inside, correlation, -1.0), height=0.1)
    if peaks.size == 0:
        return float("nan"), 0.0
    strongest = correlation[peaks].max()
    first = int(peaks[correlation[peaks] >= 0.85 * strongest][0])
    return 1.0 / _parabola(lags, correlation, first), float(np.clip(correlation[first], 0.0, 1.0))


def find_contacts(motion: xr.Dataset) -> Contacts:
    """Find the stances of both feet.

    Side view: initial contact a fixed time after the foot reaches farthest ahead of the hips; toe-off from the foot's
    farthest point behind and from the knee's greatest extension (Fellin 2010), averaged. Rear view: toe-off after the
    ankle's lowest point in the picture (the belt carries the foot towards the camera until it lifts), initial contact from
    the trunk's greatest downward speed (Milner & Paquette 2015), each with its shift.
    """
    frequency, regularity = running_rhythm(motion)
    side_view = motion.attrs["view"].startswith("side")
    method = "side-reach-extension/1" if side_view else "rear-trunk-ankle/1"
    if not np.isfinite(frequency) or regularity < _REGULAR:
        return Contacts((), method, frequency)
    find = _side_events if side_view else _rear_events
    stances: list[Stance] = []
    for side in SIDES:
        starts, ends = find(motion, side, 1.0 / frequency)
        stances += _pair(side, starts, ends, 1.0 / frequency)
    ordered = tuple(sorted(stances, key=lambda stance: stance.initial_contact))
    return Contacts(ordered, method, frequency, not side_view and _trunk_like_walking(motion, 1.0 / frequency))


def _side_events(motion: xr.Dataset, side: Side, period: float) -> tuple[Array, Array]:
    time, fps = motion["time"].to_numpy(), float(motion.attrs["fps"])
    point = _points(motion, side)
    facing = -1.0 if motion.attrs["view"] == "side-left" else 1.0
    hips = (_point(motion, "left_hip") + _point(motion, "right_hip")) / 2
    # Networks without feet have no heel; the ankle alone then stands for the foot.
    heel = point["heel"] if np.isfinite(point["heel"]).any() else point["ankle"]
    reach = _calm(((point["ankle"] + heel) / 2 - hips)[:, 0] * facing, fps)
    thigh, shank = point["hip"] - point["knee"], point["ankle"] - point["knee"]
    cosine = (thigh * shank).sum(axis=1) / (np.linalg.norm(thigh, axis=1) * np.linalg.norm(shank, axis=1))
    extension = _calm(np.degrees(np.arccos(np.clip(cosine, -1, 1))), fps)
    starts = _extremes(time, reach, period) + _SIDE_IC_AFTER_REACH
    back = _extremes(time, -reach, period) - _SIDE_TO_BEFORE_BACK
    straight = _extremes(time, extension, period / 2, prominence=0.1) - _SIDE_TO_BEFORE_EXTENSION
    ends = []
    for end in back:
        near = straight[np.abs(straight - end) < 0.08]
        ends.append((end + near[np.argmin(np.abs(near - end))]) / 2 if near.size else end)
    return starts, np.array(ends)


def _rear_events(motion: xr.Dataset, side: Side, period: float) -> tuple[Array, Array]:
    time, fps = motion["time"].to_numpy(), float(motion.attrs["fps"])
    low = _calm(_point(motion, f"{side}_ankle")[:, 1], fps)
    shoulders = (_point(motion, "left_shoulder") + _point(motion, "right_shoulder"))[:, 1] / 2
    falling = np.gradient(_calm(shoulders, fps), 1.0 / fps)
    lows = _extremes(time, low, period)
    drops = _extremes(time, falling, period / 2)
    starts = []
    for end in lows:
        before = drops[(drops > end - 0.35 * period - 0.05) & (drops < end - 0.08)]
        starts.append(before[-1] - _REAR_IC_BEFORE_DROP if before.size else np.nan)
    return np.array(starts), lows + _REAR_TO_AFTER_LOW


def _trunk_like_walking(motion: xr.Dataset, period: float) -> bool:
    """Say whether the trunk is lowest near the change of feet.

    In running the body is lowest in the middle of each stance, a sixth of a stride before the standing ankle begins to
    rise. In walking it is lowest in double support, when that ankle already rises.
    """
    time, fps = motion["time"].to_numpy(), float(motion.attrs["fps"])
    shoulders = (_point(motion, "left_shoulder") + _point(motion, "right_shoulder"))[:, 1] / 2
    trunk = _extremes(time, _calm(shoulders, fps), period / 2)
    before = []
    for side in SIDES:
        for low in _extremes(time, _calm(_point(motion, f"{side}_ankle")[:, 1], fps), period):
            earlier = trunk[trunk <= low]
            if earlier.size:
                before.append((low - earlier[-1]) / period % 0.5)
    return bool(len(before) >= 4 and not _RUNNING_PHASE[0] < np.median(before) < _RUNNING_PHASE[1])


def _pair(side: Side, starts: Array, ends: Array, period: float) -> list[Stance]:
    starts = starts[np.isfinite(starts)]
    stances = []
    for i, start in enumerate(starts):
        after = ends[(ends > start + _STANCE_S[0]) & (ends < start + min(0.85 * period, 1.0))]
        if after.size == 0:
            continue
        stride = float(starts[i + 1] - start) if i + 1 < len(starts) else float("nan")
        if np.isfinite(stride) and not 0.75 * period < stride < 1.25 * period:
            stride = float("nan")
        stances.append(Stance(side, float(start), float(after[0]), stride))
    return stances


def _extremes(time: Array, signal: Array, period: float, *, prominence: float = 0.25) -> Array:
    """Return the times of the maxima that recur once per `period`, between frames."""
    finite = np.isfinite(signal)
    if finite.sum() < 5:
        return np.empty(0)
    spread = float(np.subtract(*np.nanpercentile(signal, [95, 5])))
    step = float(np.median(np.diff(time)))
    filled = np.where(finite, signal, np.nanmin(signal) - spread)
    peaks, _ = find_peaks(
        filled, distance=max(1, round(0.6 * period / step)), prominence=max(prominence * spread, 1e-9)
    )
    whole = [p for p in peaks if 0 < p < len(signal) - 1 and finite[p - 1 : p + 2].all()]
    return np.array([_parabola(time, signal, int(p)) for p in whole])


def _parabola(time: Array, signal: Array, peak: int) -> float:
    if not 0 < peak < len(signal) - 1:
        return float(time[peak])
    a, b, c = signal[peak - 1 : peak + 2]
    bend = a - 2 * b + c
    shift = 0.5 * (a - c) / bend if bend != 0 else 0.0
    return float(time[peak] + np.clip(shift, -0.5, 0.5) * (time[peak + 1] - time[peak]))


def _calm(signal: Array, fps: float) -> Array:
    """Low-pass filter a signal that may have gaps at its ends."""
    finite = np.isfinite(signal)
    if finite.sum() < 20 or fps <= 2.2 * _EVENT_CUTOFF_HZ:
        return signal
    index = np.arange(len(signal))
    filled = np.interp(index, index[finite], signal[finite])
    b, a = butter(2, min(_EVENT_CUTOFF_HZ / (fps / 2) / (2**0.5 - 1) ** 0.25, 0.99))
    return np.where(finite, np.asarray(filtfilt(b, a, filled), dtype=np.float64), np.nan)


def _points(motion: xr.Dataset, side: Side) -> dict[str, Array]:
    return {name: _point(motion, f"{side}_{name}") for name in ("hip", "knee", "ankle", "heel", "foot_index")}


def _point(motion: xr.Dataset, name: str) -> Array:
    if name not in motion["keypoint"].to_numpy():
        return np.full((motion.sizes["time"], 2), np.nan)
    return np.asarray(motion["position"].sel(keypoint=name).to_numpy(), dtype=np.float64)
