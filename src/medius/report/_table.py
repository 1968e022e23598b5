"""The table of measures as text: one row a measure, its sides beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medius.record import Observation, Side
from medius.report._format import code_name, format_interval, format_value, side_name
from medius.report.charts import range_strip_svg
from medius.report.model import Measure, Reference, ReportData, SideDifference

__all__ = ["SIDES", "lay_out_table", "reference_words"]

SIDES: tuple[Side | None, ...] = ("left", "right", None)


def reference_words(reference: Reference, unit: str, code: str) -> str:
    words = f"{format_value(reference.mean, unit, code)} ± {format_value(reference.sd, unit, code)}"
    return f"{words}, {reference.population}" if reference.population else words


def lay_out_table(data: ReportData, measures: dict[str, Measure], pictures: dict[str, bytes]) -> list[dict[str, Any]]:
    """Return one row a measure, in the order of the observations; pictures of ranges are added to ``pictures``.

    What is not measurable has no number anywhere in its row.
    """
    differences = {difference.code: difference for difference in data.side_differences}
    rows = []
    for code in dict.fromkeys(observation.code for observation in data.observations):
        chosen = sorted((o for o in data.observations if o.code == code), key=lambda o: SIDES.index(o.side))
        measure = measures.get(code)
        complete = all(o.value is not None for o in chosen)
        row = {
            "code": code,
            "name": measure.name if measure else code_name(code),
            "definition": measure.definition if measure else "",
            "sided": any(o.side for o in chosen),
            "cells": [_cell(o) for o in chosen],
            "difference": _difference(differences[code]) if complete and code in differences else None,
            "change": _change_words(chosen),
            "evidence": sorted({fact for o in chosen for fact in o.evidence}),
        }
        rows.append(row | _comparison(chosen, measure.reference if measure else None, pictures))
    return rows


def _difference(difference: SideDifference) -> dict[str, str]:
    d = difference
    verdicts = {True: "more than measurement error", False: "within measurement error", None: ""}
    return {
        "value": format_value(d.value, d.unit, d.code, signed=True),
        "interval": format_interval(d.interval_95, d.unit, d.code, signed=True) if d.interval_95 else "",
        "verdict": verdicts[d.beyond_error],
    }


def _comparison(
    chosen: Sequence[Observation], reference: Reference | None, pictures: dict[str, bytes]
) -> dict[str, Any]:
    """Distances from the comparison group's mean in its standard deviations, in words and as a picture."""
    if reference is None or reference.sd <= 0:
        scores = []
    else:
        scores = [(o.side, (o.value - reference.mean) / reference.sd) for o in chosen if o.value is not None]
    if reference is None or not scores:
        return {"reference": "", "reference_evidence": [], "strip": "", "strip_alt": "", "scores": []}
    code, unit = chosen[0].code, chosen[0].unit
    strip = f"strip-{code}.svg"
    pictures[strip] = range_strip_svg(scores)
    words = [_score_words(side, score) for side, score in scores]
    return {
        "reference": reference_words(reference, unit, code),
        "reference_evidence": [reference.evidence],
        "strip": strip,
        "strip_alt": f"Distance from the comparison group's mean: {', '.join(words)}.",
        "scores": words,
    }


def _cell(observation: Observation) -> dict[str, Any]:
    o = observation
    measured = o.status != "not-measurable"
    value = (o.text or "") if o.value is None else format_value(o.value, o.unit, o.code)
    return {
        "side": o.side or "",
        "measured": measured,
        "value": value if measured else "not measurable",
        "interval": format_interval(o.interval_95, o.unit, o.code) if o.interval_95 else "",
        "strides": f"{o.n_strides} strides" if measured and o.n_strides is not None else "",
        "provisional": o.status == "provisional",
        "reason": o.reason or "",
    }


def _score_words(side: Side | None, score: float) -> str:
    number = f"{score:+.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{side_name(side)} {number} SD".strip()


def _change_words(observations: Sequence[Observation]) -> str:
    changes = [
        o.smallest_detectable_change
        for o in observations
        if o.smallest_detectable_change is not None and o.value is not None
    ]
    return format_value(max(changes), observations[0].unit, observations[0].code) if changes else ""
