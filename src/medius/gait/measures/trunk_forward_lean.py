"""Forward trunk lean."""

from __future__ import annotations

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure, angle_from_plumb
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    return -film.facing * angle_from_plumb(film.middle("shoulder"), film.middle("hip"))


MEASURE = Measure(
    code="trunk_forward_lean",
    title="Forward trunk lean",
    unit="deg",
    definition="Mean over stance of the tilt of the line from the middle of the hips to the middle of the shoulders, positive "
    "forwards.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K01", "P01"),
    sided=False,
    signal=_signal,
    reading="stance-mean",
)
