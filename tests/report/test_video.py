"""The annotated video: small, playable elsewhere, drawn where the points are, and never half-written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from medius.errors import InvalidValueError, OutputError
from medius.report import AnnotatedVideoWriter, Overlay, Reading
from medius.report._panel import PANEL_HEIGHT

from .conftest import SampleClip


@dataclass
class Planes:
    """What a decoder hands over."""

    luma: NDArray[np.uint8]
    chroma_u: NDArray[np.uint8]
    chroma_v: NDArray[np.uint8]


def planes_of(frame: av.VideoFrame) -> Planes:
    """Copy the planes of a decoded frame."""
    return Planes(
        *(
            np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
            for plane in frame.planes
        )
    )


def grey(shape: tuple[int, int] = (640, 360), level: int = 128) -> NDArray[np.uint8]:
    return np.full((*shape, 3), level, dtype=np.uint8)


def read(path: Path) -> list[NDArray[np.uint8]]:
    """Decode with OpenCV's own decoder, as RGB."""
    capture = cv2.VideoCapture(str(path))
    frames: list[NDArray[np.uint8]] = []
    while True:
        good, frame = capture.read()
        if not good:
            return frames
        frames.append(np.asarray(frame[..., ::-1], dtype=np.uint8))


def test_another_decoder_reads_every_frame_in_the_right_size(tmp_path: Path, rear_clip: SampleClip) -> None:
    path = tmp_path / "rear.webm"
    frames = rear_clip.frames(30)
    with AnnotatedVideoWriter(path, 720, 1280, 60.0) as video:
        for number, frame in enumerate(frames):
            video.write(frame, Overlay(points=rear_clip.points(number)))
    seen = read(path)
    assert len(seen) == 15, "60 frames a second are thinned to 30"
    assert seen[0].shape == (640 + PANEL_HEIGHT, 360, 3)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "vp9"
        assert float(stream.average_rate or 0) == pytest.approx(30)
        assert container.duration == pytest.approx(0.5e6, abs=0.04e6)
    assert [entry.name for entry in tmp_path.iterdir()] == ["rear.webm"]


def test_the_picture_stays_what_it_was_where_nothing_is_drawn(tmp_path: Path, rear_clip: SampleClip) -> None:
    frame = rear_clip.frames(1)[0]
    with AnnotatedVideoWriter(tmp_path / "a.webm", 720, 1280, 30.0) as video:
        for _ in range(3):
            video.write(frame, Overlay())
    small = cv2.resize(frame, (360, 640), interpolation=cv2.INTER_AREA)
    difference = np.abs(read(tmp_path / "a.webm")[-1][:640].astype(int) - small)
    assert float(difference.mean()) < 4


def test_planes_and_rgb_give_the_same_picture(tmp_path: Path, rear_clip: SampleClip) -> None:
    with av.open(str(rear_clip.path)) as container:
        frame = next(container.decode(video=0))
        planes = planes_of(frame)
        rgb = np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
        pictures: dict[str, Planes | NDArray[np.uint8]] = {"planes": planes, "rgb": rgb}
        made = {}
        for name, picture in pictures.items():
            with AnnotatedVideoWriter(tmp_path / f"{name}.webm", 720, 1280, 30.0) as video:
                video.write(picture, Overlay())
            made[name] = read(tmp_path / f"{name}.webm")[0].astype(int)
    assert float(np.abs(made["planes"] - made["rgb"]).mean()) < 6


def test_lines_and_value_are_drawn(tmp_path: Path) -> None:
    points = {"left_hip": (100.0, 300.0), "left_knee": (100.0, 500.0)}
    with AnnotatedVideoWriter(tmp_path / "a.webm", 360, 640, 30.0) as video:
        for _ in range(10):
            video.write(grey(), Overlay(points=points, readings=[Reading("Angle", 6.2, 0.8, "deg", "right")]))
    last = read(tmp_path / "a.webm")[-1].astype(int)
    blue = last[..., 2] - last[..., 0]
    rows, columns = np.nonzero(blue > 90)
    assert float(columns.mean()) == pytest.approx(100, abs=2)
    assert 295 < rows.min() < rows.max() < 510
    orange = np.nonzero(last[640:, :, 0] - last[640:, :, 2] > 90)
    assert orange[0].size > 100, "value and graph in the panel, in the colour of the side"


