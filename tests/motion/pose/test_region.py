"""Turned squares: where they lie, and that the way into them and back is the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medius.motion.pose.region import AuxiliarySmoother, Region, region_from_points

CORNERS = np.array([[0.5, 0.5], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def test_an_upright_square() -> None:
    np.testing.assert_allclose(
        Region(100.0, 200.0, 40.0, 0.0).to_picture(CORNERS), [[100, 200], [80, 180], [120, 180], [80, 220]]
    )


def test_a_square_turned_clockwise_by_a_right_angle() -> None:
    # The square's top then lies at the picture's right.
    np.testing.assert_allclose(
        Region(100.0, 200.0, 40.0, math.pi / 2).to_picture(CORNERS), [[100, 200], [120, 180], [120, 220], [80, 180]]
    )


@pytest.mark.parametrize(
    ("circle", "rotation"),
    [((0, -50), 0.0), ((50, 0), math.pi / 2), ((-50, 0), -math.pi / 2), ((30, -30), math.pi / 4)],
)
def test_the_square_turns_with_the_body(circle: tuple[float, float], rotation: float) -> None:
    center = np.array([320.0, 240.0])
    region = region_from_points(center, center + np.array(circle, dtype=np.float64))
    assert (region.x, region.y) == (320.0, 240.0)
    assert region.rotation == pytest.approx(rotation)
    # Twice the radius, a quarter more.
    assert region.size == pytest.approx(2.5 * math.hypot(*circle))


@given(st.tuples(st.floats(-500, 2000), st.floats(-500, 2000)), st.tuples(st.floats(-900, 900), st.floats(-900, 900)))
def test_the_point_on_the_circle_lies_straight_up_in_the_square(
    center: tuple[float, float], away: tuple[float, float]
) -> None:
    middle, circle = np.array(center), np.array(center) + np.array(away)
    region = region_from_points(middle, circle)
    assert -math.pi <= region.rotation <= math.pi
    if math.hypot(*away) > 10:
        np.testing.assert_allclose(region.to_picture(np.array([0.5, 0.5 - 0.5 / 1.25])), circle, atol=1e-6)
    else:
        assert region.size >= 16.0


@given(st.floats(-math.pi, math.pi), st.floats(20, 900))
def test_a_turned_square_keeps_lengths(rotation: float, size: float) -> None:
    points = Region(50.0, 60.0, size, rotation).to_picture(CORNERS)
    assert np.linalg.norm(points[2] - points[1]) == pytest.approx(size)
    assert np.linalg.norm(points[3] - points[1]) == pytest.approx(size)
    assert np.dot(points[2] - points[1], points[3] - points[1]) == pytest.approx(0.0, abs=1e-6 * size**2)


def test_the_smoother_starts_where_it_is_and_stays_there() -> None:
    smoother = AuxiliarySmoother()
    points = np.array([[100.0, 200.0], [100.0, 50.0]])
    for index in range(10):
        np.testing.assert_allclose(smoother(points, index / 60.0, 375.0), points)


def test_the_smoother_calms_jitter_and_follows_a_walk() -> None:
    rng = np.random.default_rng(1)
    still, moving = AuxiliarySmoother(), AuxiliarySmoother()
    out, gaps = [], []
    for index in range(240):
        point = np.array([[300.0, 300.0], [300.0, 100.0]])
        out.append(still(point + rng.normal(0, 1.0, (2, 2)), index / 60.0, 500.0))
        walk = point + np.array([200.0 * index / 60.0, 0.0])
        gaps.append(moving(walk, index / 60.0, 500.0) - walk)
    assert np.std(out[120:], axis=0).max() < 0.5
    # Half a body a second: what it lags behind stays small against the square.
    assert np.abs(gaps[120:]).max() < 0.05 * 500.0


def test_the_smoother_begins_anew_when_time_runs_back() -> None:
    smoother = AuxiliarySmoother()
    smoother(np.zeros((2, 2)), 5.0, 100.0)
    fresh = np.full((2, 2), 70.0)
    np.testing.assert_array_equal(smoother(fresh, 1.0, 100.0), fresh)
