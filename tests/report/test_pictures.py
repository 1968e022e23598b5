"""Key frames and charts: drawn where the points are, in the right colours, without touching the original."""

from __future__ import annotations

import dataclasses

import defusedxml.ElementTree as ElementTree
import numpy as np
import pytest
from numpy.typing import NDArray

from medius.errors import InvalidValueError
from medius.report import Label, Reference, draw_key_frame, stance_curve_svg
from medius.report._draw import RGB, Colour
from medius.report.charts import describe_curves, range_strip_svg, themed

from .conftest import SampleClip, make_curves

Picture = NDArray[np.uint8]


def ground(value: int = 120, shape: tuple[int, int] = (400, 300)) -> Picture:
    return np.full((*shape, 3), value, dtype=np.uint8)


def near(picture: Picture, colour: Colour, tolerance: int = 40) -> NDArray[np.bool_]:
    distance = np.abs(picture.astype(np.int64) - np.asarray(colour)).max(axis=2)
    return np.asarray(distance <= tolerance)


def centre(mask: NDArray[np.bool_]) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


def test_lines_lie_where_the_points_are_and_have_their_side_s_colour() -> None:
    points = {"left_hip": (100.0, 100.0), "left_knee": (100.0, 200.0), "right_hip": (200.0, 100.0)}
    points["right_knee"] = (200.0, 200.0)
    picture = draw_key_frame(ground(), points, height=400, crop=False)
    assert centre(near(picture, RGB.left)) == pytest.approx((100.0, 150.0), abs=0.6)
    assert centre(near(picture, RGB.right)) == pytest.approx((200.0, 150.0), abs=0.6)


def test_the_original_is_not_changed_and_twice_gives_the_same() -> None:
    original = ground()
    points = {"left_hip": (100.0, 100.0), "left_knee": (110.0, 200.0)}
    first, second = (draw_key_frame(original, points, labels=[Label("L", "left_knee")]) for _ in range(2))
    assert (original == 120).all()
    assert np.array_equal(first, second)


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_drawing_stands_out_on_dark_and_light(shade: int) -> None:
    """Every line has a dark edge and a light core, so one of them differs from any ground."""
    points = {"left_hip": (100.0, 100.0), "left_knee": (100.0, 200.0)}
    picture = draw_key_frame(ground(shade), points, height=400, crop=False).astype(int).mean(axis=2)
    row = picture[150, 85:115]
    assert row.max() - row.min() > 100


def test_points_that_were_not_seen_are_left_out() -> None:
    points = {"left_hip": (100.0, 100.0), "left_knee": (float("nan"), 200.0), "somewhere": (5.0, 5.0)}
    assert np.array_equal(draw_key_frame(ground(), points, height=400, crop=False), ground())


def test_the_pelvis_line_needs_both_stickers_and_no_hip_points() -> None:
    hips = {"left_hip": (100.0, 180.0), "right_hip": (200.0, 180.0)}
    plain = draw_key_frame(ground(), hips, height=400, crop=False)
    assert np.array_equal(plain, ground()), "two hip key points are not a pelvis"
    one = draw_key_frame(ground(), hips, stickers={"left": (100.0, 180.0)}, height=400, crop=False)
    assert np.array_equal(one, ground())
    both = draw_key_frame(
        ground(), {}, stickers={"left": (100.0, 190.0), "right": (200.0, 210.0)}, height=400, crop=False
    )
    white = near(both, RGB.pelvis, 10)
    columns = np.arange(120, 180)
    heights = [np.nonzero(white[:, x])[0].mean() + 0.5 for x in columns]
    slope = np.polyfit(columns + 0.5, heights, 1)[0]
    assert slope == pytest.approx(0.2, abs=0.02)
    assert white[:, 60:95].any(), "the line goes past the left sticker"


def test_a_crop_keeps_the_whole_runner(rear_clip: SampleClip) -> None:
    frame = rear_clip.frames(26)[25]
    picture = draw_key_frame(frame, rear_clip.points(25), height=480)
    assert picture.shape == (480, 320, 3)
    # Shoes lie low in the picture and are inside it; shoulders are inside too.
    rows = np.nonzero(near(picture, RGB.left) | near(picture, RGB.right))[0]
    assert rows.min() > 20
    assert 380 < rows.max() < 475


def test_labels_stay_inside_the_picture() -> None:
    marked = draw_key_frame(ground(), {}, labels=[Label("12.3°", (299.0, 399.0))], height=400, crop=False)
    changed = np.nonzero((marked != 120).any(axis=2))
    assert changed[0].max() <= 398
    assert changed[1].max() <= 298
    assert changed[0].size > 100


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="RGB"):
        draw_key_frame(np.zeros((4, 4, 3), dtype=np.float32), {})


def test_a_chart_is_the_same_twice_and_is_plain_svg() -> None:
    reference = Reference(mean=3.7, sd=1.9, evidence="K01")
    first, second = (stance_curve_svg(make_curves(), reference) for _ in range(2))
    assert first == second
    root = ElementTree.fromstring(first.decode())
    assert root.tag.endswith("svg")
    assert b"<text" not in first, "lettering is outlines, so no font is needed"
    assert b"date" not in first.lower()
    assert stance_curve_svg(make_curves()) != first


def test_a_chart_says_in_words_what_it_shows() -> None:
    """Half a sine of height 8.0 peaks in the middle of stance."""
    words = describe_curves(make_curves())
    assert "Right, mean of 11 strides: highest 8.0° at 50 % of stance, lowest 0.0°" in words


def test_a_curve_with_gaps_or_nothing_in_it_is_still_drawn() -> None:
    gaps = [dataclasses.replace(c, mean=np.where(c.percent > 50, np.nan, c.mean)) for c in make_curves()]
    ElementTree.fromstring(stance_curve_svg(gaps).decode())
    assert "at 50 % of stance" in describe_curves(gaps)
    nothing = [dataclasses.replace(curve, mean=np.full(101, np.nan)) for curve in make_curves()]
    ElementTree.fromstring(stance_curve_svg(nothing).decode())
    assert "Left: no data." in describe_curves(nothing)


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="at least one"):
        stance_curve_svg(())


def test_a_themed_picture_holds_both_settings_and_stays_well_formed() -> None:
    for svg in (stance_curve_svg(make_curves()), range_strip_svg([("left", 0.4), ("right", 9.0)])):
        made = themed(svg)
        ElementTree.fromstring(made.decode())
        assert b"prefers-color-scheme:dark" in made
        assert made.count(b"#0072b2") == 1, "the plain colour is left only in the light rule"


def test_marks_sit_at_their_distance_from_the_mean() -> None:
    """±4 SD span 104 units around 60: +2 SD lies at 86."""
    assert b'cx="86.0"' in range_strip_svg([("left", 2.0)])
    assert b"M112.0" in range_strip_svg([(None, 40.0)]), "far out, an arrow at the edge"
