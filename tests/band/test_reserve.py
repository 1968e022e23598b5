"""The abductor reserve: moments against published ones, and a ratio that never becomes degrees."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from medius.band import (
    Demand,
    abductor_reserve,
    demand_from_contact_time,
    demand_from_forces,
    demand_single_leg_stance,
)
from medius.errors import InvalidValueError, NothingToMeasureError


def test_moments_agree_with_the_published_ones(
    data: Path, accuracy_lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = accuracy_lab.moment_rows(data)
    with capsys.disabled():
        sys.stdout.write("\n| moment | leg | root mean square (Nm/kg) | correlation |\n|---|---|---|---|\n")
        for r in rows:
            sys.stdout.write(f"| {r.name} | {r.side} | {r.rms:.2f} | {r.correlation:.3f} |\n")
    for row in rows:
        assert row.correlation > 0.95
        assert row.rms < 0.15


def test_both_roads_to_the_demand_cover_the_published_peak(data: Path, accuracy_lab: ModuleType) -> None:
    rows = accuracy_lab.demand_rows(data)
    for side in ("left", "right"):
        published = next(v for m, s, v, _ in rows if m == "published" and s == side)
        for method in ("inverse dynamics", "contact times"):
            value, error = next((v, e) for m, s, v, e in rows if m == method and s == side)
            assert abs(value - published) < 1.96 * error


def test_standing_on_one_leg_asks_for_gravity_times_half_the_hips() -> None:
    assert demand_single_leg_stance(0.08).moment == pytest.approx(9.81 * 0.08)
    with pytest.raises(InvalidValueError, match=r"about 0\.08 m"):
        demand_single_leg_stance(0.8)


def test_running_asks_for_more_than_standing_and_more_with_shorter_contacts() -> None:
    long, short = (demand_from_contact_time(c, 0.74 / 2 - c, 0.08).moment for c in (0.30, 0.22))
    assert short > long > demand_single_leg_stance(0.08).moment
    with pytest.raises(InvalidValueError, match="Contact times"):
        demand_from_contact_time(0.9, 0.1, 0.08)


def test_the_ratio_carries_both_uncertainties() -> None:
    demand = Demand("left", 1.5, 0.3, "running", "how", "method/1")
    o = abductor_reserve(demand, 1.5, 0.0, side="left", source="test")
    assert o.value == pytest.approx(1.0)
    assert o.standard_error == pytest.approx(0.2)
    both = abductor_reserve(demand, 1.5, 0.3, side="left", source="test")
    assert both.standard_error == pytest.approx(0.2 * 2**0.5)
    assert both.unit == "1"
    assert {"C01", "C02", "M11"} <= set(both.evidence)
    with pytest.raises(InvalidValueError, match="positive"):
        abductor_reserve(demand, 0.0, 0.1, side="left", source="test")


def test_nothing_of_it_is_an_angle() -> None:
    """No number of the reserve is in degrees, whatever goes in (C01, C02, M11)."""
    o = abductor_reserve(Demand(None, 3.0, 0.1, "running", "how", "m/1"), 0.5, 0.05, side="right", source="t")
    assert "deg" not in o.model_dump_json()
    assert "drop" in o.detail["reading"]


def test_missing_forces_and_wrong_masses_are_said(data: Path, accuracy_lab: ModuleType) -> None:
    result = accuracy_lab.rbds(data)
    with pytest.raises(InvalidValueError, match="body mass"):
        demand_from_forces(result.segments, result.motion, "left", 6.2, [(0.5, 0.8)])
    with pytest.raises(NothingToMeasureError, match="No whole stance"):
        demand_from_forces(result.segments, result.motion, "left", 62.0, [])
    bare = result.motion.drop_vars(["force", "centre_of_pressure", "free_moment"])
    with pytest.raises(NothingToMeasureError, match="needs forces"):
        demand_from_forces(result.segments, bare, "left", 62.0, [(0.5, 0.8)])
