"""From a video file to a Motion, with an estimator that knows the answer."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from medius.errors import InvalidValueError, MissingPartError, NothingToMeasureError, UnreadableFileError
from medius.motion.filmed import FilmOptions, read_film
from medius.motion.pose import BLAZEPOSE_KEYPOINTS, FakeEstimator

synthetic: Any = importlib.import_module("tests.gait._synthetic")
rendered: Any = importlib.import_module("tests.gait._rendered")


def write_film(
    path: Path, *, frames: int = 40, fps: int = 20, bright: int = 120, size: tuple[int, int] = (360, 640)
) -> Path:
    """Write a film of a wall with upright bars."""
    width, height = size
    picture = np.full((height, width, 3), bright, dtype=np.uint8)
    for x in range(30, width - 20, 60):
        picture[:, x : x + 14] = max(bright - 60, 0)
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(frames):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return path


def runner(view: str, frames: int = 40, fps: float = 20.0) -> NDArray[np.float64]:
    """Return the key points of a made-up runner at half size, shape (frame, keypoint, 2)."""
    motion = synthetic.scaled(synthetic.Runner(view=view, fps=fps, seconds=frames / fps).motion, 0.5)
    points: NDArray[np.float64] = motion["position"].transpose("time", "keypoint", "space").to_numpy()
    return points


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of two seconds."""
    return write_film(tmp_path_factory.mktemp("film") / "run.mp4")


@pytest.mark.parametrize("view", ["rear", "front", "side-left", "side-right"])
def test_what_the_estimator_says_becomes_a_motion(film: Path, view: str) -> None:
    points = runner(view)
    told: list[tuple[int, int | None]] = []
    seen = read_film(
        film,
        estimator=FakeEstimator(points, BLAZEPOSE_KEYPOINTS),
        progress=lambda done, total: told.append((done, total)),
    )
    assert seen.motion.attrs["view"] == seen.guess.view == view
    np.testing.assert_allclose(seen.motion["position"].transpose("time", "keypoint", "space"), points)
    np.testing.assert_allclose(seen.motion["time"], np.arange(40) / 20.0, atol=1e-6)
    assert seen.motion.attrs["fps"] == pytest.approx(20.0)
    assert (seen.motion.attrs["width"], seen.motion.attrs["height"]) == (360, 640)
    assert seen.motion.attrs["source"] == "fake"
    assert seen.motion.attrs["log"][-1]["operation"] == "read_film"
    assert seen.frame_numbers == tuple(range(40))
    assert seen.info.sha256 == hashlib.sha256(film.read_bytes()).hexdigest()
    assert told == [(i + 1, 40) for i in range(40)]
    assert not seen.stickers.found
    assert seen.stickers.reason
    assert not seen.camera.moving
    assert seen.roll.degrees == pytest.approx(0.0, abs=0.3)
    assert seen.n_people == 1


def test_what_is_given_is_believed(film: Path) -> None:
    seen = read_film(
        film,
        FilmOptions(view="front", roll_deg=3.5, slow_motion=4.0),
        estimator=FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS),
    )
    assert seen.motion.attrs["view"] == "front"
    assert seen.guess.view == "rear"
    assert (seen.roll.degrees, seen.roll.source) == (3.5, "given")
    assert seen.motion.attrs["fps"] == pytest.approx(80.0)
    assert seen.motion["time"][-1] == pytest.approx(39 / 80.0)


def test_a_part_of_a_film_begins_at_zero(film: Path) -> None:
    seen = read_film(
        film, FilmOptions(start_s=0.5, seconds=1.0), estimator=FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS)
    )
    assert seen.motion["time"][0] == 0.0
    assert seen.motion.sizes["time"] == 20
    assert seen.motion.attrs["first_frame_s"] == pytest.approx(0.5)
    assert seen.start_s == 0.5


def test_frames_without_the_person_are_kept_as_gaps(film: Path) -> None:
    points = runner("rear")
    points[10:20] = np.nan
    seen = read_film(film, estimator=FakeEstimator(points, BLAZEPOSE_KEYPOINTS))
    assert seen.motion.sizes["time"] == 40
    assert np.isnan(seen.motion["position"][10:20]).all()
    assert (seen.motion["confidence"][10:20] == 0).all()


def test_nobody_in_the_film_is_said(film: Path) -> None:
    nobody = FakeEstimator(np.full((40, 33, 2), np.nan), BLAZEPOSE_KEYPOINTS)
    with pytest.raises(NothingToMeasureError, match=r"Nobody was seen in run\.mp4\. .*in the picture"):
        read_film(film, estimator=nobody)


@pytest.mark.parametrize("frames", [1, 4])
def test_a_picture_is_not_a_film(tmp_path: Path, frames: int) -> None:
    short = write_film(tmp_path / "short.mp4", frames=frames)
    with pytest.raises(NothingToMeasureError, match=rf"only {frames} frame"):
        read_film(short, estimator=FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS))


def test_a_part_that_lies_behind_the_end_is_said(film: Path) -> None:
    with pytest.raises((NothingToMeasureError, InvalidValueError, UnreadableFileError)) as caught:
        read_film(film, FilmOptions(start_s=60.0), estimator=FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS))
    assert "start" in str(caught.value)
    assert "2" in str(caught.value)


@pytest.mark.parametrize("view", ["above", "3d", "unknown", ""])
def test_a_view_that_cannot_be_measured_is_refused(film: Path, view: str) -> None:
    with pytest.raises(InvalidValueError, match="There is no view"):
        read_film(film, FilmOptions(view=view), estimator=FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS))


def test_a_dark_film_is_measured_as_dark(tmp_path: Path) -> None:
    dark = write_film(tmp_path / "dark.mp4", bright=20)
    estimator = FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS)
    assert read_film(dark, estimator=estimator).brightness < 45


@pytest.mark.parametrize("content", [b"", b"this is not a film", b"\x00\x00\x00\x18ftypmp42" + bytes(2000)])
def test_what_is_no_film_is_said_with_the_files_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.mp4"
    file.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"broken\.mp4"):
        read_film(file, estimator=FakeEstimator(runner("rear"), BLAZEPOSE_KEYPOINTS))


def test_without_networks_it_says_how_to_get_them(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIUS_MODELS", str(tmp_path))
    with pytest.raises(MissingPartError, match="medius models prepare"):
        read_film(film)


def test_stickers_come_with_the_film_where_there_are_some(data: Path) -> None:
    truth = rendered.rendered_truth(data, "run-rear/rear01")
    points = rendered.true_joints(data, "run-rear/rear01")["position"].transpose("time", "keypoint", "space").to_numpy()
    clip = data / "rendered" / "run-rear" / "rear01.mp4"
    seen = read_film(clip, FilmOptions(seconds=1.5), estimator=FakeEstimator(points, BLAZEPOSE_KEYPOINTS))
    assert seen.stickers.found
    assert seen.stickers.motion is not None
    for side in ("left", "right"):
        true = np.array(truth.raw["frames"]["joints_2d_px"][f"sticker_{side[0]}"])[: seen.motion.sizes["time"]]
        gap = seen.stickers.motion["position"].sel(keypoint=f"{side}_sticker").to_numpy() - true
        assert np.nanmedian(np.linalg.norm(gap, axis=1)) < 1.0
