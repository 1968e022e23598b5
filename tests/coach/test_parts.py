"""The pieces of the coach against geometry and movements that are known exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medius.coach import Frame
from medius.coach._gauge import gauge
from medius.coach._points import PointFilter
from medius.coach._timing import time_repetition
from medius.exercises import Measured, exercises

TRUNK = ("middle_shoulder", "middle_hip")
BODY = {
    "left_shoulder": -1 + 10j, "right_shoulder": 1 + 10j, "left_hip": -1 + 5j, "right_hip": 1 + 5j,
    "left_knee": -1 + 2j, "right_knee": 1 + 3j, "left_ankle": -1 + 0j, "right_ankle": 4 + 3j,
}  # fmt: skip
"""Somebody seen from behind, y up: the trunk is 5 long, the right shank lies level."""


@pytest.mark.parametrize(
    ("measured", "side", "value"),
    [
        (Measured(kind="distance", points=("work_hip", "other_hip"), over=TRUNK), "left", 0.4),
        (Measured(kind="height", points=("work_ankle", "other_ankle"), over=TRUNK), "left", 0.6),
        (Measured(kind="height", points=("work_ankle", "other_ankle"), over=TRUNK), "right", -0.6),
        (Measured(kind="line_angle", points=("work_knee", "work_ankle")), "right", 0.0),
        (Measured(kind="joint_angle", points=("work_hip", "work_knee", "work_ankle")), "right", 90.0),
        (Measured(kind="lean", points=("work_hip", "other_shoulder")), "right", -math.degrees(math.atan2(2, 5))),
        (Measured(kind="height", points=("left_hip", "work_knee+work_knee+work_ankle"), over=TRUNK), "right", -0.4),
    ],
)
def test_measures_are_what_plane_geometry_says(measured: Measured, side: str, value: float) -> None:
    take = gauge(measured, "left" if side == "left" else "right")
    assert take(BODY, {}) == pytest.approx(value)


@given(turn=st.floats(-0.2, 0.2), size=st.floats(0.5, 300.0), x=st.floats(-500, 500))
def test_distances_and_joint_angles_do_not_depend_on_place_size_and_roll(turn: float, size: float, x: float) -> None:
    moved = {n: p * size * complex(math.cos(turn), math.sin(turn)) + x for n, p in BODY.items()}
    for measured in (
        Measured(kind="distance", points=("work_ankle", "other_ankle"), over=TRUNK),
        Measured(kind="height", points=("work_ankle", "other_ankle"), over=TRUNK, along=TRUNK),
        Measured(kind="joint_angle", points=("work_hip", "work_knee", "work_ankle")),
    ):
        take = gauge(measured, "right")
        assert take(moved, {}) == pytest.approx(take(BODY, {}), rel=1e-6)


def test_what_is_not_seen_is_not_measured() -> None:
    take = gauge(Measured(kind="distance", points=("work_knee", "other_knee"), over=TRUNK), "left")
    assert take({n: p for n, p in BODY.items() if n != "right_knee"}, {}) is None
    assert take({n: p for n, p in BODY.items() if n != "left_hip"}, {}) is None
    assert take({n: p for n, p in BODY.items() if n != "left_hip"}, {TRUNK: 5.0}) == pytest.approx(math.hypot(2, 1) / 5)


def _minimum_jerk(start: float, out: float, hold: float, back: float, fps: float) -> list[tuple[float, float]]:
    now = np.arange(start - 0.5, start + out + hold + back + 0.5, 1 / fps)
    up = np.clip((now - start) / out, 0, 1)
    down = np.clip((now - start - out - hold) / back, 0, 1)
    s = up**3 * (10 - 15 * up + 6 * up**2) - down**3 * (10 - 15 * down + 6 * down**2)
    return list(zip(now.tolist(), s.tolist(), strict=True))


@given(
    start=st.floats(1, 9), out=st.floats(0.5, 3), hold=st.floats(0, 5), back=st.floats(0.5, 3), fps=st.floats(10, 60),
    reach=st.floats(0.3, 1.5),
)  # fmt: skip
def test_times_of_a_minimum_jerk_movement_are_found(
    start: float, out: float, hold: float, back: float, fps: float, reach: float
) -> None:
    course = [(t, reach * x) for t, x in _minimum_jerk(start, out, hold, back, fps)]
    timing = time_repetition(course)
    assert timing.start_s == pytest.approx(start, abs=0.15)
    assert timing.hold_s == pytest.approx(hold, abs=0.2)
    assert timing.end_s == pytest.approx(start + out + hold + back, abs=0.15)
    assert timing.peak_s == pytest.approx(start + out + hold / 2, abs=0.15)
    assert timing.reached == pytest.approx(reach, rel=0.05)


def _legs(left: complex, right: complex, now: float) -> Frame:
    points = {"left_hip": 100 + 100j, "right_hip": 110 + 100j, "left_shoulder": 100 + 20j, "right_shoulder": 110 + 20j}
    for part, share in (("knee", 0.5), ("ankle", 1.0)):
        points[f"left_{part}"] = 100 + 100j + share * left
        points[f"right_{part}"] = 110 + 100j + share * right
    return Frame(now, {n: (p.real, p.imag, 0.9) for n, p in points.items()})


def test_legs_that_the_network_mixes_up_keep_their_own_points() -> None:
    steady = PointFilter()
    free, standing = -60 + 20j, 0 + 80j
    for i in range(40):
        mixed = 10 <= i < 25
        found = steady(_legs(standing if mixed else free, free if mixed else standing, i / 30))
        if i > 5:
            assert found["left_ankle"].real < 60 < 100 < found["right_ankle"].real + 10


def test_a_single_wrong_picture_changes_nothing() -> None:
    steady = PointFilter()
    for i in range(20):
        frame = _legs(0 + 80j, 0 + 80j, i / 30)
        if i == 15:
            frame = Frame(frame.time_s, {**frame.points, "left_shoulder": (900.0, 900.0, 0.9)})
        found = steady(frame)
    assert found["left_shoulder"] == 100 - 20j


def test_points_are_forgotten_after_a_third_of_a_second() -> None:
    steady = PointFilter()
    steady(_legs(80j, 80j, 0.0))
    assert steady(Frame(0.3, {}))
    assert not steady(Frame(0.4, {}))


def test_every_fault_with_signs_names_evidence_and_the_worst_stands_first() -> None:
    for item in exercises().values():
        for fault in item.faults:
            assert fault.evidence
            assert fault.cue.endswith(".")
