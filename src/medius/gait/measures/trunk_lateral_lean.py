"""Lateral trunk lean: the trunk's tilt towards the standing leg."""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    # From the hips up to the shoulders: the picture's left is the person's left in the rear view.
    return film.medial(side) * angle_from_plumb(film.middle("shoulder"), film.middle("hip"))


MEASURE = Measure(
    code="trunk_lateral_lean",
    title="Lateral trunk lean",
    unit="deg",
    definition="Mean over stance of the sideways tilt of the line from the middle of the hips to the middle of the "
    "shoulders, positive towards the standing leg.",
    views=frozenset({"rear", "front"}),
    evidence=("K04", "K19"),
    signal=_signal,
    reading="stance-mean",
    between_days_change=2.3,
)
