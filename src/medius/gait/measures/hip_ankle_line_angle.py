"""Hip-ankle line angle: how far the foot stands under the body's middle."""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    return film.medial(side) * angle_from_plumb(film.point(f"{side}_hip"), film.point(f"{side}_ankle"))


MEASURE = Measure(
    code="hip_ankle_line_angle",
    title="Hip-ankle line from behind",
    unit="deg",
    definition="Angle of the line from hip to ankle to plumb at midstance in the picture from behind, positive where the "
    "ankle lies towards the body's middle.",
    views=frozenset({"rear", "front"}),
    evidence=("K20", "Q02"),
    signal=_signal,
)
