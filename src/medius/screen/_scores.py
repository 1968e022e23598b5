"""Outcome scores: totals, missing items, and what a change means. The instruments are in ``data/scores.toml``."""

from __future__ import annotations

from typing import Any

from medius.errors import InvalidValueError
from medius.evidence import fact
from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values, threshold
from medius.screen._models import CANNOT_TELL, Instrument
from medius.screen._result import Change, Score

__all__ = ["important_pain_change", "interpret_change", "judge_scores"]


def important_pain_change(at_start: float) -> float:
    """Return the important change on the 0-10 pain scale for the pain at the start (O03): it grows with it.

    1 point from 1 to 4, 2 from 5 to 7, 3 (the lower of 3 to 4) from 8 to 10.
    """
    ledger = fact("O03")
    if at_start < 5:
        return ledger.number("important_change_from_1_to_4")
    if at_start < 8:
        return ledger.number("important_change_from_5_to_7")
    return ledger.quantity("important_change_from_8_to_10").low or 0.0


def interpret_change(code: str, before: float, now: float) -> Change:
    """Say what a change in the score called `code` means.

    A change smaller than the smallest detectable change is "within measurement error".

    Raises
    ------
    InvalidValueError
        If there is no such score or a value lies outside it.
    """
    for instrument in catalogue().instruments:
        if instrument.code == code:
            for value in (before, now):
                if not instrument.lowest <= value <= instrument.highest:
                    limits = f"{instrument.lowest:g} to {instrument.highest:g}"
                    raise InvalidValueError(f"{code}: {value:g} is outside the score, which runs from {limits}.")
            return _interpret(instrument, before, now)
    known = ", ".join(instrument.code for instrument in catalogue().instruments)
    raise InvalidValueError(f"There is no score {code!r}. Known are: {known}.")


def judge_scores(values: Values) -> tuple[Score, ...]:
    """Return the scores that were answered, wholly or in part."""
    scores = (_score(instrument, values) for instrument in catalogue().instruments)
    return tuple(score for score in scores if score is not None)


def _score(instrument: Instrument, values: Values) -> Score | None:
    answer = values.get(instrument.answer)
    if answer is None or answer == CANNOT_TELL:
        return None
    value, possible, missing = _total(instrument, answer)
    before = values.get(instrument.previous) if instrument.previous else None
    scale = _rating_scale(instrument, values)
    return Score(
        code=instrument.code,
        name=instrument.name,
        value=value,
        lowest=-scale if scale else instrument.lowest,
        highest=scale or instrument.highest,
        better=instrument.better,
        possible=possible,
        missing_items=missing,
        detectable_change=threshold(instrument.detectable) if instrument.detectable else None,
        important_change=_important(instrument, before),
        change=_interpret(instrument, before, value) if isinstance(before, float) and value is not None else None,
        note=instrument.note,
        evidence=instrument.evidence,
    )


def _rating_scale(instrument: Instrument, values: Values) -> float | None:
    return 5.0 if instrument.code == "groc" and values.get("groc_scale") == "five" else None


def _total(instrument: Instrument, answer: Any) -> tuple[float | None, tuple[float, float] | None, int]:
    """Return the total, the totals still possible where items are missing, and how many are missing (X21)."""
    if instrument.form == "single":
        return float(answer), None, 0
    items = [item["score"] if isinstance(item, dict) else item for item in answer]
    given = [item for item in items if item is not None]
    missing = len(items) - len(given)
    if instrument.form == "mean":
        low, high = instrument.lowest, instrument.highest
        divisor = float(len(items))
    else:
        low, high = instrument.lowest, instrument.highest / (instrument.items or len(items))
        divisor = 1.0
    if missing:
        return None, ((sum(given) + missing * low) / divisor, (sum(given) + missing * high) / divisor), missing
    return sum(given) / divisor, None, 0


def _important(instrument: Instrument, before: Any) -> float | None:
    """Return the important change, which for pain depends on the pain at the start."""
    if instrument.code == "nrs_worst" and isinstance(before, int | float):
        return important_pain_change(before)
    return threshold(instrument.important) if instrument.important else None


def _interpret(instrument: Instrument, before: float, now: float) -> Change:
    gain = (now - before) if instrument.better == "higher" else (before - now)
    detectable = threshold(instrument.detectable) if instrument.detectable else None
    important = _important(instrument, before)
    if gain == 0:
        meaning = "no change"
    elif detectable is None:
        meaning = "how large a change must be to be real was not read in a source"
    elif abs(gain) < detectable:
        meaning = "within measurement error"
    else:
        direction = "better" if gain > 0 else "worse"
        meaning = f"{direction}, more than measurement error"
        if important is not None and abs(gain) >= important:
            meaning += ", and enough to matter"
    return Change(before=before, now=now, difference=now - before, meaning=meaning)
