"""What a screening says. Every model has a JSON form; their fields are the contract of ``medius screen --json``."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from medius.evidence import Certainty
from medius.record import Observation, Side
from medius.screen._models import Presence, Urgency, Verdict

__all__ = [
    "SCHEMA",
    "Change",
    "Clearance",
    "Note",
    "OpenFlag",
    "Pattern",
    "Problem",
    "RedFlag",
    "Risk",
    "Score",
    "Screening",
    "SideDifference",
    "Strength",
    "StrengthReading",
]

SCHEMA = "medius.screening/1"
"""Name and version of the JSON form of a screening."""

_FROZEN = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Problem(BaseModel):
    """Something wrong with an answer: the question, and a sentence that says what to do."""

    model_config = _FROZEN

    question: str | None = None
    message: str


class Note(BaseModel):
    """A sentence for the person with the facts it rests on."""

    model_config = _FROZEN

    text: str
    evidence: tuple[str, ...]
    code: str | None = None


class Clearance(BaseModel):
    """A clinician's word that red flags were looked at: who, when, and which (none named: all that the answers show)."""

    model_config = _FROZEN

    by: str = Field(min_length=2, max_length=200)
    on: str
    role: str = ""
    flags: tuple[str, ...] = ()
    note: str = ""


class RedFlag(BaseModel):
    """A reason to stop and be seen, how fast, which answers led to it, and who cleared it."""

    model_config = _FROZEN

    id: str
    title: str
    message: str
    urgency: Urgency
    because: tuple[str, ...]
    evidence: tuple[str, ...]
    cleared_by: str | None = None
    cleared_on: str | None = None


class OpenFlag(BaseModel):
    """A red flag that these answers neither show nor rule out, and the questions that would."""

    model_config = _FROZEN

    id: str
    title: str
    urgency: Urgency
    questions: tuple[str, ...]
    evidence: tuple[str, ...]


class Pattern(BaseModel):
    """How a pattern of complaints fits the answers."""

    model_config = _FROZEN

    code: str
    name: str
    verdict: Verdict
    for_: tuple[Note, ...] = Field(alias="for")
    against: tuple[Note, ...]
    to_tell: str
    evidence: tuple[str, ...]


class Risk(BaseModel):
    """One part of the risk picture."""

    model_config = _FROZEN

    code: str
    name: str
    status: Presence
    certainty: Certainty
    meaning: str
    how_to_know: str
    evidence: tuple[str, ...]


class StrengthReading(BaseModel):
    """Hip abduction of one side.

    ``value`` in Nm/kg; ``expected`` and ``z`` only where the norm's own test position was used, else ``why_no_norm`` says
    why; ``change_percent`` against the last test and whether it is more than measurement error.
    """

    model_config = _FROZEN

    side: Side
    value: float
    expected: float | None = None
    z: float | None = None
    why_no_norm: str | None = None
    change_percent: float | None = None
    change: str | None = None
    detectable_change_percent: float | None = None


class SideDifference(BaseModel):
    """(stronger - weaker) / stronger, in percent, and whether it is large enough to measure again."""

    model_config = _FROZEN

    percent: float
    weaker: Side | None
    repeat: bool
    evidence: tuple[str, ...]


class Strength(BaseModel):
    """What the strength tests say."""

    model_config = _FROZEN

    position: str | None = None
    contraction: str | None = None
    hip_abduction: tuple[StrengthReading, ...] = ()
    side_difference: SideDifference | None = None
    notes: tuple[Note, ...] = ()
    evidence: tuple[str, ...] = ()


class Change(BaseModel):
    """A change in a score, in words: within measurement error, real, or important."""

    model_config = _FROZEN

    before: float
    now: float
    difference: float
    meaning: str


class Score(BaseModel):
    """An outcome score. ``value`` is None where items are missing; ``possible`` then holds the range still possible."""

    model_config = _FROZEN

    code: str
    name: str
    value: float | None
    lowest: float
    highest: float
    better: str
    possible: tuple[float, float] | None = None
    missing_items: int = 0
    detectable_change: float | None = None
    important_change: float | None = None
    change: Change | None = None
    note: str = ""
    evidence: tuple[str, ...]


class Screening(BaseModel):
    """The outcome of a screening, in the order in which a person should read it."""

    model_config = _FROZEN

    schema_: str = Field(default=SCHEMA, alias="schema")
    red_flags: tuple[RedFlag, ...]
    open_red_flags: tuple[OpenFlag, ...]
    blocked: bool
    blocked_because: tuple[str, ...]
    clearances: tuple[Clearance, ...] = ()
    patterns: tuple[Pattern, ...]
    risk: tuple[Risk, ...]
    strength: Strength
    scores: tuple[Score, ...]
    observations: tuple[Observation, ...]
    next_steps: tuple[Note, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form, with keys in the order of the class."""
        return self.model_dump(mode="json", by_alias=True)
