"""Make raw key points fit for measuring: even in time, gaps filled, noise removed, all of it logged."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import butter, filtfilt

from medius.motion.dataset import make_motion, with_log

__all__ = ["choose_cutoff", "fill_gaps", "resample_even", "smooth"]

Array = NDArray[np.float64]

MAX_GAP_S = 0.1
"""Longest gap that is bridged: at running cadence a tenth of a second is an eighth of a stride."""
_UNEVEN = 0.02


def resample_even(motion: xr.Dataset) -> xr.Dataset:
    """Return `motion` at an even frame rate (its median one); the same object where it already is even.

    Phones vary their frame rate. Where frames are missing for at most `MAX_GAP_S` the gap is bridged by linear
    interpolation, with confidence 0 where no frame lies within one frame's time; points in longer gaps are NaN.
    """
    time = motion["time"].to_numpy()
    if time.size < 3:
        return motion
    steps = np.diff(time)
    step = float(np.median(steps))
    if np.abs(steps - step).max() <= _UNEVEN * step:
        return motion
    even = np.arange(time[0], time[-1] + step / 2, step)
    even = even[even <= time[-1] + 1e-9]
    position = motion["position"].to_numpy()
    flat = position.reshape(len(time), -1)
    values = np.stack([np.interp(even, time, column) for column in flat.T], axis=1).reshape(
        len(even), *position.shape[1:]
    )
    nearest = np.abs(time[np.clip(np.searchsorted(time, even), 1, len(time) - 1)] - even)
    nearest = np.minimum(nearest, np.abs(time[np.clip(np.searchsorted(time, even) - 1, 0, None)] - even))
    confidence = motion["confidence"].to_numpy()
    spread = np.stack([np.interp(even, time, column) for column in confidence.T], axis=1)
    spread[nearest > step] = 0.0
    after = np.clip(np.searchsorted(time, even), 1, len(time) - 1)
    hidden = (time[after] - time[after - 1] > max(MAX_GAP_S, 1.5 * step)) & (nearest > step / 2)
    values[hidden], spread[hidden] = np.nan, 0.0
    out = make_motion(
        values,
        time=even,
        keypoints=motion["keypoint"].to_numpy().tolist(),
        unit=motion.attrs["unit"],
        view=motion.attrs["view"],
        source=motion.attrs["source"],
        confidence=np.clip(spread, 0.0, 1.0),
        attrs={**motion.attrs, "fps": 1.0 / step},
    )
    return with_log(out, "resample_even", fps=round(1.0 / step, 3), frames_before=len(time), frames_after=len(even))


def fill_gaps(motion: xr.Dataset, *, min_confidence: float = 0.0, max_gap_s: float = MAX_GAP_S) -> xr.Dataset:
    """Drop points below `min_confidence`, then bridge gaps of at most `max_gap_s` seconds by linear interpolation.

    Bridged points keep confidence 0, so that everything behind can tell them from seen ones; longer gaps stay NaN.
    """
    position = motion["position"].to_numpy().copy()
    confidence = motion["confidence"].to_numpy()
    time = motion["time"].to_numpy()
    lost = ~np.isfinite(position).all(axis=1) | (confidence < min_confidence)
    filled = 0
    for k in range(position.shape[2]):
        bad = lost[:, k]
        good = np.flatnonzero(~bad)
        position[bad, :, k] = np.nan
        if good.size < 2 or not bad.any():
            continue
        gaps = np.flatnonzero(np.diff(good) > 1)
        for start, end in zip(good[gaps], good[gaps + 1], strict=True):
            if time[end] - time[start] <= max_gap_s + 1e-9:
                inside = slice(start + 1, end)
                for axis in range(position.shape[1]):
                    position[inside, axis, k] = np.interp(
                        time[inside], time[[start, end]], position[[start, end], axis, k]
                    )
                filled += end - start - 1
    out = motion.copy(deep=False)
    out["position"] = (("time", "space", "keypoint"), position)
    out["confidence"] = (("time", "keypoint"), np.where(lost, 0.0, confidence))
    return with_log(out, "fill_gaps", max_gap_s=max_gap_s, points_lost=int(lost.sum()), points_filled=int(filled))


def choose_cutoff(motion: xr.Dataset, *, lowest: float = 10.0, highest: float = 14.0) -> float:
    """Choose the cut-off of the low-pass filter by residual analysis (Winter 2009, ch. 3; Wells & Winter 1980).

    The residual between raw and filtered signal falls linearly with the cut-off where only noise is removed. That line,
    carried back to 0 Hz, estimates the noise; the cut-off is where the residual equals it. The median over the points
    that move is taken.

    Returns
    -------
    float
        Hz, between `lowest` and `highest` (and at most 0.4 of the frame rate).
    """
    fps = float(motion.attrs["fps"])
    top = min(highest, 0.4 * fps)
    candidates = np.arange(1.0, min(25.0, 0.45 * fps), 0.5)
    position = motion["position"].to_numpy()
    signals = position.reshape(len(position), -1)
    moves = np.isfinite(signals).all(axis=0) & (np.ptp(signals, axis=0) > 0)
    signals = signals[:, moves]
    if signals.shape[1] == 0 or len(signals) < 30 or candidates.size < 6:
        return float(np.clip(10.0, min(lowest, top), top))
    residual = np.stack(
        [np.sqrt(np.mean((signals - _butterworth(signals, fps, cutoff)) ** 2, axis=0)) for cutoff in candidates]
    )
    tail = candidates >= max(candidates[-1] * 0.6, 8.0)
    if tail.sum() < 3:
        return float(np.clip(10.0, min(lowest, top), top))
    _, noise = np.polyfit(candidates[tail], residual[tail], 1)
    below = residual <= noise
    first = np.where(below.any(axis=0), candidates[np.argmax(below, axis=0)], candidates[-1])
    return float(np.clip(np.median(first), min(lowest, top), top))


def smooth(motion: xr.Dataset, *, cutoff: float | None = None) -> xr.Dataset:
    """Low-pass filter every point forwards and backwards (Butterworth, fourth order in total, no lag).

    Parameters
    ----------
    motion
        Even in time (`resample_even`). Stretches between long gaps are filtered on their own.
    cutoff
        Hz; default: by `choose_cutoff`.
    """
    hertz = choose_cutoff(motion) if cutoff is None else cutoff
    fps = float(motion.attrs["fps"])
    position = motion["position"].to_numpy().copy()
    flat = position.reshape(len(position), -1)
    if hertz < 0.5 * fps:
        for column in range(flat.shape[1]):
            for start, end in _stretches(np.isfinite(flat[:, column])):
                if end - start > 12:
                    flat[start:end, column] = _butterworth(flat[start:end, column], fps, hertz)
    out = motion.copy(deep=False)
    out["position"] = (("time", "space", "keypoint"), flat.reshape(position.shape))
    return with_log(out, "smooth", filter="butterworth, zero lag", cutoff_hz=round(hertz, 2))


def _butterworth(signal: Array, fps: float, cutoff: float) -> Array:
    # Two passes of a second-order filter: the cut-off is corrected so that -3 dB lies where it is said (Winter 2009).
    corrected = cutoff / (2**0.5 - 1) ** 0.25
    b, a = butter(2, min(corrected / (fps / 2), 0.99))
    return np.asarray(filtfilt(b, a, signal, axis=0, padlen=min(len(signal) - 1, 12)), dtype=np.float64)


def _stretches(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
