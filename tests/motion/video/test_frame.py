"""Planes become the colours that the standards say."""

from __future__ import annotations

import numpy as np
import pytest

from medius.motion.video import ColorInfo, Frame

# 8-bit codes of pure colours: ITU-R BT.601 and BT.709 (limited range), JFIF (BT.601, full range).
CODES = [
    (ColorInfo("bt601"), (81, 90, 240), (255, 0, 0)),
    (ColorInfo("bt601"), (145, 54, 34), (0, 255, 0)),
    (ColorInfo("bt709"), (63, 102, 240), (255, 0, 0)),
    (ColorInfo("bt709"), (173, 42, 26), (0, 255, 0)),
    (ColorInfo("bt709"), (32, 240, 118), (0, 0, 255)),
    (ColorInfo("bt709"), (235, 128, 128), (255, 255, 255)),
    (ColorInfo("bt709"), (16, 128, 128), (0, 0, 0)),
    (ColorInfo("bt601", full_range=True), (76, 85, 255), (255, 0, 0)),
    (ColorInfo("bt601", full_range=True), (29, 255, 107), (0, 0, 255)),
]


@pytest.mark.parametrize(("color", "yuv", "rgb"), CODES)
def test_pure_colours(color: ColorInfo, yuv: tuple[int, int, int], rgb: tuple[int, int, int]) -> None:
    y, u, v = yuv
    frame = Frame(
        0,
        0.0,
        np.full((6, 8), y, np.uint8),
        np.full((3, 4), u, np.uint8),
        np.full((3, 4), v, np.uint8),
        color=color,
    )
    picture = frame.to_rgb()
    assert picture.dtype == np.uint8
    assert picture.shape == (6, 8, 3)
    assert np.abs(picture.astype(int) - rgb).max() <= 2  # the codes are rounded to whole levels
    assert np.array_equal(frame.to_bgr(), picture[:, :, ::-1])


def test_a_copy_is_its_own() -> None:
    luma = np.zeros((2, 2), np.uint8)
    chroma = np.full((1, 1), 128, np.uint8)
    frame = Frame(3, 0.1, luma, chroma, chroma)
    copy = frame.copy()
    luma[:] = 255
    assert copy.luma.max() == 0
    assert (copy.index, copy.time_s, copy.width, copy.height) == (3, 0.1, 2, 2)


def test_high_dynamic_range_is_known() -> None:
    assert ColorInfo("bt2020", transfer=18).high_dynamic_range
    assert not ColorInfo("bt709", transfer=1).high_dynamic_range
