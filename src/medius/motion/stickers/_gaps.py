"""Take out what was half hidden, and fill what was hidden for a moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator
from scipy.ndimage import median_filter

__all__ = ["LONGEST_GAP_S", "distance_noise", "drop_half_hidden", "fill_gaps", "running_median"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LONGEST_GAP_S = 0.07
"""A sticker hidden for longer than this is not guessed: the line's angle would be more than about 1 degree off."""

_WINDOW_S = 0.7
_SMALLER, _LARGER = 0.14, 0.25  # of the usual diameter: a quarter of the area gone
_SCATTERS, _SMALLEST = 4.0, 0.35  # the same for small or faint stickers, whose diameter is uncertain
_STRETCH = 0.07  # of the usual distance
_STRETCH_SD = 5.0


def running_median(values: Floats, time: Floats) -> Floats:
    """Return the median over the last and next 0.35 s of a series with holes (bridged by straight lines)."""
    good = np.isfinite(values)
    if not good.any():
        return values
    whole = np.interp(time, time[good], values[good])
    step = float(np.median(np.diff(time))) if len(time) > 1 else 1.0
    window = min(2 * round(_WINDOW_S / step / 2) + 1, 2 * len(time) - 1)
    return np.asarray(median_filter(whole, size=window, mode="nearest"))


def drop_half_hidden(centres: Floats, diameters: Floats, time: Floats) -> Flags:
    """Return which centres to trust.

    A sticker that looks smaller than usual is partly covered: its centroid is not its centre. Where the distance of the
    two jumps though both look whole, neither is trusted.

    Parameters
    ----------
    centres
        Pixels, shape (frame, 2 stickers, 2); NaN where hidden.
    diameters
        Pixels, shape (frame, 2 stickers).
    time
        Seconds.
    """
    usual = np.stack([running_median(diameters[:, side], time) for side in range(2)], axis=1)
    ratio = diameters / usual
    scatter = np.array([_scatter(ratio[:, side] - 1) for side in range(2)])
    tolerance = np.minimum(_SCATTERS * scatter, _SMALLEST)
    whole = np.greater(ratio, 1 - np.maximum(_SMALLER, tolerance)) & np.less(ratio, 1 + np.maximum(_LARGER, tolerance))
    trusted: Flags = np.isfinite(centres[..., 0]) & whole
    apart = centres[:, 1] - centres[:, 0]
    distance = np.where(trusted.all(axis=1), np.hypot(apart[:, 0], apart[:, 1]), np.nan)
    if np.isfinite(distance).any():
        off = np.abs(distance - running_median(distance, time))
        limit = max(_STRETCH * float(np.nanmedian(distance)), _STRETCH_SD * _scatter(off))
        trusted[np.nan_to_num(off, nan=0.0) > limit] = False
    return trusted


def _scatter(values: Floats) -> float:
    """Return the standard deviation around zero, from the median so that outliers do not count; 0 where no values."""
    good = values[np.isfinite(values)]
    return float(1.4826 * np.median(np.abs(good))) if good.size else 0.0


def distance_noise(centres: Floats) -> float:
    """Return the random error (SD, pixels) of the distance of the two centres.

    From second differences of three frames in a row, which a smooth movement leaves near zero: their variance is six
    times that of one value.
    """
    apart = centres[:, 1] - centres[:, 0]
    second = np.diff(np.hypot(apart[:, 0], apart[:, 1]), n=2)
    second = second[np.isfinite(second)]
    if second.size < 8:
        return float("nan")
    return _scatter(second) / float(np.sqrt(6))


def fill_gaps(centres: Floats, time: Floats, *, longest_s: float = LONGEST_GAP_S) -> tuple[Floats, Flags]:
    """Bridge short gaps by splines of the middle of the stickers and of the line between them.

    Where one sticker is seen, only the line between the two is guessed.

    Returns
    -------
    centres, filled
        Shape (frame, 2, 2), and (frame, 2): which were filled.
    """
    seen: Flags = np.isfinite(centres[..., 0])
    both = seen.all(axis=1)
    filled = np.zeros_like(seen)
    if both.sum() < 4:
        return centres, filled
    knots = np.flatnonzero(both)
    middle = Akima1DInterpolator(time[knots], centres[knots].mean(axis=1))
    apart = Akima1DInterpolator(time[knots], centres[knots, 1] - centres[knots, 0])
    before = np.searchsorted(knots, np.arange(len(time)), side="right") - 1
    inside = ~both & (before >= 0) & (before < len(knots) - 1)
    frames = np.flatnonzero(inside)
    length = time[knots[before[frames] + 1]] - time[knots[before[frames]]]
    step = float(np.median(np.diff(time)))
    frames = frames[length <= longest_s + 1.5 * step]
    out = centres.copy()
    halves = apart(time[frames]) / 2
    centre = middle(time[frames])
    for side, sign in ((0, -1), (1, 1)):
        here, other = seen[frames, side], seen[frames, 1 - side]
        guess = np.where(other[:, None], centres[frames, 1 - side] + 2 * sign * halves, centre + sign * halves)
        out[frames[~here], side] = guess[~here]
        filled[frames[~here], side] = True
    return out, filled
