"""Observations against evidence: what stands out, and how sure that is."""

from medius.findings.form import (
    Advice,
    Finding,
    Reference,
    caveats,
    findings_from_form,
    next_steps,
    reference_for,
    side_differences,
)
from medius.findings.sides import SideDifference, side_difference

__all__ = [
    "Advice",
    "Finding",
    "Reference",
    "SideDifference",
    "caveats",
    "findings_from_form",
    "next_steps",
    "reference_for",
    "side_difference",
    "side_differences",
]
