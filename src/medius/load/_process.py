"""What happens to one file: bytes in, measured and packed runs out. A pure function, so it can run in any process."""

from __future__ import annotations

from dataclasses import dataclass

from medius.errors import InputError
from medius.load._activity import Activity, NoActivityError
from medius.load._files import read_watch_file
from medius.load._sport import judge_sport
from medius.load._summary import RunSummary, iso_utc, measure_run
from medius.record.runs import pack_columns

__all__ = ["PackedRun", "Processed", "process_bytes"]

_TOLERATED_FUTURE_S = 86400.0
_TOLD_LEGS = 2


@dataclass(frozen=True)
class PackedRun:
    """A measured run, ready to be stored."""

    summary: RunSummary
    samples: bytes
    profile: bytes

    @property
    def span(self) -> tuple[float, float]:
        """Start and end in Unix seconds."""
        return self.summary.start, self.summary.start + self.summary.elapsed_time_s


@dataclass(frozen=True)
class Processed:
    """What a file turned out to be.

    Attributes
    ----------
    runs
        Its runs, in order of time.
    refusal
        Half a sentence that says why nothing of it can be used, or None.
    other
        Half a sentence that says what it holds instead of a run, or None.
    damage
        What is wrong with a part of it, or None.
    remarks
        Half sentences about how its sport was told, and what is odd in it.
    """

    runs: tuple[PackedRun, ...] = ()
    refusal: str | None = None
    other: str | None = None
    damage: str | None = None
    remarks: tuple[str, ...] = ()


def process_bytes(data: bytes, now: float) -> Processed:
    """Read and measure every run in `data`; `now` is the present in Unix seconds. Never raises for bad input."""
    try:
        reading = read_watch_file(data)
    except NoActivityError as error:
        return Processed(other=str(error))
    except InputError as error:
        return Processed(refusal=str(error))
    runs: list[PackedRun] = []
    others: list[str] = []
    refusals: list[str] = []
    remarks: list[str] = []
    for activity in reading.activities:
        verdict, why = judge_sport(activity)
        damaged = activity.damage is not None
        if verdict == "other" or (verdict == "cannot-tell" and not damaged):
            others.append(why)
            continue
        refusal = _impossible(activity, now)
        if refusal is None:
            try:
                measured = measure_run(activity)
            except InputError as error:
                refusal = str(error)
            else:
                runs.append(PackedRun(measured.summary, pack_columns(measured.samples), pack_columns(measured.profile)))
                remarks += [why] if why else []
        if refusal is not None:
            refusals.append(refusal)
    if reading.oddities:
        remarks.append("against the rules of its format, but harmless: " + "; ".join(reading.oddities))
    damage = reading.damage or next((run.summary.damage for run in runs if run.summary.damage), None)
    if runs:
        runs.sort(key=lambda run: run.summary.start)
        return Processed(tuple(runs), damage=damage, remarks=tuple(remarks))
    if refusals:
        return Processed(refusal=refusals[0], damage=damage)
    kinds = list(dict.fromkeys(others))
    other = "; ".join(kinds[:_TOLD_LEGS]) + ("; and more like it" if len(kinds) > _TOLD_LEGS else "")
    return Processed(other=other, damage=damage, remarks=tuple(remarks))


def _impossible(activity: Activity, now: float) -> str | None:
    end = float(activity.samples["time"][-1])
    if end > now + _TOLERATED_FUTURE_S:
        return (
            f"it says it was recorded on {iso_utc(end)[:10]}, which is in the future; the clock of the watch was wrong"
        )
    return None
