"""What the programme takes in and gives out. Plain, frozen values; JSON goes in and out of each."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from medius.errors import InvalidValueError
from medius.evidence import FactIds
from medius.record import Side

__all__ = [
    "SCHEMA",
    "Done",
    "DoneItem",
    "DoneRun",
    "Equipment",
    "FormFlags",
    "Item",
    "Kind",
    "Plan",
    "PlanInput",
    "PlannedDay",
    "PreRun",
    "Retraining",
    "Run",
    "RunStep",
    "RunningNow",
    "Sentence",
    "Session",
    "Step",
    "Track",
]

SCHEMA = "medius.plan/1"

Pain = Annotated[float, Field(ge=0, le=10)]
"""Numeric rating scale, 0 (none) to 10."""

Kind = Literal["training", "rest", "settle", "see-clinician", "blocked"]


class Value(BaseModel):
    """Base of all: frozen, nothing unknown, no infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return self.model_dump(mode="json", by_alias=True)


class Sentence(Value):
    """A sentence for a person and the facts it rests on."""

    text: str
    evidence: FactIds = ()

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(self.evidence)})" if self.evidence else self.text


class Equipment(Value):
    """What is at hand. A step (a stair, a kerb) is everywhere; ``weights_kg`` are single weights that can be held."""

    band: bool = False
    roller: bool = False
    step: bool = True
    weights_kg: tuple[Annotated[float, Field(gt=0, le=100)], ...] = ()


class RunningNow(Value):
    """How the person runs now; None where not known.

    Attributes
    ----------
    longest_km_30_days, longest_on
        The longest run of the 30 days before the start, and its day (default: the start itself).
    weekly_km
        A usual week.
    pain_from_km
        The distance after which the pain came on the last runs.
    stops_run
        Whether the pain stops a run.
    """

    longest_km_30_days: Annotated[float, Field(gt=0, le=300)] | None = None
    longest_on: dt.date | None = None
    weekly_km: Annotated[float, Field(ge=0, le=500)] | None = None
    pain_from_km: Annotated[float, Field(gt=0, le=300)] | None = None
    stops_run: bool | None = None


class FormFlags(Value):
    """What the film showed: True only where it stands out from the measurement error.

    ``cadence`` in steps a minute; ``certainty`` as the findings put it.
    """

    crossing_feet: bool = False
    high_drop_or_adduction: bool = False
    cadence: Annotated[float, Field(gt=80, lt=260)] | None = None
    certainty: str = "low"
    evidence: FactIds = ()


class PlanInput(Value):
    """Everything a plan is made from. Unknown things stay None; nothing depends on the person's sex.

    Attributes
    ----------
    start
        First day of the plan.
    side
        The sore side; None without pain.
    pain_now, pain_worst, pain_next_morning
        Numeric rating scale: at rest now, worst of the last week, on the morning after a run.
    screened
        Whether the red flags were asked.
    blocked_because
        Sentences of red flags that nobody has cleared; a plan is then not made.
    pattern
        What the answers are consistent with, in words.
    weak_side, weakness_percent
        From the strength tests, (stronger − weaker) / stronger.
    days
        Weekdays that are free, Monday 0 to Sunday 6.
    minutes
        At most so many minutes of strength work on one day.
    """

    person: str | None = None
    start: dt.date
    side: Side | Literal["both"] | None = None
    pain_now: Pain | None = None
    pain_worst: Pain | None = None
    pain_next_morning: Pain | None = None
    screened: bool = False
    blocked_because: tuple[str, ...] = ()
    pattern: str | None = None
    weak_side: Side | None = None
    weakness_percent: Annotated[float, Field(ge=0, le=100)] | None = None
    form: FormFlags = FormFlags()
    running: RunningNow = RunningNow()
    equipment: Equipment = Equipment()
    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = (0, 2, 4)
    minutes: Annotated[int, Field(ge=10, le=180)] = 50
    goal: str | None = None
    race_date: dt.date | None = None
    race_km: Annotated[float, Field(gt=0, le=300)] | None = None
    sitting_hours: Annotated[float, Field(ge=0, le=24)] | None = None

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if not self.days:
            raise ValueError("a plan needs at least one free day a week")
        return self

    @property
    def stops(self) -> tuple[str, ...]:
        """Sentences that forbid a plan: red flags, or pain without the red flags having been asked (X01)."""
        if self.symptomatic and not self.screened and not self.blocked_because:
            return ("It hurts, and the red flags have not been asked yet. Answer them first: medius screen",)
        return self.blocked_because

    @property
    def symptomatic(self) -> bool:
        """Whether there is any pain, now or in the last week."""
        return self.side is not None or any((self.pain_now, self.pain_worst, self.pain_next_morning))


class Step(Value):
    """A step of a ladder: one exercise in one dose. ``load_kg`` 0 means empty hands; times in seconds."""

    exercise: str
    variant: str = ""
    sets: Annotated[int, Field(ge=1)]
    repetitions: Annotated[int, Field(ge=1)]
    hold_s: float
    out_s: float
    back_s: float
    rest_s: float
    load_kg: Annotated[float, Field(ge=0)] = 0.0
    both_sides: bool = True

    @property
    def minutes(self) -> float:
        """Expected minutes, both sides and rests included."""
        one = self.repetitions * (self.out_s + self.hold_s + self.back_s + 0.5) * (2 if self.both_sides else 1)
        return self.sets * (one + self.rest_s) / 60.0


