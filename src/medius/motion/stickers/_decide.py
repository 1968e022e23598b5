"""From the spots of a clip to a result: two stickers, or a sentence why not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medius.motion.dataset import make_motion, with_log
from medius.motion.stickers._body import BodyAxes
from medius.motion.stickers._gaps import LONGEST_GAP_S, distance_noise, drop_half_hidden, fill_gaps, running_median
from medius.motion.stickers._pair import Candidates, PairModel, dominant_pair, possible_pairs
from medius.motion.stickers._result import StickerResult
from medius.motion.stickers._track import MISSING, follow

__all__ = ["HOW_TO", "decide"]

Floats = NDArray[np.float64]

HOW_TO = (
    "Put two round stickers of one bright colour, 2 to 4 cm across, on the back of the pelvis, one on each side at the "
    "same height, over tight clothing of another colour, with the shirt tucked in."
)

_FEWEST_FRAMES = 15
_SUPPORT = 0.25
_SEEN = 0.3
_RIVAL = 0.6
_LOOSE = 0.05
_LONG = 2.2
_ROUND = 0.76
_COMPANY = 0.22
_WIDE_IN_HIP_WIDTHS = 0.75
_SEEN_CONFIDENCE, _FILLED_CONFIDENCE = 0.6, 0.3


def decide(spots: Candidates, axes: BodyAxes, time: Floats, *, view: str) -> StickerResult:
    """Choose the pair, follow it, and judge whether it can be trusted."""
    frames = np.flatnonzero(np.isfinite(axes.trunk))
    if len(frames) < _FEWEST_FRAMES:
        return _none("Stickers are looked for around the hips, and no upright person was seen for long enough.")
    pairs = possible_pairs(spots)
    model = dominant_pair(spots, pairs, frames)
    if model is None or model.support < _SUPPORT:
        return _none("No two round stickers of one colour were seen at the same height on the pelvis.")
    track = follow(spots, pairs, model, len(time))
    centres, diameters = _take(spots, track)
    trusted = drop_half_hidden(centres, diameters, time)
    centres[~trusted] = np.nan
    problem = _problem(spots, track, trusted, centres, time, model, len(frames))
    if problem:
        return _none(problem)
    return _result(spots, track, trusted, centres, diameters, axes, time, view=view, n_frames=len(frames))


def _none(reason: str) -> StickerResult:
    return StickerResult(found=False, reason=f"{reason} {HOW_TO}")


def _take(spots: Candidates, track: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return centres (frame, 2, 2) and diameters (frame, 2) of a track, NaN where hidden."""
    seen = track != MISSING
    centres, diameters = np.full((*track.shape, 2), np.nan), np.full(track.shape, np.nan)
    centres[seen] = spots.spots[track[seen], :2]
    diameters[seen] = spots.column("diameter")[track[seen]]
    return centres, diameters


def _problem(
    spots: Candidates,
    track: NDArray[np.intp],
    trusted: NDArray[np.bool_],
    centres: Floats,
    time: Floats,
    model: PairModel,
    n_frames: int,
) -> str:
    both = trusted.all(axis=1)
    if both.sum() < max(_FEWEST_FRAMES, _SEEN * n_frames):
        return "Two spots that could be stickers are hidden too often to follow them."
    apart = centres[:, 1] - centres[:, 0]
    distance = np.hypot(apart[:, 0], apart[:, 1])
    loose = float(np.nanmedian(np.abs(distance - running_median(distance, time)) / distance)) * 1.4826
    if loose > _LOOSE:
        return "Two spots near the pelvis could be stickers, but they do not keep their distance from each other."
    rows = track[both].ravel()
    if float(np.median(spots.column("elongation")[rows])) > _LONG:
        return "Two spots near the pelvis could be stickers, but they are not round."
    if float(np.median(spots.column("roundness")[rows])) < _ROUND:
        return "Two spots near the pelvis could be stickers, but they are not round and full."
    inner = (spots.column("company_right")[track[both, 0]], spots.column("company_left")[track[both, 1]])
    if max(float(np.median(company)) for company in inner) > _COMPANY:
        return "There is lettering or a pattern on the pelvis of which no two spots can be told apart from stickers."
    if model.rival > _RIVAL * model.support:
        return "More than two spots near the pelvis look like stickers, and which two are meant cannot be told."
    return ""


def _result(
    spots: Candidates,
    track: NDArray[np.intp],
    trusted: NDArray[np.bool_],
    centres: Floats,
    diameters: Floats,
    axes: BodyAxes,
    time: Floats,
    *,
    view: str,
    n_frames: int,
) -> StickerResult:
    both = trusted.all(axis=1)
    apart = centres[both, 1] - centres[both, 0]
    distance = float(np.median(np.hypot(apart[:, 0], apart[:, 1])))
    centre_sd = distance_noise(centres) / np.sqrt(2)
    rows = track[both].ravel()
    colour = np.median(spots.colour[rows], axis=0)
    roundness = np.zeros(track.shape)
    roundness[trusted] = np.clip(spots.column("roundness")[track[trusted]], 0, 1)
    whole, filled = fill_gaps(centres, time)
    confidence = np.where(trusted, _SEEN_CONFIDENCE + (1 - _SEEN_CONFIDENCE) * roundness, 0.0)
    confidence[filled] = _FILLED_CONFIDENCE
    sides = ("left_sticker", "right_sticker") if view == "rear" else ("right_sticker", "left_sticker")
    motion = make_motion(
        whole.transpose(0, 2, 1),
        time=time,
        keypoints=sides,
        unit="px",
        view=view,
        source="stickers",
        confidence=confidence,
    ).sel(keypoint=["left_sticker", "right_sticker"])
    share = float(both.sum() / n_frames)
    placement = (
        "wide" if distance / float(np.median(axes.trunk[both])) > _WIDE_IN_HIP_WIDTHS * axes.hip_width else "narrow"
    )
    return StickerResult(
        found=True,
        motion=with_log(
            motion, "find_stickers", seen_share=round(share, 4), filled=int(filled.sum()), longest_gap_s=LONGEST_GAP_S
        ),
        placement="wide" if placement == "wide" else "narrow",
        distance_px=distance,
        diameter_px=float(np.nanmedian(diameters[trusted])),
        centre_sd_px=float(centre_sd),
        angle_sd_deg=float(np.degrees(np.sqrt(2) * centre_sd / distance)),
        seen_share=share,
        colour_yuv=(float(colour[0]), float(colour[1]), float(colour[2])),
    )
