"""Ask the questionnaire in words, one question after the other; how words go in and out is the caller's business."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Literal

from medius.screen._answers import effective_values
from medius.screen._catalogue import choices_of, picture_file
from medius.screen._models import CANNOT_TELL, Question, Section
from medius.screen._questionnaire import is_asked, next_question, questions
from medius.screen._red_flags import find_red_flags
from medius.screen._result import Clearance
from medius.screen._values import read_value

__all__ = ["Ending", "run_dialogue"]

Ending = Literal["finished", "stopped by a red flag", "left"]
"""How a dialogue ended: all asked, stopped because somebody must be seen first, or left by the person."""

_BACK, _LEAVE = ("b", "back"), ("q", "quit")


def run_dialogue(
    values: dict[str, Any],
    *,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
    keep: Callable[[dict[str, Any]], None],
    clearances: Sequence[Clearance] = (),
) -> Ending:
    """Ask every question that is not answered in `values`, and put the answers there.

    Parameters
    ----------
    values
        Answers so far, by question id; changed in place.
    ask
        Shows a prompt and returns what the person typed; `EOFError` counts as leaving.
    tell
        Shows a line.
    keep
        Called with the answers after each one, so that nothing is lost.
    clearances
        Red flags that a clinician has cleared do not stop the dialogue.
    """
    history: list[str] = []
    tell("Type the number of an answer. ? cannot tell, b back, q leave and go on later.")
    section_id = ""
    while (following := next_question(values)) is not None:
        section, question = following
        if _must_stop(values, section, clearances):
            return "stopped by a red flag"
        if section.id != section_id:
            section_id = section.id
            _tell_section(section, tell)
        _tell_question(question, tell)
        reply = _reply(question, must_answer=section.stop_if_red_flag, ask=ask, tell=tell)
        if reply in _LEAVE:
            return "left"
        if reply in _BACK:
            if history:
                values.pop(history.pop(), None)
                _forget_pointless(values)
            continue
        values[question.id] = reply[0] if isinstance(reply, list) and question.kind == "choice" else reply
        history.append(question.id)
        keep(values)
    return "finished"


def _tell_section(section: Section, tell: Callable[[str], None]) -> None:
    tell(f"\n[bold]{section.title}[/]")
    if section.intro:
        tell(section.intro)


def _tell_question(question: Question, tell: Callable[[str], None]) -> None:
    clinician = " (clinician)" if question.asked_of == "clinician" else ""
    tell(f"\n{question.text}{clinician}")
    accuracy = f"Known accuracy: {question.accuracy}" if question.accuracy else ""
    drawing = f"Picture: {picture_file(question.picture)}" if question.picture else ""
    for line in (question.help, accuracy, drawing):
        if line:
            tell(f"[dim]{line}[/]")
    for number, choice in enumerate(choices_of(question), start=1):
        tell(textwrap.fill(choice.text, 76, initial_indent=f"  {number:>2}  ", subsequent_indent="      "))


def _reply(question: Question, *, must_answer: bool, ask: Callable[[str], str], tell: Callable[[str], None]) -> Any:
    """Return a checked answer, or a word for back or leave; ask again until there is one."""
    while True:
        try:
            typed = ask(_prompt(question)).strip()
        except EOFError:
            return "q"
        if typed.lower() in (*_BACK, *_LEAVE):
            return typed.lower()
        if not typed:
            if not must_answer:
                return CANNOT_TELL
            tell("This one decides whether a doctor comes first. Answer it, or type ? if you cannot tell.")
            continue
        value, problems = read_value(question, _as_given(question, typed))
        for problem in problems:
            message = problem.message.removeprefix(f"{question.id}: ")
            tell(f"[yellow]{message[:1].upper()}{message[1:]}[/]")
        if value is not None and not problems:
            return value


def _prompt(question: Question) -> str:
    unit = (
        ""
        if question.unit in ("1", "points")
        else {"a": " in years", "d": " in days"}.get(question.unit, f" in {question.unit}")
    )
    how = {
        "choice": "number",
        "choices": "numbers, like 1 3",
        "number": f"number{unit}",
        "numbers": f"{question.count or 'all'} numbers{unit}, - for missing",
        "date": "date",
        "text": "text",
        "activities": "activity = score, activity = score",
    }[question.kind]
    return f"{how}: "


def _as_given(question: Question, typed: str) -> Any:
    """Turn what was typed into the form an answers file has."""
    if typed == "?":
        return CANNOT_TELL
    words = typed.replace(",", " ").split()
    if question.kind in ("choice", "choices"):
        codes = [choice.code for choice in choices_of(question)]
        picked = [codes[int(word) - 1] if word.isdigit() and 1 <= int(word) <= len(codes) else word for word in words]
        return picked if question.kind == "choices" else " ".join(picked)
    if question.kind == "numbers":
        return words
    if question.kind == "activities":
        pairs = [part.rpartition("=") for part in typed.split(",")]
        return [{"activity": name.strip(), "score": score.strip()} for name, _, score in pairs]
    return typed


def _forget_pointless(values: dict[str, Any]) -> None:
    for name in [name for name in values if not is_asked(questions()[name], values)]:
        del values[name]


def _must_stop(values: dict[str, Any], section: Section, clearances: Sequence[Clearance]) -> bool:
    """Stop at once for what needs a doctor now, and after the first questions for anything else."""
    red_flags, _ = find_red_flags(effective_values(values), clearances)
    standing = [flag for flag in red_flags if flag.cleared_by is None]
    return bool(standing) and (not section.stop_if_red_flag or any(flag.urgency == "now" for flag in standing))
