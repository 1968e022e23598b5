"""Cutting a square out of planes: every pixel of the answer is known."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medius.motion.pose._crop import YUV_TO_RGB, crop, to_network
from medius.motion.pose.region import Region

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


def ramp(height: int = 640, width: int = 480) -> Planes:
    """Return planes whose values say where they are: brightness the column, colours the row."""
    x = (np.arange(width) + 0.5) / width * 200 + 20
    y = (np.arange(height // 2) + 0.5) / (height // 2) * 200 + 20
    luma = np.repeat(np.round(x)[None].astype(np.uint8), height, axis=0)
    chroma = np.repeat(np.round(y)[:, None].astype(np.uint8), width // 2, axis=1)
    return luma, chroma, chroma.copy()


@settings(max_examples=40, deadline=None)
@given(
    x=st.floats(180, 300), y=st.floats(250, 390), size=st.floats(60, 330), rotation=st.floats(-math.pi, math.pi),
    side=st.sampled_from([64, 224, 256]),
)  # fmt: skip
def test_each_pixel_comes_from_its_place_in_the_picture(
    x: float, y: float, size: float, rotation: float, side: int
) -> None:
    region = Region(x, y, size, rotation)
    seen = crop(ramp(), region, side)
    u, v = np.meshgrid((np.arange(side) + 0.5) / side, (np.arange(side) + 0.5) / side)
    place = region.to_picture(np.stack([u, v], axis=-1))
    inside = (place > 12).all(axis=-1) & (place[..., 0] < 468) & (place[..., 1] < 628)
    expected_luma = place[..., 0] / 480 * 200 + 20
    expected_chroma = place[..., 1] / 640 * 200 + 20
    assert np.abs(seen[..., 0] - expected_luma)[inside].max() < 1.7
    assert np.abs(seen[..., 1] - expected_chroma)[inside].max() < 1.7
    np.testing.assert_array_equal(seen[..., 1], seen[..., 2])


def test_outside_the_picture_is_black() -> None:
    seen = crop(ramp(), Region(0.0, 0.0, 400.0, 0.0), 256)
    assert (seen[:120, :120] == (16, 128, 128)).all()
    away = crop(ramp(), Region(-5000.0, 300.0, 200.0, 0.3), 256)
    assert (away == (16, 128, 128)).all()


def test_a_fine_pattern_becomes_its_mean_and_not_a_coarse_one() -> None:
    stripes = np.tile(np.array([40, 200], dtype=np.uint8), (900, 450))
    grey = np.full((450, 450), 128, dtype=np.uint8)
    # 3.5 picture pixels a network pixel: a bilinear crop would show moiré of full contrast.
    seen = crop((stripes, grey, grey), Region(450.0, 450.0, 896.0, 0.05), 256)[10:-10, 10:-10, 0]
    assert seen.std() < 15.0
    assert seen.mean() == pytest.approx(120.0, abs=1.5)


def test_shifting_the_square_shifts_what_is_seen() -> None:
    rng = np.random.default_rng(0)
    luma = np.asarray(cv2.GaussianBlur(rng.integers(0, 255, (600, 600), dtype=np.uint8), (0, 0), 6), dtype=np.uint8)
    grey = np.full((300, 300), 128, dtype=np.uint8)
    one = crop((luma, grey, grey), Region(300.0, 300.0, 256.0, 0.0), 256)
    other = crop((luma, grey, grey), Region(310.0, 296.0, 256.0, 0.0), 256)
    assert np.abs(one[..., 0].astype(int)[20:200, 40:200] - other[..., 0].astype(int)[24:204, 30:190]).max() <= 1


@pytest.mark.parametrize(
    ("yuv", "rgb"),
    [
        ((16, 128, 128), (0, 0, 0)),
        ((235, 128, 128), (255, 255, 255)),
        ((63, 102, 240), (255, 0, 0)),  # BT.709 primaries, limited range (ITU-R BT.709, 8 bit)
        ((173, 42, 26), (0, 255, 0)),
        ((32, 240, 118), (0, 0, 255)),
    ],
)
def test_colours_of_bt709(yuv: tuple[int, int, int], rgb: tuple[int, int, int]) -> None:
    square = np.full((2, 2, 3), yuv, dtype=np.uint8)
    seen = to_network(square, 1 / 255, 0.0)
    assert seen.shape == (1, 2, 2, 3)
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen[0, 0, 0] * 255, rgb, atol=2.0)
    centred = to_network(square, 2 / 255, -1.0)
    np.testing.assert_allclose((centred[0, 0, 0] + 1) * 127.5, rgb, atol=2.0)
    assert YUV_TO_RGB.shape == (3, 4)


def test_values_stay_in_the_networks_range() -> None:
    rng = np.random.default_rng(3)
    square = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert to_network(square, 1 / 255, 0.0).min() >= 0.0
    assert to_network(square, 1 / 255, 0.0).max() <= 1.0 + 1e-6
    assert to_network(square, 2 / 255, -1.0).min() >= -1.0
    assert to_network(square, 2 / 255, -1.0).max() <= 1.0 + 1e-6
