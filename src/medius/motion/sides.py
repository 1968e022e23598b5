"""Left and right kept apart: in a side view the far leg passes behind the near one, and networks mix them up."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.motion.dataset import with_log

__all__ = ["repair_swaps"]

Array = NDArray[np.float64]

_LEG = ("knee", "ankle", "heel", "foot_index")
_PERIOD_S = (0.45, 2.2)
_RHYTHM = 0.3
"""Least autocorrelation at one stride for a movement to be called a rhythm."""
_COLLAPSED = 0.45
_APART = 0.5


def repair_swaps(motion: xr.Dataset) -> xr.Dataset:
    """Undo mix-ups of the left and right leg in a rhythmic movement seen from the side.

    In running, the left leg less the right leg is nearly the same one stride earlier and later, and nearly the opposite
    half a stride away. Each frame is compared with the median of these; where the opposite fits better, the names of the
    legs are exchanged, and this is repeated until nothing changes. Frames in which both legs were seen at the place of
    one, although they should be far apart, lose the leg that was seen less surely; `medius.motion.cleaning.fill_gaps`
    bridges them.

    Parameters
    ----------
    motion
        Even in time. A movement without rhythm is returned as it is.

    Returns
    -------
    xarray.Dataset
        The Motion with exchanged points; the log says how many frames were changed.
    """
    names = motion["keypoint"].to_numpy().tolist()
    parts = [part for part in _LEG if f"left_{part}" in names and f"right_{part}" in names]
    size = _thigh_length(motion) if parts else float("nan")
    if not np.isfinite(size) or size <= 0:
        return motion
    left = [names.index(f"left_{part}") for part in parts]
    right = [names.index(f"right_{part}") for part in parts]
    position = motion["position"].to_numpy()
    between = (position[:, :, left] - position[:, :, right]).reshape(len(position), -1) / size
    period = _period(between, float(motion.attrs["fps"]))
    if period is None:
        return with_log(motion, "repair_swaps", frames_swapped=0, rhythm=False)
    sign = _vote(between, period)
    expected = _expected(sign[:, None] * between, period)
    length = np.linalg.norm(between, axis=1)
    with np.errstate(invalid="ignore"):
        wanted = np.linalg.norm(expected, axis=1)
        collapsed = (length < _COLLAPSED * wanted) & (wanted > _APART * np.sqrt(len(parts)))
    out = motion.copy(deep=True)
    _exchange(out, np.flatnonzero(sign < 0), left, right)
    _drop_weaker(out, np.flatnonzero(collapsed), left, right)
    return with_log(
        out, "repair_swaps", frames_swapped=int((sign < 0).sum()), frames_collapsed=int(collapsed.sum()), rhythm=True
    )


def _period(between: Array, fps: float) -> float | None:
    """Return frames per stride, from the autocorrelation of the vector from one leg to the other; None without rhythm."""
    n = len(between)
    if n < 1.2 * _PERIOD_S[0] * fps or not np.isfinite(between).any():
        return None
    centred = np.nan_to_num(between - np.nanmean(between, axis=0))
    spectrum = np.fft.rfft(centred, 2 * n, axis=0)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=0)[:n].sum(axis=1)
    if correlation[0] <= 1e-9 * n:  # nothing moves but the last digit
        return None
    correlation = correlation / correlation[0] * n / np.maximum(n - np.arange(n), 0.3 * n)
    low, high = round(_PERIOD_S[0] * fps), min(round(_PERIOD_S[1] * fps), n - 2)
    if high <= low:
        return None
    inside = correlation[low : high + 1]
    peaks = np.flatnonzero((inside[1:-1] >= inside[:-2]) & (inside[1:-1] > inside[2:])) + 1
    if peaks.size == 0 or inside[peaks].max() < _RHYTHM:
        return None
    first = int(peaks[inside[peaks] >= 0.85 * inside[peaks].max()][0])
    a, b, c = inside[first - 1 : first + 2]
    bend = a - 2 * b + c
    return float(low + first + (0.5 * (a - c) / bend if bend else 0.0))


def _vote(between: Array, period: float) -> Array:
    """Return +1 where the network's naming stands and -1 where the legs are exchanged, shape (time,)."""
    sign = np.ones(len(between))
    for _ in range(30):
        signed = sign[:, None] * between
        agreement = np.nansum(signed * _expected(signed, period), axis=1)
        wrong = agreement < -0.02
        if not wrong.any():
            break
        sign[wrong] *= -1
    return sign if (sign < 0).mean() <= 0.5 else -sign


def _expected(signed: Array, period: float) -> Array:
    """Return what the vector between the legs should be, from one and two half strides before and after."""
    frames = np.arange(len(signed), dtype=np.float64)
    guesses = []
    for half_strides in (-4, -3, -2, -1, 1, 2, 3, 4):
        away = frames + half_strides * period / 2
        inside = (away >= 0) & (away <= frames[-1])
        shifted = np.stack([np.interp(away, frames, column) for column in signed.T], axis=1)
        guesses.append(np.where(inside[:, None], shifted * (1.0 if half_strides % 2 == 0 else -1.0), np.nan))
    stacked = np.stack(guesses)
    some = np.isfinite(stacked).any(axis=0)
    out = np.full(signed.shape, np.nan)
    out[some] = np.nanmedian(stacked[:, some], axis=0)
    return out


def _exchange(motion: xr.Dataset, when: NDArray[np.intp], left: list[int], right: list[int]) -> None:
    for variable in ("position", "confidence"):
        values = motion[variable].to_numpy()
        for i, j in zip(left, right, strict=True):
            values[when, ..., i], values[when, ..., j] = values[when, ..., j].copy(), values[when, ..., i].copy()


def _drop_weaker(motion: xr.Dataset, when: NDArray[np.intp], left: list[int], right: list[int]) -> None:
    if when.size == 0:
        return
    position, confidence = motion["position"].to_numpy(), motion["confidence"].to_numpy()
    weaker_left = confidence[when][:, left].mean(axis=1) < confidence[when][:, right].mean(axis=1)
    for frames, points in ((when[weaker_left], left), (when[~weaker_left], right)):
        for point in points:
            position[frames, :, point] = np.nan
            confidence[frames, point] = 0.0


def _thigh_length(motion: xr.Dataset) -> float:
    position = motion["position"]
    lengths = [
        np.linalg.norm(position.sel(keypoint=f"{side}_hip") - position.sel(keypoint=f"{side}_knee"), axis=1)
        for side in ("left", "right")
    ]
    finite = np.concatenate(lengths)
    finite = finite[np.isfinite(finite)]
    return float(np.percentile(finite, 75)) if finite.size else float("nan")
