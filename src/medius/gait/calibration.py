"""Known errors of the key points, taken off; and what error remains.

``calibration.toml`` is made by ``python -m scripts.calibrate`` from rendered runners whose skeleton is known exactly. For
each measure, network, view and leg it holds::

    corrected = intercept + slope × measured + shape × (hip breadth − 0.36) + yaw × (± yaw of the camera)

and ``systematic``, the root mean square error on clips that were left out of the fit. `docs/accuracy.md` shows them.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from medius.gait.film import Film
from medius.gait.shape import Shape
from medius.record import Side

__all__ = ["HIP_BREADTH", "Correction", "correction_for", "leg_role"]

Array = NDArray[np.float64]
HIP_BREADTH = 0.36
"""Hip breadth (share of the trunk's length) at which a shape term is zero."""


_BREADTH_SEEN = 0.03
_YAW_SEEN = 10.0
# A line that was learned between such limits is not carried beyond them.


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit) if math.isfinite(value) else 0.0


@dataclass(frozen=True, slots=True)
class Correction:
    """How one measure is corrected, and how far it can still be off.

    Attributes
    ----------
    intercept, slope, shape, yaw
        See the module.
    systematic
        Standard error that averaging over strides does not lessen, in the measure's unit.
    degrees_of_freedom
        Of that standard error: clips less fitted numbers.
    known
        False where the network was never compared with known truth; then nothing is corrected and the error is the
        published one of markerless tracking.
    """

    intercept: float = 0.0
    slope: float = 1.0
    shape: float = 0.0
    yaw: float = 0.0
    systematic: float = 0.0
    degrees_of_freedom: float = 30.0
    known: bool = True

    def apply(self, values: Array, shape: Shape, medial: float) -> Array:
        """Return corrected `values`; `medial` is the leg's sign (`Film.medial`)."""
        breadth = _within(shape.hip_breadth - HIP_BREADTH, _BREADTH_SEEN)
        yaw = _within(shape.yaw_deg, _YAW_SEEN)
        return self.intercept + self.slope * values + self.shape * breadth + self.yaw * yaw * medial

    @property
    def coverage_factor(self) -> float:
        """Half width of a 95 % interval in standard errors (Student's t)."""
        return float(student.ppf(0.975, max(1.0, self.degrees_of_freedom)))


def leg_role(film: Film, side: Side | None) -> str:
    """Return ``near`` or ``far`` for a leg in a side view, ``both`` elsewhere."""
    if side is None or not film.view.startswith("side"):
        return "both"
    return "near" if film.view.endswith(side) else "far"


def correction_for(code: str, network: str, film: Film, side: Side | None) -> Correction:
    """Return the correction of a measure.

    Parameters
    ----------
    code
        Of the measure.
    network
        What made the key points, as in `Motion.attrs["source"]`.
    film, side
        For the view and the leg.
    """
    view = "side" if film.view.startswith("side") else "rear"
    role = leg_role(film, side)
    table = _table()
    for name in (network, "any"):
        entry = table.get((code, name, view, role))
        if entry is not None:
            return entry
    other = table.get((code, "other", view, "both"))
    return other if other is not None else Correction(known=False)


@cache
def _table() -> dict[tuple[str, str, str, str], Correction]:
    text = files("medius.gait").joinpath("calibration.toml").read_text("utf-8")
    table = {}
    for entry in tomllib.loads(text)["entry"]:
        key = (entry.pop("code"), entry.pop("network"), entry.pop("view"), entry.pop("leg"))
        entry.pop("evidence", None)
        table[key] = Correction(**entry)
    return table
