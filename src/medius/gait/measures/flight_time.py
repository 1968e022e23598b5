"""Flight time."""

from __future__ import annotations

import itertools

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]

_LONGEST_S = 0.4
"""A longer one means that a contact in between was not seen."""


def _values(film: Film, side: Side | None) -> Array:
    flights = []
    for before, after in itertools.zip_longest(film.contacts.stances, film.contacts.stances[1:]):
        if before.side == side:
            seconds = after.initial_contact - before.toe_off if after and after.side != side else np.nan
            flights.append(seconds if seconds < _LONGEST_S else np.nan)
    return np.array(flights)


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
