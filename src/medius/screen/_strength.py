"""Hip strength and the clinician's angles.

The norm (S13, X07) holds only for the position and contraction it was made in, an eccentric break test lying on the
side; other positions read differently (S16), so no z-score is given for them.
"""

from __future__ import annotations

from typing import Any

from medius.evidence import fact
from medius.record import Side
from medius.screen._conditions import Values
from medius.screen._models import CANNOT_TELL
from medius.screen._result import Note, SideDifference, Strength, StrengthReading

__all__ = ["detectable_change_percent", "expected_hip_abduction", "judge_strength", "side_difference"]

SIDES: tuple[Side, Side] = ("left", "right")


def expected_hip_abduction(age: float, sex: str) -> float:
    """Return the expected eccentric side-lying hip abduction in Nm/kg for an age in years and a sex (S13)."""
    norm = fact("S13")
    return norm.number("intercept") + norm.number("per_year_of_age") * age + norm.number("male") * (sex == "male")


def side_difference(left: float, right: float) -> float:
    """Return (stronger - weaker) / stronger in percent, the one formula used everywhere (X08)."""
    return 100.0 * abs(left - right) / max(left, right)


def detectable_change_percent(position: str | None, protocol: str | None) -> float | None:
    """Return the smallest real change of one person in percent (S17, X09), or None where no number was found."""
    if protocol == "standardised-best-of-four":
        return fact("X09").number("good_protocol")
    if position == "supine":
        return fact("S17").number("mdc95_supine")
    if position == "side-lying":
        return fact("X09").number("side_lying")
    return None


def judge_strength(values: Values) -> Strength:
    """Return what the strength and range tests say."""
    position, contraction = _word(values, "hip_abduction_position"), _word(values, "hip_abduction_contraction")
    moments: dict[Side, float] = {}
    notes: list[Note] = []
    for side in SIDES:
        moment, complaint = _moment(values, side)
        if moment is not None:
            moments[side] = moment
        elif complaint:
            notes.append(Note(text=complaint, evidence=("S13",)))
    readings = tuple(_reading(side, moment, values) for side, moment in moments.items())
    difference = _difference(moments)
    return Strength(
        position=position,
        contraction=contraction,
        hip_abduction=readings,
        side_difference=difference,
        notes=(*notes, *_range_notes(values)),
        evidence=("S13", "S16", "S17", "X07", "X08", "X09") if readings else (),
    )


def _word(values: Values, name: str) -> str | None:
    answer = values.get(name)
    return answer if isinstance(answer, str) and answer != CANNOT_TELL else None


def _number(values: Values, name: str) -> float | None:
    answer = values.get(name)
    return float(answer) if isinstance(answer, int | float) else None


def _moment(values: Values, side: Side) -> tuple[float | None, str | None]:
    """Return the hip abduction moment in Nm/kg: as given, or best reading times lever arm over body mass."""
    given = _number(values, f"hip_abduction_{side}")
    readings: Any = values.get(f"hip_abduction_{side}_newton")
    best = max((r for r in readings if r is not None), default=None) if isinstance(readings, list) else None
    if given is not None or best is None:
        return given, None
    lever, mass = _number(values, "lever_arm"), _number(values, "mass")
    if lever is None or mass is None:
        missing = " and ".join(n for n, v in (("lever_arm", lever), ("mass", mass)) if v is None)
        return None, f"The {side} hip was measured in newtons; without {missing} no moment can be worked out."
    return best * lever / mass, None


def _reading(side: Side, moment: float, values: Values) -> StrengthReading:
    age, sex = _number(values, "age"), _word(values, "sex")
    position, contraction = _word(values, "hip_abduction_position"), _word(values, "hip_abduction_contraction")
    expected = z = why = None
    if position != "side-lying" or contraction != "eccentric":
        why = (
            "The norm was made lying on the side with a break test. "
            f"This was {position or 'an unknown position'}, {contraction or 'an unknown contraction'}: it is not compared."
        )
    elif age is None or sex is None:
        why = "The norm needs age and sex."
    else:
        expected = expected_hip_abduction(age, sex)
        z = (moment - expected) / fact("X07").number("sd")
    before = _number(values, f"hip_abduction_{side}_before")
    detectable = detectable_change_percent(position, _word(values, "hip_abduction_protocol"))
    change = None if before is None else 100.0 * (moment - before) / before
    return StrengthReading(
        side=side,
        value=moment,
        expected=expected,
        z=z,
        why_no_norm=why,
        change_percent=change,
        change=None if change is None else _change_in_words(change, detectable),
        detectable_change_percent=detectable,
    )


def _change_in_words(change: float, detectable: float | None) -> str:
    if detectable is None:
        return "how large a change must be to be real is not known for this position"
    if abs(change) < detectable:
        return "within measurement error"
    return "stronger, more than measurement error" if change > 0 else "weaker, more than measurement error"


def _difference(moments: dict[Side, float]) -> SideDifference | None:
    if len(moments) < len(SIDES):
        return None
    left, right = moments["left"], moments["right"]
    percent = side_difference(left, right)
    weaker: Side | None = None if left == right else ("left" if left < right else "right")
    return SideDifference(
        percent=percent,
        weaker=weaker,
        repeat=percent >= fact("X08").number("flag_from"),
        evidence=("X08", "S17", "S18"),
    )


def _range_notes(values: Values) -> list[Note]:
    notes = []
    for side in SIDES:
        angle = _number(values, f"modified_ober_{side}")
        if angle is not None:
            ober = fact("D19").quantity("mean")
            cut = fact("D20").number("cut")
            z = (angle - (ober.value or 0.0)) / (ober.sd or 1.0)
            word = "less" if angle > cut else "not less"
            notes.append(
                Note(
                    text=(
                        f"Modified Ober, {side}: {angle:g} degrees, {z:+.1f} standard deviations from the mean of 600 legs; "
                        f"{word} adduction than the proposed cut of {cut:g}. It limits the hip more than the band, and in "
                        "men sore and healthy legs differ by about a degree: nothing follows from it alone."
                    ),
                    evidence=("D19", "D20", "D22", "D23", "D24", "C12"),
                )
            )
    for side in SIDES:
        seen = _word(values, f"single_leg_stance_{side}")
        if seen in ("sinks", "leans"):
            what = "the pelvis sinks" if seen == "sinks" else "the trunk leans over"
            notes.append(
                Note(
                    text=f"Standing on the {side} leg, {what}. Seen by eye this hardly goes with hip strength.",
                    evidence=("S19", "S20", "C02"),
                )
            )
    return notes
