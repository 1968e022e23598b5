"""Contact time."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _values(film: Film, side: Side | None) -> Array:
    stances = film.contacts.stances if side is None else film.contacts.of(side)
    return np.array([s.duration for s in stances])


MEASURE = Measure(
    code="contact_time",
    title="Contact time",
    unit="s",
    definition="Time from initial contact to toe-off of the same foot.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K24", "K34", "Q02"),
    sided=True,
    values=_values,
    needs=frozenset({"timing"}),
)
