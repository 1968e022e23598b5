"""Step time."""

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
            after.initial_contact - before.initial_contact
            for before, after in itertools.pairwise(stances)
            if after.side == side and before.side != side and after.initial_contact - before.initial_contact < 0.7
        ]
    )


MEASURE = Measure(
    code="step_time",
    title="Step time",
    unit="s",
    definition="Time from the contact of one foot to the contact of the named one.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K24", "K34", "Q02"),
    sided=True,
    values=_values,
    needs=frozenset({"timing"}),
)
