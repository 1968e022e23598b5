"""The Observation: one thing that was measured, with how sure it is and where it came from.

A finding, a chart, an export and a report read Observations and nothing else.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA = "medius.observations/1"
"""Name and version of the JSON form that carries observations."""

Side = Literal["left", "right"]
"""The person's own left or right, never the picture's."""

Status = Literal["final", "provisional", "not-measurable"]
"""``final``: as good as the method gives; ``provisional``: from too few strides or answers; ``not-measurable``."""

Interval = tuple[float, float]
"""A 95 % interval, lower end first, in the unit of its value."""


class Observation(BaseModel):
    """One measured thing.

    Attributes
    ----------
    code
        What was measured, a stable name such as ``contralateral_pelvic_drop``.
    side
        ``left`` or ``right`` of the person, or None where the thing has no side.
    value
        The measured number in ``unit``; None exactly when there is no number to give.
    text
        A coded answer where the thing measured is not a number (``consistent``, ``absent``).
    unit
        Unit of the value: ``deg``, ``m``, ``s``, ``steps/min``, ``%``, ``1`` for a pure number.
    standard_error
        Standard error of the value (random and systematic together), same unit.
    interval_95
        95 % interval of the value, checked against known truth (see ``docs/accuracy.md``).
    smallest_detectable_change
        Smallest change between two measurements of one person that is more than measurement error, same unit.
    n_strides
        Number of strides, repetitions or runs the value rests on.
    status, reason
        See `Status`; the reason is a sentence and is required when the thing is not measurable.
    source
        What was measured: ``sha256:…`` of the file, ``answers``, ``device``.
    method
        Name and version of the method, for example ``sticker-line/1``.
    evidence
        Ids of the facts in the evidence ledger that define or interpret the value.
    person, time
        Whose it is, and when it was taken (ISO 8601), where known.
    detail
        Anything more a reader may want: settings, per-stride values, the answers it came from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    side: Side | None = None
    value: float | None = None
    text: str | None = None
    unit: str = "1"
    standard_error: Annotated[float, Field(ge=0)] | None = None
    interval_95: Interval | None = None
    smallest_detectable_change: Annotated[float, Field(ge=0)] | None = None
    n_strides: Annotated[int, Field(ge=0)] | None = None
    status: Status = "final"
    reason: str | None = None
    source: str
    method: str
    evidence: tuple[str, ...] = ()
    person: str | None = None
    time: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _value_and_status_agree(self) -> Self:
        if self.status == "not-measurable":
            if self.value is not None or self.interval_95 is not None or self.standard_error is not None:
                raise ValueError(f"{self.code}: what is not measurable carries no number")
            if not self.reason:
                raise ValueError(f"{self.code}: what is not measurable says why")
        elif self.value is None and self.text is None:
            raise ValueError(f"{self.code}: an observation with status {self.status} needs a value or a text")
        if self.interval_95 is not None:
            low, high = self.interval_95
            if not (math.isfinite(low) and math.isfinite(high) and low <= high):
                raise ValueError(f"{self.code}: interval {self.interval_95} is not an interval")
        return self

    @classmethod
    def not_measurable(
        cls,
        code: str,
        reason: str,
        *,
        unit: str,
        source: str,
        method: str,
        side: Side | None = None,
        evidence: tuple[str, ...] = (),
    ) -> Self:
        """Say that `code` could not be measured, and why, in a sentence."""
        return cls(
            code=code,
            side=side,
            unit=unit,
            status="not-measurable",
            reason=reason,
            source=source,
            method=method,
            evidence=evidence,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form, with keys in the order of the class."""
        return self.model_dump(mode="json")
