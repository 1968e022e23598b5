"""Overstride: how far the foot lands ahead of the pelvis."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    if film.scale is None:
        return np.full(len(film.time), np.nan)
    ahead = film.point(f"{side}_ankle")[:, 0] - film.middle("hip")[:, 0]
    return film.facing * ahead * film.scale.metres_per_pixel


MEASURE = Measure(
    code="overstride",
    title="Foot ahead of the pelvis at contact",
    unit="m",
    definition="Distance of the ankle ahead of the middle of the hips at initial contact, along the direction of running.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K34", "Q02"),
    signal=_signal,
    reading="contact",
    needs=frozenset({"scale"}),
)
