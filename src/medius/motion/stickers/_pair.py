"""Which two spots are the stickers: the pair there in most frames, level, alike, at the same place of the body.

Every frame offers pairs of spots that could be stickers. Pairs of different frames that look alike and sit alike
support each other; shoes, hands, logos and gaps between arm and body do not come in such pairs, or not at one place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from medius.motion.stickers._centre import SPOT_FIELDS

__all__ = ["Candidates", "PairModel", "Pairs", "dominant_pair", "possible_pairs"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Where stickers can be, in trunk lengths (about 0.5 m) from the middle of the hip key points.
_DISTANCE = (0.12, 0.75)
_HEIGHT = (-0.06, 0.48)
_OFF_CENTRE = 0.16
_STEEPEST = 0.47  # tangent of 25 degrees
# How alike the two are.
_DIAMETER_RATIO = 1.5
_LUMA_APART, _CHROMA_APART = 0.45, 0.30  # of their contrast
_COLOUR_SLACK = 6.0
# How compact a spot is.
_ROUND = 0.45
_LONG = 2.6
_CONTRAST = 14.0
_DIAMETER = (0.018, 0.13)
# One unit of difference between pairs of different frames.
_UNIT = np.array([0.045, 0.045, 0.04, 18.0, 9.0, 9.0, 0.12])
_MOST_FRAMES = 240
_MOST_PAIRS = 2400


@dataclass(frozen=True, slots=True)
class Candidates:
    """All spots of a clip.

    Attributes
    ----------
    frame
        Frame of each, increasing, shape (n,).
    spots
        Columns `SPOT_FIELDS`, shape (n, fields).
    place
        Body coordinates, shape (n, 2).
    size
        Diameter in trunk lengths, shape (n,).
    """

    frame: Indices
    spots: Floats
    place: Floats
    size: Floats

    def column(self, name: str) -> Floats:
        """Return one field of `SPOT_FIELDS`."""
        return np.asarray(self.spots[:, SPOT_FIELDS.index(name)])

    @property
    def colour(self) -> Floats:
        """Luma, U, V, shape (n, 3)."""
        return np.asarray(self.spots[:, SPOT_FIELDS.index("luma") :])

    def take(self, keep: NDArray[np.bool_]) -> Candidates:
        """Return those where `keep` is True."""
        return Candidates(self.frame[keep], self.spots[keep], self.place[keep], self.size[keep])

    def compact(self) -> NDArray[np.bool_]:
        """Return which are round, of sticker size, and not too far from the pelvis."""
        return np.asarray(
            (self.column("roundness") > _ROUND)
            & (self.column("elongation") < _LONG)
            & (self.column("contrast") > _CONTRAST)
            & (self.size > _DIAMETER[0])
            & (self.size < _DIAMETER[1])
            & (np.abs(self.place[:, 0]) < _DISTANCE[1] / 2 + _OFF_CENTRE)
            & (self.place[:, 1] > _HEIGHT[0] - 0.1)
            & (self.place[:, 1] < _HEIGHT[1] + 0.1)
        )


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of spots of the same frame, the picture's left one first.

    Attributes
    ----------
    left, right
        Rows in the candidates.
    frame
        Their frame.
    traits
        Middle x and y, distance (trunk lengths), mean luma, U, V, logarithm of the mean diameter (trunk lengths).
    """

    left: Indices
    right: Indices
    frame: Indices
    traits: Floats


@dataclass(frozen=True, slots=True)
class PairModel:
    """What the stickers of a clip are like.

    Attributes
    ----------
    traits
        As in `Pairs`.
    support
        Share of the frames looked at that hold such a pair.
    rival
        Share of the frames that hold the next best pair at another place.
    """

    traits: Floats
    support: float
    rival: float

    def distance(self, traits: Floats) -> Floats:
        """Return how many units of difference `traits`, shape (n, 7), are away, shape (n,)."""
        return np.asarray(np.sqrt((((traits - self.traits) / _UNIT) ** 2).sum(axis=1)))


