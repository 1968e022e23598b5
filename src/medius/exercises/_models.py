"""What an exercise definition says. Every field is data; nothing here knows a particular exercise."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from medius.evidence import FactIds
from medius.exercises._coaching import Coaching, Fault, Record

__all__ = [
    "Activation",
    "Exercise",
    "Muscle",
    "Phase",
    "Placement",
    "Prop",
    "Tempo",
    "Variant",
    "View",
]

Kind = Literal["lying", "standing", "loaded", "pre-run", "test"]
Equipment = Literal["step", "band", "weights", "roller", "wall", "mat"]


class Muscle(Record):
    """A muscle that works (``main``), helps, or is stretched."""

    name: str
    role: Literal["main", "helps", "stretched"]


class Activation(Record):
    """Electrical activity in one study: mean and standard deviation in percent of the maximum; a rank, never a promise."""

    muscle: str
    percent_mvic: float
    sd: float | None = None
    evidence: FactIds


class Tempo(Record):
    """Seconds of the way out, the hold, the way back, and the pause between repetitions."""

    out: Annotated[float, Field(ge=0)]
    hold: Annotated[float, Field(ge=0)]
    back: Annotated[float, Field(ge=0)]
    pause: Annotated[float, Field(ge=0)] = 0.5

    @property
    def seconds(self) -> float:
        """Length of one repetition in seconds."""
        return self.out + self.hold + self.back + self.pause


class Phase(Record):
    """A position: ``seconds`` to get there from the one before, ``hold`` seconds to stay, joint angles in degrees.

    Angle names are those of `medius.body` with ``_work``, ``_other`` or ``_both`` in place of ``_r`` and ``_l``.
    """

    name: str
    label: str
    seconds: Annotated[float, Field(ge=0)]
    hold: Annotated[float, Field(ge=0)] = 0.0
    key: bool = False
    angles: dict[str, float] = Field(default_factory=dict)


class Placement(Record):
    """How the body stands in the room: ``rest_on`` (parts; empty: the lowest of all) lies on ``height`` metres.

    ``anchor`` names the parts that do not slide on the floor.
    """

    rest_on: tuple[str, ...] = ()
    height: float = 0.0
    anchor: tuple[str, ...] = ("pelvis",)


class View(Record):
    """A camera: azimuth 0 looks at the front of the standing person, 90 at the working side; degrees."""

    name: Literal["front", "side"]
    title: str
    azimuth: float
    elevation: float = 8.0


class Prop(Record):
    """A thing: a box or a roller in the room (metres, x forwards, y up, z to the working side), or held or worn.

    An ``optional`` one is drawn only when asked for: the weight of a loaded variant.
    """

    kind: Literal["box", "roller", "wall", "weight", "band"]
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    parts: tuple[str, ...] = ()
    optional: bool = False


class Variant(Record):
    """An easier or harder way."""

    name: str
    how: str


class Exercise(Record):
    """One exercise: what it is for, how it is done, how it is drawn, counted and judged.

    ``trace`` names parts whose way is shown by an arrow; ``pelvis_line`` draws a line across the pelvis.
    """

    name: str = Field(pattern=r"^[a-z][a-z-]*$")
    title: str
    kind: Kind
    sided: bool = True
    purpose: str
    start: str
    movement: str
    feel: str
    honest: str = ""
    muscles: tuple[Muscle, ...]
    activation: tuple[Activation, ...] = ()
    tempo: Tempo
    easier: tuple[Variant, ...] = ()
    harder: tuple[Variant, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    stop_if: tuple[str, ...] = Field(min_length=1)
    evidence: FactIds
    posture: dict[str, float] = Field(default_factory=dict)
    phases: tuple[Phase, ...] = Field(min_length=1)
    placement: Placement = Placement()
    views: tuple[View, ...] = Field(min_length=1)
    props: tuple[Prop, ...] = ()
    trace: tuple[str, ...] = ()
    pelvis_line: bool = False
    faults: tuple[Fault, ...] = ()
    coach: Coaching | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not any(phase.key for phase in self.phases):
            raise ValueError(f"{self.name}: no phase is marked as a key picture")
        if self.phases[0].seconds != 0:
            raise ValueError(f"{self.name}: the first phase is where the movement starts, after 0 seconds")
        if not self.evidence:
            raise ValueError(f"{self.name}: an exercise names what it rests on")
        return self

    def fault(self, fault_id: str) -> Fault:
        """Return the fault called `fault_id`; `KeyError` if the exercise has none."""
        for fault in self.faults:
            if fault.id == fault_id:
                return fault
        raise KeyError(f"{self.name} has no fault called {fault_id!r}")
