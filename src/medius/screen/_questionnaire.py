"""Walk through the questionnaire: one definition for the terminal, the web page and Python."""

from __future__ import annotations

from collections.abc import Mapping

from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values, holds
from medius.screen._models import Question, Region, Section

__all__ = ["is_asked", "next_question", "questionnaire", "questions", "regions"]


def questionnaire() -> tuple[Section, ...]:
    """Return the sections with their questions, in the order they are asked."""
    return catalogue().sections


def questions() -> Mapping[str, Question]:
    """Return all questions by id."""
    return catalogue().questions


def regions() -> tuple[Region, ...]:
    """Return the named places of the knee map."""
    return catalogue().regions


def is_asked(question: Question, values: Values) -> bool:
    """Return whether `question` is asked, given the answers so far."""
    return question.when is None or holds(question.when, values) is True


def next_question(values: Values) -> tuple[Section, Question] | None:
    """Return the first question that is asked and not yet answered, with its section; None at the end."""
    for section in catalogue().sections:
        for question in section.question:
            if question.id not in values and is_asked(question, values):
                return section, question
    return None
