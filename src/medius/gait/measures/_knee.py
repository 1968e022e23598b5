"""Knee flexion in the picture, shared by the measures that read it."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array
from medius.record import Side

__all__ = ["knee_flexion"]


def knee_flexion(film: Film, side: Side) -> Array:
    """Return knee flexion in degrees, 0 straight, positive bent; shape (time,)."""
    hip, knee, ankle = (film.point(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    turn = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
    along = (thigh * shank).sum(axis=1)
    return np.asarray(film.facing * np.degrees(np.arctan2(turn, along)), dtype=np.float64)
