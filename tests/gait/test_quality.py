"""What is said about a film that cannot be measured well."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import numpy as np
import pytest
import xarray as xr

from medius.evidence import fact
from medius.gait.prepare import prepare_film
from medius.gait.quality import dark_note, is_upside_down, is_walking, judge_film, note, tilt_note
from medius.gait.shape import Shape, see_shape

from ._synthetic import HEIGHT, Runner, rolled, scaled, slowed

TEXTS = tomllib.loads(files("medius.gait").joinpath("quality.toml").read_text("utf-8"))


def codes(motion: xr.Dataset, *, height_known: bool = True) -> list[str]:
    """Return the codes of what is said of a film."""
    film = prepare_film(motion)
    shape = see_shape(film) if film.contacts.stances else None
    return [one.code for one in judge_film(film, shape, height_known=height_known)]


@pytest.mark.parametrize("view", ["rear", "front", "side-left", "side-right"])
def test_a_good_film_gets_no_note(view: str) -> None:
    assert codes(Runner(view=view).motion) == []


@pytest.mark.parametrize("view", ["rear", "side-left"])
def test_each_fault_of_a_film_is_named(view: str) -> None:
    run = Runner(view=view)
    assert codes(run.motion, height_known=False) == ["no-height"]
    assert "too-short" in codes(Runner(view=view, seconds=4.0).motion)
    assert "too-far" in codes(scaled(run.motion, 0.25))
    assert "much-too-short" in codes(Runner(view=view, seconds=0.5).motion)
    assert "not-running" in codes(slowed(Runner(view=view, fps=120.0).motion, 4.0))
    assert codes(Runner(view=view, fps=12.0).motion) == ["too-few-frames"]
    assert "too-few-frames" not in codes(Runner(view=view, fps=23.976).motion)
    shifted = run.motion.copy(deep=True)
    shifted["position"].loc[{"space": "y"}] += HEIGHT - 1050.0
    assert "cut-off-feet" in codes(shifted)
    faint = run.motion.copy(deep=True)
    faint["confidence"] *= 0.4
    assert "low-confidence" in codes(faint)
    slow = codes(Runner(view=view, fps=30.0).motion)
    assert ("low-frame-rate" in slow) == (view == "side-left")


def test_walking_is_said() -> None:
    run = Runner(view="side-left", cadence=110.0, contact_s=0.65)
    assert is_walking(prepare_film(run.motion))
    assert codes(run.motion)[0] == "walking"


def test_an_upside_down_runner_is_seen_and_nothing_else_is_said() -> None:
    motion = rolled(Runner(view="rear").motion, 180.0)
    assert is_upside_down(prepare_film(motion))
    assert codes(motion) == ["upside-down"]
    assert not is_upside_down(prepare_film(Runner(view="rear").motion))


def test_a_camera_that_looks_past_the_runner_is_named() -> None:
    film = prepare_film(Runner(view="rear").motion)
    assert [n.code for n in judge_film(film, Shape(0.36, 14.0), height_known=True)] == ["wrong-angle"]
    assert [n.code for n in judge_film(film, Shape(0.36, -14.0), height_known=True)] == ["wrong-angle"]
    assert judge_film(film, Shape(0.36, 6.0), height_known=True) == []
    assert judge_film(film, Shape(float("nan"), float("nan")), height_known=True) == []


def test_dark_and_tilted_pictures() -> None:
    dark = dark_note(20.0)
    assert dark is not None
    assert dark.code == "too-dark"
    assert dark_note(120.0) is None
    tilted = tilt_note(-5.0)
    assert tilted is not None
    assert "5.0" in tilted.message
    assert tilt_note(0.5) is None


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_note_says_what_is_wrong_and_what_to_do(code: str) -> None:
    entry = TEXTS[code]
    blanks = set(re.findall(r"{(\w+)}", entry["message"] + entry["how_to_film"]))
    made = note(code, **dict.fromkeys(blanks, "x"))
    assert made.message
    assert "{" not in made.message + made.how_to_film
    assert not made.how_to_film or made.how_to_film.endswith(".")
    assert made.evidence
    for fact_id in made.evidence:
        assert fact(fact_id).id == fact_id


def test_a_film_in_which_nobody_is_ever_seen_is_judged_without_a_crash() -> None:
    motion = Runner(view="side-right", seconds=4.0).motion.copy(deep=True)
    motion["position"][:] = np.nan
    motion["confidence"][:] = 0.0
    assert "not-running" in codes(motion)


def test_a_run_that_is_far_too_slow_is_suspected_to_be_slow_motion() -> None:
    # 170 steps a minute played at half speed, with contact times twice as long: still no walking.
    assert "slow-motion-suspected" in codes(Runner(cadence=85.0, contact_s=0.48, seconds=16.0).motion)
    assert "slow-motion-suspected" not in codes(Runner(cadence=170.0).motion)
