"""Peak hip extension, as the thigh's angle behind plumb."""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    return -film.facing * angle_from_plumb(film.point(f"{side}_hip"), film.point(f"{side}_knee"))


MEASURE = Measure(
    code="hip_extension_peak",
    title="Peak hip extension",
    unit="deg",
    definition="Largest angle of the thigh behind plumb within a stride; the pelvis' own tilt cannot be seen and is not "
    "taken off.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K23", "K29"),
    signal=_signal,
    reading="stride-peak",
)
