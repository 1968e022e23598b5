"""Knee separation: sideways distance between the knees at midstance."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    if film.scale is None:
        return np.full(len(film.time), np.nan)
    other: Side = "right" if side == "left" else "left"
    apart = film.point(f"{other}_knee")[:, 0] - film.point(f"{side}_knee")[:, 0]
    return film.medial(side) * apart * film.scale.metres_per_pixel


MEASURE = Measure(
    code="knee_separation",
    title="Knee separation",
    unit="m",
    definition="Sideways distance between the knees at midstance of the named leg, negative where the knees have crossed.",
    views=frozenset({"rear", "front"}),
    evidence=("E46", "Q02"),
    signal=_signal,
    needs=frozenset({"scale"}),
)
