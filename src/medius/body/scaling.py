"""Fitting the skeleton to a person: lengths from joint centres or landmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from medius.body.functions import Floats
from medius.body.kinematics import place_points, place_segments
from medius.body.skeleton import Skeleton
from medius.errors import InvalidValueError

__all__ = ["reference_lengths", "scale_to_centres", "segment_factors"]

_CARRIED = {"thigh": ("thigh",), "shank": ("shank", "talus"), "foot": ("foot", "toes")}


def reference_lengths(skeleton: Skeleton) -> dict[str, float]:
    """Lengths of the standing skeleton, metres: ``hips`` (between hip centres), ``thigh`` and ``shank``.

    Knee and ankle centres are the middles of the outer and inner landmarks, as in motion capture.
    """
    points = place_points(skeleton, {})
    frames = place_segments(skeleton, {}, ["thigh_r", "thigh_l"])
    hip_r, hip_l = frames["thigh_r"].origin[0], frames["thigh_l"].origin[0]
    knee = (points["knee_lateral_r"][0] + points["knee_medial_r"][0]) / 2.0
    ankle = (points["ankle_lateral_r"][0] + points["ankle_medial_r"][0]) / 2.0
    return {
        "hips": float(np.linalg.norm(hip_r - hip_l)),
        "thigh": float(np.linalg.norm(hip_r - knee)),
        "shank": float(np.linalg.norm(knee - ankle)),
    }


def segment_factors(skeleton: Skeleton, centres: Mapping[str, Floats]) -> dict[str, float]:
    """Scale of ``pelvis``, ``thigh`` and ``shank`` of a person against a skeleton.

    Parameters
    ----------
    skeleton
        The skeleton (`adult`).
    centres
        ``left_hip``, ``right_knee``, ``left_ankle`` … to positions (time, 3) or (3,), metres.

    Raises
    ------
    InvalidValueError
        If a length is missing, or is that of no person.
    """
    lengths = reference_lengths(skeleton)

    def distance(a: str, b: str) -> float:
        if a not in centres or b not in centres:
            return float("nan")
        gap = np.linalg.norm(np.asarray(centres[a]) - np.asarray(centres[b]), axis=-1)
        return float(np.nanmedian(gap)) if np.isfinite(gap).any() else float("nan")

    measured = {
        "pelvis": distance("left_hip", "right_hip") / lengths["hips"],
        "thigh": _mean(distance(f"{s}_hip", f"{s}_knee") for s in ("left", "right")) / lengths["thigh"],
        "shank": _mean(distance(f"{s}_knee", f"{s}_ankle") for s in ("left", "right")) / lengths["shank"],
    }
    wrong = [name for name, factor in measured.items() if not 0.5 < factor < 2.0]
    if wrong:
        raise InvalidValueError(
            f"The skeleton cannot be fitted: the {', '.join(wrong)} is missing or of no person's size."
        )
    return measured


def _mean(values: Iterable[float]) -> float:
    found = [v for v in values if np.isfinite(v)]
    return float(np.mean(found)) if found else float("nan")


def scale_to_centres(skeleton: Skeleton, centres: Mapping[str, Floats]) -> Skeleton:
    """Return the skeleton with pelvis, thighs and shanks of the person's lengths; trunk and arms follow their mean."""
    factors = segment_factors(skeleton, centres)
    rest = float(np.mean(list(factors.values())))
    by_segment = dict.fromkeys(skeleton.segments, rest)
    for part, factor in factors.items():
        for segment in _CARRIED.get(part, (part,)):
            for name in skeleton.segments:
                if name == segment or name in (f"{segment}_r", f"{segment}_l"):
                    by_segment[name] = factor
    return skeleton.scaled(by_segment)
