"""Vertical oscillation: how far the body rises and falls in a step."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _values(film: Film, side: Side | None) -> Array:
    if film.scale is None:
        return np.full(len(film.contacts.stances), np.nan)
    # The hip key points do not follow the pelvis' height in a side view; head and shoulders do.
    near_ear = film.point("left_ear" if film.view == "side-left" else "right_ear")
    shoulders = film.middle("shoulder")[:, 1]
    head = near_ear[:, 1] if np.isfinite(near_ear).any() else shoulders
    height = (head + shoulders) / 2 * film.scale.metres_per_pixel
    starts = [s.initial_contact for s in film.contacts.stances]
    step = 0.5 / film.contacts.stride_frequency
    ranges = []
    for start in starts:
        window = film.at(height, np.linspace(start, start + step, 61))
        ranges.append(float(np.ptp(window)))
    return np.array(ranges)


MEASURE = Measure(
    code="vertical_oscillation",
    title="Vertical oscillation",
    unit="m",
    definition="Range of the height of head and shoulders within a step.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K34", "Q02"),
    sided=False,
    values=_values,
    needs=frozenset({"scale"}),
)
