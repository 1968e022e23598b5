"""Our totals against what the device printed, for every run in the corpus; `pytest -s` shows the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from medius.load import NoActivityError, RunSummary, judge_sport, measure_run, read_watch_file
from medius.load._track import running_clock

HEAD = f"{'file':34s}{'':8s}{'distance m':>12s}{'timer s':>12s}{'elapsed s':>12s}{'ascent m':>10s}{'descent m':>10s}"


@pytest.fixture(scope="module")
def runs(data: Path) -> list[tuple[str, RunSummary]]:
    found = []
    for path in sorted((data / "watch").rglob("*")):
        if path.suffix in (".fit", ".tcx") and path.parent.name in ("fit", "tcx"):
            try:
                reading = read_watch_file(path.read_bytes())
            except NoActivityError:  # a workout
                continue
            found += [
                (path.name, measure_run(activity).summary)
                for activity in reading.activities
                if judge_sport(activity)[0] == "run"
            ]
    assert len(found) == 7
    return found


def cell(value: float | None, width: int, digits: int) -> str:
    return f"{'-' if value is None else f'{value:.{digits}f}':>{width}s}"


def test_print_table(runs: list[tuple[str, RunSummary]], capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["", HEAD]
    widths = ((12, 2), (12, 3), (12, 3), (10, 1), (10, 1))
    for name, run in runs:
        ours = (run.distance_m, run.moving_time_s, run.elapsed_time_s, run.ascent_m, run.descent_m)
        device = (run.device_distance_m, run.device_timer_s, run.device_elapsed_s)
        for who, values in (("Medius", ours), ("device", (*device, run.device_ascent_m, run.device_descent_m))):
            cells = "".join(cell(value, *width) for value, width in zip(values, widths, strict=True))
            lines.append(f"{name if who == 'Medius' else '':34s}{who:8s}{cells}")
    with capsys.disabled():
        print("\n".join(lines))  # noqa: T201
    assert len(lines) == 2 + 2 * len(runs)


def test_distance_within_half_a_percent(runs: list[tuple[str, RunSummary]]) -> None:
    for name, run in runs:
        assert run.device_distance_m is not None
        assert run.distance_m == pytest.approx(run.device_distance_m, rel=0.005, abs=0.01), name


def test_time_exact(runs: list[tuple[str, RunSummary]]) -> None:
    for name, run in runs:
        assert run.device_timer_s is not None
        assert run.moving_time_s == run.device_timer_s, name
        if run.device_elapsed_s is not None:
            assert run.elapsed_time_s == run.device_elapsed_s, name


def test_timer_is_found_again_without_the_summary(data: Path) -> None:
    """The samples alone, pauses left out, give the device's timer time to the second."""
    for name in (
        "activity-small-fenix2-run",
        "developer-types-sample",
        "garmin-fenix-5-run",
        "triathlon_summary_first",
    ):
        reading = read_watch_file((data / "watch" / "fit" / f"{name}.fit").read_bytes())
        (run,) = (activity for activity in reading.activities if activity.sport == "running")
        assert run.device.timer_s == pytest.approx(running_clock(run)[-1], abs=1.2), name


def test_ascent_and_descent_within_a_tenth(runs: list[tuple[str, RunSummary]]) -> None:
    """The device prints whole metres, so half a metre more is allowed."""
    compared = 0
    for name, run in runs:
        for ours, device in ((run.ascent_m, run.device_ascent_m), (run.descent_m, run.device_descent_m)):
            if device is not None:
                assert ours is not None, name
                assert abs(ours - device) <= 0.10 * device + 0.5, (name, ours, device)
                compared += device > 0
    assert compared >= 4


def test_naive_sum_would_fail(data: Path) -> None:
    activity = read_watch_file((data / "watch/fit/activity-small-fenix2-run.fit").read_bytes()).activities[0]
    altitude = activity.samples["altitude"]
    steps = altitude[1:] - altitude[:-1]
    assert -steps[steps < 0].sum() > 4 * 61


def test_tcx_distance_is_that_of_its_track_points(runs: list[tuple[str, RunSummary]]) -> None:
    run = dict(runs)["test.tcx"]
    assert run.distance_m == pytest.approx(4686.31, abs=0.01)
    assert run.moving_time_s == pytest.approx(1992.78, abs=1e-6)
