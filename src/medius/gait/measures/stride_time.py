"""Stride time."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _values(film: Film, side: Side | None) -> Array:
    stances = film.contacts.stances if side is None else film.contacts.of(side)
    return np.array([s.stride_time for s in stances])


MEASURE = Measure(
    code="stride_time",
    title="Stride time",
    unit="s",
    definition="Time from one contact of a foot to its next contact.",
    views=frozenset({"rear", "front", "side-left", "side-right"}),
    evidence=("K24", "K34", "Q02"),
    sided=True,
    values=_values,
    needs=frozenset(),
)
