"""The findings of the watch appear as Observations, each with the ids it rests on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from medius.evidence import require
from medius.load import (
    RunStore,
    associate_pain,
    draw_load_chart,
    import_runs,
    observe_load,
    observe_run,
    runs_table,
    weekly_table,
)
from medius.record import Observation

NOW = 1_800_000_000.0
T0 = 1_700_000_000.0


@pytest.fixture
def runs(
    store: RunStore, tmp_path: Path, make_run: Callable[..., bytes], make_gpx: Callable[..., bytes]
) -> pd.DataFrame:
    (tmp_path / "a.gpx").write_bytes(make_gpx())
    (tmp_path / "b.fit").write_bytes(make_run(start=T0 + 7 * 86400, seconds=3600))
    import_runs([tmp_path], store, now=NOW)
    return runs_table(store)


def by_code(observations: list[Observation]) -> dict[str, Observation]:
    found = {item.code: item for item in observations}
    assert len(found) == len(observations)
    return found


def test_every_observation_names_facts_that_exist(runs: pd.DataFrame) -> None:
    observations = observe_load(runs, weekly_table(runs), associate_pain(pain_of(runs)), last_runs=2)
    for item in observations:
        assert item.evidence, item.code
        require(*item.evidence)
        Observation.model_validate(item.to_json())


def pain_of(runs: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run_id": pd.array(range(12), dtype="Int64"),
            "pain": [float(n % 5) for n in range(12)],
            "distance_m": [1000.0 * n for n in range(12)],
            "descent_m": [float(n) for n in range(12)],
            "cadence_spm": [float("nan")] * 12,
        }
    )


def test_run_of_the_watch(runs: pd.DataFrame) -> None:
    found = by_code(observe_run(runs, int(runs.index[1])))
    assert found["run_distance"].value == pytest.approx(3.0 * 3599)
    ratio = found["long_run_ratio"]
    assert ratio.value == pytest.approx(2.0, abs=0.01)
    assert ratio.evidence == ("R01", "R03", "X02")
    assert ratio.detail["hazard_ratio"] in (1.52, 2.28)
    descent = found["descent"]
    assert descent.status == "final"
    assert descent.standard_error is not None
    assert abs((descent.value or 0) - 120.0) < 2 * descent.standard_error
    assert found["watch_cadence_drift"].value == pytest.approx(-4.5, abs=0.1)
    assert found["watch_stance_time_balance"].side is None
    assert found["watch_cadence"].source.startswith("sha256:")
    assert found["watch_cadence"].time == "2023-11-21T22:13:20Z"


def test_satellite_altitude_is_provisional_and_a_first_run_has_no_ratio(runs: pd.DataFrame) -> None:
    found = by_code(observe_run(runs, int(runs.index[0])))
    assert found["descent"].status == "provisional"
    assert found["long_run_ratio"].status == "not-measurable"


def test_weeks_are_a_description(runs: pd.DataFrame) -> None:
    found = by_code(observe_load(runs, weekly_table(runs)))
    assert "description" in found["weekly_distance_change"].detail["meaning"]
    assert not any("acute" in code or "chronic" in code for code in found)


def test_silence_is_an_observation_too(runs: pd.DataFrame) -> None:
    short = pain_of(runs).head(5)
    found = by_code(observe_load(runs, weekly_table(runs), associate_pain(short)))
    assert found["pain_association_with_distance"].status == "not-measurable"


def test_no_runs_no_observations(store: RunStore) -> None:
    empty = runs_table(store)
    assert observe_load(empty, weekly_table(empty)) == []


def test_chart_shows_every_run(runs: pd.DataFrame, tmp_path: Path) -> None:
    figure = draw_load_chart(runs)
    _, run_axis = figure.axes
    points = sum(np.asarray(line.get_xdata()).size for line in run_axis.lines if line.get_linestyle() == "None")
    assert points == len(runs)
    figure.savefig(tmp_path / "chart.svg")
    assert (tmp_path / "chart.svg").stat().st_size > 2000


def test_chart_of_nothing(store: RunStore, tmp_path: Path) -> None:
    draw_load_chart(runs_table(store)).savefig(tmp_path / "empty.png")
