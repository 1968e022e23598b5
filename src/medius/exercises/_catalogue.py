"""Load the exercise definitions once, on first use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from pydantic import ValidationError

from medius.errors import InvalidValueError, MediusError
from medius.exercises._models import Exercise

__all__ = ["exercise", "exercises", "load_exercises"]


def exercise(name: str) -> Exercise:
    """Return the exercise called `name`.

    Raises
    ------
    InvalidValueError
        If there is none; the message names those there are.
    """
    known = exercises()
    if name not in known:
        raise InvalidValueError(f"There is no exercise called '{name}'. Known are: {', '.join(known)}.")
    return known[name]


def exercises() -> Mapping[str, Exercise]:
    """Return all exercises by name, in alphabetical order."""
    return _shipped()


@cache
def _shipped() -> Mapping[str, Exercise]:
    return load_exercises(files("medius.exercises") / "definitions")


def load_exercises(folder: Traversable) -> Mapping[str, Exercise]:
    """Read every TOML file in `folder`.

    Raises
    ------
    MediusError
        If a file is damaged, or its name is not the name of the exercise in it.
    """
    found: dict[str, Exercise] = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".toml"):
            continue
        try:
            item = Exercise.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise MediusError(f"The exercise {path.name} is not valid TOML ({error}).") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise MediusError(f"The exercise {path.name} is damaged at {place}: {first['msg']}.") from error
        if f"{item.name}.toml" != path.name:
            raise MediusError(f"The exercise in {path.name} is called {item.name}: file and name must agree.")
        found[item.name] = item
    return MappingProxyType(found)
