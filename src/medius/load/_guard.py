"""The long-run guard compares a run with the longest of the 30 days before it.

Facts: R01 (hazard rate ratios by band), R03 (its limits), X02 (where to warn). The numbers are read from the evidence
ledger when they are needed; none of them is written here a second time, except the borders of the bands, which are
part of the names that the ledger gives them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from medius.errors import InvalidValueError
from medius.evidence import fact

__all__ = ["GUARD_EVIDENCE", "GuardLevel", "LongRunVerdict", "guard_planned_run", "guard_runs"]

GUARD_EVIDENCE = ("R01", "R03", "X02")
GuardLevel = Literal["no-comparison", "within", "warn", "strong"]

_DAY_NS = 86_400_000_000_000
_BANDS: tuple[tuple[str, float, str | None], ...] = (
    ("up to 10 % longer", 10.0, None),
    ("over 10 to 30 % longer", 30.0, "hazard_ratio_over_10_to_30"),
    ("over 30 to 100 % longer", 100.0, "hazard_ratio_over_30_to_100"),
    ("over 100 % longer", float("inf"), "hazard_ratio_over_100"),
)


@dataclass(frozen=True)
class LongRunVerdict:
    """One run against the longest of the 30 days before it.

    Attributes
    ----------
    when
        Start of the run, or the day it is planned for (UTC).
    distance_m, longest_m, ratio
        The run, the longest before it (None where there is none), and the one divided by the other.
    level
        ``no-comparison``, ``within``, ``warn`` (over 1.10 times) or ``strong`` (over 2.0 times).
    band
        Band of the study, None without a comparison.
    hazard_ratio, hazard_interval
        Hazard rate ratio of the band against runs up to 10 % longer, and its 95 % interval; None within the reference.
    sentence
        What to tell the runner.
    """

    when: pd.Timestamp
    distance_m: float
    longest_m: float | None
    ratio: float | None
    level: GuardLevel
    band: str | None
    hazard_ratio: float | None
    hazard_interval: tuple[float, float] | None
    sentence: str
    evidence: tuple[str, ...] = GUARD_EVIDENCE


def guard_planned_run(runs: pd.DataFrame, distance_m: float, when: pd.Timestamp) -> LongRunVerdict:
    """Judge a planned run against `runs` (from `runs_table`).

    Raises
    ------
    InvalidValueError
        If the distance is not above 0.
    """
    if not distance_m > 0:
        raise InvalidValueError("A planned run needs a distance above 0 km.")
    moment = when.tz_localize("UTC") if when.tzinfo is None else when.tz_convert("UTC")
    (longest,) = _longest_before(runs, [moment])
    verdict = _judge(longest, distance_m, moment)
    if verdict.longest_m is None or verdict.level not in ("warn", "strong"):
        return verdict
    most = fact("X02").number("warn_over") * verdict.longest_m
    return replace(
        verdict, sentence=f"{verdict.sentence} Up to {math.floor(most / 100) / 10:.1f} km stays within 10 %."
    )


def guard_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Judge every run of `runs` (from `runs_table`) that has a distance.

    Returns
    -------
    Index ``run_id``; columns ``start``, ``distance_m``, ``longest_m``, ``ratio``, ``level``, ``band``, ``hazard_ratio``,
    ``hazard_low``, ``hazard_high``, ``sentence``.
    """
    measured = runs[runs["distance_m"] > 0]
    rows = []
    longest = _longest_before(measured, list(measured["start"]))
    columns = (measured.index, measured["start"], measured["distance_m"], longest)
    for run_id, start, distance, before in zip(*columns, strict=True):
        verdict = _judge(before, float(distance), start)
        low, high = verdict.hazard_interval or (None, None)
        told = (verdict.level, verdict.band, verdict.hazard_ratio, low, high, verdict.sentence)
        rows.append((run_id, start, distance, verdict.longest_m, verdict.ratio, *told))
    names = ["run_id", "start", "distance_m", "longest_m", "ratio", "level", "band", "hazard_ratio", "hazard_low"]
    table = pd.DataFrame(rows, columns=[*names, "hazard_high", "sentence"]).set_index("run_id")
    numbers = ["distance_m", "longest_m", "ratio", "hazard_ratio", "hazard_low", "hazard_high"]
    table[numbers] = table[numbers].astype("float64")
    table["start"] = pd.to_datetime(table["start"], utc=True)
    return table


def _longest_before(runs: pd.DataFrame, moments: Sequence[pd.Timestamp]) -> list[float | None]:
    """Return the longest distance in the 30 days before each moment, None where there is none."""
    ordered = runs[runs["distance_m"] > 0].sort_values("start", kind="stable")
    starts, distances = _nanoseconds(ordered["start"]), ordered["distance_m"].to_numpy(dtype=np.float64)
    ends = _nanoseconds(pd.Series(moments, dtype="datetime64[ns, UTC]"))
    window = int(_window_days() * _DAY_NS)
    first, last = np.searchsorted(starts, ends - window), np.searchsorted(starts, ends)
    return [float(distances[a:b].max()) if b > a else None for a, b in zip(first, last, strict=True)]


def _nanoseconds(times: pd.Series) -> NDArray[np.int64]:
    naive = pd.to_datetime(times, utc=True).dt.tz_localize(None)
    return naive.to_numpy(dtype="datetime64[ns]").astype(np.int64)


def _window_days() -> float:
    return fact("R01").number("longest_run_window")


def _judge(longest: float | None, distance_m: float, when: pd.Timestamp) -> LongRunVerdict:
    days = _window_days()
    if longest is None:
        sentence = f"There is no run in the {days:.0f} days before it, so it cannot be compared."
        return LongRunVerdict(when, distance_m, None, None, "no-comparison", None, None, None, sentence)
    ratio = distance_m / longest
    level: GuardLevel = "within"
    if ratio > fact("X02").number("warn_over"):
        level = "strong" if ratio > fact("X02").number("strong_warning_over") else "warn"
    band, quantity_name = _band(ratio)
    percent = 100.0 * (ratio - 1.0)
    compared = (
        f"{distance_m / 1000:.1f} km, {abs(percent):.0f} % {'more' if percent >= 0 else 'less'} than the longest run"
    )
    compared += f" of the {days:.0f} days before ({longest / 1000:.1f} km)"
    if quantity_name is None:
        return LongRunVerdict(when, distance_m, longest, ratio, level, band, None, None, f"{compared}.")
    quantity = fact("R01").quantity(quantity_name)
    low, high = quantity.low, quantity.high
    if quantity.value is None or low is None or high is None:
        raise InvalidValueError(f"The fact R01 of the evidence ledger lacks the numbers of {quantity_name}.")
    sentence = (
        f"{compared}. In a study of runners with watches (R01), runs in this band went with {quantity.value:.2f} times "
        f"({low:.2f} to {high:.2f}) the rate of overuse injuries of runs up to 10 % longer. "
        "The study counted injuries of every kind, not this one, and cannot prove a cause."
    )
    return LongRunVerdict(when, distance_m, longest, ratio, level, band, quantity.value, (low, high), sentence)


def _band(ratio: float) -> tuple[str, str | None]:
    percent = round(100.0 * (ratio - 1.0), 9)
    for name, upper, quantity in _BANDS:
        if percent <= upper:
            return name, quantity
    raise AssertionError("the last band has no upper border")
