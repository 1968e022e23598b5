"""What limits a film, in sentences, and how to film again."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from medius.gait.analyse import MIN_FPS, MIN_FPS_FOR_TIMING, MIN_STRIDES
from medius.gait.contacts import SIDES
from medius.gait.film import Film
from medius.gait.shape import Shape

__all__ = ["QualityNote", "dark_note", "is_upside_down", "is_walking", "judge_film", "note", "tilt_note"]

_TALL_PX = 300
_DARK = 45.0
_CONFIDENT = 0.6
_YAW_DEG = 10.0
_ROLL_DEG = 2.0
_CUT_SHARE = 0.05
_WALKING_DUTY = 0.5
_SHORTEST_S = 3.0
_SLOWEST_CADENCE = 120.0
"""Six standard deviations below a published mean of runners (171 ± 8: K15)."""


@dataclass(frozen=True, slots=True)
class QualityNote:
    """One thing about a film that limits what can be said.

    Attributes
    ----------
    code
        Stable name, a key of ``quality.toml``.
    message
        What is wrong.
    how_to_film
        What to do; may be empty.
    evidence
        Ids of the facts behind it.
    """

    code: str
    message: str
    how_to_film: str
    evidence: tuple[str, ...]


def note(code: str, **values: Any) -> QualityNote:
    """Return the note `code` with its blanks filled in."""
    entry = _texts()[code]
    return QualityNote(code, entry["message"].format(**values), entry["how_to_film"], tuple(entry["evidence"]))


def is_walking(film: Film) -> bool:
    """Say whether the person walks: a foot is on the ground for more than half of the stride, or the trunk moves so."""
    return bool(film.contacts.duty_factor > _WALKING_DUTY) or film.contacts.trunk_like_walking


def is_upside_down(film: Film) -> bool:
    """Say whether the shoulders are below the ankles in the picture."""
    shoulders, ankles = film.middle("shoulder")[:, 1], film.middle("ankle")[:, 1]
    both = np.isfinite(shoulders) & np.isfinite(ankles)
    return bool(both.any() and np.median((shoulders - ankles)[both]) > 0)


def judge_film(film: Film, shape: Shape | None, *, height_known: bool) -> list[QualityNote]:
    """Return what the key points themselves say of the film, worst first.

    Parameters
    ----------
    film
        Prepared.
    shape
        Of the film, where it was seen.
    height_known
        False to be told that lengths are missing.
    """
    if is_upside_down(film):
        return [note("upside-down")]
    if film.fps < MIN_FPS:
        return [note("too-few-frames", fps=round(film.fps))]
    notes = []
    strides = min(len(film.contacts.of(side)) for side in SIDES)
    lasts = float(film.time[-1] - film.time[0])
    if not film.contacts.stances and lasts < _SHORTEST_S:
        notes.append(note("much-too-short", seconds=f"{lasts:.1f}"))
    elif not film.contacts.stances:
        notes.append(note("not-running"))
    elif is_walking(film):
        notes.append(note("walking"))
    elif strides < MIN_STRIDES:
        notes.append(note("too-short", strides=strides, needed=MIN_STRIDES))
    if film.contacts.stances and not is_walking(film) and 120.0 * film.contacts.stride_frequency < _SLOWEST_CADENCE:
        notes.append(note("slow-motion-suspected", cadence=round(120.0 * film.contacts.stride_frequency)))
    if film.contacts.stances and film.fps < MIN_FPS_FOR_TIMING and film.view.startswith("side"):
        notes.append(note("low-frame-rate", fps=round(film.fps)))
    notes += _picture_notes(film)
    if shape is not None and abs(shape.yaw_deg) > _YAW_DEG:
        notes.append(note("wrong-angle", degrees=round(abs(shape.yaw_deg))))
    if not height_known:
        notes.append(note("no-height"))
    return notes


def tilt_note(roll_deg: float) -> QualityNote | None:
    """Return the note on a camera that is not upright, or None where it is."""
    return note("tilted-camera", degrees=round(roll_deg, 1)) if abs(roll_deg) > _ROLL_DEG else None


def dark_note(brightness: float) -> QualityNote | None:
    """Return the note on a dark picture (mean brightness of its middle, 0 to 255), or None."""
    return note("too-dark") if brightness < _DARK else None


def _picture_notes(film: Film) -> list[QualityNote]:
    notes = []
    head, ankles = film.point("nose")[:, 1], film.middle("ankle")[:, 1]
    tall = float(np.nanmedian(np.abs(ankles - head))) if np.isfinite(ankles - head).any() else 0.0
    if tall < _TALL_PX:
        notes.append(note("too-far", pixels=round(tall)))
    height = film.motion.attrs.get("height")
    if height:
        lowest = np.fmax(film.point("left_ankle")[:, 1], film.point("right_ankle")[:, 1])
        cut = float(np.mean(lowest > height - 2))
        if cut > _CUT_SHARE:
            notes.append(note("cut-off-feet", share=f"{cut:.0%}"))
    names = [f"{side}_{part}" for side in SIDES for part in ("hip", "knee", "ankle")]
    near = [n for n in names if not film.view.startswith("side") or n.startswith(film.view.removeprefix("side-"))]
    confidence = float(np.nanmean(film.motion["confidence"].sel(keypoint=near).to_numpy()))
    if confidence < _CONFIDENT:
        notes.append(note("low-confidence", share=f"{confidence:.0%}"))
    return notes


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files("medius.gait").joinpath("quality.toml").read_text("utf-8"))
