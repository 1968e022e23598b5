"""Multisport, chained files, pauses, treadmills, uneven sampling: what a run is, and how far and how long it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from medius.load import Activity, FitSession, judge_sport, measure_run, read_watch_file, write_fit

MakeRun = Callable[..., bytes]
T0 = 1_700_000_000.0


def only(content: bytes) -> Activity:
    (activity,) = read_watch_file(content).activities
    return activity


def test_multisport_has_one_activity_for_each_leg_and_only_the_run_counts(data: Path) -> None:
    reading = read_watch_file((data / "watch/fit/triathlon_summary_first.fit").read_bytes())
    assert [activity.sport for activity in reading.activities] == [
        "swimming",
        "transition",
        "cycling",
        "transition",
        "running",
    ]
    assert [judge_sport(activity)[0] for activity in reading.activities] == ["other"] * 4 + ["run"]
    run = measure_run(reading.activities[-1]).summary
    assert run.distance_m == pytest.approx(4491.51, abs=0.01)
    assert run.mean("cadence") == pytest.approx(161.4, abs=2.0)


def test_chained_file_is_two_activities_even_at_the_same_hour(data: Path) -> None:
    reading = read_watch_file((data / "watch/fit/chained_Activity_activity_poolswim.fit").read_bytes())
    assert [(activity.sport, activity.samples["time"].size) for activity in reading.activities] == [
        ("stand-up paddleboarding", 3601),
        ("swimming", 24),
    ]


def test_two_runs_chained(make_run: MakeRun) -> None:
    reading = read_watch_file(make_run(seconds=600) + make_run(start=T0 + 86400, seconds=900))
    distances = [measure_run(activity).summary.distance_m for activity in reading.activities]
    assert distances == pytest.approx([3.0 * 599, 3.0 * 899])


def test_developer_fields_of_a_foot_pod(data: Path) -> None:
    activity = only((data / "watch/fit/developer-types-sample.fit").read_bytes())
    assert set(activity.developer) == {"Form Power", "Leg Spring Stiffness", "Distance", "Speed"}
    assert measure_run(activity).summary.developer_means["Leg Spring Stiffness"] == pytest.approx(14.3, abs=0.1)


def test_running_dynamics_with_the_fraction_of_the_cadence(data: Path) -> None:
    run = measure_run(only((data / "watch/fit/garmin-fenix-5-run.fit").read_bytes())).summary
    assert run.mean("stance_time_balance") == pytest.approx(52.39, abs=0.2)
    assert run.mean("vertical_oscillation") == pytest.approx(76.2, abs=1.0)
    raw = only((data / "watch/fit/garmin-fenix-5-run.fit").read_bytes()).samples["cadence"]
    assert (raw % 1).sum() == 0
    assert (raw[np.isfinite(raw)] % 2 == 1).any()


def test_pauses_do_not_count_as_moving(make_run: MakeRun) -> None:
    activity = only(make_run(seconds=1200, pauses=((300.0, 180.0), (900.0, 60.0))))
    run = measure_run(activity).summary
    assert (run.moving_time_s, run.elapsed_time_s) == (1199.0, 1199.0 + 240.0)
    assert run.n_pauses == 2
    assert run.pace_s_per_km == pytest.approx(1000 / 3.0, rel=1e-3)


def test_events_give_the_timer_where_the_summary_is_lost(make_run: MakeRun) -> None:
    content = make_run(seconds=1200, pauses=((300.0, 180.0),))
    cut = content[: len(content) - 80]
    activity = only(cut)
    assert activity.damage is not None
    run = measure_run(activity).summary
    assert run.moving_time_s == pytest.approx(1199.0, abs=60.0)
    assert run.elapsed_time_s - run.moving_time_s == pytest.approx(180.0, abs=2.0)


def test_treadmill_without_satellite(make_run: MakeRun) -> None:
    activity = only(make_run(seconds=600, gps=False, sub_sport=1))
    assert activity.sub_sport == "treadmill"
    assert measure_run(activity).summary.distance_m == pytest.approx(3.0 * 599)


def test_fitness_equipment_that_is_a_treadmill_is_a_run(make_run: MakeRun) -> None:
    assert judge_sport(only(make_run(seconds=60, sport=4, sub_sport=1)))[0] == "run"


def test_run_without_any_distance_is_still_a_run(make_run: MakeRun) -> None:
    run = measure_run(only(make_run(seconds=600, gps=False, distance=False))).summary
    assert run.distance_m is None
    assert run.moving_time_s == 599.0


def test_smart_recording_weighs_samples_by_time() -> None:
    """A sample every second at 160, then one every 8 s at 180, equally long: the mean lies in the middle."""
    time = T0 + np.concatenate((np.arange(0, 600), np.arange(600, 1200, 8))).astype(float)
    cadence = np.where(time < T0 + 600, 160.0, 180.0)
    content = write_fit(
        {"time": time, "cadence": cadence, "distance": 3.0 * (time - T0)}, [FitSession(T0, 1199, 1199, 3597)]
    )
    run = measure_run(only(content)).summary
    assert run.mean("cadence") == pytest.approx(170.0, abs=0.3)


def test_local_day_comes_from_the_watch(make_run: MakeRun) -> None:
    assert only(make_run(seconds=60, utc_offset_s=7200.0)).utc_offset_s == 7200.0


def test_distance_of_a_later_leg_begins_at_zero() -> None:
    time = T0 + np.arange(1200.0)
    content = write_fit(
        {"time": time, "distance": 5.0 * np.arange(1200.0)},
        [FitSession(T0, 600, 600, 3000, sport=2), FitSession(T0 + 600, 599, 599, 3000, sport=1)],
    )
    legs = read_watch_file(content).activities
    assert [leg.sport for leg in legs] == ["cycling", "running"]
    assert measure_run(legs[1]).summary.distance_m == pytest.approx(3000.0, abs=5.1)


def test_drift_of_the_last_quarter(make_run: MakeRun) -> None:
    """Cadence falls by 6 steps/min and contact rises by 10 ms over the run: three quarters of that between the quarters."""
    run = measure_run(only(make_run(seconds=3600))).summary
    cadence, contact = run.channels["cadence"], run.channels["ground_contact_time"]
    assert cadence.drift == pytest.approx(-4.5, abs=0.1)
    assert contact.drift == pytest.approx(7.5, abs=0.2)
    assert cadence.mean == pytest.approx(171.0, abs=0.05)


def test_short_run_has_a_mean_but_no_drift(make_run: MakeRun) -> None:
    channel = measure_run(only(make_run(seconds=400))).summary.channels["cadence"]
    assert channel.drift is None
    assert channel.standard_error is not None


def test_laps_are_kept(data: Path) -> None:
    laps = only((data / "watch/fit/activity-small-fenix2-run.fit").read_bytes()).laps
    assert [lap.distance_m for lap in laps] == [848.94, 2987.88, 2978.79, 2192.61]


def test_gpx_segments_are_pauses(make_gpx: Callable[..., bytes]) -> None:
    content = make_gpx(seconds=1200).replace(b'<trkpt lat="46.01618', b"</trkseg><trkseg>" + b'<trkpt lat="46.01618', 1)
    activity = only(content)
    assert len(activity.breaks) == 1
    assert measure_run(activity).summary.distance_m == pytest.approx(3.0 * 1190, rel=0.002)


def test_teleport_of_300_km_h_is_left_out(make_gpx: Callable[..., bytes]) -> None:
    run = measure_run(only(make_gpx(jump_at=900))).summary
    assert run.distance_m == pytest.approx(3.0 * 1795, rel=0.002)
    assert "jumped" in run.notes[0]


def test_lost_satellite_that_comes_back_elsewhere_adds_nothing(make_gpx: Callable[..., bytes]) -> None:
    text = make_gpx().decode()
    head, _, tail = text.partition("22:28:20Z")
    moved = head + "22:28:20Z" + tail.replace('lat="46.0', 'lat="47.0')
    assert measure_run(only(moved.encode())).summary.distance_m == pytest.approx(3.0 * 1795, abs=110)


def test_device_distance_that_jumps_is_mended() -> None:
    time = T0 + np.arange(600.0)
    distance = 3.0 * np.arange(600.0)
    distance[300:] += 83.0 * 100
    run = measure_run(only(write_fit({"time": time, "distance": distance}, [FitSession(T0, 599, 599, 10097)]))).summary
    assert run.distance_m == pytest.approx(3.0 * 599, abs=4)
    assert run.notes


@pytest.mark.parametrize(
    ("kind", "speed", "verdict"),
    [
        ("running", 3.0, "run"),
        ("9", 3.0, "run"),
        ("trail_running", 0.5, "run"),
        ("MOUNTAIN_BIKING", 3.0, "other"),
        (None, 3.0, "run"),
        (None, 1.3, "other"),
        (None, 8.0, "other"),
    ],
)
def test_what_is_a_run(make_gpx: Callable[..., bytes], kind: str | None, speed: float, verdict: str) -> None:
    assert judge_sport(only(make_gpx(kind=kind, speed=speed)))[0] == verdict


def test_too_short_to_tell(make_gpx: Callable[..., bytes]) -> None:
    assert judge_sport(only(make_gpx(kind=None, seconds=60)))[0] == "cannot-tell"


@pytest.mark.parametrize("name", ["broken1", "broken4", "cerknicko-jezero", "korita-zbevnica"])
def test_rides_and_hikes_that_name_no_sport_are_no_runs(data: Path, name: str) -> None:
    reading = read_watch_file((data / "watch" / "gpx" / f"{name}.gpx").read_bytes())
    assert all(judge_sport(activity)[0] != "run" for activity in reading.activities)
