"""What must not change when only the picture changes, and what must change with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.gait.analyse import FilmContext, measure_film
from medius.gait.prepare import level, prepare_film
from medius.record import Observation

from ._synthetic import Runner, mirrored, noisy, rolled, scaled, slowed

Key = tuple[str, str | None]
VIEWS = ("rear", "front", "side-left", "side-right")
CONTEXT = FilmContext(source="sha256:0", network="synthetic")


def observe(
    motion: xr.Dataset, stickers: xr.Dataset | None, height_m: float | None, roll_deg: float = 0.0
) -> dict[Key, Observation]:
    """Measure a film."""
    film = prepare_film(motion, stickers=stickers, roll_deg=roll_deg, height_m=height_m)
    return {(m.observation.code, m.observation.side): m.observation for m in measure_film(film, CONTEXT)}


def film_parts(view: str, **changes: float) -> tuple[xr.Dataset, xr.Dataset | None, float]:
    """Return key points with a little noise, stickers where the view shows them, and the height."""
    run = replace(Runner(view=view, seconds=7.0), **changes)  # type: ignore[arg-type]
    return noisy(run.motion, 0.5), run.stickers if view in ("rear", "front") else None, run.height_m


def same(one: dict[Key, Observation], other: dict[Key, Observation], tolerance: float) -> None:
    """Check that two results agree, relative to a degree, a hundredth of a metre and a second."""
    assert one.keys() == other.keys()
    for key, observation in one.items():
        assert observation.status == other[key].status, key
        if observation.value is not None:
            scale = {"deg": 1.0, "steps/min": 1.0, "m": 0.02, "s": 0.02, "1": 0.02}[observation.unit]
            assert other[key].value == pytest.approx(observation.value, abs=tolerance * scale), key
            assert other[key].n_strides == observation.n_strides, key


@pytest.mark.parametrize("view", VIEWS)
def test_a_mirror_exchanges_the_sides_and_keeps_the_values(view: str) -> None:
    motion, stickers, height = film_parts(view)
    seen = observe(motion, stickers, height)
    turned = observe(mirrored(motion), None if stickers is None else mirrored(stickers), height)
    other = {"left": "right", "right": "left", None: None}
    same(seen, {(code, other[side]): observation for (code, side), observation in turned.items()}, 1e-6)
    assert any(code == "contralateral_pelvic_drop" for code, _ in seen) == (stickers is not None)


@settings(max_examples=12, deadline=None)
@given(factor=st.floats(0.4, 3.0), view=st.sampled_from(VIEWS))
def test_resolution_changes_neither_angles_nor_metres(factor: float, view: str) -> None:
    motion, stickers, height = film_parts(view)
    seen = observe(motion, stickers, height)
    # The filter's cut-off is chosen from ratios, so that even it stays the same.
    same(seen, observe(scaled(motion, factor), None if stickers is None else scaled(stickers, factor), height), 1e-3)


@settings(max_examples=12, deadline=None)
@given(degrees=st.floats(-12.0, 12.0), view=st.sampled_from(VIEWS))
def test_a_rolled_camera_whose_roll_is_given_changes_nothing(degrees: float, view: str) -> None:
    motion, stickers, height = film_parts(view)
    seen = observe(motion, stickers, height)
    tilted = observe(rolled(motion, degrees), None if stickers is None else rolled(stickers, degrees), height, degrees)
    same(seen, tilted, 0.2)


@pytest.mark.parametrize("degrees", [-5.0, 3.0])
def test_a_roll_that_is_not_given_tilts_angles_to_plumb_by_itself(degrees: float) -> None:
    motion, stickers, height = film_parts("rear")
    assert stickers is not None
    seen, tilted = (
        observe(motion, stickers, height),
        observe(rolled(motion, degrees), rolled(stickers, degrees), height),
    )

    def change(code: str, side: str) -> float:
        before, after = seen[code, side].value, tilted[code, side].value
        assert before is not None
        assert after is not None
        return after - before

    # The picture turns counter-clockwise: the runner's left (the picture's left) goes down.
    assert change("contralateral_pelvic_drop", "right") == pytest.approx(degrees, abs=1.5)
    assert change("contralateral_pelvic_drop", "left") == pytest.approx(-degrees, abs=2.5)
    assert change("thigh_frontal_angle", "left") == pytest.approx(degrees, abs=0.2)
    assert change("thigh_frontal_angle", "right") == pytest.approx(-degrees, abs=0.2)
    assert change("trunk_lateral_lean", "left") == pytest.approx(degrees, abs=0.2)


def test_levelling_undoes_the_roll() -> None:
    motion = Runner(view="rear", seconds=1.0).motion
    for degrees in (-8.0, 0.0, 4.5):
        back = level(rolled(motion, degrees), degrees)
        np.testing.assert_allclose(back["position"], motion["position"], atol=1e-9)
    assert back.attrs["log"][-1] == {"operation": "level", "roll_deg": 4.5}


@pytest.mark.parametrize("view", ["rear", "side-left"])
def test_a_film_played_slower_has_a_lower_cadence(view: str) -> None:
    motion, stickers, height = film_parts(view, fps=120.0)
    fast = observe(motion, stickers, height)["cadence", None].value
    slow = observe(slowed(motion, 1.2), None if stickers is None else slowed(stickers, 1.2), height)["cadence", None]
    assert fast is not None
    assert slow.value == pytest.approx(fast / 1.2, rel=0.003)


@pytest.mark.parametrize("view", VIEWS)
def test_lengths_follow_the_height_and_angles_do_not(view: str) -> None:
    motion, stickers, height = film_parts(view)
    seen, taller = observe(motion, stickers, height), observe(motion, stickers, 1.1 * height)
    for key, observation in seen.items():
        if observation.value is not None:
            factor = 1.1 if observation.unit == "m" else 1.0
            assert taller[key].value == pytest.approx(factor * observation.value, rel=1e-9, abs=1e-12), key


@pytest.mark.parametrize("view", VIEWS)
def test_without_a_height_there_are_no_metres_and_everything_else_is_the_same(view: str) -> None:
    motion, stickers, height = film_parts(view)
    seen, unknown = observe(motion, stickers, height), observe(motion, stickers, None)
    for key, observation in seen.items():
        if observation.unit == "m" or key[0] == "crossover_share":
            assert unknown[key].status == "not-measurable", key
            assert "--height" in (unknown[key].reason or ""), key
        else:
            assert unknown[key].value == observation.value, key


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), view=st.sampled_from(["rear", "side-left"]))
def test_more_strides_never_make_the_systematic_error_smaller(seed: int, view: str) -> None:
    run = Runner(view=view, seconds=20.0)
    motion = noisy(run.motion, 3.0, seed)
    n = motion.sizes["time"]
    random = []
    for share in (3, 1):
        part = motion.isel(time=slice(0, n // share))
        found = observe(part, None, run.height_m)
        key = ("thigh_frontal_angle", "left") if view == "rear" else ("tibia_angle_at_contact", "left")
        detail = found[key].detail
        assert detail["systematic_error"] > 0
        assert (found[key].standard_error or 0) >= detail["systematic_error"]
        random.append(detail["standard_error_strides"] * np.sqrt(found[key].n_strides or 0))
    # The spread of single strides is a property of the runner; the mean's random error falls with their number.
    assert random[0] == pytest.approx(random[1], rel=0.7)


def test_uneven_time_stamps_cost_little() -> None:
    rng = np.random.default_rng(3)
    for view in ("rear", "side-right"):
        even = Runner(view=view, fps=60.0, seconds=7.0)
        jitter = np.sort(even.time + rng.uniform(-0.004, 0.004, even.time.size))
        uneven = Runner(view=view, seconds=7.0, times=tuple(jitter.tolist()))
        before = observe(even.motion, None, even.height_m)
        after = observe(uneven.motion, None, even.height_m)
        for key, observation in before.items():
            if observation.value is not None and observation.unit == "deg":
                assert after[key].value == pytest.approx(observation.value, abs=1.5), key
        assert after["cadence", None].value == pytest.approx(168.0, abs=0.5)
