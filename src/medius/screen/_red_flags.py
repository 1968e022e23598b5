"""Red flags: the gate before everything else (X01)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medius.screen._catalogue import catalogue, choices_of, conditions_of
from medius.screen._conditions import Values, has_item, holds
from medius.screen._models import CANNOT_TELL, Condition, RedFlagRule
from medius.screen._result import Clearance, OpenFlag, Problem, RedFlag

__all__ = ["URGENCIES", "accept_clearances", "find_red_flags"]

URGENCIES = ("now", "today", "within days", "this week")
"""How fast to be seen, most urgent first (X18)."""


def find_red_flags(
    values: Values, clearances: Sequence[Clearance] = ()
) -> tuple[tuple[RedFlag, ...], tuple[OpenFlag, ...]]:
    """Return the red flags that the answers show, and those that they neither show nor rule out.

    Both are sorted by urgency. A flag that a clinician cleared stays in the list and says who cleared it and when. A
    clearance that names no flags covers what the answers show, not what they leave open.
    """
    shown: list[RedFlag] = []
    still_open: list[OpenFlag] = []
    for rule in catalogue().red_flags:
        result = holds(rule.when, values)
        if result is True:
            shown.append(_flag(rule, values, clearances))
        elif result is None and not any(rule.id in clearance.flags for clearance in clearances):
            still_open.append(
                OpenFlag(
                    id=rule.id,
                    title=rule.title,
                    urgency=rule.urgency,
                    questions=tuple(_unanswered(rule.when, values)),
                    evidence=rule.evidence,
                )
            )
    return (
        tuple(sorted(shown, key=lambda flag: URGENCIES.index(flag.urgency))),
        tuple(sorted(still_open, key=lambda flag: URGENCIES.index(flag.urgency))),
    )


def accept_clearances(
    clearances: Sequence[Clearance], answered_on: str | None, today: str | None
) -> tuple[tuple[Clearance, ...], tuple[Problem, ...]]:
    """Return the clearances that count, and a sentence for each that does not.

    A clearance counts only for answers that are not newer than it, so the day of the answers must be known.
    """
    accepted: list[Clearance] = []
    problems: list[Problem] = []
    for clearance in clearances:
        if answered_on is None:
            message = "clearance: say on which day the answers were given (answered_on), or it cannot count."
        elif clearance.on < answered_on:
            message = f"clearance: it is of {clearance.on}, older than the answers of {answered_on}. It does not count."
        elif today is not None and clearance.on > today:
            message = f"clearance: {clearance.on} is in the future. It does not count."
        else:
            accepted.append(clearance)
            continue
        problems.append(Problem(question="clearance", message=message))
    return tuple(accepted), tuple(problems)


def _clearance_of(flag: str, clearances: Sequence[Clearance]) -> Clearance | None:
    return next((item for item in clearances if not item.flags or flag in item.flags), None)


def _flag(rule: RedFlagRule, values: Values, clearances: Sequence[Clearance]) -> RedFlag:
    clearance = _clearance_of(rule.id, clearances)
    return RedFlag(
        id=rule.id,
        title=rule.title,
        message=rule.message,
        urgency=rule.urgency,
        because=tuple(dict.fromkeys(_reasons(rule.when, values))),
        evidence=rule.evidence,
        cleared_by=f"{clearance.by}, {clearance.role}".rstrip(", ") if clearance else None,
        cleared_on=clearance.on if clearance else None,
    )


def _reasons(condition: Condition, values: Values) -> Iterator[str]:
    """Yield, in words, the answers that make the tests inside `condition` true."""
    for part in conditions_of(condition):
        if part.answer is not None and holds(part, values):
            yield from _in_words(part.answer, part.is_, values)
        for term in part.score:
            if has_item(values.get(term.answer), (term.is_,)):
                yield from _in_words(term.answer, (term.is_,), values)


def _in_words(name: str, wanted: tuple[str, ...], values: Values) -> Iterator[str]:
    question, answer = catalogue().questions[name], values.get(name)
    if isinstance(answer, int | float):
        yield f"{name.replace('_', ' ')} {answer:g}{'' if question.unit in ('1', 'a') else ' ' + question.unit}"
        return
    ticked = [answer] if isinstance(answer, str) else answer or []
    for choice in choices_of(question):
        if choice.code in ticked and choice.code in wanted:
            yield choice.text


def _unanswered(condition: Condition, values: Values) -> Iterator[str]:
    names: list[str] = []
    for part in conditions_of(condition):
        names += [part.answer] if part.answer and part.if_unknown is None else []
        names += [term.answer for term in part.score if term.if_unknown is None]
    for name in dict.fromkeys(names):
        answer = values.get(name)
        if answer is None or answer == CANNOT_TELL or (isinstance(answer, list) and CANNOT_TELL in answer):
            yield name
