"""Rigid bodies from markers: unit vectors, frames from two directions, and best-fitting motion of a cluster."""

from __future__ import annotations

import warnings
from typing import cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Bools = NDArray[np.bool_]

__all__ = [
    "Bools",
    "Floats",
    "all_finite",
    "fit_rigid_motion",
    "frame_from_axes",
    "lowest_seen",
    "mean_seen",
    "median_seen",
    "unit",
]


def mean_seen(values: Floats, axis: int) -> Floats:
    """Mean along `axis` of what is finite; NaN where nothing is (without a warning)."""
    finite = np.isfinite(values)
    count = finite.sum(axis=axis)
    total = np.where(finite, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), dtype=np.float64)


def lowest_seen(values: Floats, axis: int) -> Floats:
    """Least along `axis` of what is finite; NaN where nothing is (without a warning)."""
    least = np.where(np.isfinite(values), values, np.inf).min(axis=axis)
    return np.asarray(np.where(np.isfinite(least), least, np.nan), dtype=np.float64)


def median_seen(values: Floats, axis: int) -> Floats:
    """Median along `axis` of what is finite; NaN where nothing is (without a warning)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmedian(values, axis=axis), dtype=np.float64)


def all_finite(values: Floats, axis: int | tuple[int, ...]) -> Bools:
    """Say where all numbers along `axis` are finite."""
    return np.asarray(np.isfinite(values).all(axis=axis), dtype=np.bool_)


def unit(vectors: Floats) -> Floats:
    """Scale vectors (…, 3) to length one."""
    return cast("Floats", vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def frame_from_axes(main: Floats, second: Floats, order: str) -> Floats:
    """Build right-handed frames whose first named axis is exact and whose second lies nearest its direction.

    Parameters
    ----------
    main, second
        Directions of shape (…, 3), not necessarily unit or perpendicular.
    order
        Two letters of ``xyz``: ``"yz"`` means `main` is y (kept exactly) and `second` is z (made perpendicular).

    Returns
    -------
    Rotation matrices (…, 3, 3) whose columns are x, y and z.
    """
    names = "xyz"
    first, other = names.index(order[0]), names.index(order[1])
    third = 3 - first - other
    axes: list[Floats] = [np.empty(0)] * 3
    axes[first] = unit(main)
    even = (other - first) % 3 == 1
    cross = np.cross(axes[first], second) if even else np.cross(second, axes[first])
    axes[third] = unit(cross)
    axes[other] = np.cross(axes[third], axes[first]) if even else np.cross(axes[first], axes[third])
    return np.stack(axes, axis=-1)


def fit_rigid_motion(reference: Floats, observed: Floats) -> tuple[Floats, Floats, Floats]:
    """Find the rotation and shift that carry a cluster of markers onto what was seen, by least squares.

    Parameters
    ----------
    reference
        Marker positions of the still trial, shape (marker, 3); at least three, not on one line.
    observed
        Positions in every frame, shape (time, marker, 3). Frames with fewer than three seen markers give NaN;
        a missing marker in a frame is left out of that frame's fit.

    Returns
    -------
    rotation, shift, residual
        (time, 3, 3), (time, 3) and the root mean square distance (time,) that remains, same unit as the input.

    Notes
    -----
    Singular value decomposition after Söderkvist & Wedin 1993 (J Biomech 26:1473), with the determinant corrected so
    that a mirrored fit is impossible.
    """
    seen = all_finite(observed, 2)
    enough = seen.sum(axis=1) >= 3
    weight = seen.astype(float) / np.maximum(seen.sum(axis=1, keepdims=True), 1)
    clean = np.where(seen[..., None], observed, 0.0)
    middle_reference = weight @ reference
    middle_observed = np.einsum("tm,tmi->ti", weight, clean)
    from_reference = reference[None] - middle_reference[:, None]
    from_observed = (clean - middle_observed[:, None]) * weight[..., None]
    cross = np.einsum("tmi,tmj->tij", from_reference, from_observed)
    left, _, right = np.linalg.svd(cross)
    proper = np.sign(np.linalg.det(left) * np.linalg.det(right))
    right = right.copy()
    right[:, 2] *= np.where(proper == 0, 1.0, proper)[:, None]
    rotation = np.swapaxes(left @ right, 1, 2)
    shift = middle_observed - np.einsum("tij,tj->ti", rotation, middle_reference)
    moved = np.einsum("tij,mj->tmi", rotation, reference) + shift[:, None]
    residual = np.sqrt((weight * ((moved - clean) ** 2).sum(axis=2)).sum(axis=1))
    rotation[~enough] = shift[~enough] = residual[~enough] = np.nan
    return rotation, shift, residual
