"""The runner's diary beside the runs: pain, the next morning, and effort."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from medius.errors import InvalidValueError, UnreadableFileError
from medius.load._tables import known
from medius.record.runs import RunStore

__all__ = ["DIARY_COLUMNS", "check_diary", "pain_calendar", "read_diary", "with_effort"]

DIARY_COLUMNS = {
    "date": "day of the run, 2026-05-17, or its time, 2026-05-17T08:30",
    "pain": "worst pain during the run, 0 to 10",
    "pain_from_km": "how far into the run it began, km",
    "next_morning": "pain the next morning, 0 to 10",
    "rpe": "effort of the run, 0 to 10",
}
"""Columns of a diary; only ``date`` is required."""

Row = dict[str, Any]

_SCALE = (0.0, 10.0)
_BEFORE_S = 60.0


def read_diary(path: Path) -> pd.DataFrame:
    """Read a diary from a CSV file with the columns of `DIARY_COLUMNS`.

    Raises
    ------
    UnreadableFileError
        If it is no table with a column ``date``.
    InvalidValueError
        If a value is outside what is possible; the message names the row.
    """
    try:
        table = pd.read_csv(path, dtype={"date": str}, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{path} cannot be read as a diary ({error}). Save it as CSV.") from error
    return check_diary(table)


def check_diary(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with all `DIARY_COLUMNS`, ``date`` as time and the rest as numbers.

    Raises
    ------
    UnreadableFileError, InvalidValueError
        As `read_diary`.
    """
    diary = table.rename(columns=lambda name: str(name).strip().lower())
    if "date" not in diary:
        raise UnreadableFileError(f"The diary has no column 'date'. Its columns are: {', '.join(DIARY_COLUMNS)}.")
    diary = diary.reindex(columns=list(DIARY_COLUMNS)).reset_index(drop=True)
    text = diary["date"].astype(str).str.strip()
    diary["date"] = pd.to_datetime(text, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    for row in diary.index[diary["date"].isna()][:1]:
        raise InvalidValueError(f"Row {row + 1} of the diary: {text[row]!r} is no date. Write it as 2026-05-17.")
    diary.insert(1, "timed", text.str.len() > len("2026-05-17"))
    for name in ("pain", "pain_from_km", "next_morning", "rpe"):
        numbers = pd.to_numeric(diary[name], errors="coerce")
        low, high = _SCALE if name != "pain_from_km" else (0.0, 1000.0)
        wrong = diary.index[(numbers.isna() & diary[name].notna()) | (numbers < low) | (numbers > high)]
        for row in wrong[:1]:
            given = diary[name][row]
            raise InvalidValueError(
                f"Row {row + 1} of the diary: {name} is {given}, which is not {low:.0f} to {high:.0f}."
            )
        diary[name] = numbers.astype("float64")
    return diary


def pain_calendar(runs: pd.DataFrame, diary: pd.DataFrame, store: RunStore | None = None) -> pd.DataFrame:
    """Put every run and its diary entry side by side.

    Parameters
    ----------
    runs
        From `runs_table`.
    diary
        From `read_diary` or `check_diary`.
    store
        Where the profiles of the runs lie, for the gradient where the pain began.

    Returns
    -------
    One row for each run and one for each entry on a day without a run, in order of time: ``run_id`` (NA without a run),
    ``date``, ``distance_m``, ``descent_m``, ``cadence_spm``, ``moving_time_s``, ``pain``, ``pain_from_m``,
    ``pain_from_min``, ``pain_gradient_percent``, ``next_morning``, ``rpe``, ``effort_load`` (RPE × minutes).
    An entry with a time belongs to the run of that moment or the last one before it on that day; one with only a day to the
    longest run of the day.
    """
    entry_of = _match(runs, diary)
    rows = []
    entries: list[Row] = [{str(name): value for name, value in entry.items()} for entry in diary.to_dict("records")]
    for run_id, run in zip(runs.index, runs.to_dict("records"), strict=True):
        number = entry_of.get(int(run_id))
        entry = None if number is None else entries[number]
        rows.append(_calendar_row(int(run_id), {str(name): value for name, value in run.items()}, entry, store))
    matched = set(entry_of.values())
    rows += [_calendar_row(None, None, entry, None) for number, entry in enumerate(entries) if number not in matched]
    names = ["run_id", "date", "distance_m", "descent_m", "cadence_spm", "moving_time_s", "pain", "pain_from_m"]
    names += ["pain_from_min", "pain_gradient_percent", "next_morning", "rpe", "effort_load"]
    table = pd.DataFrame(rows, columns=names)
    table["run_id"] = table["run_id"].astype("Int64")
    table[names[2:]] = table[names[2:]].astype("float64")
    table["date"] = pd.to_datetime(table["date"])
    return table.sort_values("date", kind="stable").reset_index(drop=True)


def _match(runs: pd.DataFrame, diary: pd.DataFrame) -> dict[int, int]:
    """Return the row of the diary for each run that has one; the first entry of a run counts."""
    found: dict[int, int] = {}
    started = runs["start"].dt.tz_localize(None)
    for number, (day, timed) in enumerate(zip(diary["date"], diary["timed"], strict=True)):
        same_day = runs[runs["date"] == day.normalize()]
        if timed:
            begun = same_day[started[same_day.index] <= day + pd.Timedelta(seconds=_BEFORE_S)]
            chosen = begun.index[-1:]
        else:
            chosen = same_day["distance_m"].fillna(-1.0).sort_values().index[-1:]
        for run_id in chosen:
            found.setdefault(int(run_id), number)
    return found


def _calendar_row(run_id: int | None, run: Row | None, entry: Row | None, store: RunStore | None) -> Row:
    row: Row = {"run_id": run_id}
    if run is not None:
        row |= {name: run[name] for name in ("date", "distance_m", "descent_m", "cadence_spm", "moving_time_s", "rpe")}
    if entry is not None:
        row.setdefault("date", entry["date"].normalize())
        row |= {"pain": entry["pain"], "next_morning": entry["next_morning"]}
        if known(entry["rpe"]):
            row["rpe"] = entry["rpe"]
        if known(entry["pain_from_km"]):
            row["pain_from_m"] = 1000.0 * entry["pain_from_km"]
            if store is not None and run_id is not None:
                row |= _where(store.profile(run_id), row["pain_from_m"])
    if run is not None and known(row["rpe"]):
        row["effort_load"] = row["rpe"] * run["moving_time_s"] / 60.0
    return row


def _where(profile: dict[str, NDArray[np.float64]], distance_m: float) -> Row:
    along = profile.get("distance")
    if along is None or along.size == 0 or distance_m > along[-1] + 100.0:
        return {}
    point = min(int(np.searchsorted(along, distance_m)), along.size - 1)
    where: Row = {"pain_from_min": float(profile["clock"][point]) / 60.0}
    gradient = profile.get("gradient")
    if gradient is not None:
        before = gradient[max(point - 5, 0) : point + 1]
        if np.isfinite(before).any():
            where["pain_gradient_percent"] = float(np.nanmean(before))
    return where


def with_effort(runs: pd.DataFrame, calendar: pd.DataFrame) -> pd.DataFrame:
    """Return `runs` with a column ``effort_load``: session RPE × minutes, where an effort was given. A description."""
    known = calendar.dropna(subset=["run_id"]).set_index("run_id")["effort_load"]
    return runs.assign(effort_load=known.reindex(runs.index).astype("float64"))
