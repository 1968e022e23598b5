"""Peak knee bend in stance."""

from __future__ import annotations

from medius.gait.measures._define import Measure
from medius.gait.measures._knee import knee_flexion

__all__ = ["MEASURE"]


MEASURE = Measure(
    code="knee_flexion_peak_stance",
    title="Peak knee bend in stance",
    unit="deg",
    definition="Angle between thigh and shank in the picture from the side at its peak in stance, 0 for a straight knee, positive bent.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K19", "K23", "P01"),
    signal=knee_flexion,
    reading="stance-peak",
    between_days_change=3.8,
)
