"""Read a plan input from a TOML or JSON file, with clear sentences for what cannot be used."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from medius.errors import InvalidValueError, UnreadableFileError
from medius.programme._models import PlanInput
from medius.programme._schedule import DAY_NAMES

__all__ = ["parse_days", "parse_plan_input", "read_plan_input"]


def parse_days(words: list[Any] | tuple[Any, ...]) -> tuple[int, ...]:
    """Return weekdays (Monday 0) from names, their first letters or numbers, sorted, each once."""
    found: set[int] = set()
    for word in words:
        if isinstance(word, int) and not isinstance(word, bool) and 0 <= word <= 6:
            found.add(word)
            continue
        text = str(word).strip().lower()
        hits = [number for number, name in enumerate(DAY_NAMES) if len(text) >= 2 and name.lower().startswith(text)]
        if len(hits) != 1:
            raise InvalidValueError(f"{word!r} is no weekday. Write them as: mon, wed, sat.")
        found.add(hits[0])
    if not found:
        raise InvalidValueError("A plan needs at least one free day a week. Give it as: --days mon,wed,sat")
    return tuple(sorted(found))


def parse_plan_input(values: Mapping[str, Any], start: dt.date | None = None) -> PlanInput:
    """Build a plan input from plain values; weekdays may be names.

    Raises
    ------
    InvalidValueError
        With the first value that cannot be used.
    """
    plain = dict(values)
    if "days" in plain:
        days = plain["days"]
        plain["days"] = parse_days(days.split(",") if isinstance(days, str) else list(days))
    if start is not None:
        plain.setdefault("start", start)
    try:
        return PlanInput.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the values"
        got = "" if isinstance(first.get("input"), dict) else f" (it is {first.get('input')!r})"
        raise InvalidValueError(f"The plan cannot use {place}{got}: {first['msg'].lower()}.") from error


def read_plan_input(path: Path, start: dt.date | None = None) -> PlanInput:
    """Read a plan input from a TOML or JSON file.

    Raises
    ------
    UnreadableFileError
        If the file cannot be read.
    InvalidValueError
        If a value cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"{path} cannot be read ({error}). Give a TOML or JSON file.") from error
    try:
        values = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise UnreadableFileError(f"{path} is damaged ({error}).") from error
    if not isinstance(values, dict):
        raise UnreadableFileError(f"{path} holds no table of values.")
    return parse_plan_input(values, start)
