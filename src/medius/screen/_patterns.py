"""Which pattern of complaints fits: consistent with, not consistent with, cannot tell. Never a probability (C12)."""

from __future__ import annotations

from collections.abc import Sequence

from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values, holds
from medius.screen._models import Argument, PatternRule, Verdict
from medius.screen._result import Note, Pattern

__all__ = ["judge_patterns"]


def judge_patterns(values: Values) -> tuple[Pattern, ...]:
    """Return every pattern with its verdict and the answers for and against it (rule X19)."""
    return tuple(_judge(rule, values) for rule in catalogue().patterns)


def _judge(rule: PatternRule, values: Values) -> Pattern:
    site = holds(rule.site.when, values)
    speaking_for = _true(rule.for_, values)
    against = _true(rule.against, values)
    if site is False:
        absent = Note(text=rule.absent or f"no {rule.site.text}", evidence=rule.site.evidence)
        verdict: Verdict = "not consistent with"
        against = (absent, *against)
    elif site and len(speaking_for) - len(against) >= rule.needed:
        verdict = "consistent with"
    else:
        verdict = "cannot tell"
    if site:
        speaking_for = (Note(text=rule.site.text, evidence=rule.site.evidence), *speaking_for)
    return Pattern.model_validate(
        {
            "code": rule.code,
            "name": rule.name,
            "verdict": verdict,
            "for": speaking_for,
            "against": against,
            "to_tell": rule.to_tell,
            "evidence": rule.evidence,
        }
    )


def _true(arguments: Sequence[Argument], values: Values) -> tuple[Note, ...]:
    return tuple(Note(text=item.text, evidence=item.evidence) for item in arguments if holds(item.when, values))
