"""Medius: why the outside of a runner's knee hurts, how sure that is, and what to do about it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from medius.errors import (
    InputError,
    InvalidValueError,
    MediusError,
    MissingPartError,
    NothingToMeasureError,
    OutputError,
    UnreadableFileError,
)

if TYPE_CHECKING:
    from medius._api import analyse
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

# What is heavy to import is imported when it is first asked for, so that the command line answers at once.
_HOMES = {
    "FormAnalysis": "medius.gait.session",
    "Observation": "medius.record",
    "analyse": "medius._api",
    "findings_from_form": "medius.findings",
    "make_motion": "medius.motion",
    "read_motion": "medius.motion",
    "validate_motion": "medius.motion",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
