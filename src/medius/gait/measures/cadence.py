"""Cadence: steps per minute, both feet."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE", "cadence_of"]


def _values(film: Film, side: Side | None) -> Array:
    return 120.0 / np.array([s.stride_time for s in film.contacts.stances])


def cadence_of(film: Film) -> float:
    """Return the cadence in steps/min over the whole clip: strides of each foot over the time they took."""
    period = 1.0 / film.contacts.stride_frequency
    strides, seconds = 0.0, 0.0
    for side in ("left", "right"):
        starts = np.array([s.initial_contact for s in film.contacts.stances if s.side == side])
        if starts.size >= 2:
            # Contacts that were missed in between still count as strides.
            strides += float(np.round(np.diff(starts) / period).sum())
            seconds += float(starts[-1] - starts[0])
    return 120.0 * strides / seconds if seconds > 0 else float("nan")


MEASURE = Measure(
    code="cadence",
    title="Cadence",
    unit="steps/min",
    definition="Steps per minute, left and right counted, from all contacts of the clip.",
    views=frozenset({"rear", "front", "side-left", "side-right"}),
    evidence=("M07", "M08"),
    sided=False,
    values=_values,
)
