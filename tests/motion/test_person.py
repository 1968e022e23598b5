"""Which of several people is the runner."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from medius.motion.person import Candidate, choose_runner, find_people, liveliness
from medius.motion.pose import BLAZEPOSE_KEYPOINTS, FakeEstimator, Picture, Pose
from medius.motion.pose.detector import Detection, PersonDetector
from medius.motion.pose.region import Region

synthetic: Any = importlib.import_module("tests.gait._synthetic")


@dataclass(frozen=True)
class Blank:
    """A frame without content."""

    index: int

    @property
    def time_s(self) -> float:
        return self.index / 60.0

    @property
    def luma(self) -> NDArray[np.uint8]:
        return np.zeros((1280, 720), dtype=np.uint8)

    @property
    def chroma_u(self) -> NDArray[np.uint8]:
        return np.full((640, 360), 128, dtype=np.uint8)

    chroma_v = chroma_u

    def to_rgb(self) -> NDArray[np.uint8]:
        return np.zeros((1280, 720, 3), dtype=np.uint8)


class Crowd:
    """Stands in for the detector: people at given places in given frames."""

    def __init__(self, people: dict[str, dict[int, float]]) -> None:
        self._people = people

    def __call__(self, picture: Picture) -> list[Detection]:
        return [
            Detection(Region(at[picture.index], 600.0, 400.0, 0.0), 0.9)
            for at in self._people.values()
            if picture.index in at
        ]

    everywhere = __call__


def found(people: dict[str, dict[int, float]], frames: int = 12) -> list[Candidate]:
    """Look for people in blank frames."""
    return find_people((Blank(i) for i in range(frames)), cast("PersonDetector", Crowd(people)))


def test_people_are_listed_from_the_pictures_left() -> None:
    crowd = {"right": dict.fromkeys(range(12), 600.0), "left": {i: 100.0 + 5 * i for i in range(3, 12)}}
    left, right = found(crowd)
    assert (left.region.x, left.first_frame, left.seen) == (115.0, 3, 9)
    assert (right.region.x, right.first_frame, right.seen) == (600.0, 0, 12)


def test_somebody_who_passes_by_is_not_listed() -> None:
    crowd = {"runner": dict.fromkeys(range(12), 300.0), "passer": {4: 690.0, 5: 560.0}}
    assert [c.region.x for c in found(crowd)] == [300.0]
    assert found({}) == []


def test_somebody_who_crosses_the_picture_is_one_person() -> None:
    assert len(found({"walker": {i: 60.0 * i for i in range(12)}})) == 1


def poses(motion: Any) -> tuple[list[Pose], NDArray[np.float64]]:
    """Return a motion as poses."""
    position = motion["position"].transpose("time", "keypoint", "space").to_numpy()
    return [Pose(p, np.ones(len(p))) for p in position], motion["time"].to_numpy()


def lively(motion: Any) -> float:
    """Return how much somebody strides."""
    return liveliness(*poses(motion), BLAZEPOSE_KEYPOINTS)


@pytest.mark.parametrize("view", ["rear", "front", "side-left", "side-right"])
def test_runners_stride_and_others_do_not(view: str) -> None:
    running = synthetic.Runner(view=view, seconds=2.0).motion
    still = running.copy(deep=True)
    still["position"][:] = running["position"][0]
    jumping = still.copy(deep=True)
    jumping["position"].loc[{"space": "y"}] += (80 * np.sin(2 * np.pi * 1.5 * still["time"])).to_numpy()[:, None]
    walking = synthetic.Runner(view=view, seconds=2.0, cadence=100.0, contact_s=0.75).motion
    assert lively(running) > 3 * max(lively(still), lively(jumping), 0.1)
    assert lively(running) > lively(walking) > lively(jumping)
    assert lively(synthetic.scaled(running, 0.3)) == pytest.approx(lively(running))
    lost = running.copy(deep=True)
    lost["position"][:] = np.nan
    assert lively(lost) == 0.0


def test_the_one_who_strides_is_followed() -> None:
    running = (
        synthetic.Runner(view="rear", seconds=1.0).motion["position"].transpose("time", "keypoint", "space").to_numpy()
    )
    standing = np.repeat(running[:1], 60, axis=0)
    candidates = [Candidate(Region(100.0, 0.0, 400.0, 0.0), 0, 9), Candidate(Region(500.0, 0.0, 400.0, 0.0), 7, 9)]
    opened = []

    def open_frames(first: int) -> Iterable[Picture]:
        opened.append(first)
        return iter([Blank(i) for i in range(60)])

    def follow(region: Region) -> FakeEstimator:
        return FakeEstimator(running if region.x > 300 else standing, BLAZEPOSE_KEYPOINTS)

    assert choose_runner(candidates, open_frames, follow) == 1
    assert choose_runner(candidates[::-1], open_frames, follow) == 0
    assert opened == [0, 7, 7, 0]


def test_a_single_person_is_not_watched_first() -> None:
    def never(_: object) -> Iterator[Picture]:
        raise AssertionError("nothing should be read")

    assert choose_runner([Candidate(Region(0.0, 0.0, 1.0, 0.0), 0, 1)], never, never) == 0  # type: ignore[arg-type]
