"""The knee's part of the path: a distance that depends on one angle alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medius.band._turn import turn_vector
from medius.body import Joint

Floats = NDArray[np.float64]


class KneeTerm:
    """Distance from the lower femoral point to the tibial point while the knee rolls, slides and turns."""

    def __init__(self, joint: Joint, femur: tuple[float, float, float], tibia: tuple[float, float, float]) -> None:
        self._joint = joint
        self._femur = joint.parent_turn.T @ np.subtract(femur, joint.parent_location)
        self._tibia = joint.child_turn.T @ np.subtract(tibia, joint.child_location)

    def __call__(self, angle: Floats) -> Floats:
        """Metres for a knee angle in the joint's own sign and radians."""
        x, y, z = (np.full_like(angle, v) for v in self._tibia)
        for degree in reversed(self._joint.rotations):
            amount, _ = degree.function(angle)
            if amount.any():
                x, y, z = turn_vector(degree.axis, amount, x, y, z)
        gap = [x - self._femur[0], y - self._femur[1], z - self._femur[2]]
        for degree in self._joint.shifts:
            amount, _ = degree.function(angle)
            for i, direction in enumerate(degree.axis):
                if direction:
                    gap[i] = gap[i] + direction * amount
        return np.asarray(np.sqrt(gap[0] ** 2 + gap[1] ** 2 + gap[2] ** 2), dtype=np.float64)
