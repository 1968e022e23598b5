"""Fitting a cluster of markers to its still trial, and telling when it is not that cluster."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from medius.motion.mocap._rigid import Bools, Floats, fit_rigid_motion

__all__ = ["fit_cluster", "segment_words"]

_BAD_FIT_M = 0.02
"""A cluster whose markers miss the still trial by more than this is not the same cluster (names swapped, marker lost)."""


def segment_words(segment: str) -> str:
    """Return a segment's name as a person says it."""
    part, _, side = segment.partition("_")
    return f"{ {'r': 'right ', 'l': 'left '}.get(side, '') }{part}"


def fit_cluster(
    segment: str, markers: list[str], reference: Floats, observed: Floats
) -> tuple[Floats, Floats, Floats, list[str]]:
    """Fit a cluster; frames that miss are fitted with two names exchanged if that explains them, else left out."""
    turn, shift, residual = fit_rigid_motion(reference, observed)
    bad: Bools = np.asarray(residual > _BAD_FIT_M, dtype=np.bool_)
    if not bad.any():
        return turn, shift, residual, []
    typical = float(np.median(residual[bad])) * 1000.0
    where = "in every frame" if bad.all() else f"in {int(bad.sum())} of {bad.size} frames"
    note = f"The markers of the {segment_words(segment)} do not fit the still trial {where} (by {typical:.0f} mm)"
    swap = _likely_swap(markers, reference, observed[bad][:200])
    if swap:
        order = list(range(len(markers)))
        order[swap[0]], order[swap[1]] = swap[1], swap[0]
        turn[bad], shift[bad], residual[bad] = fit_rigid_motion(reference, observed[bad][:, order])
        note += f": the names of {markers[swap[0]]} and {markers[swap[1]]} are swapped, and were taken as such"
        bad = np.asarray(residual > _BAD_FIT_M, dtype=np.bool_)
    if bad.any():
        turn[bad] = shift[bad] = np.nan
        note += f"; {int(bad.sum())} frames were left out"
    return turn, shift, residual, [note + "."]


def _likely_swap(markers: list[str], reference: Floats, observed: Floats) -> tuple[int, int] | None:
    """Find the pair of markers whose exchange makes the cluster fit."""
    best: tuple[float, tuple[int, int]] | None = None
    for i, j in combinations(range(len(markers)), 2):
        order = list(range(len(markers)))
        order[i], order[j] = j, i
        residual = fit_rigid_motion(reference, observed[:, order])[2]
        if not np.isfinite(residual).any():
            continue
        size = float(np.nanmedian(residual))
        if size < _BAD_FIT_M / 2.0 and (best is None or size < best[0]):
            best = size, (i, j)
    return best[1] if best else None
