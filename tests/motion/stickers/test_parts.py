"""The steps one by one, on pictures with an exact answer."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medius.motion.stickers._body import body_axes
from medius.motion.stickers._centre import SPOT_FIELDS, measure_spots
from medius.motion.stickers._gaps import LONGEST_GAP_S, distance_noise, drop_half_hidden, fill_gaps
from medius.motion.stickers._spots import find_spots

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


class Planes:
    """A picture of 80 by 80 pixels with known coverage of every pixel."""

    index, time_s = 0, 0.0

    def __init__(self, alpha: Floats, inside: tuple[int, int, int], outside: Floats) -> None:
        mixed = outside + alpha[..., None] * (np.array(inside) - outside)
        self.luma = np.round(mixed[..., 0]).astype(np.uint8)
        halved = mixed.reshape(40, 2, 40, 2, 3).mean(axis=(1, 3))
        self.chroma_u = np.round(halved[..., 1]).astype(np.uint8)
        self.chroma_v = np.round(halved[..., 2]).astype(np.uint8)


def disc(x: float, y: float, radius: float, side: int = 80, fine: int = 8) -> Floats:
    """Return the share of each pixel that a disc covers, by counting sub-pixels."""
    grid = (np.arange(side * fine) + 0.5) / fine
    covered = np.hypot(grid[None, :] - x, grid[:, None] - y) < radius
    return np.asarray(covered.reshape(side, fine, side, fine).mean(axis=(1, 3)))


def flat(*color: float) -> Floats:
    return np.full((80, 80, 3), color, dtype=np.float64)


def field(spots: NDArray[np.float32], name: str) -> float:
    return float(spots[0, SPOT_FIELDS.index(name)])


@settings(max_examples=30, deadline=None)
@given(x=st.floats(38, 42), y=st.floats(38, 42), radius=st.floats(4, 14), off=st.floats(-1.5, 1.5))
def test_centre_of_a_disc_is_found_to_a_tenth_of_a_pixel(x: float, y: float, radius: float, off: float) -> None:
    picture = Planes(disc(x, y, radius), (235, 128, 128), flat(90, 160, 110))
    spots = measure_spots(picture, np.array([[x + off, y - off]]), np.array([radius * 1.2]))
    assert field(spots, "x") == pytest.approx(x, abs=0.1)
    assert field(spots, "y") == pytest.approx(y, abs=0.1)
    assert field(spots, "diameter") == pytest.approx(2 * radius, rel=0.06)
    assert field(spots, "roundness") > 0.9
    assert field(spots, "elongation") < 1.1
    assert field(spots, "contrast") == pytest.approx(np.hypot(145, np.hypot(32, 18)), rel=0.05)


def test_a_seam_beside_the_sticker_does_not_pull_the_centre() -> None:
    seam = flat(90, 160, 110)
    seam[48:] = (30, 128, 128)
    picture = Planes(disc(40.3, 40.6, 6), (170, 110, 200), seam)
    spots = measure_spots(picture, np.array([[40.0, 40.0]]), np.array([6.0]))
    assert field(spots, "x") == pytest.approx(40.3, abs=0.15)
    assert field(spots, "y") == pytest.approx(40.6, abs=0.25)


def test_only_color_can_tell_the_sticker_from_the_cloth() -> None:
    picture = Planes(disc(39.2, 41.7, 7), (120, 90, 180), flat(120, 150, 110))
    spots = measure_spots(picture, np.array([[40.0, 41.0]]), np.array([6.0]))
    assert field(spots, "x") == pytest.approx(39.2, abs=0.15)
    assert field(spots, "y") == pytest.approx(41.7, abs=0.15)


def test_company_beside_a_spot_is_seen_on_its_side() -> None:
    alone = measure_spots(Planes(disc(40, 40, 5), (235, 128, 128), flat(60, 128, 128)), *guess())
    both = np.maximum(disc(40, 40, 5), disc(52, 40, 5))
    company = measure_spots(Planes(both, (235, 128, 128), flat(60, 128, 128)), *guess())
    assert field(alone, "company_right") < 0.02
    assert field(company, "company_right") > 0.3
    assert field(company, "company_left") < 0.05


def guess() -> tuple[Floats, Floats]:
    return np.array([[40.0, 40.0]]), np.array([5.0])


def test_no_spots_no_rows() -> None:
    picture = Planes(disc(40, 40, 5), (235, 128, 128), flat(60, 128, 128))
    assert measure_spots(picture, np.empty((0, 2)), np.empty(0)).shape == (0, len(SPOT_FIELDS))


def channels(luma: Bytes) -> Bytes:
    return np.stack([luma, np.full_like(luma, 128), np.full_like(luma, 128)])


@pytest.mark.parametrize("radius", [2.5, 3.5, 5.0, 6.5])
def test_a_disc_stands_out_and_is_measured_on_the_right_circle(radius: float) -> None:
    luma = np.round(60 + 150 * disc(50.3, 40.8, radius, side=90)).astype(np.uint8)
    spots = find_spots(channels(luma))
    assert len(spots) == 1
    assert spots[0, :2] == pytest.approx((50.3, 40.8), abs=1.5)
    assert 0.55 * radius < spots[0, 2] < 1.7 * radius


def draw_stripe(picture: Bytes) -> None:
    picture[:, 40:45] = 220


def draw_slanted_stripe(picture: Bytes) -> None:
    cv2.line(picture, (0, 20), (129, 75), 220, 5)


def draw_edge(picture: Bytes) -> None:
    picture[:, 50:] = 220


def draw_corner(picture: Bytes) -> None:
    picture[40:, 50:] = 220


def draw_large_disc(picture: Bytes) -> None:
    cv2.circle(picture, (60, 45), 22, 220, -1)


def draw_hole(picture: Bytes) -> None:
    cv2.circle(picture, (60, 45), 5, 5, -1)


@pytest.mark.parametrize("draw", [draw_stripe, draw_slanted_stripe, draw_edge, draw_corner, draw_large_disc, draw_hole])
def test_stripes_edges_corners_and_large_or_dark_things_do_not_stand_out(draw: Callable[[Bytes], None]) -> None:
    luma = np.full((90, 130), 60, dtype=np.uint8)
    draw(luma)
    assert len(find_spots(channels(luma))) == 0


def test_a_tiny_region_has_no_spots() -> None:
    assert len(find_spots(np.zeros((3, 15, 15), dtype=np.uint8))) == 0


def test_body_coordinates_of_the_body_points() -> None:
    upright = np.array([[90.0, 300], [130, 300], [80, 200], [140, 200]])
    axes = body_axes(np.repeat(upright[None], 20, axis=0), np.arange(20) / 60)
    placed = axes.to_body(np.array([[110.0, 300], [110, 200], [160, 300]]), np.array([0, 5, 19]))
    assert placed == pytest.approx(np.array([[0, 0], [0, 1], [0.5, 0]]))
    assert axes.hip_width == pytest.approx(0.4)
    assert axes.left_is_left


TIME = np.arange(60) / 60


def swinging() -> Floats:
    angle = np.radians(5) * np.sin(2 * np.pi * 1.4 * TIME)
    middle = np.stack([200 + 5 * np.sin(9 * TIME), 300 + 10 * np.sin(17 * TIME)], axis=1)
    half = 50 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.stack([middle - half, middle + half], axis=1)


def test_gaps_up_to_the_limit_are_filled_and_longer_ones_are_not() -> None:
    true = swinging()
    holed = true.copy()
    holed[10:14, 0] = np.nan
    holed[30:38] = np.nan
    holed[:3] = np.nan
    whole, filled = fill_gaps(holed, TIME)
    assert filled[10:14, 0].all()
    assert not filled[10:14, 1].any()
    assert np.abs(whole[10:14] - true[10:14]).max() < 0.3
    assert np.isnan(whole[30:38]).all()
    assert np.isnan(whole[:3]).all()
    assert 4 / 60 < LONGEST_GAP_S < 8 / 60
    assert (whole[~filled] == holed[~filled]).sum() == np.isfinite(holed[~filled]).sum()


def test_too_little_to_fill_from_is_left_as_it_is() -> None:
    holed = np.full((60, 2, 2), np.nan)
    holed[5] = 1.0
    whole, filled = fill_gaps(holed, TIME)
    assert not filled.any()
    assert np.array_equal(whole, holed, equal_nan=True)


def test_a_shrunken_or_displaced_sticker_is_dropped() -> None:
    centres, diameters = swinging(), np.full((60, 2), 13.0)
    diameters[20, 0] = 10.0
    centres[40, 1, 0] += 15
    trusted = drop_half_hidden(centres, diameters, TIME)
    assert trusted[20].tolist() == [False, True]
    assert trusted[40].tolist() == [False, False]
    assert trusted.sum() == 120 - 3


def test_nothing_seen_is_nothing_trusted() -> None:
    nothing = np.full((60, 2, 2), np.nan)
    assert not drop_half_hidden(nothing, nothing[..., 0], TIME).any()
    assert np.isnan(distance_noise(nothing))


def test_noise_of_the_distance_is_recovered() -> None:
    time = np.arange(3000) / 60
    centres = np.zeros((3000, 2, 2))
    centres[:, 1, 0] = 100 + 2 * np.sin(9 * time) + np.random.default_rng(1).normal(0, 0.3, 3000)
    assert distance_noise(centres) == pytest.approx(0.3, rel=0.1)
