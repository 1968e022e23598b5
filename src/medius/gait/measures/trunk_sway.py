"""Trunk sway: how far the trunk swings from side to side in a stride."""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    return film.medial(side) * angle_from_plumb(film.middle("shoulder"), film.middle("hip"))


MEASURE = Measure(
    code="trunk_sway",
    title="Trunk sway",
    unit="deg",
    definition="Range over a stride of the sideways tilt of the line from the middle of the hips to the middle of the "
    "shoulders.",
    views=frozenset({"rear", "front"}),
    evidence=("K04",),
    sided=False,
    signal=_signal,
    reading="stride-range",
)
