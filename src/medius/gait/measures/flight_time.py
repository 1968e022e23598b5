"""Flight time."""

from __future__ import annotations

import itertools

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _values(film: Film, side: Side | None) -> Array:
    stances = film.contacts.stances
    return np.array(
        [
            after.initial_contact - before.toe_off
            for before, after in itertools.pairwise(stances)
            if before.side == side and after.side != side and after.initial_contact - before.toe_off < 0.4
        ]
    )


MEASURE = Measure(
    code="flight_time",
    title="Flight time",
    unit="s",
    definition="Time from toe-off of the named foot to the next contact of the other one.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K24", "K34", "Q02"),
    sided=True,
    values=_values,
    needs=frozenset({"timing"}),
)
