"""From the spots of a clip to a result: two stickers, or a sentence why not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medius.motion.dataset import make_motion, with_log
from medius.motion.stickers._body import BodyAxes
from medius.motion.stickers._gaps import LONGEST_GAP_S, distance_noise, drop_half_hidden, fill_gaps
from medius.motion.stickers._judge import FEWEST_FRAMES, Followed, find_problem
from medius.motion.stickers._pair import Candidates, dominant_pair, possible_pairs
from medius.motion.stickers._result import StickerResult
from medius.motion.stickers._track import MISSING, follow

__all__ = ["HOW_TO", "decide"]

Floats = NDArray[np.float64]

HOW_TO = (
    "Put two round stickers of one bright colour, 2 to 4 cm across, on the back of the pelvis, one on each side at the "
    "same height, over tight clothing of another colour, with the shirt tucked in."
)

_WIDE_IN_HIP_WIDTHS = 0.75
_SEEN_CONFIDENCE, _FILLED_CONFIDENCE = 0.6, 0.3


def decide(spots: Candidates, axes: BodyAxes, time: Floats, *, view: str) -> StickerResult:
    """Choose the pair, follow it, and judge whether it can be trusted."""
    frames = np.flatnonzero(np.isfinite(axes.trunk))
    if len(frames) < FEWEST_FRAMES:
        return _none("Stickers are looked for around the hips, and no upright person was seen for long enough.")
    pairs = possible_pairs(spots)
    model = dominant_pair(spots, pairs, frames)
    if model is None:
        return _none("No two round stickers of one colour were seen at the same height on the pelvis.")
    track = follow(spots, pairs, model, len(time))
    centres, diameters = _take(spots, track)
    trusted = drop_half_hidden(centres, diameters, time)
    centres[~trusted] = np.nan
    pair = Followed(spots, track, trusted, centres, time, len(frames))
    problem = find_problem(pair, model)
    return _none(problem) if problem else _result(pair, axes, view)


def _none(reason: str) -> StickerResult:
    return StickerResult(found=False, reason=f"{reason} {HOW_TO}")


def _take(spots: Candidates, track: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return centres (frame, 2, 2) and diameters (frame, 2) of a track, NaN where hidden."""
    seen = track != MISSING
    centres, diameters = np.full((*track.shape, 2), np.nan), np.full(track.shape, np.nan)
    centres[seen] = spots.spots[track[seen], :2]
    diameters[seen] = spots.column("diameter")[track[seen]]
    return centres, diameters


def _result(pair: Followed, axes: BodyAxes, view: str) -> StickerResult:
    both, distance = pair.both, float(np.nanmedian(pair.distance))
    centre_sd = distance_noise(pair.centres) / float(np.sqrt(2))
    rows = pair.track[both].ravel()
    colour = np.median(pair.spots.colour[rows], axis=0).tolist()
    roundness = np.zeros(pair.track.shape)
    roundness[pair.trusted] = np.clip(pair.spots.column("roundness")[pair.track[pair.trusted]], 0, 1)
    whole, filled = fill_gaps(pair.centres, pair.time)
    confidence = np.where(pair.trusted, _SEEN_CONFIDENCE + (1 - _SEEN_CONFIDENCE) * roundness, 0.0)
    confidence[filled] = _FILLED_CONFIDENCE
    motion = make_motion(
        whole.transpose(0, 2, 1),
        time=pair.time,
        keypoints=("left_sticker", "right_sticker") if view == "rear" else ("right_sticker", "left_sticker"),
        unit="px",
        view=view,
        source="stickers",
        confidence=confidence,
    ).sel(keypoint=["left_sticker", "right_sticker"])
    share = float(both.sum() / pair.n_frames)
    wide = distance / float(np.median(axes.trunk[both])) > _WIDE_IN_HIP_WIDTHS * axes.hip_width
    return StickerResult(
        found=True,
        motion=with_log(
            motion, "find_stickers", seen_share=round(share, 4), filled=int(filled.sum()), longest_gap_s=LONGEST_GAP_S
        ),
        placement="wide" if wide else "narrow",
        distance_px=distance,
        diameter_px=float(np.median(pair.spots.column("diameter")[rows])),
        centre_sd_px=centre_sd,
        angle_sd_deg=float(np.degrees(np.sqrt(2) * centre_sd / distance)),
        seen_share=share,
        colour_yuv=(colour[0], colour[1], colour[2]),
    )
