"""Foot-strike angle: toes up or down when the foot lands."""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    d = film.point(f"{side}_foot_index") - film.point(f"{side}_heel")
    return np.degrees(np.arctan2(-d[:, 1], film.facing * d[:, 0]))


MEASURE = Measure(
    code="foot_strike_angle",
    title="Foot angle at contact",
    unit="deg",
    definition="Angle of the sole to the level at initial contact, positive where the toes are higher than the heel.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K19", "K42"),
    signal=_signal,
    reading="contact",
)
