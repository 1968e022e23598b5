"""Knee bend at contact."""

from __future__ import annotations

from medius.gait.measures._define import Measure
from medius.gait.measures._knee import knee_flexion

__all__ = ["MEASURE"]


MEASURE = Measure(
    code="knee_flexion_at_contact",
    title="Knee bend at contact",
    unit="deg",
    definition="Angle between thigh and shank in the picture from the side at initial contact, 0 for a straight knee, positive bent.",
    views=frozenset({"side-left", "side-right"}),
    evidence=("K19", "K23", "P01"),
    signal=knee_flexion,
    reading="contact",
    between_days_change=3.8,
)
