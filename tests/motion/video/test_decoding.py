"""Every picture comes out as it went in, at the time it was filmed, from every kind of file a phone writes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from medius.errors import InvalidValueError
from medius.motion.video import Frame, FrameSource, probe, read_frames
from medius.motion.video._layout import Layout

from .conftest import ClipMaker, Planes, has_encoder, number_in, picture

NEARLY_LOSSLESS: dict[str, dict[str, str]] = {
    "libx264": {"crf": "10"},
    "libx265": {"crf": "10", "x265-params": "log-level=none"},
    "libvpx-vp9": {"crf": "10", "b:v": "0", "deadline": "realtime"},
    "libsvtav1": {"crf": "10", "preset": "8", "svtav1-params": "enable-tf=0"},
}
KINDS = [
    ("libx264", "mp4", "yuv420p", "h264"),
    ("libx264", "mov", "yuv420p10le", "h264"),
    ("libx264", "mkv", "yuv420p", "h264"),
    ("libx264", "avi", "yuv420p", "h264"),
    ("libx264", "ts", "yuv420p", "h264"),
    ("libx264", "mp4", "yuv444p", "h264"),
    ("libx264", "mp4", "yuvj420p", "h264"),
    ("libx265", "mov", "yuv420p", "hevc"),
    ("libx265", "mp4", "yuv420p10le", "hevc"),
    ("libvpx-vp9", "webm", "yuv420p", "vp9"),
    ("libvpx-vp9", "mp4", "yuv420p", "vp9"),
    ("libsvtav1", "mp4", "yuv420p", "av1"),
    ("libsvtav1", "webm", "yuv420p10le", "av1"),
]


def error_of(frame: Frame, expected: Planes) -> float:
    """Return the largest mean absolute difference of the three planes, in levels of 255."""
    planes = (frame.luma, frame.chroma_u, frame.chroma_v)
    return max(float(np.abs(plane.astype(int) - wanted).mean()) for plane, wanted in zip(planes, expected, strict=True))


@pytest.mark.parametrize(("encoder", "ending", "pix_fmt", "codec"), KINDS)
def test_every_kind_of_file_gives_its_pictures_back(
    make_clip: ClipMaker, encoder: str, ending: str, pix_fmt: str, codec: str
) -> None:
    if not has_encoder(encoder):
        pytest.skip(f"this PyAV cannot write {encoder}")

    def draw(number: int, width: int, height: int) -> Planes:
        luma, u, v = picture(number, width, height)
        if "444" in pix_fmt:
            u, v = (plane.repeat(2, 0).repeat(2, 1) for plane in (u, v))
        return luma, u, v

    times = [k / 25 for k in range(12)]
    clip = make_clip(
        f"clip.{ending}",
        codec=encoder,
        pix_fmt=pix_fmt,
        times=times,
        fps=25,
        options=NEARLY_LOSSLESS[encoder],
        draw=draw,
    )
    with FrameSource(clip) as source:
        assert source.info.codec == codec
        assert source.info.bit_depth == (10 if "10" in pix_fmt else 8)
        assert source.info.color.full_range == (pix_fmt == "yuvj420p")
        assert (source.info.width, source.info.height) == (320, 240)
        assert source.info.fps_median == pytest.approx(25, rel=2e-3)
        assert not source.info.variable_frame_rate
        seen = [(f.index, f.time_s, number_in(f.luma), error_of(f, picture(f.index, 320, 240))) for f in source]
        assert source.notes == []
    assert [index for index, *_ in seen] == list(range(12))
    assert [number for _, _, number, _ in seen] == list(range(12))
    assert [time for _, time, _, _ in seen] == pytest.approx(times, abs=1.01e-3)  # Matroska rounds to 1 ms
    assert max(error for *_, error in seen) < 1.0


def test_planes_agree_with_another_decoder(data: Path) -> None:
    clip = data / "video" / "treadmill-side" / "male_side.mp4"
    other = cv2.VideoCapture(str(clip))
    with FrameSource(clip, max_frames=30) as source:
        for frame in source:
            found, bgr = other.read()
            assert found
            reference = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(float)  # full range
            luma = (frame.luma.astype(float) - 16) * 255 / 219
            # The two greys weigh colours differently; a wrong frame would differ by far more.
            assert np.abs(luma - reference).mean() < 6
            assert other.get(cv2.CAP_PROP_POS_MSEC) / 1000 == pytest.approx(frame.time_s, abs=1e-3)
    assert frame.index == 29


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pictures_come_out_upright(make_clip: ClipMaker, turn: int, mirrored: bool) -> None:
    # libavutil/display.h counts turns counter-clockwise, and a flip of its matrix mirrors the turned picture.
    clip = make_clip(rotation=(-turn, mirrored), size=(200, 120), n_frames=3, options={"crf": "8"})

    def upright(plane: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        turned = np.rot90(plane, -turn // 90)
        return turned[:, ::-1] if mirrored else turned

    with FrameSource(clip) as source:
        assert source.info.rotation_deg == turn
        assert source.info.mirrored is mirrored
        assert (source.info.width, source.info.height) == ((120, 200) if turn in (90, 270) else (200, 120))
        for frame in source:
            luma, u, v = picture(frame.index, 200, 120)
            assert error_of(frame, (upright(luma), upright(u), upright(v))) < 1.0


def test_turned_pictures_agree_with_another_decoder(make_clip: ClipMaker) -> None:
    clip = make_clip(rotation=(-90, False), size=(320, 240), n_frames=3, color=(5, 1), options={"crf": "8"})
    other = cv2.VideoCapture(str(clip))
    with FrameSource(clip) as source:
        for frame in source:
            found, bgr = other.read()
            assert found
            assert frame.to_bgr().shape == bgr.shape == (320, 240, 3)
            assert np.abs(frame.to_bgr().astype(int) - bgr).mean() < 2.0


@pytest.mark.parametrize("size", [(321, 241), (322, 241), (33, 35), (2, 2)])
def test_odd_sizes(make_clip: ClipMaker, size: tuple[int, int]) -> None:
    width, height = size

    def flat(number: int, width: int, height: int) -> Planes:
        chroma = np.full(((height + 1) // 2, (width + 1) // 2), 90 + number, np.uint8)
        return np.full((height, width), 40 + 10 * number, np.uint8), chroma, 255 - chroma

    # VP9 stores odd sizes in 4:2:0; x264 does not.
    clip = make_clip("clip.webm", codec="libvpx-vp9", size=size, n_frames=4, options={"b:v": "2M"}, draw=flat)
    with FrameSource(clip) as source:
        frames = [frame.copy() for frame in source]
    assert len(frames) == 4
    for frame in frames:
        assert frame.luma.shape == (height, width)
        assert frame.chroma_u.shape == frame.chroma_v.shape == ((height + 1) // 2, (width + 1) // 2)
        assert error_of(frame, flat(frame.index, *size)) <= 2.5
        assert frame.to_rgb().shape == (height, width, 3)


def test_oblong_pixels_become_square(make_clip: ClipMaker) -> None:
    clip = make_clip(size=(180, 240), aspect=Fraction(4, 3), n_frames=3)
    with FrameSource(clip) as source:
        frames = [frame.copy() for frame in source]
    assert frames[0].luma.shape == (240, 240)
    assert [number_in(frame.luma) for frame in frames] == [0, 1, 2]


def test_variable_frame_rate_keeps_its_times(make_clip: ClipMaker) -> None:
    rng = np.random.default_rng(7)
    times = [0.0, *np.cumsum(rng.choice([1 / 60, 1 / 30, 0.07], 40)).tolist()]
    clip = make_clip(times=times)
    with FrameSource(clip) as source:
        assert source.info.variable_frame_rate
        seen = [(frame.time_s, number_in(frame.luma)) for frame in source]
    assert [time for time, _ in seen] == pytest.approx(times, abs=2e-5)  # the file counts in 1/90000 s
    assert [number for _, number in seen] == list(range(41))


def test_times_start_at_zero_and_rise_though_the_file_starts_late(make_clip: ClipMaker) -> None:
    clip = make_clip("late.ts", times=[5 + k / 30 for k in range(10)])
    with FrameSource(clip) as source:
        times = [frame.time_s for frame in source]
    assert times[0] == 0.0
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[-1] == pytest.approx(0.3, abs=1e-3)


def test_slow_motion_given(make_clip: ClipMaker) -> None:
    clip = make_clip(n_frames=17, fps=30)
    with FrameSource(clip, slow_motion=8) as source:
        assert source.info.slow_motion_factor == 8
        assert source.info.fps_median == pytest.approx(240, rel=1e-3)
        assert source.info.fps_nominal == pytest.approx(30, rel=1e-3)
        times = [frame.time_s for frame in source]
    assert times == pytest.approx([k / 240 for k in range(17)], abs=1e-5)
    assert probe(clip, slow_motion=8).duration_s == pytest.approx(17 / 240, rel=1e-2)


@pytest.mark.parametrize(
    ("metadata", "fps", "factor", "note"),
    [
        ({"com.android.capture.fps": "240.000000"}, 30, 8.0, "divided by 8"),
        ({"com.android.capture.fps": "119.88"}, 29.97, 4.0, "divided by 4"),
        ({"com.android.capture.fps": "240.000000"}, 240, 1.0, None),
        ({"com.android.capture.fps": "59.94"}, 60, 1.0, None),
        ({"com.android.capture.fps": "rubbish"}, 30, 1.0, None),
        ({"com.android.capture.fps": "inf"}, 30, 1.0, None),
        ({"com.apple.quicktime.full-frame-rate-playback-intent": "0"}, 240, 1.0, None),
        ({"com.apple.quicktime.full-frame-rate-playback-intent": "0"}, 30, 1.0, "unmodified original"),
    ],
)
def test_slow_motion_from_metadata(
    make_clip: ClipMaker, metadata: dict[str, str], fps: float, factor: float, note: str | None
) -> None:
    clip = make_clip("clip.mov", metadata=metadata, fps=fps, n_frames=12)
    with FrameSource(clip) as source:
        assert source.info.slow_motion_factor == factor
        assert source.info.fps_median == pytest.approx(fps * factor, rel=5e-3)
        assert [note in text for text in source.notes] == [True] if note else source.notes == []
        *_, last = source
    assert last.time_s == pytest.approx(11 / fps / factor, rel=2e-3)


def test_a_part_of_a_clip(make_clip: ClipMaker) -> None:
    clip = make_clip(n_frames=90, fps=30, options={"g": "25"})
    with FrameSource(clip, start_s=1.0, end_s=2.0) as source:
        part = [(frame.index, frame.time_s, number_in(frame.luma)) for frame in source]
        assert source.notes == []
    assert [number for *_, number in part] == list(range(30, 60))
    assert [index for index, *_ in part] == list(range(30))
    assert part[0][1] == pytest.approx(1.0, abs=1e-4)
    with FrameSource(clip, start_s=0.5, slow_motion=2, stride=3, max_frames=4) as source:
        part = [(frame.index, frame.time_s, number_in(frame.luma)) for frame in source]
    assert [number for *_, number in part] == [30, 33, 36, 39]
    assert [index for index, *_ in part] == [0, 3, 6, 9]
    with FrameSource(clip, start_s=60) as source:
        assert list(source) == []


def test_key_frames_by_index(make_clip: ClipMaker) -> None:
    clip = make_clip(n_frames=40, color=(5, 1), options={"crf": "8"})
    frames = read_frames(clip, [31, 0, 7, 7, 400])
    assert sorted(frames) == [0, 7, 31]
    for index, rgb in frames.items():
        assert rgb.shape == (240, 320, 3)
        luma = rgb @ np.array([0.299, 0.587, 0.114])  # BT.601
        assert number_in(luma) == index
    assert read_frames(clip, []) == {}


def test_frames_hold_for_as_long_as_promised(make_clip: ClipMaker) -> None:
    clip = make_clip(n_frames=60)
    with FrameSource(clip, keep=6) as source:
        held: list[Frame] = []
        for frame in source:
            held = [*held[-6:], frame]
            assert [number_in(f.luma) for f in held] == [f.index for f in held]
        copied = frame.copy()
    assert number_in(copied.luma) == number_in(frame.luma) == 59


def test_4k_at_240_frames_a_second(make_clip: ClipMaker) -> None:
    clip = make_clip(size=(3840, 2160), fps=240, n_frames=8, options={"preset": "ultrafast"})
    with FrameSource(clip) as source:
        assert (source.info.width, source.info.height) == (3840, 2160)
        assert source.info.fps_median == pytest.approx(240, rel=1e-3)
        assert [number_in(frame.luma) for frame in source] == list(range(8))


def test_interlaced_film_is_said(make_clip: ClipMaker) -> None:
    with FrameSource(make_clip(options={"flags": "+ildct+ilme"}, n_frames=3)) as source:
        assert ["interlaced" in note for note in source.notes] == [True]


def test_one_frame(make_clip: ClipMaker) -> None:
    clip = make_clip(n_frames=1)
    with FrameSource(clip) as source:
        assert source.info.n_frames == 1
        assert [frame.time_s for frame in source] == [0.0]


def test_what_a_file_says_of_itself(make_clip: ClipMaker) -> None:
    info = probe(make_clip("sound.mp4", n_frames=45, fps=30, audio=True, color=(1, 1)))
    assert info.has_audio
    assert info.n_frames == 45
    assert info.duration_s == pytest.approx(1.5, abs=0.02)
    assert len(info.sha256) == 64
    assert info.color.matrix == "bt709"
    assert not info.color.full_range
    assert not probe(make_clip("silent.mp4")).has_audio


@pytest.mark.parametrize("options", [{"slow_motion": 0.0}, {"slow_motion": float("nan")}, {"stride": 0}, {"keep": -1}])
def test_impossible_options_are_refused(make_clip: ClipMaker, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="not possible"):
        FrameSource(make_clip(), **options)


@pytest.mark.parametrize("keep", [0, 1, 20])
def test_any_number_of_frames_may_be_kept(make_clip: ClipMaker, keep: int) -> None:
    with FrameSource(make_clip(n_frames=50), keep=keep) as source:
        assert [number_in(frame.luma) for frame in source] == list(range(50))


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (3840, 2160), (8192, 8192), (8191, 1)])
def test_the_ring_stays_small(width: int, height: int) -> None:
    layout = Layout.holding(width, height, keep=4)
    assert layout.slots >= 6  # the frames that are kept, the one looked at, and one to write
    assert layout.total_bytes <= max(256 << 20, 6 * layout.slot_bytes)
    planes = layout.planes(np.zeros(layout.total_bytes, np.uint8), layout.slots - 1)
    assert [plane.size for plane in planes] == [width * height, *2 * [-(-width // 2) * -(-height // 2)]]


def test_a_name_that_looks_like_an_address(make_clip: ClipMaker) -> None:
    clip = make_clip("http: odd %d name, “ü”.mp4", n_frames=2)
    with FrameSource(clip) as source:
        assert len(list(source)) == 2
