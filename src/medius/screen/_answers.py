"""Read answers from a file or a mapping. What is usable is kept; what is not becomes a sentence."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from medius.errors import InvalidValueError, UnreadableFileError
from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values, holds
from medius.screen._models import CANNOT_TELL
from medius.screen._result import Clearance, Problem
from medius.screen._values import closest, read_value

__all__ = ["Answers", "effective_values", "load_answers", "read_answers", "read_clearances"]

_MOST_BYTES = 1_000_000
_META = ("answered_on", "person", "clearance")


@dataclass(frozen=True)
class Answers:
    """Checked answers.

    Attributes
    ----------
    values
        Usable answers by question id, in the unit of the question; ``"cannot tell"`` is an answer.
    problems
        What could not be used, each with a sentence.
    answered_on
        The day the answers were given (ISO 8601), where stated.
    person
        Whose they are, where stated.
    clearances
        What clinicians have cleared.
    """

    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    answered_on: str | None = None
    person: str | None = None
    clearances: tuple[Clearance, ...] = field(default=())


def load_answers(path: str | Path) -> Answers:
    """Read an answers file, TOML or JSON.

    Raises
    ------
    UnreadableFileError
        If the file is missing, too large, not text, or neither TOML nor JSON.
    """
    path = Path(path)
    try:
        raw = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else None
    except OSError as error:
        raise UnreadableFileError(
            f"{path} cannot be read ({error.strerror}). Give the path of an answers file."
        ) from None
    if raw is None:
        raise UnreadableFileError(f"{path} is larger than {_MOST_BYTES // 1_000_000} MB: not an answers file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFileError(f"{path} is not text in UTF-8. Write the answers as TOML or JSON.") from None
    return read_answers(_parse(text, path))


def _parse(text: str, path: Path) -> dict[str, Any]:
    looks_like_json = path.suffix.lower() == ".json" or text.lstrip().startswith("{")
    try:
        if not text.strip():
            return {}
        parsed = json.loads(text) if looks_like_json else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        kind = "JSON" if looks_like_json else "TOML"
        raise UnreadableFileError(f"{path} is not valid {kind} ({error}). Correct that line and try again.") from None
    if not isinstance(parsed, dict):
        raise UnreadableFileError(f"{path} must hold one object with a value for each question.")
    return parsed


def read_answers(given: Mapping[str, Any]) -> Answers:
    """Check answers by question id; unknown names and impossible values become problems."""
    questions = catalogue().questions
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in questions:
        if given.get(name) is not None:
            read, found = read_value(questions[name], given[name])
            problems += found
            if read is not None:
                values[name] = read
    for name in sorted(set(given) - set(questions) - set(_META)):
        hint = closest(name, [*questions, *_META])
        problems.append(Problem(question=name, message=f"{name}: there is no such question.{hint} It was left out."))
    answered_on, found = _day(given.get("answered_on"), "answered_on")
    problems += found
    clearances, found = _clearances(given.get("clearance"))
    problems += found + _not_asked(values)
    if not values:
        problems.append(
            Problem(message="No question is answered. Answer at least the first part of the questionnaire.")
        )
    person = given.get("person")
    return Answers(values, tuple(problems), answered_on, str(person)[:200] if person else None, clearances)


def _day(given: Any, name: str) -> tuple[str | None, list[Problem]]:
    if given is None:
        return None, []
    if isinstance(given, dt.datetime):
        given = given.date()
    try:
        return dt.date.fromisoformat(str(given)).isoformat(), []
    except ValueError:
        return None, [Problem(question=name, message=f"{name}: '{given}' is not a date. Write it as 2027-05-30.")]


def read_clearances(given: Mapping[str, Any]) -> tuple[Clearance, ...]:
    """Return the clearance in `given` (``by``, ``on``, ``role``, ``flags``, ``note``).

    Raises
    ------
    InvalidValueError
        If the name or the day is missing or wrong.
    """
    clearances, problems = _clearances(dict(given))
    if problems:
        raise InvalidValueError(" ".join(problem.message for problem in problems))
    return clearances


def _clearances(given: Any) -> tuple[tuple[Clearance, ...], list[Problem]]:
    if given is None:
        return (), []
    known = [rule.id for rule in catalogue().red_flags]
    read: list[Clearance] = []
    problems: list[Problem] = []
    for record in given if isinstance(given, list) else [given]:
        day, found = _day(record.get("on") if isinstance(record, dict) else None, "clearance.on")
        problems += found
        try:
            clearance = Clearance.model_validate({**record, "on": day} if isinstance(record, dict) else record)
        except ValidationError as error:
            what = ", ".join(".".join(str(part) for part in item["loc"]) or "record" for item in error.errors())
            text = f'clearance: {what} is wrong or missing. Write by = "name", on = 2027-05-30, and flags if not all.'
            problems.append(Problem(question="clearance", message=text))
            continue
        for flag in clearance.flags:
            if flag not in known:
                text = f"clearance: there is no red flag '{flag}'.{closest(flag, known)}"
                problems.append(Problem(question="clearance", message=text))
        read.append(clearance)
    return tuple(read), problems


def _not_asked(values: Values) -> list[Problem]:
    """Name answers to questions that other answers make pointless; they are kept."""
    return [
        Problem(
            question=name,
            message=f"{name}: it is answered although {_gate(name)} says that it does not apply. The answer was kept.",
        )
        for name, value in values.items()
        if value != CANNOT_TELL and _is_hidden(name, values)
    ]


def _gate(name: str) -> str:
    condition = catalogue().questions[name].when
    return (condition.answer if condition else None) or "another answer"


def _is_hidden(name: str, values: Values) -> bool:
    condition = catalogue().questions[name].when
    return condition is not None and holds(condition, values) is False


def effective_values(values: Values) -> dict[str, Any]:
    """Return the answers, with a checklist that other answers make pointless counted as "none of these"."""
    filled = dict(values)
    for name, question in catalogue().questions.items():
        if name not in values and question.kind == "choices" and _is_hidden(name, values):
            filled[name] = []
    return filled
