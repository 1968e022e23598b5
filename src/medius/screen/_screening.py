"""From answers to an outcome: red flags first, then what fits, what is known of the risk, strength and scores."""

from __future__ import annotations

import datetime as dt
from typing import Any

from medius.screen._answers import Answers, effective_values
from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values, holds
from medius.screen._models import CANNOT_TELL
from medius.screen._next_steps import next_steps
from medius.screen._observations import observe
from medius.screen._patterns import judge_patterns
from medius.screen._red_flags import accept_clearances, find_red_flags
from medius.screen._result import OpenFlag, Problem, RedFlag, Screening
from medius.screen._risk import judge_risk
from medius.screen._scores import judge_scores
from medius.screen._strength import judge_strength

__all__ = ["screen"]


def screen(answers: Answers, *, today: dt.date | None = None) -> Screening:
    """Screen a person's answers.

    The same answers always give the same outcome. `today` is used only to refuse a clearance from the future.

    Returns
    -------
    Screening
        Red flags first. ``blocked`` is true while a red flag stands uncleared or cannot be ruled out from the answers:
        no programme may then be made.
    """
    values = effective_values(answers.values)
    contradictions, usable = _contradictions(values)
    day = today.isoformat() if today else None
    clearances, refused = accept_clearances(answers.clearances, answers.answered_on, day)
    red_flags, open_flags = find_red_flags(values, clearances)
    patterns = judge_patterns(usable)
    strength = judge_strength(usable)
    risk = judge_risk(usable, strength)
    scores = judge_scores(usable)
    because = _blocked_because(red_flags, open_flags)
    return Screening(
        red_flags=red_flags,
        open_red_flags=open_flags,
        blocked=bool(because),
        blocked_because=because,
        clearances=clearances,
        patterns=patterns,
        risk=risk,
        strength=strength,
        scores=scores,
        observations=observe(
            usable,
            red_flags,
            open_flags,
            patterns,
            risk,
            strength,
            scores,
            person=answers.person,
            time=answers.answered_on,
        ),
        next_steps=next_steps(usable, red_flags, open_flags, patterns, risk, strength, scores),
        problems=(*answers.problems, *refused, *contradictions),
    )


def _contradictions(values: Values) -> tuple[tuple[Problem, ...], dict[str, Any]]:
    """Return a sentence for each contradiction, and the answers with the doubtful ones counted as "cannot tell"."""
    usable = dict(values)
    problems = []
    for item in catalogue().contradictions:
        if holds(item.when, values):
            problems.append(Problem(question=item.questions[0], message=item.message))
            usable |= dict.fromkeys(item.set_aside, CANNOT_TELL)
    return tuple(problems), usable


def _blocked_because(red_flags: tuple[RedFlag, ...], open_flags: tuple[OpenFlag, ...]) -> tuple[str, ...]:
    stands = [flag.title for flag in red_flags if flag.cleared_by is None]
    if open_flags:
        questions = dict.fromkeys(name for flag in open_flags for name in flag.questions)
        stands.append(f"not ruled out yet, because these are not answered: {', '.join(questions)}")
    return tuple(stands)
