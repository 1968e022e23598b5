"""People found in rendered pictures, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from medius.motion.pose.detector import PersonDetector, _anchors, _decode
from medius.motion.pose.region import Region
from medius.motion.video import Frame

Frames = Callable[[str, int], list[Frame]]
CLIPS = ("run-rear/rear02", "run-rear/rear05", "run-side/side01", "run-side/side03")


@pytest.fixture(scope="module")
def detector(networks: None) -> PersonDetector:
    """The real network."""
    return PersonDetector()


def test_anchors_are_the_centres_of_the_cells() -> None:
    anchors = _anchors()
    assert anchors.shape == (2254, 2)  # 28 × 28 × 2 + 14 × 14 × 2 + 7 × 7 × 6
    np.testing.assert_allclose(anchors[0], [0.5 / 28, 0.5 / 28])
    np.testing.assert_allclose(anchors[2], [1.5 / 28, 0.5 / 28])
    np.testing.assert_allclose(anchors[-1], [6.5 / 7, 6.5 / 7])
    np.testing.assert_allclose(anchors.mean(axis=0), 0.5)


def test_a_made_up_answer_is_decoded_to_its_place() -> None:
    raw, logits = np.zeros((2254, 12), dtype=np.float32), np.full(2254, -9.0, dtype=np.float32)
    whole = Region(360.0, 640.0, 1280.0, 0.0)
    assert _decode(raw, logits, whole) == []
    for index, logit in ((2200, 3.0), (2201, 2.0), (2160, 1.0)):
        logits[index] = logit
        raw[index, 2:4] = 40.0
        raw[index, 6:8] = (0.0, -56.0)  # the circle's point a quarter of the picture above the middle
    found = _decode(raw, logits, whole)
    assert [round(d.score, 3) for d in found] == [0.953, 0.731]  # the second hides behind the first
    x, y = whole.to_picture(_anchors()[2200])
    assert (found[0].region.x, found[0].region.y) == pytest.approx((x, y))
    assert found[0].region.size == pytest.approx(2.5 * 0.25 * 1280)
    assert found[0].region.rotation == pytest.approx(0.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_a_runner_is_found_whole(detector: PersonDetector, frames: Frames, truth: Any, name: str) -> None:
    for frame, joints in zip(frames(name, 10)[::3], truth(name, 10)[::3], strict=True):
        found = detector(frame)
        assert len(found) == 1
        region = found[0].region
        body = joints[np.isfinite(joints).all(axis=1)]
        away = np.abs(body - (region.x, region.y)).max(axis=1)
        assert (away < region.size / 2).mean() > 0.95
        assert region.size < 2.2 * np.ptp(body[:, 1])
        assert abs(region.rotation) < 0.35
        assert 0.5 <= found[0].score <= 1.0


@pytest.mark.slow
def test_nobody_is_found_where_nobody_is(detector: PersonDetector, frames: Frames) -> None:
    frame = frames("run-rear/rear02", 10)[0]
    empty = replace(
        frame, luma=np.full_like(frame.luma, 90), chroma_u=np.full_like(frame.chroma_u, 128),
        chroma_v=np.full_like(frame.chroma_v, 128),
    )  # fmt: skip
    assert detector(empty) == []
    rng = np.random.default_rng(1)
    noise = replace(empty, luma=rng.integers(0, 255, frame.luma.shape, dtype=np.uint8))
    assert detector(noise) == []


@pytest.mark.slow
def test_small_people_beside_each_other_in_a_wide_picture_are_all_found(
    detector: PersonDetector, frames: Frames
) -> None:
    one, two = frames("run-rear/rear02", 10)[0], frames("run-rear/rear05", 10)[0]
    small = [f.luma[::3, ::3] for f in (one, two)]
    height, width = small[0].shape
    luma = np.full((height, 4 * width), 110, dtype=np.uint8)
    luma[:, :width], luma[:, 3 * width :] = small[0], small[1]
    grey = np.full(((height + 1) // 2, 2 * width), 128, dtype=np.uint8)
    wide = replace(one, luma=luma, chroma_u=grey, chroma_v=grey)
    places = sorted(d.region.x for d in detector.everywhere(wide))
    assert len(places) == 2
    assert places[0] < width
    assert places[1] > 3 * width
