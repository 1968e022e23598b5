"""Drawn clips: where the stickers are is known because we put them there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.errors import InvalidValueError
from medius.motion import make_motion, validate_motion
from medius.motion.stickers import StickerFinder, StickerResult, find_stickers

if TYPE_CHECKING:
    from motion.stickers.conftest import Bytes, Clip, Floats

Draw = Callable[..., "Clip"]


def look(clip: Clip, view: str = "rear") -> StickerResult:
    finder = StickerFinder()
    for frame, points in zip(clip.frames, clip.points, strict=True):
        finder.add(frame, points)
    return finder.finish(view=view)


def places(result: StickerResult) -> Floats:
    assert result.motion is not None
    return np.asarray(result.motion["position"].transpose("time", "keypoint", "space").to_numpy())


def angles(points: Floats) -> Floats:
    apart = points[:, 1] - points[:, 0]
    return np.asarray(np.degrees(np.arctan2(apart[:, 1], apart[:, 0])))


def test_two_stickers_are_found_where_they_are(drawn: Draw) -> None:
    clip = drawn()
    result = look(clip)
    assert result.found
    assert result.reason == ""
    assert result.motion is not None
    validate_motion(result.motion)
    assert result.motion["keypoint"].to_numpy().tolist() == ["left_sticker", "right_sticker"]
    assert result.motion.attrs["unit"] == "px"
    assert result.motion["time"].to_numpy() == pytest.approx([f.time_s for f in clip.frames])
    assert result.seen_share == 1.0
    error = places(result) - clip.truth
    assert np.abs(error).max() < 0.6
    assert math.sqrt((error**2).mean()) < 0.2
    assert result.distance_px == pytest.approx(84, abs=0.5)
    assert result.diameter_px == pytest.approx(12 * math.sqrt(0.85), abs=1.5)
    assert result.motion["confidence"].to_numpy().min() > 0.8


@pytest.mark.parametrize(
    ("color", "shirt"),
    [
        ("white", (60, 90, 160)),
        ("yellow", (240, 240, 240)),
        ("green", (20, 20, 22)),
        ("orange", (230, 200, 60)),
        ("blue", (235, 235, 230)),
        ("red", (200, 110, 170)),
        ("magenta", (60, 90, 160)),
        ("white", (200, 198, 190)),
    ],
)
def test_any_color_on_any_other_color_after_compression(
    drawn: Draw, color: str, shirt: tuple[float, float, float]
) -> None:
    clip = drawn((color, color), shirt=shirt, crf=26, n=40)
    result = look(clip)
    assert result.found, result.reason
    error = angles(places(result)) - angles(clip.truth)
    assert math.sqrt(np.nanmean(error**2)) < 0.4


@settings(max_examples=8, deadline=None)
@given(radius=st.floats(3.5, 12), half=st.floats(22, 47))
def test_size_and_distance_do_not_matter(drawn: Draw, radius: float, half: float) -> None:
    clip = drawn(radius=radius, half=half, n=20)
    result = look(clip)
    assert result.found
    assert result.distance_px == pytest.approx(2 * half, rel=0.01)
    assert result.placement == (
        "wide" if half > 0.75 * 38 + 1 else "narrow" if half < 0.75 * 38 - 1 else result.placement
    )


def test_stated_error_is_the_error(drawn: Draw) -> None:
    clip = drawn(noise=12.0, n=90)
    result = look(clip)
    error = places(result) - clip.truth
    true_sd = float((error - error.mean(axis=0)).std())
    assert 0.5 * true_sd < result.centre_sd_px < 1.6 * true_sd
    assert result.angle_sd_deg == pytest.approx(math.degrees(math.sqrt(2) * result.centre_sd_px / result.distance_px))


def test_left_and_right_are_the_runners_own(drawn: Draw) -> None:
    for front, view in ((False, "rear"), (True, "front"), (False, "unknown"), (True, "unknown")):
        clip = drawn(front=front, n=20)
        result = look(clip, view)
        assert result.found
        assert np.abs(places(result) - clip.truth).max() < 0.6
        assert result.motion is not None
        assert result.motion.attrs["view"] == ("front" if front else "rear")


def cover(picture: Bytes, centre: Floats, size: int = 12) -> None:
    x, y = np.round(centre).astype(int).tolist()
    cv2.circle(picture, (x, y), size, (205, 160, 130), -1)


def test_a_short_hiding_is_bridged_and_flagged_and_a_long_one_left_open(drawn: Draw) -> None:
    def hide(picture: Bytes, centres: Floats, frame: int) -> None:
        if frame in (20, 21) or 40 <= frame < 55:
            cover(picture, centres[0])

    clip = drawn(extra=hide, n=70)
    result = look(clip)
    assert result.found
    assert result.motion is not None
    confidence = result.motion["confidence"].sel(keypoint="left_sticker").to_numpy()
    assert confidence[20:22] == pytest.approx(0.3)
    assert (confidence[40:55] == 0).all()
    assert np.isnan(places(result)[40:55, 0]).all()
    error = angles(places(result)) - angles(clip.truth)
    assert np.abs(error[20:22]).max() < 1.0
    assert np.isfinite(places(result)[40:55, 1]).all(), "the other sticker was never hidden"
    assert result.seen_share == pytest.approx(53 / 70)


def test_a_half_covered_sticker_is_not_taken_for_a_whole_one(drawn: Draw) -> None:
    def cover_half(picture: Bytes, centres: Floats, frame: int) -> None:
        if frame in (30, 31):
            cover(picture, centres[1] + (9, 0), size=10)

    clip = drawn(extra=cover_half)
    result = look(clip)
    assert result.motion is not None
    assert (result.motion["confidence"].sel(keypoint="right_sticker").to_numpy()[30:32] <= 0.3).all()
    assert np.nanmax(np.abs(angles(places(result)) - angles(clip.truth))) < 1.2


def test_bright_shoes_hands_and_a_logo_are_not_stickers(drawn: Draw) -> None:
    def clutter(picture: Bytes, centres: Floats, frame: int) -> None:
        swing = 25 * np.sin(frame / 5)
        for x in (120, 205):
            cv2.ellipse(picture, (x, int(370 + swing * (1 if x > 160 else -1))), (14, 9), 0, 0, 360, (250, 225, 40), -1)
        cv2.circle(picture, (int(85 + swing), 250), 10, (250, 225, 40), -1)
        middle = centres.mean(axis=0) - (0, 70)
        cv2.circle(picture, (int(middle[0]), int(middle[1])), 8, (250, 225, 40), -1)

    clip = drawn(extra=clutter)
    result = look(clip)
    assert result.found
    assert math.sqrt(np.nanmean((places(result) - clip.truth) ** 2)) < 0.3
    assert not look(drawn((None, None), extra=clutter)).found


def write(text: str, scale: float) -> Callable[[Bytes, Floats, int], None]:
    def draw(picture: Bytes, centres: Floats, frame: int) -> None:
        (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 3)
        x, y = centres.mean(axis=0)
        place = (int(x - wide / 2), int(y + high / 2))
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (250, 225, 40), 3, cv2.LINE_AA)

    return draw


def dots(*shares: float, radius: int = 6) -> Callable[[Bytes, Floats, int], None]:
    def draw(picture: Bytes, centres: Floats, frame: int) -> None:
        for share in shares:
            x, y = np.round(centres[0] + share * (centres[1] - centres[0])).astype(int).tolist()
            cv2.circle(picture, (x, y), radius, (250, 225, 40), -1, cv2.LINE_AA)

    return draw


@pytest.mark.parametrize(
    "extra",
    [None, write("RUN OXO", 0.8), write("GOOD", 1.2), write("OO OO", 0.9), dots(0.5), dots(0.1)],
    ids=["plain", "lettering", "large lettering", "o", "one dot", "one dot aside"],
)
def test_without_two_stickers_nothing_is_found(drawn: Draw, extra: Callable[[Bytes, Floats, int], None] | None) -> None:
    result = look(drawn((None, None), extra=extra))
    assert not result.found
    assert result.motion is None
    assert result.reason.endswith(".")
    assert "two round stickers" in result.reason


def test_a_row_of_dots_is_refused(drawn: Draw) -> None:
    assert not look(drawn((None, None), extra=dots(0, 0.33, 0.67, 1))).found
    assert not look(drawn((None, None), extra=dots(0, 0.5, 1))).found


def test_one_sticker_or_two_colors_are_not_a_pair(drawn: Draw) -> None:
    assert not look(drawn(("yellow", None))).found
    assert not look(drawn(("red", "green"))).found


def test_other_views_are_declined_with_a_sentence(drawn: Draw) -> None:
    for view in ("side-left", "side-right", "3d"):
        result = look(drawn(n=15), view)
        assert not result.found
        assert "another side" in result.reason


def test_nobody_or_too_few_frames(drawn: Draw) -> None:
    clip = drawn(n=20)
    nobody = replace(clip, points=np.full_like(clip.points, np.nan))
    assert "no upright person" in look(nobody).reason
    lying = replace(clip, points=clip.points[:, :, ::-1])
    assert "no upright person" in look(lying).reason
    assert not look(drawn(n=5)).found
    assert "no frame" in StickerFinder().finish().reason


def test_points_outside_the_picture_do_no_harm(drawn: Draw) -> None:
    clip = drawn(n=16)
    for shift in (-400, 400, 10_000):
        assert not look(replace(clip, points=clip.points + shift)).found


def test_find_stickers_takes_a_motion(drawn: Draw) -> None:
    clip = drawn(n=30)
    names = ["left_knee", "left_hip", "right_hip", "left_shoulder", "right_shoulder"]
    position = np.concatenate([clip.points[:, :1] + (0, 80), clip.points], axis=1).transpose(0, 2, 1)
    time = [f.time_s for f in clip.frames]
    motion = make_motion(position, time=time, keypoints=names, unit="px", view="rear")
    assert find_stickers(clip.frames, motion).found
    assert not find_stickers(clip.frames, motion, view="side-left").found
    with pytest.raises(InvalidValueError, match="no left_hip"):
        find_stickers(clip.frames, motion.drop_sel(keypoint="left_hip"))
    with pytest.raises(InvalidValueError, match="end after 20 frames"):
        find_stickers(clip.frames, motion.isel(time=slice(20)))


def test_the_same_clip_gives_the_same_result(drawn: Draw) -> None:
    first, second = look(drawn(n=20)), look(drawn(n=20))
    assert first.motion is not None
    assert second.motion is not None
    assert first.motion.identical(second.motion)


def two_dots(first: tuple[float, float, int], second: tuple[float, float, int]) -> Callable[[Bytes, Floats, int], None]:
    """Draw two dots, each given by its place along and below the line between the sticker places, and its radius."""

    def draw(picture: Bytes, centres: Floats, frame: int) -> None:
        along = centres[1] - centres[0]
        down = np.array([-along[1], along[0]])
        for share, below, radius in (first, second):
            x, y = np.round(centres[0] + share * along + below * down).astype(int).tolist()
            cv2.circle(picture, (x, y), radius, (250, 225, 40), -1, cv2.LINE_AA)

    return draw


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (two_dots((0, 0.14, 6), (1, -0.14, 6)), "same height"),
        (two_dots((0.45, 0, 6), (1.2, 0, 6)), "left and right of the middle"),
        (two_dots((0, 0, 5), (1, 0, 7)), "one size"),
    ],
)
def test_two_dots_that_are_not_placed_like_stickers_are_refused(
    drawn: Draw, extra: Callable[[Bytes, Floats, int], None], why: str
) -> None:
    result = look(drawn((None, None), extra=extra))
    assert not result.found
    assert why in result.reason


def test_stickers_seen_too_seldom_are_refused(drawn: Draw) -> None:
    def hide(picture: Bytes, centres: Floats, frame: int) -> None:
        if frame % 20 >= 4:
            x, y = centres.mean(axis=0).astype(int).tolist()
            picture[y - 25 : y + 25, x - 80 : x + 80] = (60, 90, 160)

    assert not look(drawn(extra=hide)).found
