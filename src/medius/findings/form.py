"""What the measures of running form say, from rules in ``form.toml`` and numbers in the evidence ledger."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from medius.evidence import fact
from medius.findings.sides import SideDifference, side_difference
from medius.record import Observation, Side

__all__ = [
    "Advice",
    "Finding",
    "Reference",
    "caveats",
    "findings_from_form",
    "next_steps",
    "reference_for",
    "side_differences",
]

Severity = Literal["stands-out", "as-expected", "cannot-tell"]
_UNITS = {"deg": "°", "m": " cm", "s": " ms", "steps/min": " steps/min", "1": "", "%": " %"}
_FACTOR = {"m": 100.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Reference:
    """A comparison group's values of one measure.

    Attributes
    ----------
    mean, sd
        In the measure's unit.
    fact_id
        Where in the ledger they stand.
    population
        Who they were.
    """

    mean: float
    sd: float
    fact_id: str
    population: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the measures say.

    Attributes
    ----------
    code
        Code of the measure it rests on.
    side
        The person's side, or None.
    severity
        Whether it stands out, is as expected, or cannot be told.
    title, text
        In plain words; never a diagnosis.
    certainty
        How sure the link to the knee is: ``high``, ``moderate``, ``low`` or ``very low``.
    evidence
        Ids of facts.
    z
        Standard deviations from the comparison group's mean, where there is one.
    short
        One plain sentence for a summary; empty where nothing stands out.
    """

    code: str
    side: Side | None
    severity: Severity
    title: str
    text: str
    certainty: str
    evidence: tuple[str, ...]
    z: float | None = None
    short: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence of advice or caution, with its facts."""

    text: str
    evidence: tuple[str, ...]


def findings_from_form(observations: Sequence[Observation]) -> list[Finding]:
    """Weigh the observations of running form against the evidence.

    Parameters
    ----------
    observations
        As `medius.analyse` gives them; others are passed over.

    Returns
    -------
    list of Finding
        What stands out first, then what cannot be told, then what is as expected.
    """
    found: list[Finding] = []
    for rule in _data()["rule"]:
        mine = [o for o in observations if o.code == rule["code"] and o.value is not None]
        if rule["kind"] == "sides":
            found += _sides(rule, mine)
        else:
            found += [_against(rule, observation) for observation in mine]
    order = {"stands-out": 0, "cannot-tell": 1, "as-expected": 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def reference_for(code: str) -> Reference | None:
    """Return the comparison group of a measure, or None where there is none that may be used."""
    for rule in _data()["rule"]:
        if rule["code"] == code and rule["kind"] == "reference":
            wanted = rule["reference"]
            source = fact(wanted["fact"])
            quantity = source.quantity(f"{wanted['group']}_{wanted['quantity']}")
            if quantity.value is None or quantity.sd is None:
                raise ValueError(f"{source.id} gives no mean and standard deviation of {wanted['quantity']}")
            return Reference(quantity.value, quantity.sd, source.id, f"{wanted['group']} runners, {source.citation}")
    return None


def side_differences(observations: Sequence[Observation]) -> list[SideDifference]:
    """Compare left and right of every measure that has both."""
    by_key = {(o.code, o.side): o for o in observations}
    differences = []
    for code in dict.fromkeys(o.code for o in observations if o.side is not None):
        left, right = by_key.get((code, "left")), by_key.get((code, "right"))
        if left is not None and right is not None:
            difference = side_difference(left, right)
            if difference is not None:
                differences.append(difference)
    return differences


def next_steps(observations: Sequence[Observation], findings: Sequence[Finding]) -> list[Advice]:
    """Return what to do next, in order."""
    holds = _conditions(observations, findings)
    cadence = next((o.value for o in observations if o.code == "cadence" and o.value is not None), None)
    values = {"cadence": f"{cadence:.0f}", "cadence_5": f"{1.05 * cadence:.0f}"} if cadence else {}
    return [
        Advice(step["text"].format(**values), tuple(step["evidence"]))
        for step in _data()["next-step"]
        if all(holds.get(condition, False) for condition in step["when"])
        and ("{cadence}" not in step["text"] or values)
    ]


def caveats(observations: Sequence[Observation]) -> list[Advice]:
    """Return what the measurement is not and cannot know."""
    holds = _conditions(observations, ())
    return [
        Advice(entry["text"], tuple(entry["evidence"]))
        for entry in _data()["caveat"]
        if all(holds.get(condition, False) for condition in entry.get("when", []))
    ]


def _conditions(observations: Sequence[Observation], findings: Sequence[Finding]) -> dict[str, bool]:
    drops = [o for o in observations if o.code == "contralateral_pelvic_drop"]
    codes = {o.code for o in observations}
    stands = {finding.code for finding in findings if finding.severity == "stands-out" and finding.z is not None}
    crossing = any(f.code == "step_width" and f.severity == "stands-out" for f in findings)
    return {
        "no-stickers": bool(drops) and all(o.value is None for o in drops),
        "drop-measured": any(o.value is not None and _is_filmed(o) for o in drops),
        "strain-measured": any(o.code.startswith("itb_strain") and o.value is not None for o in observations),
        "measured-in-the-laboratory": any(o.value is not None and not _is_filmed(o) for o in observations),
        "no-rear-view": "thigh_frontal_angle" not in codes,
        "no-side-view": "overstride" not in codes,
        "large-drop": "contralateral_pelvic_drop" in stands,
        "crossing": crossing,
    }


def _is_filmed(observation: Observation) -> bool:
    """Say whether an observation comes from a film, not from a laboratory."""
    return observation.detail.get("view") in ("rear", "front", "side-left", "side-right")


def _against(rule: dict[str, Any], observation: Observation) -> Finding:
    assert observation.value is not None  # noqa: S101  # the caller has chosen those with a value
    if rule["kind"] == "reference":
        reference = reference_for(rule["code"])
        assert reference is not None  # noqa: S101
        # One standard deviation beyond the mean is what trials call aberrant (K17).
        limit = reference.mean + (reference.sd if rule["direction"] == "high" else -reference.sd)
        z = (observation.value - reference.mean) / reference.sd
        shown = f"{_number(reference.mean, observation.unit)} ± {_number(reference.sd, observation.unit)}"
    else:
        limit, z, shown = 0.0, None, ""
    severity = _severity(observation, limit, rule["direction"])
    words = {
        "what": "the line through the stickers" if _is_filmed(observation) else "the pelvis",
        "side": observation.side or "",
        "value": _number(observation.value, observation.unit),
        "z": "" if z is None else f"{abs(z):.1f}",
        "reference": shown,
    }
    return _finding(rule, observation.side, severity, words, z)


def _severity(observation: Observation, limit: float, direction: str) -> Severity:
    assert observation.value is not None  # noqa: S101
    low, high = observation.interval_95 or (observation.value, observation.value)
    beyond = low > limit if direction == "high" else high < limit
    within = high <= limit if direction == "high" else low >= limit
    if beyond and observation.status == "final":
        return "stands-out"
    return "as-expected" if within else "cannot-tell"


def _sides(rule: dict[str, Any], observations: Sequence[Observation]) -> list[Finding]:
    differences = side_differences(observations)
    if not differences:
        return []
    difference = differences[0]
    larger: Side = "left" if difference.value > 0 else "right"
    severity: Severity = "stands-out" if difference.beyond_error else "as-expected"
    words = {"side": larger, "value": _number(abs(difference.value), difference.unit)}
    return [_finding(rule, larger if difference.beyond_error else None, severity, words, None)]


def _finding(
    rule: dict[str, Any], side: Side | None, severity: Severity, words: dict[str, str], z: float | None
) -> Finding:
    return Finding(
        code=rule["code"],
        side=side,
        severity=severity,
        title=rule["title"],
        text=rule[severity].format(**words),
        certainty=rule["certainty"],
        evidence=tuple(rule["evidence"]),
        z=z,
        short=rule["short"].format(**words) if severity == "stands-out" else "",
    )


def _number(value: float, unit: str) -> str:
    decimals = 0 if unit in ("s", "steps/min") else 1
    return f"{value * _FACTOR.get(unit, 1.0):.{decimals}f}{_UNITS.get(unit, ' ' + unit)}"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("medius.findings").joinpath("form.toml").read_text("utf-8"))
