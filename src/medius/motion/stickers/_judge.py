"""Can the pair that was followed be trusted to be two stickers? If not, a sentence why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medius.motion.stickers._gaps import running_median
from medius.motion.stickers._pair import Candidates, PairModel

__all__ = ["FEWEST_FRAMES", "Followed", "find_problem"]

Floats = NDArray[np.float64]

FEWEST_FRAMES = 15
_SUPPORT = 0.25
_SEEN = 0.3
_LOOSE = 0.05
_LONG = 2.2
_ROUND = 0.76
_UNEQUAL = 1.35
_STEEP_DEG = 12.0
_OFF_CENTRE = 0.1
_COMPANY = 0.22
_RIVAL = 0.7
_OTHERS = 0.4
_OTHER_ROUND, _OTHER_LESS_ROUND = 0.9, 0.06
_OTHER_SIZE, _OTHER_COLOUR = 0.3, np.array([25.0, 12.0, 12.0])


@dataclass(frozen=True, slots=True)
class Followed:
    """A pair followed through a clip.

    Attributes
    ----------
    spots
        All compact spots of the clip.
    track
        Rows of `spots` for the picture's left and right sticker, shape (frame, 2).
    trusted
        Where a sticker was seen whole, shape (frame, 2).
    centres
        Pixels, shape (frame, 2, 2); NaN where not trusted.
    time
        Seconds, shape (frame,).
    n_frames
        Number of frames with an upright person.
    """

    spots: Candidates
    track: NDArray[np.intp]
    trusted: NDArray[np.bool_]
    centres: Floats
    time: Floats
    n_frames: int

    @property
    def both(self) -> NDArray[np.bool_]:
        """Frames in which both were seen whole."""
        return np.asarray(self.trusted.all(axis=1))

    @property
    def distance(self) -> Floats:
        """Distance of the two in pixels, shape (frame,)."""
        apart = self.centres[:, 1] - self.centres[:, 0]
        return np.asarray(np.hypot(apart[:, 0], apart[:, 1]))

    def median(self, field: str, side: int) -> float:
        """Median of a field of the spots of one side, over the frames with both."""
        return float(np.median(self.spots.column(field)[self.track[self.both, side]]))


def find_problem(pair: Followed, model: PairModel) -> str:
    """Return why `pair` cannot be two stickers, as a sentence; empty if it can."""
    if model.support < _SUPPORT:
        return "No two round stickers of one colour were seen at the same height on the pelvis."
    if pair.both.sum() < max(FEWEST_FRAMES, _SEEN * pair.n_frames):
        return "Two spots that could be stickers are hidden too often to follow them."
    loose = np.abs(pair.distance - running_median(pair.distance, pair.time)) / pair.distance
    if 1.4826 * float(np.nanmedian(loose)) > _LOOSE:
        return "Two spots near the pelvis could be stickers, but they do not keep their distance from each other."
    if max(pair.median("elongation", side) for side in (0, 1)) > _LONG:
        return "Two spots near the pelvis could be stickers, but they are too long for round ones."
    if min(pair.median("roundness", side) for side in (0, 1)) < _ROUND:
        return "Two spots near the pelvis could be stickers, but they are not round and full."
    sizes = [pair.median("diameter", side) for side in (0, 1)]
    if max(sizes) > _UNEQUAL * min(sizes):
        return "Two spots near the pelvis could be stickers, but they are not of one size."
    if problem := _misplaced(pair):
        return problem
    if max(pair.median("company_right", 0), pair.median("company_left", 1)) > _COMPANY:
        return "There is lettering or a pattern on the pelvis of which no two spots can be told apart from stickers."
    if model.rival > _RIVAL * model.support or _share_with_others(pair) > _OTHERS:
        return "More than two spots near the pelvis look like stickers, and which two are meant cannot be told."
    return ""


def _misplaced(pair: Followed) -> str:
    left, right = (pair.spots.place[pair.track[pair.both, side]] for side in (0, 1))
    apart, middle = np.median(right - left, axis=0), np.median(right + left, axis=0) / 2
    if abs(np.degrees(np.arctan2(apart[1], apart[0]))) > _STEEP_DEG:
        return "Two spots near the pelvis could be stickers, but they are not at the same height."
    if abs(middle[0]) > _OFF_CENTRE:
        return "Two spots near the pelvis could be stickers, but they are not left and right of the middle."
    return ""


def _share_with_others(pair: Followed) -> float:
    """Return the share of frames that hold one more spot of the stickers' size, colour and roundness."""
    spots = pair.spots
    rows = pair.track[pair.both]
    colour, size = np.median(spots.colour[rows], axis=(0, 1)), float(np.median(np.log(spots.size[rows])))
    round_enough = min(pair.median("roundness", side) for side in (0, 1)) - _OTHER_LESS_ROUND
    alike = (
        (np.abs(spots.colour - colour) < _OTHER_COLOUR).all(axis=1)
        & (np.abs(np.log(spots.size) - size) < _OTHER_SIZE)
        & (spots.column("roundness") > min(round_enough, _OTHER_ROUND))
    )
    alike[rows] = False
    frames = np.flatnonzero(pair.both)
    return float(np.isin(frames, spots.frame[alike]).mean())
