"""Stickers are looked for only where they count, and never missed for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from medius.motion import _sticker_watch
from medius.motion._sticker_watch import StickerWatch
from medius.motion.pose import Pose
from medius.motion.stickers import StickerResult
from medius.motion.video import Frame

POINTS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
N = 120


@dataclass
class CountingFinder:
    """Stands in for `StickerFinder`: says how many frames it saw."""

    keypoints: tuple[str, ...]
    seen: list[int] = field(default_factory=list)

    def add(self, frame: Frame, points: object) -> None:
        self.seen.append(frame.index)

    def finish(self, *, view: str) -> StickerResult:
        return StickerResult(found=False, reason=f"{view}: {len(self.seen)}")


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sticker_watch, "StickerFinder", CountingFinder)


def frames() -> Iterator[Frame]:
    plane = np.zeros((4, 4), dtype=np.uint8)
    for index in range(N):
        yield Frame(index, index / 30.0, plane, plane[:2, :2], plane[:2, :2])


def poses(breadth: float, *, sign: int = 1) -> list[Pose]:
    """Somebody whose trunk is 100 pixels long, and whose shoulders and hips together are `breadth` trunks wide."""
    wide = 100 * breadth * sign
    body = np.array([[0, 0], [0.65 * wide, 0], [0, 100], [0.35 * wide, 100]], dtype=np.float64) + 200
    return [Pose(body, np.ones(4))] * N


def watch(view: str, seen: list[Pose], final: str) -> tuple[str, int]:
    times_read = 0

    def again() -> Iterator[Frame]:
        nonlocal times_read
        times_read += 1
        yield from frames()

    watched = StickerWatch(POINTS, view)
    for frame, pose in zip(frames(), seen, strict=True):
        watched.add(frame, pose)
    return watched.finish(final, seen, again).reason or "", times_read


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("breadth", [0.45, 0.6, 1.0])
def test_somebody_broad_is_looked_at_to_the_end(breadth: float, sign: int) -> None:
    assert watch("auto", poses(breadth, sign=sign), "rear") == (f"rear: {N}", 0)


def test_somebody_narrow_is_looked_at_for_two_seconds() -> None:
    reason, times_read = watch("auto", poses(0.1), "side-left")
    assert (reason, times_read) == ("side-left: 61", 0)


def test_a_given_side_view_needs_no_look() -> None:
    assert watch("side-right", poses(1.0), "side-right") == ("side-right: 0", 0)


@pytest.mark.parametrize("view", ["rear", "front"])
def test_a_given_rear_or_front_view_is_always_looked_at(view: str) -> None:
    assert watch(view, poses(0.0), view) == (f"{view}: {N}", 0)


def test_who_turns_round_later_is_looked_at_again() -> None:
    turning = [*poses(0.1)[: N // 2 + 5], *poses(1.0)[N // 2 + 5 :]]
    assert watch("auto", turning, "rear") == (f"rear: {N}", 1)


def test_nobody_at_first_is_no_reason_to_stop() -> None:
    absent = Pose(np.full((4, 2), np.nan), np.zeros(4), 0.0)
    assert watch("auto", [absent] * N, "rear") == (f"rear: {N}", 0)
