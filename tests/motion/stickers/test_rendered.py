"""Rendered runners with exact truth: their own stickers, painted ones, and none at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from medius.motion.stickers import StickerFinder, StickerResult

if TYPE_CHECKING:
    from motion.stickers.conftest import Bytes, Clip, Floats

Read = Callable[..., "Clip"]

N_FRAMES = 75


def look(clip: Clip, view: str = "rear") -> StickerResult:
    finder = StickerFinder()
    for frame, points in zip(clip.frames, clip.points, strict=True):
        finder.add(frame, points)
    return finder.finish(view=view)


def angles(points: Floats) -> Floats:
    apart = points[:, 1] - points[:, 0]
    return np.asarray(np.degrees(np.arctan2(apart[:, 1], apart[:, 0])))


def measured_angles(result: StickerResult) -> Floats:
    assert result.found, result.reason
    assert result.motion is not None
    return angles(result.motion["position"].transpose("time", "keypoint", "space").to_numpy())


def test_sticker_line_of_rendered_runners(rendered: Read) -> None:
    everything = []
    for name in ("run-rear/rear01", "run-rear/rear03", "run-rear/rear04", "run-rear/rear07", "sample/rear"):
        clip = rendered(name, N_FRAMES)
        result = look(clip)
        measured, true = measured_angles(result), angles(clip.truth)
        assert result.seen_share == 1.0
        assert result.placement == ("wide" if name == "sample/rear" else "narrow")
        assert math.sqrt(((measured - true) ** 2).mean()) < 0.2, name
        everything.append((true, measured))
    true, measured = np.concatenate(everything, axis=1)
    assert 0.98 < np.polyfit(true, measured, 1)[0] < 1.02


@pytest.mark.parametrize(
    ("name", "color", "options"),
    [
        ("run-rear/rear02", "red", {"shutter": 1.0}),
        ("run-rear/rear05", "white", {"wide": False, "crf": 30}),
        ("run-rear/rear08", "white", {}),
        ("run-rear/rear08", "blue", {"radius": 5.0}),
    ],
)
def test_painted_stickers_after_blur_and_compression(
    painted: Read, name: str, color: str, options: dict[str, float | bool]
) -> None:
    clip = painted(name, 45, color, **options)
    measured, true = measured_angles(look(clip)), angles(clip.truth)
    assert math.sqrt(np.nanmean((measured - true) ** 2)) < 0.5
    good = np.isfinite(measured)
    assert good.mean() > 0.9
    assert 0.93 < np.polyfit(true[good], measured[good], 1)[0] < 1.07


@pytest.mark.parametrize(
    "name",
    [
        *("run-rear/rear02", "run-rear/rear05", "run-rear/rear06", "run-rear/rear08"),
        *("run-side/side01", "run-side/side02", "run-side/side03", "run-side/side04", "sample/side"),
        *("exercise/pelvic-drop-1", "exercise/pelvic-drop-2", "exercise/single-leg-stance-1"),
        *("exercise/deadlift-1", "exercise/clamshell-1"),
    ],
)
def test_no_stickers_no_pelvis(rendered: Read, name: str) -> None:
    """Whatever the view is called: a false pair of stickers would become a false pelvic drop."""
    clip = rendered(name, 40)
    for view in ("rear", "front"):
        result = look(clip, view)
        assert not result.found
        assert result.motion is None


@pytest.mark.parametrize(("text", "scale"), [("RUN CLUB", 0.7), ("OXO", 1.2)])
def test_lettering_on_the_pelvis_is_not_two_stickers(painted: Read, text: str, scale: float) -> None:
    def write(picture: Bytes, psis: Floats, frame: int) -> None:
        (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 3)
        x, y = psis.mean(axis=0)
        place = (int(x - wide / 2), int(y + high / 2))
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (245, 245, 245), 3, cv2.LINE_AA)

    assert not look(painted("run-rear/rear05", 30, None, extra=write)).found
