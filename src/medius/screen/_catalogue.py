"""Load the data files of the screening once, on first use, and check them against one another."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from medius.errors import MediusError
from medius.screen._models import (
    Advice,
    Choice,
    Condition,
    Contradiction,
    Instrument,
    PatternRule,
    Question,
    RedFlagRule,
    Region,
    RiskRule,
    Section,
)

__all__ = ["Catalogue", "catalogue", "choices_of", "conditions_of", "picture", "picture_file"]

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Catalogue:
    """Everything the data files say."""

    sections: tuple[Section, ...]
    regions: tuple[Region, ...]
    red_flags: tuple[RedFlagRule, ...]
    patterns: tuple[PatternRule, ...]
    risks: tuple[RiskRule, ...]
    instruments: tuple[Instrument, ...]
    contradictions: tuple[Contradiction, ...]
    advice: dict[str, Advice]
    questions: dict[str, Question]


@cache
def catalogue() -> Catalogue:
    """Return the checked catalogue.

    Raises
    ------
    MediusError
        If a data file is malformed, cites a fact that may not be used, or tests a question that does not exist.
    """
    folder = files("medius.screen") / "data"
    sections = tuple(
        _validated(Section, _table(path), path.name)
        for path in sorted((folder / "questions").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    )
    advice = _records(folder / "advice.toml", "advice", Advice)
    result = Catalogue(
        sections=sections,
        regions=_records(folder / "regions.toml", "region", Region),
        red_flags=_records(folder / "red_flags.toml", "red_flag", RedFlagRule),
        patterns=_records(folder / "patterns.toml", "pattern", PatternRule),
        risks=_records(folder / "risks.toml", "risk", RiskRule),
        instruments=_records(folder / "scores.toml", "instrument", Instrument),
        contradictions=_records(folder / "contradictions.toml", "contradiction", Contradiction),
        advice={item.code: item for item in advice},
        questions={question.id: question for section in sections for question in section.question},
    )
    _check(result)
    return result


def choices_of(question: Question) -> tuple[Choice, ...]:
    """Return the choices of `question`, with the knee map's regions where it asks for them."""
    if question.choices_from == "regions":
        return tuple(Choice(code=region.code, text=region.text) for region in catalogue().regions)
    return question.choices


def picture(name: str) -> bytes:
    """Return the drawing called `name` (``noble``, ``knee-map`` ...) as SVG."""
    return picture_file(name).read_bytes()


def picture_file(name: str) -> Traversable:
    """Return where the drawing called `name` lies."""
    return files("medius.screen") / "pictures" / f"{name}.svg"


def _table(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise MediusError(f"A data file of the screening is damaged: {path.name}: {error}.") from error


def _records(path: Traversable, key: str, model: type[_Model]) -> tuple[_Model, ...]:
    return tuple(_validated(model, record, path.name) for record in _table(path)[key])


def _validated(model: type[_Model], record: dict[str, Any], name: str) -> _Model:
    try:
        return model.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        label = record.get("id", record.get("code", "?"))
        where = f"{name}, {label}, {place}"
        raise MediusError(f"A data file of the screening is damaged: {where}: {first['msg']}.") from error


def conditions_of(item: BaseModel) -> Iterator[Condition]:
    """Yield every condition inside `item`, at any depth."""
    if isinstance(item, Condition):
        yield item
    for name in type(item).model_fields:
        value = getattr(item, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, BaseModel):
                yield from conditions_of(part)


def _check(loaded: Catalogue) -> None:
    groups = (loaded.sections, loaded.red_flags, loaded.patterns, loaded.risks, loaded.contradictions)
    for group in groups:
        for item in group:
            for condition in conditions_of(item):
                _check_condition(condition, loaded)
    if len(loaded.questions) != sum(len(section.question) for section in loaded.sections):
        raise MediusError("A data file of the screening is damaged: two questions have the same id.")


def _check_condition(condition: Condition, loaded: Catalogue) -> None:
    tests = [(condition.answer, condition.is_)] if condition.answer else []
    tests += [(term.answer, (term.is_,)) for term in condition.score]
    tests += [(other, ()) for other in (condition.more_than_answer, condition.times_more_than_answer) if other]
    for name, wanted in tests:
        question = loaded.questions.get(name)
        if question is None:
            raise MediusError(f"A data file of the screening is damaged: it tests an unknown question, {name!r}.")
        if question.choices_from == "regions":
            known = {region.code for region in loaded.regions}
        else:
            known = {choice.code for choice in question.choices}
        if not set(wanted) <= known:
            raise MediusError(f"A data file of the screening is damaged: {name} has no choice {set(wanted) - known}.")
