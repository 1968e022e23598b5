"""What the camera coach reads of an exercise: what to measure, what to count by, what shows a fault."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from medius.evidence import FactIds

__all__ = ["Coaching", "Condition", "Fault", "Measured", "Record", "Sign", "Signal", "Target"]


class Record(BaseModel):
    """Data that does not change, with no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Measured(Record):
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


class Target(Record):
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


class Fault(Record):
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


class Coaching(Record):
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
