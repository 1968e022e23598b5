"""What a set was: repetitions, quality, summary, observations."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from medius.exercises import Exercise
from medius.record import Observation, Side

__all__ = ["METHOD", "SCHEMA", "Quality", "Repetition", "SetResult"]

SCHEMA = "medius.coach/1"
"""Name and version of the JSON form."""

METHOD = "coach/1"
"""Name and version of the method, for observations."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """One movement out and back.

    Attributes
    ----------
    start_s, peak_s, end_s
        When it began, was at the middle of its top, and ended; seconds of the frames' clock.
    hold_s
        Time at the top; for a test of standing, the whole time on one leg.
    side
        The person's own working side, or None for an exercise of both.
    counted
        False for a partial one: shown, never counted.
    range_deg
        Range in degrees of the angle that the definition names, as the camera sees it; None where it cannot be measured.
    faults
        Ids of the faults seen, worst first.
    out_s, back_s
        Length of the way out and of the way back.
    share_of_range
        How far it went: 1 is the range of the definition.
    """

    start_s: float
    peak_s: float
    end_s: float
    hold_s: float
    side: Side | None
    counted: bool
    range_deg: float | None
    faults: tuple[str, ...]
    out_s: float
    back_s: float
    share_of_range: float

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "start_s": round(self.start_s, 2),
            "peak_s": round(self.peak_s, 2),
            "end_s": round(self.end_s, 2),
            "hold_s": round(self.hold_s, 2),
            "side": self.side,
            "counted": self.counted,
            "range_deg": None if self.range_deg is None else round(self.range_deg, 1),
            "faults": list(self.faults),
            "out_s": round(self.out_s, 2),
            "back_s": round(self.back_s, 2),
            "share_of_range": round(self.share_of_range, 2),
        }


@dataclass(frozen=True, slots=True)
class Quality:
    """Something about the picture or the set that limits what can be said: a code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True)
class SetResult:
    """One set of one exercise.

    Attributes
    ----------
    exercise
        Its definition.
    side
        The side that was asked for or, where none was asked, the only side that moved.
    repetitions
        In order of time, partial ones included.
    quality
        What limits the result.
    source
        What was watched: ``sha256:…`` of a file, or ``camera``.
    seconds
        How long was watched.
    """

    exercise: Exercise
    side: Side | None
    repetitions: tuple[Repetition, ...]
    quality: tuple[Quality, ...]
    source: str = "camera"
    seconds: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[Side | None, ...]:
        """The sides that moved, left before right."""
        found = {r.side for r in self.repetitions}
        return tuple(side for side in ("left", "right", None) if side in found)

    def counted(self, side: Side | None = None) -> tuple[Repetition, ...]:
        """Return the repetitions that count, of one side if `side` is given."""
        return tuple(r for r in self.repetitions if r.counted and side in (None, r.side))

    @property
    def range_reason(self) -> str | None:
        """Why there is no range in degrees, or None where there is one."""
        target = self.exercise.coach.target if self.exercise.coach else None
        if target is None:
            return "This is a test of standing still; what is told is the time on one leg."
        return target.not_measured or None

    def summary(self) -> dict[str, Any]:
        """Return counts per side, mean hold, range and tempo, and how often each fault was seen."""
        sides = {}
        for side in self.sides:
            mine = [r for r in self.repetitions if r.side == side]
            full = [r for r in mine if r.counted]
            ranges = [r.range_deg for r in full if r.range_deg is not None]
            sides[side or "both"] = {
                "counted": len(full),
                "partial": len(mine) - len(full),
                "mean_hold_s": _mean([r.hold_s for r in full], 2),
                "mean_range_deg": _mean(ranges, 1),
                "mean_out_s": _mean([r.out_s for r in full], 2),
                "mean_back_s": _mean([r.back_s for r in full], 2),
                "faults": dict(Tally(name for r in full for name in r.faults)),
            }
        target = self.exercise.coach.target if self.exercise.coach else None
        told = Tally(name for r in self.counted() for name in r.faults)
        return {
            "counted": len(self.counted()),
            "partial": sum(not r.counted for r in self.repetitions),
            "sides": sides,
            "faults": [
                {"id": f.id, "looks": f.looks, "cue": f.cue, "repetitions": told[f.id], "evidence": list(f.evidence)}
                for f in self.exercise.faults
                if told[f.id]
            ],
            "tempo_asked_s": {"out": self.exercise.tempo.out, "back": self.exercise.tempo.back},
            "range_error_deg": target.error_deg if target else None,
            "range_reason": self.range_reason,
        }

    def observations(self) -> list[Observation]:
        """Return counts, holds and ranges per side as Observations."""
        found: list[Observation] = []
        target = self.exercise.coach.target if self.exercise.coach else None
        detail = {"exercise": self.exercise.name}
        test = self.exercise.kind == "test"
        for side in self.sides:
            full = [r for r in self.repetitions if r.side == side and r.counted]
            common: dict[str, Any] = {"side": side, "source": self.source, "method": METHOD, "n_strides": len(full)}
            found.append(
                Observation(
                    code="coach_repetitions", value=float(len(full)), unit="1",
                    detail={**detail, "partial": sum(r.side == side and not r.counted for r in self.repetitions),
                            "faults": dict(Tally(name for r in full for name in r.faults))}, **common,
                )
            )  # fmt: skip
            if not full:
                continue
            code = "single_leg_stance_time" if test else "coach_hold"
            value = max(r.hold_s for r in full) if test else fmean(r.hold_s for r in full)
            found.append(Observation(code=code, value=round(value, 2), unit="s", detail=detail, **common))
            ranges = [r.range_deg for r in full if r.range_deg is not None]
            if target is not None and ranges and not target.not_measured:
                found.append(
                    Observation(
                        code="coach_range", value=round(fmean(ranges), 1), unit="deg", evidence=target.evidence,
                        standard_error=target.error_deg, detail={**detail, "angle": target.angle}, **common,
                    )
                )  # fmt: skip
            elif target is not None:
                common.pop("n_strides")
                found.append(
                    Observation.not_measurable(
                        "coach_range", self.range_reason or "The joints could not be seen.", unit="deg", **common
                    )
                )
            if test:
                common.pop("n_strides")
                found.append(Observation.not_measurable("contralateral_pelvic_drop", _NO_DROP, unit="deg", **common))
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the one object that ``medius coach --json`` prints."""
        return {
            "schema": SCHEMA,
            "exercise": self.exercise.name,
            "side": self.side,
            "source": self.source,
            "seconds": round(self.seconds, 2),
            "repetitions": [r.to_json() for r in self.repetitions],
            "quality": [{"code": q.code, "message": q.message} for q in self.quality],
            "summary": self.summary(),
            "observations": [o.to_json() for o in self.observations()],
        }


_NO_DROP = "Key points do not show how the pelvis tilts. Put two bright stickers on the pelvis and film from behind to have it measured."


def _mean(values: list[float], digits: int) -> float | None:
    return round(fmean(values), digits) if values else None
