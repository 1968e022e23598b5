"""Step time."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]

_LONGEST_S = 0.7
"""A longer one means that a contact in between was not seen."""


def _values(film: Film, side: Side | None) -> Array:
    steps = []
    for before, after in zip((None, *film.contacts.stances), film.contacts.stances, strict=False):
        if after.side == side:
            seconds = after.initial_contact - before.initial_contact if before and before.side != side else np.nan
            steps.append(seconds if seconds < _LONGEST_S else np.nan)
    return np.array(steps)


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
