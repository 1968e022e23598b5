"""Read one answer: turn what was written into a checked value, or into a sentence that names the question."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable
from typing import Any

from medius.screen._catalogue import choices_of
from medius.screen._models import CANNOT_TELL, Question
from medius.screen._result import Problem

__all__ = ["closest", "read_value"]

_NUMBER = re.compile(r"^\s*([-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*(.*?)\s*$")
_FEET_AND_INCHES = re.compile(r"^\s*(\d+)\s*(?:ft|')\s*(\d+(?:\.\d+)?)\s*(?:in|\")?\s*$")
_LONGEST_TEXT = 2000
_MISSING_ITEM = ("-", "", None, CANNOT_TELL)
_WORDS_FOR_CANNOT_TELL = (CANNOT_TELL, "cannot-tell", "can't tell", "unknown", "don't know", "?")


def read_value(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    """Return the checked value of `given` (None where nothing usable is left) and the problems found."""
    if isinstance(given, str) and given.strip().lower() in _WORDS_FOR_CANNOT_TELL:
        return CANNOT_TELL, []
    readers: dict[str, Callable[[Question, Any], tuple[Any, list[Problem]]]] = {
        "choice": _read_choice,
        "choices": _read_choices,
        "number": _read_number,
        "numbers": _read_numbers,
        "date": _read_date,
        "text": _read_text,
        "activities": _read_activities,
    }
    return readers[question.kind](question, given)


def closest(word: str, known: list[str]) -> str:
    """Return a hint like `` Did you mean 'age'?`` or an empty text."""
    found = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{found[0]}'?" if found else ""


def _problem(question: Question, message: str) -> list[Problem]:
    return [Problem(question=question.id, message=f"{question.id}: {message}")]


def _shown(given: Any) -> str:
    text = str(given)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def _read_choice(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    if isinstance(given, bool):
        given = "yes" if given else "no"
    known = [choice.code for choice in choices_of(question)]
    if isinstance(given, str) and given.strip().lower() in known:
        return given.strip().lower(), []
    hint = closest(str(given), known)
    return None, _problem(
        question, f"{_shown(given)} is not an answer.{hint} Possible are {', '.join(known)}, {CANNOT_TELL}."
    )


def _read_choices(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    items = [given] if isinstance(given, str) else given
    if not isinstance(items, list):
        return None, _problem(question, f"{_shown(given)} is not a list of answers.")
    if not items:
        return None, _problem(question, 'an empty list says nothing. Write ["none"] where none applies.')
    known = {choice.code: choice.alone for choice in choices_of(question)}
    ticked: list[str] = []
    problems: list[Problem] = []
    for item in items:
        code = item.strip().lower() if isinstance(item, str) else ""
        if code not in known and code not in _WORDS_FOR_CANNOT_TELL:
            hint = closest(str(item), list(known))
            problems += _problem(question, f"{_shown(item)} is not among the answers.{hint} It was left open.")
        code = code if code in known else CANNOT_TELL
        if code not in ticked:
            ticked.append(code)
    alone = [code for code in ticked if known.get(code)]
    if alone and len(ticked) > 1:
        problems += _problem(question, f"'{alone[0]}' and other answers cannot both be true. The others were kept.")
        ticked = [code for code in ticked if code not in alone]
    return sorted(ticked), problems


def _read_number(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    number, complaint = _to_unit(question, given)
    if number is None:
        return None, _problem(question, complaint)
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and not low <= number <= high:
        unit = "" if question.unit in ("1", "points", "a") else f" {question.unit}"
        return None, _problem(
            question, f"{_shown(given)} is not possible; it must lie between {low:g} and {high:g}{unit}."
        )
    if question.whole and number != int(number):
        return None, _problem(question, f"{_shown(given)} must be a whole number.")
    return number, []


def _to_unit(question: Question, given: Any) -> tuple[float | None, str]:
    """Return the number in the unit of the question, or a complaint."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        number = float(given) if abs(given) < 1e12 else math.inf
        return (number, "") if math.isfinite(number) else (None, f"{_shown(given)} is not a number that can be used.")
    if isinstance(given, str):
        if "ft" in question.units and (feet := _FEET_AND_INCHES.match(given)):
            return float(feet[1]) * question.units["ft"] + float(feet[2]) * question.units["in"], ""
        match = _NUMBER.match(given)
        if match and len(match[1]) <= 20:
            return _scaled(question, float(match[1].replace(",", ".")), match[2])
    return None, f"{_shown(given)} is not a number."


def _scaled(question: Question, number: float, unit: str) -> tuple[float | None, str]:
    if unit in ("", question.unit) or (question.unit == "a" and unit in ("y", "years")):
        return number, ""
    if unit in question.units:
        return number * question.units[unit], ""
    known = [question.unit, *question.units] if question.unit != "1" else list(question.units)
    return None, f"the unit {_shown(unit)} is not known here. Use {' or '.join(known) or 'the number alone'}."


def _read_numbers(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    items = given if isinstance(given, list) else [given]
    exact, at_most = question.count, question.count_at_most
    if (exact is not None and len(items) != exact) or (at_most is not None and not 1 <= len(items) <= at_most):
        wanted = f"{exact}" if exact is not None else f"1 to {at_most}"
        return None, _problem(
            question, f"{wanted} numbers are needed, {len(items)} are given. Write - for a missing one."
        )
    numbers: list[float | None] = []
    problems: list[Problem] = []
    for place, item in enumerate(items, start=1):
        if item in _MISSING_ITEM:
            numbers.append(None)
            continue
        number, found = _read_number(question, item)
        numbers.append(number)
        problems += [Problem(question=question.id, message=f"{p.message} (number {place})") for p in found]
    return (numbers if any(number is not None for number in numbers) else None), problems


def _read_date(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    if isinstance(given, dt.datetime):
        return given.date().isoformat(), []
    if isinstance(given, dt.date):
        return given.isoformat(), []
    try:
        return dt.date.fromisoformat(str(given).strip()).isoformat(), []
    except ValueError:
        return None, _problem(question, f"{_shown(given)} is not a date. Write it as 2027-05-30.")


def _read_text(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    if not isinstance(given, str):
        return None, _problem(question, f"{_shown(given)} is not a text.")
    text = "".join(char for char in given if char.isprintable() or char == "\n").strip()
    if len(text) > _LONGEST_TEXT:
        return text[:_LONGEST_TEXT], _problem(question, f"the text was cut after {_LONGEST_TEXT} characters.")
    return text or None, []


def _read_activities(question: Question, given: Any) -> tuple[Any, list[Problem]]:
    items = given if isinstance(given, list) else [given]
    at_most = question.count_at_most or len(items)
    if not 1 <= len(items) <= at_most:
        return None, _problem(question, f"1 to {at_most} activities are needed, {len(items)} are given.")
    read: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for item in items:
        if not isinstance(item, dict) or set(item) - {"activity", "score"} or not isinstance(item.get("activity"), str):
            problems += _problem(question, 'each activity is written as { activity = "…", score = 4 }.')
            continue
        missing = item.get("score") in _MISSING_ITEM
        score, found = (None, []) if missing else _read_number(question, item["score"])
        problems += found
        read.append({"activity": item["activity"].strip()[:200], "score": score})
    return (read or None), problems
