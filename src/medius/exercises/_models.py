"""What an exercise definition says. Every field is data; nothing here knows a particular exercise."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from medius.evidence import FactIds

__all__ = [
    "Activation",
    "Coaching",
    "Condition",
    "Exercise",
    "Fault",
    "Measured",
    "Muscle",
    "Phase",
    "Placement",
    "Prop",
    "Sign",
    "Signal",
    "Target",
    "Tempo",
    "Variant",
    "View",
]

Kind = Literal["lying", "standing", "loaded", "pre-run", "test"]
Equipment = Literal["step", "band", "weights", "roller", "wall", "mat"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Muscle(_Record):
    """A muscle that works (``main``), helps, or is stretched."""

    name: str
    role: Literal["main", "helps", "stretched"]


class Activation(_Record):
    """Electrical activity in one study: mean and standard deviation in percent of the maximum; a rank, never a promise."""

    muscle: str
    percent_mvic: float
    sd: float | None = None
    evidence: FactIds


class Tempo(_Record):
    """Seconds of the way out, the hold, the way back, and the pause between repetitions."""

    out: Annotated[float, Field(ge=0)]
    hold: Annotated[float, Field(ge=0)]
    back: Annotated[float, Field(ge=0)]
    pause: Annotated[float, Field(ge=0)] = 0.5

    @property
    def seconds(self) -> float:
        """Length of one repetition in seconds."""
        return self.out + self.hold + self.back + self.pause


class Phase(_Record):
    """A position: ``seconds`` to get there from the one before, ``hold`` seconds to stay, joint angles in degrees.

    Angle names are those of `medius.body` with ``_work``, ``_other`` or ``_both`` in place of ``_r`` and ``_l``.
    """

    name: str
    label: str
    seconds: Annotated[float, Field(ge=0)]
    hold: Annotated[float, Field(ge=0)] = 0.0
    key: bool = False
    angles: dict[str, float] = Field(default_factory=dict)


class Placement(_Record):
    """How the body stands in the room: ``rest_on`` (parts; empty: the lowest of all) lies on ``height`` metres.

    ``anchor`` names the parts that do not slide on the floor.
    """

    rest_on: tuple[str, ...] = ()
    height: float = 0.0
    anchor: tuple[str, ...] = ("pelvis",)


class View(_Record):
    """A camera: azimuth 0 looks at the front of the standing person, 90 at the working side; degrees."""

    name: Literal["front", "side"]
    title: str
    azimuth: float
    elevation: float = 8.0


class Prop(_Record):
    """A thing: a box or a roller in the room (metres, x forwards, y up, z to the working side), or held or worn.

    An ``optional`` one is drawn only when asked for: the weight of a loaded variant.
    """

    kind: Literal["box", "roller", "wall", "weight", "band"]
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    parts: tuple[str, ...] = ()
    optional: bool = False


class Variant(_Record):
    """An easier or harder way."""

    name: str
    how: str


class Measured(_Record):
    """Something that is measured on the key points of one picture.

    Attributes
    ----------
    kind
        ``distance``: between two points, in lengths of ``over``; ``height``: how far the second point lies above the
        first, in lengths of ``over``; ``line_angle``: of the line from the first point to the second above the level,
        degrees, -90 to 90; ``lean``: of the line from the first point up to the second, away from upright, degrees,
        positive towards the working side in the picture; ``joint_angle``: at the middle of three points, degrees.
    points
        Key points with ``work`` and ``other`` in place of ``left`` and ``right``, and ``middle`` for half-way between
        both. Names joined by ``+`` are their mean; a name that stands twice counts twice.
    over
        The length that a distance or a height is given in, as it was in the start position.
    along
        For a height: the line from the first to the second point is what counts as down, instead of the picture's edge.
    """

    kind: Literal["distance", "height", "line_angle", "lean", "joint_angle"]
    points: tuple[str, ...]
    over: tuple[str, str] | None = None
    along: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _has_its_points(self) -> Self:
        if len(self.points) != (3 if self.kind == "joint_angle" else 2):
            raise ValueError(f"wrong number of points for {self.kind}: {', '.join(self.points)}")
        if (self.kind in ("distance", "height")) != (self.over is not None):
            raise ValueError(f"a distance or a height, and nothing else, is measured over a length: {self.points}")
        if self.along is not None and self.kind != "height":
            raise ValueError("only a height is measured along a line")
        return self


class Signal(Measured):
    """Something to count by. The coach counts by the first signal that has a range.

    Attributes
    ----------
    name
        Unique within the exercise.
    views
        Camera views in which it can be used.
    rises
        Whether it grows from the start position to the top.
    range
        How much it changes in a whole movement as the mannequin shows it to the camera described, in its own unit.
    start
        Its value in the start position where that is the same for everybody; otherwise it is measured.
    """

    name: str
    views: tuple[str, ...]
    rises: bool = True
    range: Annotated[float, Field(gt=0)] | None = None
    start: float | None = None


class Condition(Measured):
    """A condition on a position: a measure between two limits.

    Attributes
    ----------
    what, say
        What it is, and what to say when it is not so.
    throughout
        Whether it must hold during the repetition as well.
    """

    what: str
    low: float
    high: float
    say: str
    throughout: bool = False


class Sign(Measured):
    """A sign of a fault: a measure outside what good form shows; low or high is where the fault begins.

    Attributes
    ----------
    low, high
        The sign is seen when the measure lies above ``low`` and below ``high``.
    change
        Whether the change since the start of the repetition counts instead of the measure itself.
    when
        ``top``: the middle value near the top; ``way``: the greatest value of the whole repetition.
    """

    low: float | None = None
    high: float | None = None
    change: bool = True
    when: Literal["top", "way"] = "top"

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("a sign of a fault needs a limit")
        return self


class Target(_Record):
    """The movement that counts: the range in degrees of ``angle``, and the share of it from which a repetition is full.

    ``angle`` is the name of a signal where the camera can measure it; otherwise no range in degrees is told, and
    ``not_measured`` says why. ``error_deg`` is the root mean square error of the range against known truth.
    """

    angle: str
    range_deg: Annotated[float, Field(gt=0)]
    full_from: Annotated[float, Field(gt=0, le=1)] = 0.7
    error_deg: Annotated[float, Field(gt=0)] | None = None
    not_measured: str = ""
    evidence: FactIds


class Fault(_Record):
    """A common fault, what it looks like, and the cue that answers it.

    The coach names it when all of its ``signs`` are seen; without signs it is for the eye only. Faults are listed worst
    first.
    """

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    looks: str
    cue: str
    views: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    evidence: FactIds


class Coaching(_Record):
    """What the camera coach needs.

    ``ready`` describes the start position, ``top`` what must be so near the top of a repetition for it to be this exercise.
    """

    camera: str
    views: tuple[str, ...]
    side_from: Literal["upper-leg", "standing-leg", "asked", "none"] = "asked"
    ready: tuple[Condition, ...] = ()
    top: tuple[Condition, ...] = ()
    signals: tuple[Signal, ...] = ()
    target: Target | None = None


class Exercise(_Record):
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
