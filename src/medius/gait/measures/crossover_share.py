"""Crossover: how many steps land across the midline."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.gait.measures.step_width import step_widths
from medius.record import Side

__all__ = ["MEASURE"]


def _values(film: Film, side: Side | None) -> Array:
    widths = step_widths(film)
    return np.where(np.isfinite(widths), widths < 0, np.nan)


MEASURE = Measure(
    code="crossover_share",
    title="Steps across the midline",
    unit="1",
    definition="Share of the steps whose ankle lies beyond the line of the other foot (step width below zero), 0 to 1.",
    views=frozenset({"rear", "front"}),
    evidence=("K26", "M04"),
    sided=False,
    values=_values,
    needs=frozenset({"scale"}),
)