def possible_pairs(spots: Candidates) -> Pairs:
    """Return all pairs that could be two stickers."""
    first, second = _same_frame(spots.frame)
    swap = spots.place[first, 0] > spots.place[second, 0]
    left, right = np.where(swap, second, first), np.where(swap, first, second)
    apart = spots.place[right] - spots.place[left]
    middle = (spots.place[right] + spots.place[left]) / 2
    distance = np.hypot(apart[:, 0], apart[:, 1])
    ratio = spots.size[left] / spots.size[right]
    colours = np.abs(spots.colour[left] - spots.colour[right])
    contrast = np.minimum(spots.column("contrast")[left], spots.column("contrast")[right])
    good = (
        (distance > _DISTANCE[0])
        & (distance < _DISTANCE[1])
        & (np.abs(apart[:, 1]) < _STEEPEST * apart[:, 0])
        & (np.abs(middle[:, 0]) < _OFF_CENTRE)
        & (middle[:, 1] > _HEIGHT[0])
        & (middle[:, 1] < _HEIGHT[1])
        & (np.maximum(ratio, 1 / ratio) < _DIAMETER_RATIO)
        & (colours[:, 0] < _LUMA_APART * contrast + _COLOUR_SLACK)
        & (colours[:, 1:].max(axis=1, initial=0) < _CHROMA_APART * contrast + _COLOUR_SLACK)
    )
    left, right = left[good], right[good]
    traits = np.column_stack(
        [
            middle[good],
            distance[good],
            (spots.colour[left] + spots.colour[right]) / 2,
            np.log((spots.size[left] + spots.size[right]) / 2),
        ]
    )
    return Pairs(left, right, spots.frame[left], traits)


def _same_frame(frame: Indices) -> tuple[Indices, Indices]:
    """Return all pairs of positions (first before second) that share a frame; frames are in order."""
    firsts, seconds = [], []
    for step in range(1, len(frame)):
        together = np.flatnonzero(frame[:-step] == frame[step:])
        if together.size == 0:
            break
        firsts.append(together)
        seconds.append(together + step)
    if not firsts:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    order = np.argsort(first, kind="stable")
    return first[order], second[order]


def dominant_pair(spots: Candidates, pairs: Pairs, frames: Indices) -> PairModel | None:
    """Return the pair that most of `frames` (those with a person) agree on; None where no frame has any."""
    chosen = frames[:: max(1, len(frames) // _MOST_FRAMES)]
    use = np.flatnonzero(np.isin(pairs.frame, chosen))
    if use.size == 0:
        return None
    if use.size > _MOST_PAIRS:
        use = use[:: use.size // _MOST_PAIRS + 1]
    traits, frame = pairs.traits[use], pairs.frame[use]
    scaled = traits / _UNIT
    quality = np.minimum(spots.column("roundness")[pairs.left[use]], spots.column("roundness")[pairs.right[use]])
    close = np.exp(-0.5 * cdist(scaled, scaled, "sqeuclidean")) * quality
    votes = _best_per_frame(close, frame)
    best = int(votes.argmax())
    centre = traits[best]
    for _ in range(3):
        near = (((traits - centre) / _UNIT) ** 2).sum(axis=1) < 9
        centre = np.median(traits[near], axis=0)
    elsewhere = (np.abs(traits[:, :3] - centre[:3]) / _UNIT[:3]).max(axis=1) > 2
    return PairModel(
        traits=centre,
        support=float(len(np.unique(frame[near])) / len(chosen)),
        rival=float(votes[elsewhere].max(initial=0.0) / len(chosen)),
    )


def _best_per_frame(close: Floats, frame: Indices) -> Floats:
    """Sum over frames the best agreement that each frame offers, shape (n,)."""
    starts = np.flatnonzero(np.diff(frame, prepend=-1))
    return np.asarray(np.maximum.reduceat(close, starts, axis=1).sum(axis=1))
