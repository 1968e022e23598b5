"""The help of ``medius coach`` names every exercise without importing the coach."""

from __future__ import annotations

from medius.cli import coach
from medius.coach import COACHED


def test_help_names_every_exercise_that_is_coached() -> None:
    named = coach._EPILOG.split("Exercises: ")[1].split(".")[0].replace("\n", " ")
    assert tuple(name.strip() for name in named.split(",")) == COACHED
