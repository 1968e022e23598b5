"""Medius: why the outside of a runner's knee hurts, how sure that is, and what to do about it."""

from medius._api import analyse
from medius.errors import (
    InputError,
    InvalidValueError,
    MediusError,
    MissingPartError,
    NothingToMeasureError,
    OutputError,
    UnreadableFileError,
)
from medius.findings import findings_from_form
from medius.gait.session import FormAnalysis
from medius.motion import make_motion, read_motion, validate_motion
from medius.record import Observation

__all__ = [
    "FormAnalysis",
    "InputError",
    "InvalidValueError",
    "MediusError",
    "MissingPartError",
    "NothingToMeasureError",
    "Observation",
    "OutputError",
    "UnreadableFileError",
    "analyse",
    "findings_from_form",
    "make_motion",
    "read_motion",
    "validate_motion",
]
