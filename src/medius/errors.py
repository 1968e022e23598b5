"""What can go wrong, as a caller sees it.

::

    MediusError                      exit code of the command line
    ├── InputError                   3   a file or an answer cannot be used
    │   ├── UnreadableFileError      3   missing, empty, damaged, or not of a known kind
    │   └── InvalidValueError        3   a value outside what is possible
    ├── NothingToMeasureError        4   the input was read, but holds nothing that can be measured
    ├── OutputError                  5   a result cannot be written
    └── MissingPartError             6   models, an extra or a program that Medius needs are absent

Every message is a sentence for a person: what is wrong, then what to do. Exit code 0 is success, 1 an error inside
Medius, 2 a wrong command line, 130 an interruption with Ctrl-C.
"""

from __future__ import annotations

__all__ = [
    "InputError",
    "InvalidValueError",
    "MediusError",
    "MissingPartError",
    "NothingToMeasureError",
    "OutputError",
    "UnreadableFileError",
]


class MediusError(Exception):
    """Base of every error that Medius raises on purpose."""

    exit_code = 1


class InputError(MediusError):
    """Something given to Medius cannot be used."""

    exit_code = 3


class UnreadableFileError(InputError):
    """A file is missing, empty, damaged, or not of a kind that Medius reads."""


class InvalidValueError(InputError, ValueError):
    """A value is outside what is possible."""


class NothingToMeasureError(MediusError):
    """The input was read, but nothing in it can be measured."""

    exit_code = 4


class OutputError(MediusError):
    """A result cannot be written where it should go."""

    exit_code = 5


class MissingPartError(MediusError):
    """A model file, an optional package or a program is not installed."""

    exit_code = 6
