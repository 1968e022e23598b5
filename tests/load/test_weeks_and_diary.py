"""Weeks as description, the diary beside the runs, and an association that knows when to be silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.errors import InvalidValueError, UnreadableFileError
from medius.load import (
    RunStore,
    associate_pain,
    check_diary,
    import_runs,
    pain_calendar,
    read_diary,
    runs_table,
    weekly_table,
    with_effort,
)

NOW = 1_800_000_000.0
T0 = 1_700_000_000.0


@pytest.fixture
def three_runs(store: RunStore, tmp_path: Path, make_run: Callable[..., bytes]) -> pd.DataFrame:
    """A Tuesday, the Thursday after, and a Thursday two weeks later: 2023-11-14, 16 and 30."""
    for number, day in enumerate((0, 2, 16)):
        start = T0 - 12 * 3600 + day * 86400
        (tmp_path / f"{number}.fit").write_bytes(make_run(start=start, hill_m=40.0, seconds=1801 * (1 + number % 2)))
    import_runs([tmp_path], store, now=NOW)
    return runs_table(store)


def test_weeks_are_whole_and_gaps_are_zeros(three_runs: pd.DataFrame) -> None:
    weeks = weekly_table(three_runs)
    assert [str(monday.date()) for monday in weeks.index] == ["2023-11-13", "2023-11-20", "2023-11-27"]
    assert weeks["runs"].tolist() == [2.0, 0.0, 1.0]
    assert weeks["distance_m"].tolist() == pytest.approx([3.0 * (1800 + 3601), 0.0, 3.0 * 1800])
    assert weeks["change_percent"].tolist() == pytest.approx([np.nan, -100.0, np.nan], nan_ok=True)
    assert not any("acute" in name or "acwr" in name for name in weeks.columns)


def test_no_runs_no_weeks(store: RunStore) -> None:
    assert weekly_table(runs_table(store)).empty


def test_pain_beside_the_run_with_place_and_gradient(three_runs: pd.DataFrame, store: RunStore) -> None:
    """The hill is 40 m of cosine with a period of 600 s at 3 m/s: steepest down at 150 s, 0.45 km, −14 %."""
    diary = check_diary(
        pd.DataFrame(
            {
                "date": ["2023-11-14", "2023-11-18", "2023-11-30T10:30"],
                "pain": [4, 2, 0],
                "pain_from_km": [0.45, None, None],
                "next_morning": [1, 1, 0],
                "rpe": [6, None, 5],
            }
        )
    )
    calendar = pain_calendar(three_runs, diary, store)
    assert len(calendar) == 4
    first = calendar.iloc[0]
    assert (first["pain"], first["next_morning"]) == (4, 1)
    assert first["pain_from_min"] == pytest.approx(2.5, abs=0.2)
    assert first["pain_gradient_percent"] == pytest.approx(-13.5, abs=1.0)
    assert first["effort_load"] == pytest.approx(6 * 30.0, rel=0.01)
    assert pd.isna(calendar.iloc[1]["pain"])
    assert pd.isna(calendar.iloc[2]["run_id"])
    assert calendar.iloc[3]["rpe"] == 5
    weeks = weekly_table(with_effort(three_runs, calendar))
    assert weeks["effort_load"].iloc[0] == pytest.approx(180.0, rel=0.01)
    assert pd.isna(weeks["effort_load"].iloc[1])


def test_entry_with_a_time_belongs_to_the_run_before_it(
    store: RunStore, tmp_path: Path, make_run: Callable[..., bytes]
) -> None:
    for number, hour in enumerate((6, 18)):
        start = pd.Timestamp(f"2026-05-17T{hour:02d}:00", tz="UTC").timestamp()
        (tmp_path / f"{number}.fit").write_bytes(make_run(start=start, seconds=600 * (2 - number)))
    import_runs([tmp_path], store, now=NOW)
    runs = runs_table(store)
    diary = check_diary(pd.DataFrame({"date": ["2026-05-17T19:30", "2026-05-17"], "pain": [5, 1]}))
    calendar = pain_calendar(runs, diary)
    assert calendar["pain"].tolist() == [1, 5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,pain\n2026-05-17,3\n", "no column 'date'"),
        ("date,pain\nyesterday,3\n", "'yesterday' is no date"),
        ("date,pain\n2026-05-17,11\n", "Row 1 of the diary: pain is 11.* not 0 to 10"),
        ("date,pain\n2026-05-17,2\n2026-05-18,much\n", "Row 2 of the diary: pain is much"),
        ("date,pain_from_km\n2026-05-17,-1\n", "pain_from_km"),
    ],
)
def test_diary_that_cannot_be(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "diary.csv").write_text(text)
    with pytest.raises((InvalidValueError, UnreadableFileError), match=message):
        read_diary(tmp_path / "diary.csv")


def test_diary_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read as a diary"):
        read_diary(tmp_path / "none.csv")


def calendar_of(pain: list[float], distance: list[float]) -> pd.DataFrame:
    n = len(pain)
    return pd.DataFrame(
        {
            "run_id": pd.array(range(n), dtype="Int64"),
            "pain": pain,
            "distance_m": distance,
            "descent_m": [float("nan")] * n,
            "cadence_spm": [170.0] * n,
        }
    )


def test_silent_under_ten_runs() -> None:
    for item in associate_pain(calendar_of([float(n) for n in range(9)], [1000.0 * n for n in range(9)])):
        assert item.rho is None
        assert "ten are needed" in item.sentence


def test_says_how_many_runs_it_rests_on_and_that_it_proves_no_cause() -> None:
    distance, descent, cadence = associate_pain(
        calendar_of([float(n // 2) for n in range(20)], [1000.0 * n for n in range(20)])
    )
    assert distance.rho is not None
    assert distance.rho > 0.98
    assert distance.sentence.startswith("Over 20 runs: pain tended to be higher in runs with more distance")
    assert "no proof of a cause" in distance.sentence
    assert descent.n_runs == 0
    assert cadence.rho is None
    assert "same in all 20 runs" in cadence.sentence


def test_noise_is_called_no_association_about_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(4)
    clear = 0
    for _ in range(400):
        table = calendar_of(rng.integers(0, 6, 15).astype(float).tolist(), rng.uniform(3e3, 2e4, 15).tolist())
        clear += "no clear association" not in associate_pain(table)[0].sentence
    assert clear / 400 < 0.09


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.floats(1000, 40000)), min_size=10, max_size=40))
def test_interval_holds_the_correlation(pairs: list[tuple[int, float]]) -> None:
    item = associate_pain(calendar_of([float(pain) for pain, _ in pairs], [km for _, km in pairs]))[0]
    assert item.n_runs == len(pairs)
    if item.rho is not None and item.interval_95 is not None:
        assert -1 <= item.interval_95[0] <= item.rho + 1e-6
        assert item.rho - 1e-6 <= item.interval_95[1] <= 1
