"""The long-run guard says what the study found, no more."""

from __future__ import annotations

import pandas as pd
import pytest

from medius.errors import InvalidValueError
from medius.load import guard_planned_run, guard_runs

DAY = pd.Timestamp("2026-05-01T08:00", tz="UTC")


def runs(*pairs: tuple[float, float]) -> pd.DataFrame:
    """Runs as (days after the first of May, km)."""
    table = pd.DataFrame(
        [(DAY + pd.Timedelta(days=day), 1000.0 * km) for day, km in pairs], columns=["start", "distance_m"]
    )
    return table.rename_axis("run_id")


@pytest.mark.parametrize(
    ("km", "level", "band", "ratio", "interval"),
    [
        (8.0, "within", "up to 10 % longer", None, None),
        (11.0, "within", "up to 10 % longer", None, None),
        (11.01, "warn", "over 10 to 30 % longer", 1.64, (1.31, 2.05)),
        (13.0, "warn", "over 10 to 30 % longer", 1.64, (1.31, 2.05)),
        (13.01, "warn", "over 30 to 100 % longer", 1.52, (1.16, 2.00)),
        (20.0, "warn", "over 30 to 100 % longer", 1.52, (1.16, 2.00)),
        (20.01, "strong", "over 100 % longer", 2.28, (1.50, 3.48)),
    ],
)
def test_bands_of_the_study(
    km: float, level: str, band: str, ratio: float | None, interval: tuple[float, float] | None
) -> None:
    verdict = guard_planned_run(runs((0, 10.0), (5, 6.0)), 1000 * km, DAY + pd.Timedelta(days=10))
    assert (verdict.level, verdict.band, verdict.hazard_ratio) == (level, band, ratio)
    assert verdict.hazard_interval == interval
    assert verdict.longest_m == 10000.0
    assert set(verdict.evidence) == {"R01", "R03", "X02"}


def test_only_the_thirty_days_before_count_and_never_the_run_itself() -> None:
    table = guard_runs(runs((0, 30.0), (1, 5.0), (31, 6.0), (32, 12.0)))
    assert table["longest_m"].tolist()[1:] == [30000.0, 5000.0, 6000.0]
    assert table["level"].tolist() == ["no-comparison", "within", "warn", "warn"]
    assert pd.isna(table["ratio"].iloc[0])


def test_the_window_is_closed_at_thirty_days() -> None:
    assert guard_runs(runs((0, 10.0), (30, 10.0)))["ratio"].iloc[1] == 1.0
    assert guard_runs(runs((0, 10.0), (30.01, 10.0)))["level"].iloc[1] == "no-comparison"


def test_sentence_says_what_it_rests_on_and_what_it_does_not_say() -> None:
    verdict = guard_planned_run(runs((0, 10.0)), 25000.0, DAY + pd.Timedelta(days=1))
    assert "25.0 km, 150 % more than the longest run of the 30 days before (10.0 km)" in verdict.sentence
    assert "2.28 times (1.50 to 3.48)" in verdict.sentence
    assert "injuries of every kind" in verdict.sentence
    assert "will be injured" not in verdict.sentence


def test_runs_without_a_distance_are_left_out() -> None:
    table = runs((0, 10.0), (1, 0.0), (2, 11.0))
    assert len(guard_runs(table)) == 2
    assert guard_runs(runs()).empty


def test_planned_distance_must_be_above_zero() -> None:
    for km in (0.0, -3.0, float("nan")):
        with pytest.raises(InvalidValueError, match="above 0"):
            guard_planned_run(runs((0, 10.0)), km, DAY)


def test_planned_day_without_a_zone_is_taken_as_utc() -> None:
    assert guard_planned_run(runs((0, 10.0)), 9000.0, pd.Timestamp("2026-05-03")).level == "within"
