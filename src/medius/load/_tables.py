"""Tables of runs and weeks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from medius.load._downhill import BANDS
from medius.load._summary import RunSummary, summary_from_json
from medius.record.runs import RunStore, StoredRun

__all__ = ["known", "runs_table", "tabulate_runs", "weekly_table"]

_CHANNEL_COLUMNS = {
    "cadence": "cadence_spm",
    "ground_contact_time": "ground_contact_time_ms",
    "stance_time_balance": "stance_time_balance_percent",
    "vertical_oscillation": "vertical_oscillation_mm",
    "step_length": "step_length_mm",
    "speed": "speed_m_s",
    "heart_rate": "heart_rate_bpm",
    "temperature": "temperature_c",
    "power": "power_w",
}
_BAND_COLUMNS = ("downhill_0_5", "downhill_5_10", "downhill_over_10")


def known(value: Any) -> bool:
    """Whether a cell of a table holds a value: not None, not NaN."""
    return value is not None and bool(value == value)


def runs_table(store: RunStore) -> pd.DataFrame:
    """Return every run in `store`, one a row, in order of time.

    Returns
    -------
    Index ``run_id``. Columns: ``start`` (UTC), ``date`` (the runner's own day, where the watch tells its zone), ``path``,
    ``sha256``, ``distance_m``, ``moving_time_s``, ``elapsed_time_s``, ``pace_s_per_km``, ``ascent_m``, ``descent_m``,
    minutes and metres downhill (``downhill_0_5_min``, ``downhill_0_5_m``, …), ``steepest_minute_percent``, for each
    channel its mean (``cadence_spm``, ``ground_contact_time_ms``, …) with ``…_se``, ``…_drift`` and ``…_drift_se``, and
    ``rpe``. Missing values are NaN.
    """
    return tabulate_runs(store.runs())


def tabulate_runs(runs: Iterable[StoredRun]) -> pd.DataFrame:
    """Return the table of `runs_table` for some runs."""
    rows = [_row(run, summary_from_json(run.summary)) for run in runs]
    table = pd.DataFrame(rows, columns=_columns()).set_index("run_id")
    text = {"path", "sha256", "sport", "sub_sport", "format", "damage", "start", "date", "altitude_from_device"}
    numbers = [name for name in table.columns if name not in text]
    table[numbers] = table[numbers].astype("float64")
    table["start"] = pd.to_datetime(table["start"], unit="s", utc=True)
    table["date"] = pd.to_datetime(table["date"], unit="s").dt.normalize()
    return table


def _columns() -> list[str]:
    names = ["run_id", "start", "date", "path", "sha256", "sport", "sub_sport", "format", "damage", "distance_m"]
    names += ["moving_time_s", "elapsed_time_s", "pace_s_per_km", "ascent_m", "descent_m", "altitude_from_device"]
    names += [f"{band}_{unit}" for band in _BAND_COLUMNS for unit in ("min", "m")]
    names.append("steepest_minute_percent")
    names += [f"{column}{end}" for column in _CHANNEL_COLUMNS.values() for end in ("", "_se", "_drift", "_drift_se")]
    return [*names, "rpe"]


def _row(run: StoredRun, summary: RunSummary) -> dict[str, Any]:
    row: dict[str, Any] = {
        "run_id": run.id,
        "start": summary.start,
        "date": summary.start + (summary.utc_offset_s or 0.0),
        "path": run.path,
        "sha256": run.sha256,
        "sport": summary.sport,
        "sub_sport": summary.sub_sport,
        "format": summary.format,
        "damage": summary.damage,
        "distance_m": summary.distance_m,
        "moving_time_s": summary.moving_time_s,
        "elapsed_time_s": summary.elapsed_time_s,
        "pace_s_per_km": summary.pace_s_per_km,
        "ascent_m": summary.ascent_m,
        "descent_m": summary.descent_m,
        "altitude_from_device": summary.altitude_from_device,
        "rpe": summary.rpe,
    }
    if summary.downhill is not None:
        row["steepest_minute_percent"] = summary.downhill.steepest_minute_percent
        for column, band in zip(_BAND_COLUMNS, summary.downhill.bands, strict=True):
            row[f"{column}_min"], row[f"{column}_m"] = band.minutes, band.distance_m
    for name, column in _CHANNEL_COLUMNS.items():
        channel = summary.channels.get(name)
        if channel is not None:
            row[column], row[f"{column}_se"] = channel.mean, channel.standard_error
            row[f"{column}_drift"], row[f"{column}_drift_se"] = channel.drift, channel.drift_standard_error
    return row


def weekly_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return distance, time and descent of every week from the first run to the last, as description.

    Parameters
    ----------
    runs
        From `runs_table`; a column ``effort_load`` is summed where there is one.

    Returns
    -------
    Index: the Monday of the week. ``runs``, ``distance_m``, ``longest_m``, ``moving_time_s``, ``descent_m``,
    ``change_percent`` (against the week before; NaN where that had no distance), ``effort_load``. Weeks without a run are
    rows of zeros. There is no ratio of acute to chronic load: it did not warn (evidence R02, R08, R09).
    """
    columns = ["runs", "distance_m", "longest_m", "moving_time_s", "descent_m", "change_percent", "effort_load"]
    if runs.empty:
        return pd.DataFrame(columns=columns, index=pd.DatetimeIndex([], name="week"), dtype="float64")
    monday = runs["date"] - pd.to_timedelta(runs["date"].dt.day_of_week, unit="D")
    effort = runs["effort_load"] if "effort_load" in runs else pd.Series(float("nan"), index=runs.index)
    grouped = runs.assign(effort_load=effort).groupby(monday.rename("week"))
    weeks = grouped.agg(
        runs=("distance_m", "size"),
        distance_m=("distance_m", "sum"),
        longest_m=("distance_m", "max"),
        moving_time_s=("moving_time_s", "sum"),
        descent_m=("descent_m", "sum"),
    )
    weeks["effort_load"] = grouped["effort_load"].sum(min_count=1)
    every = pd.date_range(weeks.index.min(), weeks.index.max(), freq="7D", name="week")
    weeks = weeks.reindex(every)
    filled = ["runs", "distance_m", "longest_m", "moving_time_s", "descent_m"]
    weeks[filled] = weeks[filled].fillna(0.0)
    before = weeks["distance_m"].shift()
    weeks["change_percent"] = (100.0 * (weeks["distance_m"] - before) / before).where(before > 0)
    return weeks[columns]


if len(BANDS) != len(_BAND_COLUMNS):  # pragma: no cover - a slip of the programmer
    raise AssertionError("every gradient band needs a column")
