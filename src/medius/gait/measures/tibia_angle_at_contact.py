"""Tibia angle at contact: the shank's tilt when the foot lands."""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    return film.facing * angle_from_plumb(film.point(f"{side}_knee"), film.point(f"{side}_ankle"))


MEASURE = Measure(
    code="tibia_angle_at_contact",
    title="Shank angle at contact",
    unit="deg",
    definition="Angle of the line from knee to ankle to plumb at initial contact, positive where the ankle is ahead of the "
    "knee.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K19", "K23"),
    signal=_signal,
    reading="contact",
    between_days_change=4.8,
)
