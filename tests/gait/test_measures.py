"""Every measure against exact angles and lengths, and against the truth of rendered runners."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.evidence import fact
from medius.gait.analyse import _take
from medius.gait.contacts import SIDES
from medius.gait.film import Film
from medius.gait.measures import MEASURES, measure
from medius.gait.prepare import prepare_film
from medius.record import Side

from ._rendered import REAR, SIDE, rendered_truth, true_film
from ._synthetic import METRES_PER_PIXEL, Points, Runner, flexion_from_reach

REAR_VIEWS, SIDE_VIEWS = ("rear", "front"), ("side-left", "side-right")
STRAIGHT_REAR = tuple(name for name in REAR if name[-2:] not in ("04", "08"))
"""Clips whose camera looks along the running direction."""


def film_of(run: Runner) -> Film:
    """Prepare a made-up runner, with stickers where the view shows them."""
    rear = run.view in REAR_VIEWS
    return prepare_film(run.motion, stickers=run.stickers if rear else None, height_m=run.height_m)


def mean(film: Film, code: str, side: Side | None = None) -> float:
    """Return the mean raw value of a measure."""
    return float(np.nanmean(_take(film, measure(code), side)[1]))


@pytest.mark.parametrize("view", REAR_VIEWS)
@pytest.mark.parametrize(("left", "right"), [(4.0, 7.0), (0.0, 0.0), (-3.0, 9.0), (12.0, 1.0)])
def test_pelvic_drop_is_signed_and_belongs_to_the_standing_leg(view: str, left: float, right: float) -> None:
    film = film_of(Runner(view=view, drop_deg=(left, right)))
    # The peak of a hike (negative) is its smallest value: the moment when the pelvis is level again.
    assert mean(film, "contralateral_pelvic_drop", "left") == pytest.approx(max(left, 0.0), abs=0.2)
    assert mean(film, "contralateral_pelvic_drop", "right") == pytest.approx(max(right, 0.0), abs=0.2)


def test_drop_and_hike_of_the_same_size_differ_only_in_sign() -> None:
    drop = measure("contralateral_pelvic_drop").signal
    assert drop is not None
    down, up = (film_of(Runner(view="rear", drop_deg=(size, size))) for size in (6.0, -6.0))
    for side in SIDES:
        np.testing.assert_allclose(drop(down, side), -drop(up, side), atol=0.02)
    np.testing.assert_allclose(drop(down, "left"), -drop(down, "right"), atol=1e-12)


@pytest.mark.parametrize("view", REAR_VIEWS)
@pytest.mark.parametrize(("left", "right"), [(8.0, 11.0), (-5.0, 0.0), (14.0, -2.0)])
def test_thigh_angle_is_positive_inwards(view: str, left: float, right: float) -> None:
    film = film_of(Runner(view=view, thigh_deg=(left, right)))
    assert mean(film, "thigh_frontal_angle", "left") == pytest.approx(left, abs=0.05)
    assert mean(film, "thigh_frontal_angle", "right") == pytest.approx(right, abs=0.05)
    # Hips 100 px apart, thighs of 190 px.
    apart = 100.0 - 190.0 * (np.sin(np.radians(left)) + np.sin(np.radians(right)))
    for side in SIDES:
        assert mean(film, "knee_separation", side) == pytest.approx(apart * METRES_PER_PIXEL, rel=0.01)


@pytest.mark.parametrize("view", REAR_VIEWS)
@pytest.mark.parametrize("step", [60.0, 20.0, -5.0, -30.0])
def test_step_width_is_negative_where_the_feet_cross(view: str, step: float) -> None:
    film = film_of(Runner(view=view, step_px=step))
    assert mean(film, "step_width") == pytest.approx(step * METRES_PER_PIXEL, rel=0.01)
    assert mean(film, "crossover_share") == (1.0 if step < 0 else 0.0)
    for side in SIDES:
        # Ankle seen from the hip: 50 px out for the hip, half a step width for the ankle.
        inwards = mean(film, "hip_ankle_line_angle", side)
        assert inwards == pytest.approx(np.degrees(np.arctan((50.0 - step / 2) / 301.0)), abs=0.8)


@pytest.mark.parametrize("view", REAR_VIEWS)
@pytest.mark.parametrize("lean", [-4.0, 0.0, 3.0])
def test_trunk_lean_is_positive_towards_the_standing_leg(view: str, lean: float) -> None:
    film = film_of(Runner(view=view, lean_deg=lean))
    assert mean(film, "trunk_lateral_lean", "left") == pytest.approx(lean, abs=1e-6)
    assert mean(film, "trunk_lateral_lean", "right") == pytest.approx(-lean, abs=1e-6)
    assert mean(film, "trunk_sway") == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("view", SIDE_VIEWS)
@pytest.mark.parametrize("fps", [60.0, 120.0, 240.0])
def test_side_view_of_a_runner_made_of_formulas(view: str, fps: float) -> None:
    run = Runner(view=view, fps=fps, lean_deg=7.0, pitch_deg=-4.0)
    film = film_of(run)
    assert mean(film, "trunk_forward_lean") == pytest.approx(7.0, abs=1e-6)
    assert mean(film, "vertical_oscillation") == pytest.approx(0.060, abs=0.001)
    assert mean(film, "cadence") == pytest.approx(168.0, abs=0.3)
    for side in SIDES:
        assert mean(film, "foot_strike_angle", side) == pytest.approx(-4.0, abs=1e-6)
        assert mean(film, "stride_time", side) == pytest.approx(run.period, abs=0.001)
        assert mean(film, "step_time", side) == pytest.approx(run.period / 2, abs=0.003)
        assert mean(film, "contact_time", side) == pytest.approx(0.24, abs=0.025)
        assert mean(film, "flight_time", side) == pytest.approx(run.period / 2 - 0.24, abs=0.025)
        assert mean(film, "duty_factor", side) == pytest.approx(0.24 / run.period, abs=0.035)
        flexion = run.in_stance(side, lambda p, s=side: flexion_from_reach(p, s), np.max)  # type: ignore[misc]
        assert mean(film, "knee_flexion_peak_stance", side) == pytest.approx(flexion, abs=0.5)


@pytest.mark.parametrize("view", SIDE_VIEWS)
def test_angles_at_contact_follow_from_the_foot_and_its_time(view: str) -> None:
    # The knee straightens at 300 degrees a second just before contact: 10 ms are 3 degrees. So the moment is the one
    # that was found, and no filter rounds the corner.
    run = Runner(view=view, fps=120.0)
    film = replace(film_of(run), motion=run.motion)

    def shank(points: Points, side: Side) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        d = points[f"{side}_ankle"] - points[f"{side}_knee"]
        return np.degrees(np.arctan2(run.facing * d[:, 0], d[:, 1]))

    for side in SIDES:
        start = film.contacts.of(side)[3].initial_contact
        points = run.points(np.array([start]))
        flexion = float(flexion_from_reach(points, side)[0])
        assert mean(film, "knee_flexion_at_contact", side) == pytest.approx(flexion, abs=0.3)
        assert mean(film, "tibia_angle_at_contact", side) == pytest.approx(float(shank(points, side)[0]), abs=0.3)
        ahead = run.facing * (points[f"{side}_ankle"][0, 0] - 360.0) * METRES_PER_PIXEL
        assert mean(film, "overstride", side) == pytest.approx(ahead, abs=0.002)
        assert abs(flexion - run.at_contact(side, lambda p, s=side: flexion_from_reach(p, s))) < 4.0  # type: ignore[misc]


@pytest.mark.parametrize("view", SIDE_VIEWS)
def test_hip_extension_is_the_thigh_behind_plumb(view: str) -> None:
    run = Runner(view=view, fps=240.0)
    points = run.points(np.linspace(0.0, run.period, 4001))
    for side in SIDES:
        d = points[f"{side}_knee"] - points[f"{side}_hip"]
        behind = np.degrees(np.arctan2(-run.facing * d[:, 0], d[:, 1])).max()
        assert mean(replace(film_of(run), motion=run.motion), "hip_extension_peak", side) == pytest.approx(
            behind, abs=0.1
        )
        # The low-pass filter may round a peak as sharp as this one, never raise it.
        assert behind - 2.5 < mean(film_of(run), "hip_extension_peak", side) < behind + 0.1


@settings(max_examples=20, deadline=None)
@given(
    thigh=st.tuples(st.floats(-15, 20), st.floats(-15, 20)),
    step=st.floats(-60, 90),
    lean=st.floats(-10, 10),
    drop=st.tuples(st.floats(0, 15), st.floats(0, 15)),
    view=st.sampled_from(REAR_VIEWS),
)
def test_any_form_is_measured_from_behind(
    thigh: tuple[float, float], step: float, lean: float, drop: tuple[float, float], view: str
) -> None:
    film = film_of(Runner(view=view, thigh_deg=thigh, step_px=step, lean_deg=lean, drop_deg=drop, seconds=5.0))
    for i, side in enumerate(SIDES):
        assert mean(film, "thigh_frontal_angle", side) == pytest.approx(thigh[i], abs=0.1)
        assert mean(film, "contralateral_pelvic_drop", side) == pytest.approx(drop[i], abs=0.3)
    assert mean(film, "step_width") == pytest.approx(step * METRES_PER_PIXEL, abs=0.002)


# What a camera 3.5 m away does to lines (perspective), with the true joints as key points.
_REAR_WITHIN = {
    "hip_ankle_line_angle": 0.5, "thigh_frontal_angle": 1.6, "step_width": 0.004, "knee_separation": 0.018,
    "trunk_lateral_lean": 0.3, "trunk_sway": 0.6, "cadence": 0.6, "stride_time": 0.003, "crossover_share": 0.06,
}  # fmt: skip
_SIDE_WITHIN = {
    "cadence": 0.6, "stride_time": 0.003, "contact_time": 0.014, "flight_time": 0.016, "duty_factor": 0.02,
    "overstride": 0.015, "tibia_angle_at_contact": 1.5, "foot_strike_angle": 2.2, "knee_flexion_at_contact": 2.0,
    "knee_flexion_peak_stance": 2.0, "hip_extension_peak": 0.6, "trunk_forward_lean": 0.3,
}  # fmt: skip


@pytest.mark.parametrize("name", STRAIGHT_REAR + SIDE)
def test_true_joints_in_the_picture_give_the_true_measures(data: Path, name: str) -> None:
    film, truth = true_film(data, name), rendered_truth(data, name)
    within = _SIDE_WITHIN if name in SIDE else _REAR_WITHIN
    for code, bound in within.items():
        for side in SIDES if measure(code).sided else (None,):
            assert mean(film, code, side) == pytest.approx(truth.value(code, side), abs=bound), (code, side)


@pytest.mark.parametrize("name", [name for name in REAR if name[-2:] in ("01", "03", "04", "07")])
def test_true_sticker_centres_give_the_true_drop(data: Path, name: str) -> None:
    truth = rendered_truth(data, name)
    joints = truth.raw["frames"]["joints_2d_px"]
    body = true_film(data, name)
    stickers = body.motion.sel(keypoint=["left_hip", "right_hip"]).copy(deep=True)
    stickers = stickers.assign_coords(keypoint=["left_sticker", "right_sticker"])
    stickers["position"][:] = np.stack([joints["sticker_l"], joints["sticker_r"]], axis=-1)
    from medius.gait.prepare import level

    film = replace(body, stickers=level(stickers, truth.roll_deg))
    for side in SIDES:
        true = truth.value("contralateral_pelvic_drop", side)
        assert mean(film, "contralateral_pelvic_drop", side) == pytest.approx(true, abs=0.5)


def test_every_measure_is_defined_whole() -> None:
    codes = [one.code for one in MEASURES]
    assert len(set(codes)) == len(codes)
    for one in MEASURES:
        assert (one.signal is None) != (one.values is None), one.code
        assert one.definition.endswith("."), one.code
        assert one.evidence, one.code
        assert one.views <= {*REAR_VIEWS, *SIDE_VIEWS}, one.code
        for fact_id in one.evidence:
            assert fact(fact_id).id == fact_id
        if one.unit == "m":
            assert "scale" in one.needs, one.code
    assert "stickers" in measure("contralateral_pelvic_drop").needs
    with pytest.raises(KeyError):
        measure("beauty")


def test_the_stable_codes_of_one_camera_are_all_there() -> None:
    assert {one.code: one.unit for one in MEASURES}.items() >= {
        "contralateral_pelvic_drop": "deg", "thigh_frontal_angle": "deg", "hip_ankle_line_angle": "deg",
        "step_width": "m", "crossover_share": "1", "knee_separation": "m", "trunk_lateral_lean": "deg",
        "trunk_forward_lean": "deg", "cadence": "steps/min", "contact_time": "s", "flight_time": "s",
        "duty_factor": "1", "overstride": "m", "tibia_angle_at_contact": "deg", "foot_strike_angle": "deg",
        "knee_flexion_at_contact": "deg", "knee_flexion_peak_stance": "deg", "hip_extension_peak": "deg",
        "vertical_oscillation": "m",
    }.items()  # fmt: skip
