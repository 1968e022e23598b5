"""Thigh frontal angle: hip adduction as seen from behind, without the pelvis.

The angle of the thigh (hip to knee) to plumb at midstance; with pelvic drop it makes up hip adduction (Dingenen 2018 calls
it femoral adduction).
"""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    return film.medial(side) * angle_from_plumb(film.point(f"{side}_hip"), film.point(f"{side}_knee"))


MEASURE = Measure(
    code="thigh_frontal_angle",
    title="Thigh angle from behind",
    unit="deg",
    definition="Angle of the thigh to plumb at midstance in the picture from behind, positive where the knee lies towards "
    "the body's middle.",
    views=frozenset({"rear", "front"}),
    evidence=("K19", "K20", "K21"),
    signal=_signal,
    between_days_change=2.3,
)