def test_a_value_that_is_missing_shows_no_number(tmp_path: Path) -> None:
    made = []
    for value in (None, float("nan")):
        path = tmp_path / f"{value}.webm"
        with AnnotatedVideoWriter(path, 360, 640, 30.0) as video:
            video.write(grey(), Overlay(readings=[Reading("Angle", value, 0.8)]))
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_same_input_gives_same_bytes_and_little_of_them(tmp_path: Path, rear_clip: SampleClip) -> None:
    frames = rear_clip.frames(60)
    made = []
    for name in ("a.webm", "b.webm"):
        with AnnotatedVideoWriter(tmp_path / name, 720, 1280, 60.0) as video:
            for number, frame in enumerate(frames):
                video.write(frame, Overlay(points=rear_clip.points(number)))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert len(made[0]) < 3e6 / 8, "8 seconds stay under 3 MB"


def test_true_times_thin_out_an_uneven_clip(tmp_path: Path) -> None:
    """A phone that varies between 50 and 70 frames a second for two seconds still gives 60 even frames."""
    rng = np.random.default_rng(1)
    times = np.concatenate([[0.0], np.cumsum(rng.uniform(1 / 70, 1 / 50, 200))])
    times = times[times < 2.0]
    with AnnotatedVideoWriter(tmp_path / "a.webm", 64, 64, 60.0) as video:
        for moment in times:
            wanted = video.wants(float(moment))
            assert isinstance(wanted, bool)
            video.write(grey((64, 64)), Overlay(), time_s=float(moment))
    assert len(read(tmp_path / "a.webm")) == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    ("size", "fps", "expected"), [((480, 352), 30.0, (480, 352)), ((1921, 1080), 25.0, (640, 360))]
)
def test_other_shapes(tmp_path: Path, size: tuple[int, int], fps: float, expected: tuple[int, int]) -> None:
    with AnnotatedVideoWriter(tmp_path / "a.webm", *size, fps) as video:
        video.write(grey(size[::-1]), Overlay())
    assert read(tmp_path / "a.webm")[0].shape == (expected[1] + PANEL_HEIGHT, expected[0], 3)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing_and_keeps_the_old_video(tmp_path: Path, stop: type[BaseException]) -> None:
    path = tmp_path / "a.webm"
    path.write_bytes(b"old")

    def write() -> None:
        with AnnotatedVideoWriter(path, 360, 640, 30.0) as video:
            video.write(grey(), Overlay())
            raise stop

    with pytest.raises(stop):
        write()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.webm"]
    assert path.read_bytes() == b"old"


def test_no_frames_make_no_file(tmp_path: Path) -> None:
    with AnnotatedVideoWriter(tmp_path / "a.webm", 360, 640, 30.0):
        pass
    assert list(tmp_path.iterdir()) == []


def test_bad_sizes_and_places_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="not possible"):
        AnnotatedVideoWriter(tmp_path / "a.webm", 0, 640, 30.0)
    with pytest.raises(InvalidValueError, match="not possible"):
        AnnotatedVideoWriter(tmp_path / "a.webm", 360, 640, float("nan"))
    with (
        pytest.raises(OutputError, match="Choose another folder"),
        AnnotatedVideoWriter(tmp_path / "no" / "a", 64, 64, 30),
    ):
        pass

    def write() -> None:
        with AnnotatedVideoWriter(tmp_path / "b.webm", 360, 640, 30.0) as video:
            video.write(grey((100, 100)), Overlay())

    with pytest.raises(InvalidValueError, match=r"\(100, 100, 3\)"):
        write()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="inside the 'with' block"):
        AnnotatedVideoWriter(tmp_path / "a.webm", 64, 64, 30.0).write(grey((64, 64)), Overlay())


def test_it_is_fast_enough_to_go_with_the_analysis(tmp_path: Path, rear_clip: SampleClip) -> None:
    """At most 4 ms of processor time a frame of 720×1280 at 60 a second; doubled here, for busy machines."""
    with av.open(str(rear_clip.path)) as container:
        planes = [planes_of(frame) for _, frame in zip(range(120), container.decode(video=0), strict=False)]
    overlays = [
        Overlay(points=rear_clip.points(number), readings=[Reading("Pelvis line", 1.0, 0.7)])
        for number in range(len(planes))
    ]
    start = time.process_time()
    with AnnotatedVideoWriter(tmp_path / "a.webm", 720, 1280, 60.0) as video:
        for picture, overlay in zip(planes, overlays, strict=True):
            video.write(picture, overlay)
    assert (time.process_time() - start) / len(planes) < 2 * 0.004
