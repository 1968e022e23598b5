"""Running dynamics: the mean of a channel over a run, and its drift from the first to the last quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ChannelSummary", "summarise_channel"]

Array = NDArray[np.float64]

_BLOCK_S = 60.0
_LONGEST_HOLD_S = 10.0
_FEWEST_BLOCKS = 5
_FEWEST_QUARTER_BLOCKS = 3


@dataclass(frozen=True)
class ChannelSummary:
    """Mean and drift of one channel.

    Attributes
    ----------
    mean
        Mean over the moving time, every sample weighted with the time it stands for.
    standard_error
        Spread of the minutes of the run divided by the root of their number: how well this run fixes the mean. It is not
        the error of the sensor. None below five minutes.
    drift, drift_standard_error
        Last quarter minus first quarter of the moving time, and its standard error from the minutes of both quarters;
        None below twelve minutes.
    """

    mean: float
    standard_error: float | None
    drift: float | None
    drift_standard_error: float | None


def summarise_channel(clock: Array, values: Array, *, moving: NDArray[np.bool_]) -> ChannelSummary | None:
    """Summarise `values` (NaN where missing) where `moving`; None where there are none.

    Parameters
    ----------
    clock
        Running clock in s, strictly increasing.
    values
        One value a sample.
    moving
        Which samples count.
    """
    hold = np.minimum(np.diff(clock, append=clock[-1] + 1.0), _LONGEST_HOLD_S)
    used = moving & np.isfinite(values)
    if not used.any():
        return None
    value, weight = values[used], hold[used]
    mean = float(np.average(value, weights=weight))
    spent = np.cumsum(weight) - weight
    block = (spent // _BLOCK_S).astype(np.intp)
    total = np.bincount(block, weights=weight)
    full = total >= _BLOCK_S / 2
    minutes = np.bincount(block, weights=weight * value)[full] / total[full]
    error = float(minutes.std(ddof=1) / np.sqrt(minutes.size)) if minutes.size >= _FEWEST_BLOCKS else None
    quarter = minutes.size // 4
    if quarter < _FEWEST_QUARTER_BLOCKS:
        return ChannelSummary(mean, error, None, None)
    first, last = minutes[:quarter], minutes[-quarter:]
    spread = float(np.sqrt((first.var(ddof=1) + last.var(ddof=1)) / quarter))
    return ChannelSummary(mean, error, float(last.mean() - first.mean()), spread)
