"""The adapter for RTMPose, with stand-ins for rtmlib and its networks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from medius.errors import InvalidValueError, MissingPartError
from medius.motion.pose.port import PoseEstimator
from medius.motion.pose.rtmpose import RtmPose
from medius.motion.video import Frame

WIDTH, HEIGHT = 200, 300


def frames(n_frames: int) -> list[Frame]:
    """Pictures whose brightness is 50 + their number."""
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return [Frame(k, k / 30, np.full((HEIGHT, WIDTH), 50 + k, np.uint8), chroma, chroma) for k in range(n_frames)]


class FakePose:
    """Stands for rtmlib's RTMPose: the person is a column of points at x = 40 + 5 · frame."""

    boxes: list[list[float]]

    def __init__(self, n_points: int, lost: Sequence[int] = ()) -> None:
        self.n_points = n_points
        self.lost = lost
        self.calls = 0
        self.boxes = []

    def __call__(self, image: NDArray[np.uint8], bboxes: list[list[float]]) -> tuple[Any, Any]:
        assert image.shape == (HEIGHT, WIDTH, 3)
        self.boxes.append(bboxes[0])
        number = self.calls
        self.calls += 1
        k = np.arange(self.n_points)
        points = np.column_stack([40 + 5 * number + k % 2, 20 + 10 * k])[None].astype(np.float32)
        scores = np.full((1, self.n_points), 0.1 if number in self.lost else 1.04, np.float32)
        scores[0, 3] = 0.0
        return points, scores


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "rtmpose.onnx"
    file.write_bytes(b"weights")
    return file


Install = Callable[..., dict[str, Any]]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that puts a stand-in for rtmlib in its place and records with what it was called."""

    def _install(pose: FakePose, boxes: Sequence[Any] = ()) -> dict[str, Any]:
        asked: dict[str, Any] = {}
        queue = list(boxes)

        def make_pose(path: str, **options: Any) -> FakePose:
            print("load weights with some backend")  # noqa: T201 - as rtmlib does
            asked["pose"] = (path, options)
            return pose

        def make_detector(path: str, **options: Any) -> Callable[[Any], Any]:
            asked["detector"] = (path, options)

            def detect(image: Any) -> Any:
                found = queue.pop(0)
                if isinstance(found, Exception):
                    raise found
                return np.array(found)

            return detect

        module = ModuleType("rtmlib")
        module.RTMPose = make_pose  # type: ignore[attr-defined]
        module.YOLOX = make_detector  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "rtmlib", module)
        return asked

    return _install


def test_points_confidence_and_boxes(weights: Path, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    pose = FakePose(26)
    asked = install(pose)
    estimator: PoseEstimator = RtmPose(weights, input_size=(288, 384))
    assert asked["pose"] == (
        str(weights),
        {"model_input_size": (288, 384), "backend": "onnxruntime", "device": "cpu"},
    )
    assert capsys.readouterr().out == ""
    assert estimator.name == "rtmpose-halpe26"
    assert len(estimator.keypoints) == 26
    found = list(estimator.track(frames(3)))
    assert [frame.index for frame, _ in found] == [0, 1, 2]
    for number, (_, estimate) in enumerate(found):
        # The centre of the first pixel is (0.5, 0.5) in a Motion and (0, 0) in rtmlib.
        assert estimate.position[4] == pytest.approx([40.5 + 5 * number, 60.5])
        assert np.isnan(estimate.position[3]).all()
        assert estimate.confidence[[3, 4]].tolist() == [0, 1]
    assert pose.boxes[0] == [0, 0, WIDTH, HEIGHT]
    assert pose.boxes[1] == pytest.approx([40.5, 20.5, 41.5, 270.5])
    assert pose.boxes[2] == pytest.approx([45.5, 20.5, 46.5, 270.5])


def test_a_lost_person_is_looked_for_again(weights: Path, install: Install, tmp_path: Path) -> None:
    pose = FakePose(17, lost=[1])
    (tmp_path / "yolox.onnx").write_bytes(b"weights")
    nobody: list[Any] = [UnboundLocalError("final_boxes"), np.zeros((0, 4))]
    install(pose, [[[0, 0, 50, 50], [10, 10, 150, 250]], *nobody, [[5, 5, 100, 200]]])
    estimator = RtmPose(weights, detector=tmp_path / "yolox.onnx", points="coco17")
    poses = [estimate for _, estimate in estimator.track(frames(5))]
    assert pose.boxes[0] == [10, 10, 150, 250]  # the larger of two
    assert pose.boxes[2] == [5, 5, 100, 200]
    assert [bool(np.isfinite(estimate.position).any()) for estimate in poses] == [True, False, False, False, True]
    assert [estimate.score > 0 for estimate in poses] == [True, False, False, False, True]


def test_other_weights_are_named(weights: Path, install: Install) -> None:
    install(FakePose(17))
    with pytest.raises(MissingPartError, match="find 17 points, not 26"):
        list(RtmPose(weights).track(frames(1)))


def test_rtmlib_is_missing(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmlib", None)
    with pytest.raises(MissingPartError, match=r"pip install 'medius\[rtmpose\]'"):
        RtmPose(weights)


@pytest.mark.parametrize("path", ["none.onnx", "https://download.example/rtmpose.zip"])
def test_weights_are_never_downloaded(install: Install, path: str) -> None:
    asked = install(FakePose(26))
    with pytest.raises(MissingPartError, match="downloads none"):
        RtmPose(path)
    assert asked == {}


def test_weights_that_cannot_be_loaded(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("protobuf parsing failed")

    def engine_missing(*_: Any, **__: Any) -> None:
        raise ModuleNotFoundError("No module named 'onnxruntime'", name="onnxruntime")

    module = ModuleType("rtmlib")
    monkeypatch.setitem(sys.modules, "rtmlib", module)
    module.RTMPose = broken  # type: ignore[attr-defined]
    with pytest.raises(MissingPartError, match="cannot be loaded"):
        RtmPose(weights)
    module.RTMPose = engine_missing  # type: ignore[attr-defined]
    with pytest.raises(MissingPartError, match="pip install onnxruntime"):
        RtmPose(weights)


def test_unknown_points(weights: Path) -> None:
    with pytest.raises(InvalidValueError, match="halpe26 or coco17"):
        RtmPose(weights, points="body25")
