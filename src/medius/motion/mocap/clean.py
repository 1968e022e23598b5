"""Cleaning marker data: short gaps filled and flagged, noise smoothed without delay."""

from __future__ import annotations

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError
from medius.motion.dataset import with_log
from medius.motion.mocap._rigid import Bools, Floats, all_finite

__all__ = ["FILLED_CONFIDENCE", "fill_gaps", "smooth_markers"]

FILLED_CONFIDENCE = 0.5
"""Confidence of a point that was filled in."""


def fill_gaps(motion: xr.Dataset, *, longest_s: float = 0.1) -> xr.Dataset:
    """Fill gaps of up to `longest_s` seconds with a cubic spline; flag what was filled.

    Filled points get a confidence of `FILLED_CONFIDENCE`. Longer gaps, and gaps at either end, stay empty. The log says
    how many points were filled and how many stay empty.
    """
    from scipy.interpolate import CubicSpline

    if longest_s < 0:
        raise InvalidValueError("The longest gap to fill cannot be negative.")
    position = motion.position.to_numpy().copy()
    confidence = motion.confidence.to_numpy().copy()
    seen = all_finite(position, 1)
    time = motion.time.to_numpy()
    filled = 0
    for marker in range(position.shape[2]):
        short = short_gaps(seen[:, marker], round(longest_s * float(motion.attrs["fps"])))
        if not short.any() or seen[:, marker].sum() < 4:
            continue
        known = seen[:, marker]
        position[short, :, marker] = CubicSpline(time[known], position[known, :, marker])(time[short])
        confidence[short, marker] = FILLED_CONFIDENCE
        filled += int(short.sum())
    result = motion.assign(position=(motion.position.dims, position), confidence=(motion.confidence.dims, confidence))
    left = int((~all_finite(position, 1)).sum())
    return with_log(result, "fill gaps", longest_s=longest_s, points_filled=filled, points_empty=left)


def short_gaps(seen: Bools, longest: int) -> Bools:
    """Frames that lie in a gap of at most `longest` frames between two that were seen."""
    edges = np.flatnonzero(np.diff(np.concatenate([[1], seen.astype(np.int8), [1]])))
    result = np.zeros(seen.shape, dtype=np.bool_)
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if first > 0 and end < seen.size and end - first <= longest:
            result[first:end] = True
    return result


def smooth_markers(motion: xr.Dataset, *, cutoff_hz: float = 12.0) -> xr.Dataset:
    """Smooth positions with a fourth-order Butterworth low-pass run forwards and backwards (no delay).

    Parameters
    ----------
    motion
        A Motion with an even frame rate.
    cutoff_hz
        Frequency at which half the power passes. Frame rates under 2.5 times this are left as they are, and logged.

    Notes
    -----
    Runs of seen frames are smoothed on their own; runs too short for the filter stay as they are.
    """
    fps = float(motion.attrs["fps"])
    if cutoff_hz * 2.5 >= fps:
        return with_log(motion, "smooth markers", skipped=f"{fps:.4g} frames a second are too few for {cutoff_hz} Hz")
    position = motion.position.to_numpy().copy()
    for marker in range(position.shape[2]):
        position[:, :, marker] = low_pass(position[:, :, marker], cutoff_hz, fps)
    return with_log(motion.assign(position=(motion.position.dims, position)), "smooth markers", cutoff_hz=cutoff_hz)


def low_pass(values: Floats, cutoff_hz: float, rate: float) -> Floats:
    """Low-pass `values` (time, …) without delay, each run of finite frames on its own."""
    from scipy.signal import butter, sosfiltfilt

    # Two passes of a second-order filter; its cutoff is raised so that the two together pass half the power there.
    sos = butter(2, cutoff_hz / 0.802, fs=rate, output="sos")
    result = np.array(values, dtype=np.float64)
    seen = all_finite(result.reshape(result.shape[0], -1), 1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(np.int8), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first > 18:
            result[first:end] = sosfiltfilt(
                sos, result[first:end], axis=0, padlen=min(end - first - 1, round(rate / 5))
            )
    return result
