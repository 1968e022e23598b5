"""Roll from straight edges that were drawn at a known angle; a camera that stands still and one that pans."""

from __future__ import annotations

import math
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from medius.motion.camera import BackgroundCollector, camera_motion, estimate_roll

Gray = NDArray[np.uint8]


def room(roll_deg: float, *, uprights: bool = True, levels: bool = False, seed: int = 3, shift: float = 0.0) -> Gray:
    """Draw a wall with bars as a camera sees it that is turned clockwise by `roll_deg` (picture counter-clockwise)."""
    rng = np.random.default_rng(seed)
    canvas = np.full((1600, 1600), 128, dtype=np.uint8)
    for x in range(60, 1600, 150) if uprights else ():
        cv2.rectangle(canvas, (int(x + shift), 0), (int(x + shift) + 40, 1600), int(rng.integers(20, 240)), -1)
    for y in range(60, 1600, 170) if levels else ():
        cv2.rectangle(canvas, (0, y), (1600, y + 30), int(rng.integers(20, 240)), -1)
    # OpenCV turns counter-clockwise for positive angles.
    turned = cv2.warpAffine(canvas, cv2.getRotationMatrix2D((800, 800), roll_deg, 1.0), (1600, 1600), borderValue=128)
    return np.asarray(turned[400:1200, 575:1025], dtype=np.uint8)


@pytest.mark.parametrize("roll", [-12.0, -5.0, -0.5, 0.0, 1.3, 4.0, 11.0])
def test_uprights_show_the_roll(roll: float) -> None:
    found = estimate_roll(room(roll))
    assert found.source == "uprights"
    assert found.degrees == pytest.approx(roll, abs=0.25)
    assert 0.2 <= found.standard_error < 0.5


@pytest.mark.parametrize("roll", [-4.0, 0.0, 6.0])
def test_level_edges_show_it_less_surely(roll: float) -> None:
    found = estimate_roll(room(roll, uprights=False, levels=True))
    assert found.source == "levels"
    assert found.degrees == pytest.approx(roll, abs=0.4)
    assert found.standard_error >= 0.6


def test_a_wall_without_edges_shows_nothing_and_says_so() -> None:
    for background in (None, np.full((800, 450), 90, dtype=np.uint8), room(30.0)):
        found = estimate_roll(background)
        assert (found.degrees, found.source) == (0.0, "none")
        assert found.standard_error == 2.0


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("run-rear/rear03", 2),
        ("run-rear/rear06", 2),
        ("run-rear/rear01", 2),
        ("run-side/side04", 3),
        ("run-side/side01", 3),
    ],
)
def test_the_roll_of_rendered_cameras_is_within_its_interval(data: Path, name: str, share: int) -> None:
    import importlib

    helpers = importlib.import_module("tests.gait._rendered")
    truth = helpers.rendered_truth(data, name)
    collector = BackgroundCollector()
    with av.open(str(data / "rendered" / f"{name}.mp4")) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index >= 60:
                break
            if index % share == 0:
                plane = np.frombuffer(bytes(frame.planes[0]), np.uint8).reshape(-1, frame.planes[0].line_size)
                collector.add(plane[: frame.height, : frame.width])
    found = estimate_roll(collector.background())
    assert found.source != "none"
    assert abs(found.degrees - truth.roll_deg) < 2.5 * found.standard_error
    x, y = helpers.true_joints(data, name)["position"].transpose("space", ...).to_numpy()
    body = (
        np.nanmin(x) / 720 - 0.06,
        np.nanmin(y) / 1280 - 0.08,
        np.nanmax(x) / 720 + 0.06,
        np.nanmax(y) / 1280 + 0.06,
    )
    assert not camera_motion(collector.frames, body).moving


def test_the_background_is_what_stays_while_somebody_moves() -> None:
    collector = BackgroundCollector()
    wall = room(0.0)
    for index in range(30):
        frame = wall.copy()
        frame[200:600, 13 * index : 13 * index + 60] = 250
        collector.add(frame)
    background = collector.background()
    assert background is not None
    assert background.shape == wall.shape
    assert np.abs(background.astype(int) - wall).mean() < 1.0


def test_few_frames_have_no_background() -> None:
    collector = BackgroundCollector()
    for _ in range(4):
        collector.add(room(0.0))
    assert collector.background() is None
    assert not camera_motion(collector.frames).moving


@pytest.mark.parametrize("expected", [None, 3000])
def test_memory_does_not_grow_with_the_film(expected: int | None) -> None:
    collector = BackgroundCollector(expected)
    for index in range(3000):
        collector.add(np.full((4, 4), index % 251, dtype=np.uint8))
    assert 30 <= len(collector.frames) <= 80


def test_the_number_of_frames_known_beforehand_changes_nothing() -> None:
    for total in (10, 79, 80, 81, 200, 777):
        known, unknown = BackgroundCollector(total), BackgroundCollector()
        for index in range(total):
            frame = np.full((4, 4), index % 251, dtype=np.uint8)
            known.add(frame)
            unknown.add(frame)
        assert [int(f[0, 0]) for f in known.frames] == [int(f[0, 0]) for f in unknown.frames]


def test_large_pictures_are_kept_small() -> None:
    collector = BackgroundCollector()
    collector.add(np.zeros((2160, 3840), dtype=np.uint8))
    assert max(collector.frames[0].shape) == 960
    assert math.isclose(collector.scale, 0.25)


def test_a_panning_camera_is_seen_to_move_and_a_still_one_is_not() -> None:
    still = [room(0.0, levels=True) for _ in range(20)]
    panning = [room(0.0, levels=True, shift=7.0 * index) for index in range(20)]
    assert not camera_motion(still).moving
    assert camera_motion(still).steadiness > 0.95
    moved = camera_motion(panning)
    assert moved.moving
    assert moved.steadiness < 0.75


def test_the_runner_does_not_count_as_a_moving_camera() -> None:
    frames = []
    for index in range(20):
        frame = room(0.0)
        cv2.putText(frame, "#%&", (60, 300 + 20 * (index % 9)), cv2.FONT_HERSHEY_SIMPLEX, 5.0, 255, 8)
        frames.append(frame)
    assert not camera_motion(frames, person=(0.1, 0.1, 0.95, 0.9)).moving
