"""Contralateral pelvic drop: how far the pelvis sinks on the side of the swinging leg.

Measured as the angle of the line through two stickers on the pelvis, never from the hip key points of a pose network,
which do not follow the pelvis (fact Q01). Peak in stance after Bramah 2018.
"""

from __future__ import annotations

import numpy as np

from medius.gait.film import Film
from medius.gait.measures._define import Array, Measure
from medius.record import Side

__all__ = ["MEASURE"]


def _signal(film: Film, side: Side) -> Array:
    if film.stickers is None:
        return np.full(len(film.time), np.nan)
    position = film.stickers["position"]
    left = position.sel(keypoint="left_sticker").to_numpy()
    right = position.sel(keypoint="right_sticker").to_numpy()
    # Picture y points down: positive where the runner's left is lower, in both views.
    left_low = np.degrees(np.arctan2(left[:, 1] - right[:, 1], np.abs(right[:, 0] - left[:, 0])))
    return np.asarray(left_low if side == "right" else -left_low, dtype=np.float64)


MEASURE = Measure(
    code="contralateral_pelvic_drop",
    title="Pelvic drop",
    unit="deg",
    definition="Peak in stance of the angle of the line through the two pelvis stickers to the level, positive where the "
    "side of the swinging leg is lower.",
    views=frozenset({"rear", "front"}),
    evidence=("Q01", "K19", "R14"),
    signal=_signal,
    reading="stance-peak",
    needs=frozenset({"stickers"}),
    between_days_change=2.8,
)
