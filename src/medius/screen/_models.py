"""What the data files of the screening may say. All text that a person sees lives in those files."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from medius.evidence import Certainty, FactIds

_STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Cited = Annotated[FactIds, Field(min_length=1)]
Threshold = float | str
"""A number, or the place of one in the ledger: ``D38.age_from``."""

Kind = Literal["choice", "choices", "number", "numbers", "date", "text", "activities"]
Verdict = Literal["consistent with", "not consistent with", "cannot tell"]
Presence = Literal["present", "absent", "unknown"]
Urgency = Literal["now", "today", "within days", "this week"]

CANNOT_TELL = "cannot tell"
"""The answer that is always allowed."""


class Condition(BaseModel):
    """A condition on the answers: true, false, or not known from the answers given.

    Exactly one of the forms is used: a test of one answer (``answer`` with ``is``, ``at_least`` ...), ``all``, ``any``,
    ``negate``, or ``score`` (a sum of points compared with ``at_least``). ``if_unknown`` replaces "not known".
    """

    model_config = _STRICT

    answer: Code | None = None
    is_: tuple[str, ...] = Field(default=(), alias="is")
    at_least: Threshold | None = None
    at_most: Threshold | None = None
    more_than: Threshold | None = None
    less_than: Threshold | None = None
    more_than_answer: Code | None = None
    times_more_than_answer: Code | None = None
    all_: tuple[Condition, ...] = Field(default=(), alias="all")
    any_: tuple[Condition, ...] = Field(default=(), alias="any")
    negate: Condition | None = None
    score: tuple[Points, ...] = ()
    if_unknown: bool | None = None

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        forms = [self.answer is not None, bool(self.all_), bool(self.any_), self.negate is not None, bool(self.score)]
        if sum(forms) != 1:
            raise ValueError("a condition has exactly one of: answer, all, any, negate, score")
        return self


class Points(BaseModel):
    """Points that count when an answer holds an item; an unknown item counts for nothing unless it would add."""

    model_config = _STRICT

    answer: Code
    is_: str = Field(alias="is")
    points: Threshold
    if_unknown: bool | None = None


class Choice(BaseModel):
    """One answer that can be picked: its code, the words shown, and for a checklist whether it excludes the others."""

    model_config = _STRICT

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    text: str
    alone: bool = False


class Question(BaseModel):
    """One question.

    Attributes
    ----------
    id, text, help
        Name in an answers file, the words shown, and a longer explanation.
    kind
        ``choice`` one of `choices`; ``choices`` any of them; ``number`` with `unit` and limits; ``numbers`` a list of
        item scores or readings; ``date``; ``text``; ``activities`` a list of activities with a score each.
    unit, units, minimum, maximum
        Unit of a number, other units with their factor to it, and what is possible for a person.
    count, count_at_most
        How many numbers or activities there are.
    when
        The question is asked only if this holds.
    asked_of
        ``person`` or ``clinician``.
    picture
        Name of a picture in ``pictures/``.
    accuracy, evidence
        For a test: what is known about its accuracy, with the facts.
    """

    model_config = _STRICT

    id: Code
    text: str
    help: str = ""
    kind: Kind
    choices: tuple[Choice, ...] = ()
    choices_from: Literal["regions"] | None = None
    unit: str = "1"
    units: dict[str, float] = Field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    count: int | None = None
    count_at_most: int | None = None
    whole: bool = False
    when: Condition | None = None
    asked_of: Literal["person", "clinician"] = "person"
    picture: str | None = None
    accuracy: str = ""
    evidence: FactIds = ()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind in ("choice", "choices") and not (self.choices or self.choices_from):
            raise ValueError(f"question {self.id} has no choices")
        if self.kind in ("number", "numbers", "activities") and (self.minimum is None or self.maximum is None):
            raise ValueError(f"question {self.id} has no limits")
        if self.accuracy and not self.evidence:
            raise ValueError(f"question {self.id} speaks of accuracy without a fact")
        return self


class Section(BaseModel):
    """A part of the questionnaire with its heading and questions, in the order they are asked."""

    model_config = _STRICT

    id: Code
    title: str
    intro: str = ""
    stop_if_red_flag: bool = False
    question: tuple[Question, ...]


class Region(BaseModel):
    """A named place on the knee map, with its centre on the picture (percent of width and height)."""

    model_config = _STRICT

    code: Code
    text: str
    x: float = Field(ge=0, le=100)
    y: float = Field(ge=0, le=100)
    view: Literal["front", "outside", "back"]


class RedFlagRule(BaseModel):
    """When to stop and send the person to somebody, and how fast."""

    model_config = _STRICT

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    message: str
    urgency: Urgency
    when: Condition
    evidence: Cited


class Argument(BaseModel):
    """An answer that speaks for or against a pattern, in words for the person."""

    model_config = _STRICT

    text: str
    when: Condition
    evidence: Cited


class PatternRule(BaseModel):
    """A pattern of complaints: the site that defines it, answers for and against, and how many are needed."""

    model_config = _STRICT

    code: Code
    name: str
    site: Argument
    absent: str = ""
    for_: tuple[Argument, ...] = Field(default=(), alias="for")
    against: tuple[Argument, ...] = ()
    needed: int = Field(default=1, ge=1)
    to_tell: str
    evidence: Cited


class RiskRule(BaseModel):
    """One part of the risk picture: when it is present or absent, how certain its role is, what would make it known."""

    model_config = _STRICT

    code: Code
    name: str
    present: Condition | None = None
    absent: Condition | None = None
    certainty: Certainty
    meaning: str
    how_to_know: str
    evidence: Cited


class Instrument(BaseModel):
    """How an outcome score is made from its items, and what a change in it means.

    ``detectable`` and ``important`` are places in the ledger (``O05.mdc``); ``better`` is the direction of improvement.
    """

    model_config = _STRICT

    code: Code
    name: str
    answer: Code
    previous: Code | None = None
    form: Literal["single", "sum", "mean"]
    items: int | None = None
    lowest: float
    highest: float
    better: Literal["higher", "lower"]
    detectable: str | None = None
    important: str | None = None
    note: str = ""
    evidence: Cited


class Contradiction(BaseModel):
    """Answers that cannot all be true: the sentence that says so, and the questions set aside."""

    model_config = _STRICT

    when: Condition
    message: str
    questions: tuple[Code, ...] = Field(min_length=1)
    set_aside: tuple[Code, ...] = ()


class Advice(BaseModel):
    """A next step that is shown when its condition on the outcome holds (see ``_next_steps.py``)."""

    model_config = _STRICT

    code: Code
    text: str
    evidence: Cited
