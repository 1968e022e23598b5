"""From which side the camera looks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.motion.view import guess_view

synthetic: Any = importlib.import_module("tests.gait._synthetic")
rendered: Any = importlib.import_module("tests.gait._rendered")
VIEWS = ("rear", "front", "side-left", "side-right")


@pytest.mark.parametrize("view", VIEWS)
def test_the_view_of_a_made_up_runner_is_found(view: str) -> None:
    guess = guess_view(synthetic.Runner(view=view, seconds=2.0).motion)
    assert guess.view == view
    assert not guess.oblique
    assert (guess.breadth > 0.55) == (view in ("rear", "front"))


@pytest.mark.parametrize("name", rendered.REAR + rendered.SIDE)
def test_the_view_of_rendered_runners_is_found(data: Path, name: str) -> None:
    motion = rendered.true_joints(data, name)
    guess = guess_view(motion)
    assert guess.view == motion.attrs["view"]
    assert not guess.oblique


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(VIEWS), st.floats(0.1, 5.0), st.floats(-20, 20), st.booleans())
def test_neither_size_nor_roll_nor_a_mirror_fools_it(view: str, size: float, roll: float, mirror: bool) -> None:
    motion = synthetic.rolled(synthetic.scaled(synthetic.Runner(view=view, seconds=1.0).motion, size), roll)
    expected = view
    if mirror:
        motion = synthetic.mirrored(motion)
        expected = motion.attrs["view"]
    assert guess_view(motion).view == expected


def test_between_behind_and_the_side_it_says_so() -> None:
    motion = synthetic.Runner(view="rear", seconds=1.0).motion.copy(deep=True)
    middle = motion["position"].sel(space="x").mean()
    motion["position"].loc[{"space": "x"}] = middle + (motion["position"].sel(space="x") - middle) * 0.46
    assert guess_view(motion).oblique


def test_nobody_seen_is_no_view() -> None:
    motion = synthetic.Runner(view="rear", seconds=1.0).motion.copy(deep=True)
    motion["position"][:] = np.nan
    guess = guess_view(motion)
    assert guess.oblique
    assert np.isnan(guess.breadth)
