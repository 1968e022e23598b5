"""What the watch says about the knee, as Observations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from medius.load._association import PainAssociation
from medius.load._guard import GUARD_EVIDENCE, guard_runs
from medius.load._summary import METHOD, iso_utc
from medius.load._tables import known
from medius.record import Observation

Row = dict[str, Any]

__all__ = ["observe_load", "observe_run"]

_DOWNHILL = ("D16", "D27", "R12")
_CADENCE = ("M07", "M08")
_DYNAMICS = ("R16",)
_WEEK = ("R05", "R02")
_EFFORT = ("R07",)
_PAIN = ("D16", "D17")
_DESCENT_RELATIVE_ERROR = 0.10
_DESCENT_ROUNDING_M = 0.5
_DYNAMIC_COLUMNS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("cadence_spm", "cadence", "steps/min", _CADENCE),
    ("ground_contact_time_ms", "ground_contact_time", "ms", _DYNAMICS),
    ("stance_time_balance_percent", "stance_time_balance", "%", _DYNAMICS),
    ("vertical_oscillation_mm", "vertical_oscillation", "mm", _DYNAMICS),
)
_DOWNHILL_COLUMNS = (
    ("downhill_0_5_min", "downhill_minutes_0_to_5_percent"),
    ("downhill_5_10_min", "downhill_minutes_5_to_10_percent"),
    ("downhill_over_10_min", "downhill_minutes_over_10_percent"),
)
_PROVISIONAL = "The altitude may be the satellite's, for which the method was not validated."


def observe_run(runs: pd.DataFrame, run_id: int, guard: pd.DataFrame | None = None) -> list[Observation]:
    """Return the observations of one run of `runs` (from `runs_table`).

    Parameters
    ----------
    runs
        All runs: the long-run guard looks at those before.
    run_id
        Which run.
    guard
        From `guard_runs`, where it was made already.
    """
    run = _row(runs, run_id)
    common: dict[str, Any] = {
        "source": f"sha256:{run['sha256']}",
        "method": METHOD,
        "time": iso_utc(run["start"].timestamp()),
        "n_strides": None,
    }
    found: list[Observation] = []
    if known(run["distance_m"]):
        found.append(
            Observation(code="run_distance", value=float(run["distance_m"]), unit="m", evidence=("R01",), **common)
        )
    found += _guard_observation(guard_runs(runs) if guard is None else guard, run_id, common)
    found += _downhill_observations(run, common)
    for column, code, unit, evidence in _DYNAMIC_COLUMNS:
        if known(run[column]):
            error = _optional(run[f"{column}_se"])
            found.append(
                Observation(
                    code=f"watch_{code}",
                    value=float(run[column]),
                    unit=unit,
                    standard_error=error,
                    evidence=evidence,
                    **common,
                )
            )
        if known(run[f"{column}_drift"]):
            detail = {
                "speed_drift_m_s": _optional(run["speed_m_s_drift"]),
                "meaning": "last quarter minus first quarter",
            }
            error = _optional(run[f"{column}_drift_se"])
            value = float(run[f"{column}_drift"])
            found.append(
                Observation(
                    code=f"watch_{code}_drift",
                    value=value,
                    unit=unit,
                    standard_error=error,
                    evidence=(*evidence, "S09") if code == "cadence" else evidence,
                    detail=detail,
                    **common,
                )
            )
    effort = _optional(run.get("effort_load"))
    if effort is not None:
        found.append(Observation(code="session_effort_load", value=effort, unit="min", evidence=_EFFORT, **common))
    return found


def _row(table: pd.DataFrame, index: object) -> Row:
    return {str(name): value for name, value in table.loc[[index]].to_dict("records")[0].items()}


def _optional(value: Any) -> float | None:
    return float(value) if known(value) else None


def _guard_observation(guard: pd.DataFrame, run_id: int, common: dict[str, Any]) -> list[Observation]:
    if run_id not in guard.index:
        return []
    row = _row(guard, run_id)
    if row["level"] == "no-comparison":
        return [
            Observation.not_measurable(
                "long_run_ratio",
                str(row["sentence"]),
                unit="1",
                source=common["source"],
                method=METHOD,
                evidence=GUARD_EVIDENCE,
            ).model_copy(update={"time": common["time"]})
        ]
    detail = {
        "level": row["level"],
        "band": row["band"],
        "longest_m": float(row["longest_m"]),
        "hazard_ratio": _optional(row["hazard_ratio"]),
        "hazard_interval_95": None
        if not known(row["hazard_low"])
        else [float(row["hazard_low"]), float(row["hazard_high"])],
        "sentence": row["sentence"],
    }
    return [
        Observation(
            code="long_run_ratio", value=float(row["ratio"]), unit="1", evidence=GUARD_EVIDENCE, detail=detail, **common
        )
    ]


def _downhill_observations(run: Row, common: dict[str, Any]) -> Iterable[Observation]:
    if not known(run["descent_m"]):
        return
    trusted = bool(run["altitude_from_device"])
    status: dict[str, Any] = {} if trusted else {"status": "provisional", "reason": _PROVISIONAL}
    for column in ("ascent_m", "descent_m"):
        value = float(run[column])
        yield Observation(
            code=column.removesuffix("_m"),
            value=value,
            unit="m",
            standard_error=_DESCENT_RELATIVE_ERROR * value + _DESCENT_ROUNDING_M if trusted else None,
            evidence=_DOWNHILL,
            **status,
            **common,
        )
    for column, code in _DOWNHILL_COLUMNS:
        if known(run[column]):
            metres = float(run[column.replace("_min", "_m")])
            yield Observation(
                code=code,
                value=float(run[column]),
                unit="min",
                evidence=_DOWNHILL,
                detail={"distance_m": metres},
                **status,
                **common,
            )
    if known(run["steepest_minute_percent"]):
        value = float(run["steepest_minute_percent"])
        yield Observation(
            code="steepest_downhill_minute", value=value, unit="%", evidence=_DOWNHILL, **status, **common
        )


def observe_load(
    runs: pd.DataFrame, weeks: pd.DataFrame, associations: Sequence[PainAssociation] = (), *, last_runs: int = 1
) -> list[Observation]:
    """Return the observations of the last runs, of the last week, and of pain beside the runs.

    Parameters
    ----------
    runs, weeks
        From `runs_table` (and `with_effort`) and `weekly_table`.
    associations
        From `associate_pain`.
    last_runs
        How many runs, counted from the latest, are observed one by one.
    """
    found: list[Observation] = []
    guard = guard_runs(runs)
    for run_id in runs.index[-last_runs:] if last_runs > 0 else []:
        found += observe_run(runs, int(run_id), guard)
    if len(weeks):
        week = _row(weeks, weeks.index[-1])
        base: dict[str, Any] = {
            "source": "device",
            "method": METHOD,
            "time": str(weeks.index[-1].date()),
            "evidence": _WEEK,
        }
        note = {"meaning": "description, not a warning: week-based ratios did not predict injuries"}
        found.append(
            Observation(
                code="weekly_distance", value=float(week["distance_m"]), unit="m", n_strides=int(week["runs"]), **base
            )
        )
        if known(week["change_percent"]):
            change = float(week["change_percent"])
            found.append(Observation(code="weekly_distance_change", value=change, unit="%", detail=note, **base))
    for item in associations:
        code = f"pain_association_with_{item.quantity}"
        if item.rho is None:
            found.append(
                Observation.not_measurable(
                    code, item.sentence, unit="1", source="answers", method=METHOD, evidence=_PAIN
                )
            )
        else:
            found.append(
                Observation(
                    code=code,
                    value=item.rho,
                    interval_95=item.interval_95,
                    unit="1",
                    n_strides=item.n_runs,
                    source="answers",
                    method=METHOD,
                    evidence=_PAIN,
                    detail={"sentence": item.sentence},
                )
            )
    return found
