"""Put everything into Observations, so that findings, reports and exports see the same records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from medius.record import Observation, Side
from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values
from medius.screen._result import OpenFlag, Pattern, RedFlag, Risk, Score, Strength

__all__ = ["METHOD", "observe"]

METHOD = "screen/1"

_NUMBERS = (
    "age",
    "height",
    "mass",
    "weeks",
    "weekly_distance",
    "longest_run_30_days",
    "longest_recent_run",
    "sitting_hours",
    "strength_work",
    "knee_flexion_range",
)
_CODED = (
    "sex",
    "onset",
    "character",
    "when_running",
    "hills",
    "earlier_injury",
    "noble",
    "joint_line",
    "single_leg_squat",
    "step_down",
    "mcmurray_lateral",
    "goal",
    "race_date",
)
_SORE_SIDE_ONLY = ("noble", "joint_line", "single_leg_squat", "step_down", "mcmurray_lateral", "knee_flexion_range")


def observe(
    values: Values,
    red_flags: Sequence[RedFlag],
    open_flags: Sequence[OpenFlag],
    patterns: Sequence[Pattern],
    risk: Sequence[Risk],
    strength: Strength,
    scores: Sequence[Score],
    *,
    person: str | None = None,
    time: str | None = None,
) -> tuple[Observation, ...]:
    """Return one Observation for every answer, verdict, strength and score; a sided one for each sore side."""
    records = [
        *_answers(values),
        *_red_flags(red_flags, open_flags),
        *_patterns(values, patterns),
        *({"code": f"risk_{r.code}", "text": r.status, "evidence": r.evidence} for r in risk),
        *_strength(values, strength),
        *_scores(scores),
    ]
    common = {"source": "answers", "method": METHOD, "person": person, "time": time}
    return tuple(Observation.model_validate({**common, **record}) for record in records)


def _sore_sides(values: Values) -> tuple[Side | None, ...]:
    side = values.get("side")
    if side == "both":
        return ("left", "right")
    return (side,) if side in ("left", "right") else (None,)


def _answers(values: Values) -> Iterator[dict[str, Any]]:
    questions = catalogue().questions
    for name in (*_NUMBERS, *_CODED):
        answer = values.get(name)
        if answer is None:
            continue
        content = {"value": answer} if isinstance(answer, float) else {"text": answer}
        record = {"code": name, "unit": questions[name].unit, "evidence": questions[name].evidence, **content}
        for side in _sore_sides(values) if name in _SORE_SIDE_ONLY else (None,):
            yield {**record, "side": side}
    for name in ("regions", "provoked_by", "recent_changes", "surface"):
        for item in values.get(name) or ():
            if item not in ("none", "cannot tell") and isinstance(values[name], list):
                record = {"code": f"{name}_{item}", "text": "present", "evidence": questions[name].evidence}
                for side in _sore_sides(values) if name == "regions" else (None,):
                    yield {**record, "side": side}
    for side in ("left", "right"):
        for name in (f"modified_ober_{side}", f"single_leg_stance_{side}"):
            answer = values.get(name)
            if answer is not None:
                content = {"value": answer} if isinstance(answer, float) else {"text": answer}
                code = name.removesuffix(f"_{side}")
                code = "modified_ober_angle" if code == "modified_ober" else code
                question = questions[name]
                yield {"code": code, "side": side, "unit": question.unit, "evidence": question.evidence, **content}


def _red_flags(red_flags: Sequence[RedFlag], open_flags: Sequence[OpenFlag]) -> Iterator[dict[str, Any]]:
    shown = {flag.id: flag for flag in red_flags}
    unknown = {flag.id for flag in open_flags}
    for rule in catalogue().red_flags:
        flag = shown.get(rule.id)
        text = "present" if flag else "unknown" if rule.id in unknown else "absent"
        detail: dict[str, Any] = {"urgency": rule.urgency}
        if flag:
            detail["because"] = list(flag.because)
            if flag.cleared_by:
                detail |= {"cleared_by": flag.cleared_by, "cleared_on": flag.cleared_on}
        code = f"red_flag_{rule.id.replace('-', '_')}"
        yield {"code": code, "text": text, "detail": detail, "evidence": rule.evidence}


def _patterns(values: Values, patterns: Sequence[Pattern]) -> Iterator[dict[str, Any]]:
    for pattern in patterns:
        detail = {"for": [note.text for note in pattern.for_], "against": [note.text for note in pattern.against]}
        for side in _sore_sides(values):
            yield {
                "code": f"pattern_{pattern.code}",
                "side": side,
                "text": pattern.verdict,
                "detail": detail,
                "evidence": pattern.evidence,
            }


def _strength(values: Values, strength: Strength) -> Iterator[dict[str, Any]]:
    test = {"position": strength.position, "contraction": strength.contraction}
    for reading in strength.hip_abduction:
        share = reading.detectable_change_percent
        yield {
            "code": "hip_abduction_strength",
            "side": reading.side,
            "value": reading.value,
            "unit": "Nm/kg",
            "smallest_detectable_change": None if share is None else share / 100.0 * reading.value,
            "detail": test,
            "evidence": ("S13", "S17", "X09"),
        }
        if reading.z is not None:
            detail = {**test, "expected_nm_per_kg": reading.expected}
            record = {"code": "hip_abduction_strength_z", "side": reading.side, "value": reading.z, "unit": "1"}
            yield {**record, "detail": detail, "evidence": ("S13", "X07")}
    if strength.side_difference is not None:
        difference = strength.side_difference
        detail = {**test, "weaker": difference.weaker, "repeat": difference.repeat}
        record = {"code": "hip_abduction_side_difference", "value": difference.percent, "unit": "%"}
        yield {**record, "detail": detail, "evidence": difference.evidence}


def _scores(scores: Sequence[Score]) -> Iterator[dict[str, Any]]:
    for score in scores:
        record: dict[str, Any] = {"code": f"score_{score.code}", "unit": "points", "evidence": score.evidence}
        if score.value is None:
            low, high = score.possible or (score.lowest, score.highest)
            reason = f"{score.missing_items} items are missing; the total lies between {low:g} and {high:g}."
            yield {**record, "status": "not-measurable", "reason": reason}
        else:
            detail = {} if score.change is None else {"before": score.change.before, "change": score.change.meaning}
            record |= {"smallest_detectable_change": score.detectable_change, "detail": detail}
            yield {**record, "value": score.value}
