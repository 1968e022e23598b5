"""Follow the two stickers through the clip: the cheapest path through the spots of all frames (Viterbi 1967).

In every frame the stickers are a pair of spots, one spot alone, or hidden. A state costs more the less it resembles the
clip's pair, a step costs more the further the stickers jump against the body.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medius.motion.stickers._pair import Candidates, PairModel, Pairs

__all__ = ["MISSING", "follow"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

MISSING = -1
"""In a track: no spot."""

_FURTHEST = 4.5  # units of difference of a pair from the model
_ONE_ALONE, _NONE = 9.0, 14.0
_PLACE_UNIT = 0.04  # trunk lengths
_COLOUR_UNIT = np.array([18.0, 9.0, 9.0])
_SIZE_UNIT = 0.15
_JUMP_UNIT = 0.03  # trunk lengths from frame to frame
_JUMP_MOST = 12.0
_MOST_PAIRS = 8


def follow(spots: Candidates, pairs: Pairs, model: PairModel, n_frames: int) -> Indices:
    """Return which spot is the left and which the right sticker of every frame.

    Returns
    -------
    ndarray
        Rows of `spots`, shape (frame, 2): the one at the picture's left first; `MISSING` where hidden.
    """
    states, costs, bounds = _states(spots, pairs, model, n_frames)
    places = np.full((len(states), 2, 2), np.nan)
    seen = states != MISSING
    places[seen] = spots.place[states[seen]]
    back = np.zeros(len(states), dtype=np.intp)
    total = costs.copy()
    for frame in range(1, n_frames):
        before, now = slice(bounds[frame - 1], bounds[frame]), slice(bounds[frame], bounds[frame + 1])
        jump = ((places[now][:, None] - places[before][None]) ** 2).sum(axis=3) / _JUMP_UNIT**2 / 2
        step = np.minimum(np.nan_to_num(jump, nan=0.0), _JUMP_MOST).sum(axis=2) + total[before]
        best = step.argmin(axis=1)
        back[now] = best + bounds[frame - 1]
        total[now] += step[np.arange(len(best)), best]
    track = np.full((n_frames, 2), MISSING, dtype=np.intp)
    last = slice(bounds[n_frames - 1], bounds[n_frames])
    state = int(total[last].argmin()) + int(bounds[n_frames - 1])
    for frame in range(n_frames - 1, -1, -1):
        track[frame] = states[state]
        state = int(back[state])
    return track


def _states(spots: Candidates, pairs: Pairs, model: PairModel, n_frames: int) -> tuple[Indices, Floats, Indices]:
    """Return states (spot at left, at right), their costs, and where each frame's states begin, in order of frames."""
    away = model.distance(pairs.traits)
    good = away < _FURTHEST
    alone, alone_costs = [], []
    half = model.traits[2] / 2
    for side, sign in enumerate((-1, 1)):
        target = model.traits[:2] + np.array([sign * half, 0.0])
        cost = (
            (((spots.place - target) / _PLACE_UNIT) ** 2).sum(axis=1)
            + (((spots.colour - model.traits[3:6]) / _COLOUR_UNIT) ** 2).sum(axis=1)
            + ((np.log(spots.size) - model.traits[6]) / _SIZE_UNIT) ** 2
        ) / 2
        near = np.flatnonzero(cost < _FURTHEST**2 / 2)
        rows = np.full((len(near), 2), MISSING, dtype=np.intp)
        rows[:, side] = near
        alone.append(rows)
        alone_costs.append(_ONE_ALONE + cost[near])
    hidden = np.full((n_frames, 2), MISSING, dtype=np.intp)
    both = np.column_stack([pairs.left[good], pairs.right[good]])
    states = np.concatenate([hidden, both, *alone])
    costs = np.concatenate([np.full(n_frames, _NONE), away[good] ** 2 / 2, *alone_costs])
    frames = np.concatenate(
        [np.arange(n_frames), pairs.frame[good], *(spots.frame[rows.max(axis=1)] for rows in alone)]
    )
    order = np.lexsort((costs, frames))
    states, costs, frames = states[order], costs[order], frames[order]
    first = np.searchsorted(frames, np.arange(n_frames))
    rank = np.arange(len(frames)) - first[frames]
    keep = (rank < _MOST_PAIRS) | (states == MISSING).all(axis=1)
    states, costs, frames = states[keep], costs[keep], frames[keep]
    return states, costs, np.asarray(np.searchsorted(frames, np.arange(n_frames + 1)), dtype=np.intp)
