"""Step width: sideways distance from one foot to the next."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE", "step_widths"]


def _values(film: Film, side: Side | None) -> Array:
    return step_widths(film)


def step_widths(film: Film) -> Array:
    """Return the width of the step to each stance in metres, negative where the feet crossed; NaN where not seen."""
    stances = film.contacts.stances
    widths = np.full(len(stances), np.nan)
    if film.scale is None:
        return widths
    seconds = np.array([s.midstance for s in stances])
    across = {s: film.at(film.point(f"{s}_ankle")[:, 0], seconds) for s in ("left", "right")}
    for i in range(1, len(stances)):
        now, before = stances[i], stances[i - 1]
        if now.side == before.side or seconds[i] - seconds[i - 1] > 0.75 / film.contacts.stride_frequency:
            continue
        own, other = across[now.side][i], across[before.side][i - 1]
        widths[i] = film.medial(now.side) * (other - own) * film.scale.metres_per_pixel
    return widths


MEASURE = Measure(
    code="step_width",
    title="Step width",
    unit="m",
    definition="Sideways distance between the ankles from one midstance to the next, negative where the feet cross the "
    "midline.",
    views=frozenset({"rear", "front"}),
    evidence=("K26", "M04", "M05"),
    sided=False,
    values=_values,
    needs=frozenset({"scale"}),
)
