"""Left and right kept apart: in a side view the far leg passes behind the near one, and networks mix them up."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.motion.dataset import with_log

__all__ = ["repair_swaps"]

_LEG = ("knee", "ankle", "heel", "foot_index")
_SWAP_COST = 0.1
"""Cost of a frame against the network's own naming, in squared thigh lengths: far below a swap's jump, above noise."""


def repair_swaps(motion: xr.Dataset) -> xr.Dataset:
    """Exchange left and right leg points in the frames where the network has mixed them up.

    Of all ways to exchange the legs frame by frame, the one is taken that makes the points move most evenly (least
    squared acceleration over all leg points, found exactly by dynamic programming over pairs of frames), with a small
    preference for the network's own naming.

    Returns
    -------
    xarray.Dataset
        The Motion with exchanged points; the log says how many frames were changed.
    """
    names = motion["keypoint"].to_numpy().tolist()
    parts = [part for part in _LEG if f"left_{part}" in names and f"right_{part}" in names]
    if not parts or motion.sizes["time"] < 3:
        return motion
    left = [names.index(f"left_{part}") for part in parts]
    right = [names.index(f"right_{part}") for part in parts]
    position = motion["position"].to_numpy()
    both = np.stack([position[:, :, left], position[:, :, right]], axis=1)  # time, leg, space, part
    size = _thigh_length(motion)
    if not np.isfinite(size) or size <= 0:
        return motion
    swapped = _best_naming(both / size)
    if not swapped.any():
        return with_log(motion, "repair_swaps", frames_swapped=0)
    out = motion.copy(deep=True)
    when = np.flatnonzero(swapped)
    for variable in ("position", "confidence"):
        values = out[variable].to_numpy()
        for i, j in zip(left, right, strict=True):
            values[when, ..., i], values[when, ..., j] = values[when, ..., j].copy(), values[when, ..., i].copy()
    return with_log(out, "repair_swaps", frames_swapped=len(when))


def _best_naming(both: NDArray[np.float64]) -> NDArray[np.bool_]:
    n = len(both)
    namings = (both, both[:, ::-1])
    # cost[a, b, c][t]: squared acceleration at t + 1 when frames t, t + 1, t + 2 are named a, b, c.
    best = np.zeros((2, 2))
    best += _SWAP_COST * np.array([[0, 1], [1, 2]])
    choice = np.zeros((n, 2, 2), dtype=np.int8)
    cost = np.empty((2, 2, 2, n - 2))
    for a in range(2):
        for b in range(2):
            for c in range(2):
                acceleration = namings[a][:-2] - 2 * namings[b][1:-1] + namings[c][2:]
                cost[a, b, c] = np.nansum(np.minimum(acceleration**2, 1.0), axis=(1, 2, 3)) + _SWAP_COST * c
    for t in range(n - 2):
        total = best[:, :, None] + cost[..., t]
        choice[t + 2] = total.argmin(axis=0)
        best = total.min(axis=0)
    state = np.unravel_index(int(best.argmin()), (2, 2))
    naming = np.zeros(n, dtype=np.int8)
    b, c = int(state[0]), int(state[1])
    naming[n - 1], naming[n - 2] = c, b
    for t in range(n - 1, 1, -1):
        a = int(choice[t, b, c])
        naming[t - 2] = a
        b, c = a, b
    return naming.astype(bool)


def _thigh_length(motion: xr.Dataset) -> float:
    position = motion["position"]
    lengths = [
        np.linalg.norm(position.sel(keypoint=f"{side}_hip") - position.sel(keypoint=f"{side}_knee"), axis=1)
        for side in ("left", "right")
    ]
    finite = np.concatenate(lengths)
    finite = finite[np.isfinite(finite)]
    return float(np.percentile(finite, 75)) if finite.size else float("nan")
