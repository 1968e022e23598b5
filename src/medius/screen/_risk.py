"""The risk picture: present, absent or unknown, how certain its role is, and what would make it known."""

from __future__ import annotations

from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values, holds
from medius.screen._models import Presence, RiskRule
from medius.screen._result import Risk, Strength

__all__ = ["judge_risk"]


def judge_risk(values: Values, strength: Strength) -> tuple[Risk, ...]:
    """Return every part of the risk picture."""
    return tuple(
        Risk(
            code=rule.code,
            name=rule.name,
            status=_hip_strength(values, strength) if rule.code == "hip_strength" else _status(rule, values),
            certainty=rule.certainty,
            meaning=rule.meaning,
            how_to_know=rule.how_to_know,
            evidence=rule.evidence,
        )
        for rule in catalogue().risks
    )


def _status(rule: RiskRule, values: Values) -> Presence:
    if rule.present is not None and holds(rule.present, values):
        return "present"
    if rule.absent is not None and holds(rule.absent, values):
        return "absent"
    return "unknown"


def _hip_strength(values: Values, strength: Strength) -> Presence:
    """Present where the sore side is weaker by the amount that is worth a second look (X08)."""
    difference = strength.side_difference
    if difference is None:
        return "unknown"
    if not difference.repeat:
        return "absent"
    sore = values.get("side")
    if sore not in ("left", "right", "both"):
        return "unknown"
    return "present" if sore in ("both", difference.weaker) else "absent"
