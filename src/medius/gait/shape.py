"""What of the body and the camera bends the key points' errors: hip breadth, and how far the camera is turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medius.gait.contacts import SIDES
from medius.gait.film import Film

__all__ = ["Shape", "see_shape"]

_FOCAL_SHARE = 1.2
"""Focal length over the picture's longer side, where the file does not say: phones lie between 0.85 and 1.5."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Properties of one film that the corrections use.

    Attributes
    ----------
    hip_breadth
        Median sideways distance of the hip key points as a share of the trunk's length.
    yaw_deg
        How far the camera looks past the running direction, degrees; positive where the belt's far end lies to the right
        of the runner. NaN where it cannot be seen (side views).
    """

    hip_breadth: float
    yaw_deg: float


def see_shape(film: Film) -> Shape:
    """Return the film's `Shape`.

    While a foot stands, the belt carries it straight back. Both feet's paths in the picture, carried on to the height of
    the hips (about the camera's height, as the filming instructions ask), meet in the vanishing point of the running
    direction; how far that lies beside the runner gives the yaw.
    """
    breadth = np.abs(film.point("left_hip")[:, 0] - film.point("right_hip")[:, 0])
    trunk = np.linalg.norm(film.middle("shoulder") - film.middle("hip"), axis=1)
    return Shape(float(np.nanmedian(breadth) / np.nanmedian(trunk)), _yaw(film))


def _yaw(film: Film) -> float:
    if film.view not in ("rear", "front"):
        return float("nan")
    horizon = float(np.nanmedian(film.middle("hip")[:, 1]))
    crossings = []
    for side in SIDES:
        ankle = film.point(f"{side}_ankle")
        found = []
        for stance in film.contacts.of(side):
            seconds = stance.initial_contact + np.linspace(0.15, 0.75, 20) * stance.duration
            x, y = film.at(ankle[:, 0], seconds), film.at(ankle[:, 1], seconds)
            if np.isfinite(x).all() and np.isfinite(y).all() and np.ptp(y) > 1e-6:
                slope, offset = np.polyfit(y, x, 1)
                found.append(slope * horizon + offset)
        if len(found) >= 3:
            crossings.append(float(np.median(found)))
    if len(crossings) < 2:
        return float("nan")
    beside = float(np.mean(crossings)) - float(np.nanmedian(film.middle("hip")[:, 0]))
    long_side = max(film.motion.attrs.get("width", 0), film.motion.attrs.get("height", 0))
    return float(np.degrees(np.arctan(beside / (_FOCAL_SHARE * long_side)))) if long_side else float("nan")
