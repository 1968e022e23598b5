"""Frames of rendered runners, decoded once, with the true joints."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medius.errors import MissingPartError
from medius.motion.pose import find_model
from medius.motion.video import Frame, FrameSource

helpers: Any = importlib.import_module("tests.gait._rendered")


@pytest.fixture(scope="session")
def networks() -> None:
    """Skips where the pose networks are not installed."""
    try:
        find_model("detector")
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")


@pytest.fixture(scope="session")
def frames(data: Path) -> Callable[[str, int], list[Frame]]:
    """Return the first frames of a clip in ``rendered``, with planes of their own."""
    kept: dict[tuple[str, int], list[Frame]] = {}

    def read(name: str, n: int) -> list[Frame]:
        if (name, n) not in kept:
            with FrameSource(data / "rendered" / f"{name}.mp4", max_frames=n) as source:
                kept[name, n] = [frame.copy() for frame in source]
        return kept[name, n]

    return read


@pytest.fixture(scope="session")
def truth(data: Path) -> Callable[[str, int], Any]:
    """Return the true joints of the first frames, shape (frame, keypoint, 2), NaN where there is no such joint."""

    def read(name: str, n: int) -> Any:
        return helpers.true_joints(data, name)["position"].transpose("time", "keypoint", "space").to_numpy()[:n]

    return read