class Track(Value):
    """A ladder of steps from easy to hard. One is climbed a step at a time."""

    name: str
    title: str
    steps: tuple[Step, ...] = Field(min_length=1)
    evidence: FactIds


class RunStep(Value):
    """A run: distance with the walking parts in it; ``run_min`` 0 means unbroken."""

    km: Annotated[float, Field(gt=0)]
    run_min: float
    walk_min: float
    terrain: str
    long: bool = True


class PlannedDay(Value):
    """A day of the plan, its week from 1, and what is on."""

    date: dt.date
    week: int
    strength: bool
    run: bool
    tests: tuple[Sentence, ...] = ()


class Retraining(Value):
    """A change of running form to practise, only where the film shows the reason."""

    kind: Literal["cadence", "step-width"]
    cue: Sentence
    why: Sentence
    cadence_now: float | None = None


class Plan(Value):
    """A plan of six weeks; made once, then bent by what happens (`next_session`)."""

    schema_: Literal["medius.plan/1"] = Field(default="medius.plan/1", alias="schema")
    given: PlanInput
    tracks: tuple[Track, ...] = ()
    runs: tuple[RunStep, ...] = ()
    days: tuple[PlannedDay, ...] = ()
    pre_run: tuple[str, ...] = ()
    retraining: tuple[Retraining, ...] = ()
    tracks_per_session: int = 5
    starts_standing: bool = False
    first_side: Side = "left"
    blocked: bool = False
    expectation: tuple[Sentence, ...] = ()
    advice: tuple[Sentence, ...] = ()
    notes: tuple[Sentence, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)

    def track(self, name: str) -> Track:
        """Return the track called `name`; `KeyError` if there is none."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise KeyError(name)


class Item(Value):
    """One exercise of a session; ``level`` is the step on its ladder, ``sides`` in the order to do them."""

    track: str
    level: int
    step: Step
    sides: tuple[Side, ...]


class PreRun(Value):
    """One part of the routine before a run, seconds a side."""

    exercise: str
    seconds: float


class Run(Value):
    """The run of a session. ``minutes`` is a guess from a calm pace; ``cues`` belong to the retraining."""

    step: RunStep
    minutes: float
    guard_longest_km: float | None
    cues: tuple[Sentence, ...] = ()


class Session(Value):
    """What to do on one day, and why."""

    date: dt.date
    week: int
    kind: Kind
    items: tuple[Item, ...] = ()
    pre_run: tuple[PreRun, ...] = ()
    run: Run | None = None
    tests: tuple[Sentence, ...] = ()
    minutes: float = 0.0
    reasons: tuple[Sentence, ...] = ()
    messages: tuple[Sentence, ...] = ()


class DoneItem(Value):
    """What was done of an exercise. ``asked`` is the step that was asked for, kept so that later judging needs nothing else."""

    track: str
    asked: Step
    repetitions: Annotated[int, Field(ge=0, le=500)]
    sets: Annotated[int, Field(ge=0, le=50)]
    load_kg: Annotated[float, Field(ge=0, le=200)] = 0.0
    effort: Annotated[float, Field(ge=0, le=10)] | None = None
    form_good: bool | None = None
    pain: Pain | None = None


class DoneRun(Value):
    """A run that was done; ``asked_km`` None if it was not part of the plan."""

    km: Annotated[float, Field(gt=0, le=300)]
    asked_km: float | None = None
    long: bool = True
    pain: Pain | None = None
    pain_from_km: float | None = None
    cadence: float | None = None


class Done(Value):
    """What happened on a day. Without exercises and run it is a note of how the knee is (``pain_now``).

    Attributes
    ----------
    pain
        Worst pain during the session.
    next_morning, worse_next_morning
        Pain on the morning after, and the person's own answer whether that is worse than before the session.
    red_flags
        Signs that stop the programme, in words.
    cleared_by
        The clinician who looked at it since; the programme goes on from here.
    """

    date: dt.date
    items: tuple[DoneItem, ...] = ()
    run: DoneRun | None = None
    pain: Pain | None = None
    pain_now: Pain | None = None
    next_morning: Pain | None = None
    worse_next_morning: bool | None = None
    red_flags: tuple[str, ...] = ()
    cleared_by: str | None = None
    note: str = ""

    @property
    def trained(self) -> bool:
        """Whether anything was done."""
        return bool(self.items) or self.run is not None


def check_history(history: tuple[Done, ...]) -> tuple[Done, ...]:
    """Return the history in order of date; raise `InvalidValueError` if a day was trained twice."""
    ordered = tuple(sorted(history, key=lambda done: done.date))
    trained = [done.date for done in ordered if done.trained]
    for day in trained:
        if trained.count(day) > 1:
            raise InvalidValueError(f"There are two logs for {day.isoformat()}. Keep one of them.")
    return ordered
