"""From films to observations: values with their error, or the reason why there is none."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from medius.evidence import fact
from medius.gait.analyse import MIN_STRIDES, FilmContext, Measurement, measure_film
from medius.gait.calibration import HIP_BREADTH, Correction, correction_for, leg_role
from medius.gait.contacts import SIDES
from medius.gait.film import Scale
from medius.gait.measures import MEASURES, measure
from medius.gait.prepare import body_scale, prepare_film
from medius.gait.session import FormAnalysis, join_films, measure_keypoints
from medius.gait.shape import Shape, see_shape
from medius.record import Observation

from ._rendered import REAR, rendered_truth, true_film
from ._synthetic import METRES_PER_PIXEL, Runner, noisy

NETWORKS = ("blazepose-heavy", "blazepose-full", "rtmpose", "openpose")
VIEWS = ("rear", "front", "side-left", "side-right")


def measured(
    run: Runner, *, stickers: bool = True, height: bool = True, **context: object
) -> dict[tuple[str, str | None], Measurement]:
    """Measure a made-up runner."""
    film = prepare_film(
        noisy(run.motion, 0.5),
        stickers=run.stickers if stickers and run.view in ("rear", "front") else None,
        height_m=run.height_m if height else None,
    )
    known = FilmContext(**({"source": "sha256:0", "network": "synthetic"} | context))  # type: ignore[arg-type]
    return {(m.observation.code, m.observation.side): m for m in measure_film(film, known)}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_observation_is_whole(view: str, network: str) -> None:
    for (code, side), one in measured(Runner(view=view), network=network).items():
        o = one.observation
        assert (side is None) == (not measure(code).sided)
        assert o.status == "final", (code, o.reason)
        assert o.value is not None
        assert o.interval_95 is not None
        assert o.interval_95[0] <= o.value <= o.interval_95[1]
        assert o.standard_error is not None
        assert o.smallest_detectable_change is not None
        assert o.smallest_detectable_change >= 1.96 * math.sqrt(2) * o.standard_error - 1e-12
        assert o.n_strides == len(one.values) >= MIN_STRIDES
        assert o.unit == measure(code).unit
        assert o.source == "sha256:0"
        assert network in o.method
        assert o.evidence == measure(code).evidence
        assert np.mean(one.values) == pytest.approx(o.value, abs=0.5)
        assert len(one.times) == len(one.values)
        assert (np.diff(one.times) >= 0).all()
        # A network that was never compared with truth cannot be surer than one that was.
        if code != "crossover_share":  # no step near the midline: the share is 0 whatever the error of the width
            assert o.standard_error > 1e-4, (code, "no measurement is exact")


@pytest.mark.parametrize("view", VIEWS)
def test_curves_run_over_stance(view: str) -> None:
    for (code, _), one in measured(Runner(view=view)).items():
        if measure(code).signal is None:
            assert one.mean is None
        else:
            assert one.mean is not None
            assert one.sd is not None
            assert one.mean.shape == one.sd.shape == (101,)
            assert np.isfinite(one.mean).all()
    drop = measured(Runner(view="rear", drop_deg=(4.0, 7.0)))["contralateral_pelvic_drop", "right"].mean
    assert drop is not None
    assert abs(int(drop.argmax()) - 50) <= 5
    assert drop.max() == pytest.approx(7.0, abs=0.3)


@pytest.mark.parametrize(("seconds", "status"), [(8.0, "final"), (4.0, "provisional"), (2.2, "provisional")])
def test_fewer_than_seven_strides_a_leg_are_provisional(seconds: float, status: str) -> None:
    one = measured(Runner(view="rear", seconds=seconds))["thigh_frontal_angle", "left"].observation
    assert one.status == status
    assert (one.reason is None) == (status == "final")
    if status == "provisional":
        assert str(one.n_strides) in (one.reason or "")


def test_one_stride_is_never_given_as_exact() -> None:
    for view in VIEWS:
        for key, one in measured(Runner(view=view, seconds=1.5)).items():
            if one.observation.value is not None and one.observation.n_strides == 1:
                assert (one.observation.standard_error or 0) > 0, key


@pytest.mark.parametrize("fps", [25.0, 30.0, 49.0])
def test_below_fifty_frames_a_second_no_contact_is_timed(fps: float) -> None:
    found = measured(Runner(view="side-left", fps=fps))
    for code in ("contact_time", "flight_time", "duty_factor", "step_time"):
        one = found[code, "left"].observation
        assert one.value is None
        assert "frames a second" in (one.reason or "")
    for code in ("cadence", "trunk_forward_lean"):
        assert found[code, None].observation.value is not None
    assert found["knee_flexion_peak_stance", "left"].observation.value is not None


def test_from_fifty_frames_a_second_on_contact_is_timed() -> None:
    assert measured(Runner(view="side-left", fps=50.0))["contact_time", "left"].observation.value is not None


@pytest.mark.parametrize("view", ["rear", "front"])
def test_without_stickers_there_is_a_reason_instead_of_a_drop(view: str) -> None:
    reason = "Only one sticker was seen."
    found = measured(Runner(view=view), stickers=False, sticker_reason=reason)
    for side in SIDES:
        one = found["contralateral_pelvic_drop", side]
        assert one.observation.status == "not-measurable"
        assert one.observation.value is None
        assert "stickers" in (one.observation.reason or "")
        assert reason in (one.observation.reason or "")
        assert one.mean is None
        assert one.values.size == 0


def test_walking_is_not_measured_as_running() -> None:
    for one in measured(Runner(view="side-left"), walking=True).values():
        assert one.observation.value is None
        assert "walks" in (one.observation.reason or "")


def test_a_worse_known_roll_widens_angles_to_plumb_only() -> None:
    good = measured(Runner(view="rear"), network="blazepose-heavy", roll_error_deg=0.2)
    bad = measured(Runner(view="rear"), network="blazepose-heavy", roll_error_deg=3.0)
    for (code, side), one in good.items():
        wider = bad[code, side].observation
        assert wider.value == one.observation.value
        plumb = code in (
            "contralateral_pelvic_drop",
            "thigh_frontal_angle",
            "hip_ankle_line_angle",
            "trunk_lateral_lean",
        )
        assert ((wider.standard_error or 0) > (one.observation.standard_error or 0)) == plumb, code


@pytest.mark.parametrize("one", MEASURES, ids=lambda m: m.code)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_measure_has_an_error_for_every_network(one: object, network: str) -> None:
    assert hasattr(one, "code")
    code = one.code
    if code in ("contralateral_pelvic_drop", "crossover_share"):
        return  # its error comes from the stickers; from the step width
    for view in sorted(measure(code).views):
        film = prepare_film(Runner(view=view, seconds=1.0).motion)
        for side in SIDES if measure(code).sided else (None,):
            correction = correction_for(code, network, film, side)
            assert correction.systematic > 0, (code, view)
            assert correction.coverage_factor >= 1.96
            assert correction.known or (correction.intercept, correction.slope) == (0.0, 1.0)


def test_corrections_follow_their_formula() -> None:
    rule = Correction(intercept=1.0, slope=2.0, shape=10.0, yaw=0.5, systematic=0.3, degrees_of_freedom=4.0)
    values = np.array([0.0, 3.0])
    np.testing.assert_allclose(rule.apply(values, Shape(HIP_BREADTH + 0.02, 4.0), -1.0), [-0.8, 5.2], atol=1e-12)
    # Beyond the bodies and cameras that it was learned on, a correction does not grow any further.
    np.testing.assert_allclose(
        rule.apply(values, Shape(HIP_BREADTH + 0.3, 60.0), 1.0), rule.apply(values, Shape(HIP_BREADTH + 0.1, 30.0), 1.0)
    )
    np.testing.assert_allclose(rule.apply(values, Shape(float("nan"), float("nan")), 1.0), [1.0, 7.0])
    assert rule.coverage_factor == pytest.approx(student.ppf(0.975, 4))
    assert rule.coverage_factor == pytest.approx(2.776, abs=1e-3)  # any table of Student's t


def test_the_near_leg_is_the_one_towards_the_camera() -> None:
    film = prepare_film(Runner(view="side-left", seconds=1.0).motion)
    assert [leg_role(film, side) for side in ("left", "right", None)] == ["near", "far", "both"]
    rear = prepare_film(Runner(view="rear", seconds=1.0).motion)
    assert [leg_role(rear, side) for side in ("left", "right", None)] == ["both", "both", "both"]


@pytest.mark.parametrize("name", REAR)
def test_the_cameras_yaw_is_seen_in_the_feet(data: Path, name: str) -> None:
    # The focal length is a guess (phones differ by two); the sign and the order of size must still be right.
    yaw, true = see_shape(true_film(data, name)).yaw_deg, rendered_truth(data, name).yaw_deg
    assert yaw == pytest.approx(true, abs=1.0 + 0.4 * abs(true))
    assert yaw * true > 0 or abs(true) < 1


@pytest.mark.parametrize("view", VIEWS)
def test_the_scale_comes_from_the_height(view: str) -> None:
    run = Runner(view=view)
    film = prepare_film(run.motion, height_m=run.height_m)
    assert film.scale is not None
    assert film.scale.metres_per_pixel == pytest.approx(METRES_PER_PIXEL, rel=0.01)
    assert film.scale.relative_error == pytest.approx(0.03)
    assert prepare_film(run.motion).scale is None
    blind = run.motion.copy(deep=True)
    blind["position"][:] = np.nan
    assert body_scale(prepare_film(blind), 1.75) is None


@pytest.mark.parametrize("name", REAR)
def test_the_scale_of_rendered_runners_is_within_its_error(data: Path, name: str) -> None:
    truth, scale = rendered_truth(data, name), true_film(data, name).scale
    assert isinstance(scale, Scale)
    camera = truth.raw["camera"]
    depth = abs(camera["position"][2])
    focal = truth.raw["height"] / 2 / math.tan(math.radians(camera["vertical_fov_deg"]) / 2)
    assert scale.metres_per_pixel == pytest.approx(depth / focal, rel=3 * scale.relative_error)


def keypoints_result(run: Runner, name: str = "film.json") -> FormAnalysis:
    """Measure and join a single film of key points."""
    film = measure_keypoints(run.motion, path=Path(name), sha256=name, height_m=run.height_m)
    return join_films([film], height_m=run.height_m)


def test_a_film_given_twice_is_joined_once() -> None:
    run = Runner(view="rear")
    film = measure_keypoints(run.motion, path=Path("rear.json"), sha256="1", height_m=run.height_m)
    once, twice = join_films([film]), join_films([film, film])
    assert once.observations == twice.observations
    assert len(twice.films) == 2


def test_behind_and_side_make_one_result_from_the_surer_film() -> None:
    rear, side = Runner(view="rear"), Runner(view="side-left")
    films = [
        measure_keypoints(run.motion, path=Path(f"{run.view}.json"), sha256=run.view, height_m=run.height_m)
        for run in (rear, side)
    ]
    joined = join_films(films)
    keys = [(o.code, o.side) for o in joined.observations]
    assert len(keys) == len(set(keys))
    assert {"step_width", "overstride", "cadence", "thigh_frontal_angle", "knee_flexion_at_contact"} <= {
        k for k, _ in keys
    }
    order = [m.code for m in MEASURES]
    assert [order.index(code) for code, _ in keys] == sorted(order.index(code) for code, _ in keys)
    assert join_films(films[::-1]).observations == joined.observations
    by_key: dict[tuple[str, str | None], list[Observation]] = {}
    for film in films:
        for m in film.measurements:
            by_key.setdefault((m.observation.code, m.observation.side), []).append(m.observation)
    for o in joined.observations:
        errors = [x.standard_error for x in by_key[o.code, o.side] if x.standard_error is not None]
        assert o.standard_error == (min(errors) if errors else None)


def test_a_number_beats_a_reason_whatever_the_order() -> None:
    good, short = Runner(view="side-left", fps=120.0), Runner(view="side-left", fps=30.0)
    films = [
        measure_keypoints(run.motion, path=Path("x.json"), sha256=str(run.fps), height_m=run.height_m)
        for run in (good, short)
    ]
    for order in (films, films[::-1]):
        joined = {(o.code, o.side): o for o in join_films(order).observations}
        assert joined["contact_time", "left"].value is not None


def test_key_points_of_another_tool_say_that_they_are_less_sure() -> None:
    result = keypoints_result(Runner(view="rear"))
    assert [note.code for _, note in result.quality] == ["unknown-network"]
    for note in (note for _, note in result.quality):
        assert all(fact(i).id == i for i in note.evidence)


def test_an_upside_down_film_gives_no_numbers() -> None:
    run = Runner(view="rear")
    motion = run.motion.copy(deep=True)
    motion["position"] = motion["position"] * -1.0 + np.array([720.0, 1280.0])[:, None]
    film = measure_keypoints(motion, path=Path("x.json"), sha256="1", height_m=1.75)
    assert film.measurements == ()
    assert [note.code for note in film.notes] == ["unknown-network", "upside-down"]


@given(st.floats(0, 10), st.floats(0.001, 5), st.integers(1, 60))
def test_the_interval_is_students_t_times_the_error(value: float, systematic: float, freedom: int) -> None:
    rule = Correction(systematic=systematic, degrees_of_freedom=freedom)
    assert rule.coverage_factor >= 1.96
    assert rule.coverage_factor == pytest.approx(student.ppf(0.975, freedom))
    assert rule.apply(np.array([value]), Shape(0.3, 1.0), 1.0)[0] == value


@pytest.mark.parametrize("view", ["rear", "side-left"])
@pytest.mark.parametrize("gap", [False, True])
def test_each_value_carries_the_time_of_its_own_stance(view: str, gap: bool) -> None:
    run = Runner(view=view)
    motion = run.motion
    if gap:
        time = motion["time"].to_numpy()
        motion = motion.isel(time=(time < 3.0) | (time >= 4.0))
    film = prepare_film(motion, height_m=run.height_m)
    found = {
        (m.observation.code, m.observation.side): m for m in measure_film(film, FilmContext("sha256:0", "synthetic"))
    }
    stances = film.contacts.stances
    for (code, side), one in found.items():
        mine = [s for s in stances if side is None or s.side == side]
        starts = {s.initial_contact: s for s in mine}
        assert set(one.times) <= set(starts), code
        assert len(set(one.times)) == len(one.times), code
        for seconds, value in zip(one.times, one.values, strict=True):
            stance = starts[seconds]
            if code == "stride_time":
                assert value == stance.stride_time
            elif code == "contact_time":
                assert value == stance.duration
            elif code == "duty_factor":
                assert value == stance.duration / stance.stride_time
            elif code == "cadence":
                assert value == pytest.approx(120.0 / stance.stride_time)
            elif code in ("flight_time", "step_time"):
                other = [s for s in stances if s.side != side]
                if code == "flight_time":
                    assert value == pytest.approx(
                        min(s.initial_contact for s in other if s.initial_contact > seconds) - stance.toe_off
                    )
                else:
                    assert value == pytest.approx(
                        seconds - max(s.initial_contact for s in other if s.initial_contact < seconds)
                    )
    if view == "rear":
        assert (found["crossover_share", None].times == found["step_width", None].times).all()
