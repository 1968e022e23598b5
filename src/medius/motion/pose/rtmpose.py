"""RTMPose (Jiang 2023) through ``rtmlib``, with weights that the user has.

Neither ``rtmlib`` nor any weights come with Medius: ``rtmlib`` is the extra ``medius[rtmpose]``, and the weights are
``.onnx`` files given by their path. ``rtmlib`` would fetch weights that it does not find; a path that does not exist is
refused here first, so nothing is ever downloaded.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError, MissingPartError
from medius.motion._keypoint_names import COCO_17, HALPE_26
from medius.motion.pose.fake import absent_pose
from medius.motion.pose.port import P, Pose

__all__ = ["RtmPose"]

_SEEN = 0.3
"""Scores below this do not count as seen; rtmlib draws points from the same score on."""
_MIN_SEEN = 4
_KEYPOINTS = {"halpe26": HALPE_26, "coco17": COCO_17}

Box = NDArray[np.float64]
"""Left, top, right and bottom in pixels."""


class RtmPose:
    """Follow one person through a clip with RTMPose.

    The person is looked for where the points of the frame before were; when they are lost, with the detector if there
    is one, else in the whole picture.

    Parameters
    ----------
    weights
        The pose network, an ``.onnx`` file.
    detector
        The person detector YOLOX, an ``.onnx`` file; None to do without.
    points
        Which points the network finds: ``halpe26`` (with feet) or ``coco17``.
    input_size, detector_size
        Width and height of the pictures that the networks take; the names of the files tell (``256x192`` is a height
        of 256).
    backend
        Engine that rtmlib runs them with: ``onnxruntime``, ``opencv`` or ``openvino``.

    Raises
    ------
    MissingPartError
        If rtmlib or a file of weights is absent, or the weights cannot be loaded.
    InvalidValueError
        If `points` is no known set.
    """

    def __init__(
        self,
        weights: str | Path,
        *,
        detector: str | Path | None = None,
        points: str = "halpe26",
        input_size: tuple[int, int] = (192, 256),
        detector_size: tuple[int, int] = (640, 640),
        backend: str = "onnxruntime",
    ) -> None:
        if points not in _KEYPOINTS:
            raise InvalidValueError(f"RTMPose finds {' or '.join(_KEYPOINTS)} points, not '{points}'.")
        pose_file = _weights(weights)
        detector_file = None if detector is None else _weights(detector)
        rtmlib = _import_rtmlib()
        self.name = f"rtmpose-{points}"
        self.keypoints = _KEYPOINTS[points]
        self._pose = _load(
            lambda: rtmlib.RTMPose(str(pose_file), model_input_size=input_size, backend=backend, device="cpu"),
            pose_file,
        )
        self._detector = (
            None
            if detector_file is None
            else _load(
                lambda: rtmlib.YOLOX(str(detector_file), model_input_size=detector_size, backend=backend, device="cpu"),
                detector_file,
            )
        )

    def track(self, frames: Iterable[P]) -> Iterator[tuple[P, Pose]]:
        """Yield each frame with its pose."""
        box: Box | None = None
        for frame in frames:
            picture = np.ascontiguousarray(frame.to_rgb()[:, :, ::-1])
            looked_at = self._find(picture) if box is None else box
            if looked_at is None:
                yield frame, absent_pose(len(self.keypoints))
                continue
            pose = self._estimate(picture, looked_at)
            box = _box_around(pose)
            yield frame, pose if box is not None else absent_pose(len(self.keypoints))

    def _find(self, picture: NDArray[np.uint8]) -> Box | None:
        """Return where to look for a person: the largest box that the detector finds, or the whole picture."""
        height, width = picture.shape[:2]
        if self._detector is None:
            return np.array([0, 0, width, height], dtype=np.float64)
        try:
            boxes = np.asarray(self._detector(picture), dtype=np.float64).reshape(-1, 4)
        except UnboundLocalError:  # what rtmlib's YOLOX raises where there is nobody, up to 0.0.13
            return None
        if len(boxes) == 0:
            return None
        areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        return np.asarray(boxes[int(np.argmax(areas))])

    def _estimate(self, picture: NDArray[np.uint8], box: Box) -> Pose:
        points, scores = self._pose(picture, bboxes=[box.tolist()])
        position = np.asarray(points, dtype=np.float64)[0, : len(self.keypoints)]
        score = np.asarray(scores, dtype=np.float64)[0, : len(self.keypoints)]
        if position.shape != (len(self.keypoints), 2):
            raise MissingPartError(
                f"These weights find {len(position)} points, not {len(self.keypoints)}. Give the weights for "
                f"{self.name.removeprefix('rtmpose-')}, or say which points they find."
            )
        confidence = np.clip(np.nan_to_num(score), 0, 1)
        # rtmlib counts from the centre of the first pixel; a Motion from its corner.
        position = np.where(confidence[:, None] > 0, position + 0.5, np.nan)
        return Pose(position, confidence, float(confidence.mean()))


def _box_around(pose: Pose) -> Box | None:
    """Return the box around the points that were seen; None if the person is lost. RTMPose adds its own margin."""
    seen = pose.position[pose.confidence >= _SEEN]
    if len(seen) < _MIN_SEEN:
        return None
    low, high = seen.min(axis=0), seen.max(axis=0)
    return np.concatenate([low, high]) if (high > low).all() else None


def _weights(path: str | Path) -> Path:
    file = Path(path)
    if not file.is_file():
        raise MissingPartError(
            f"The weights {file} are not there. Medius downloads none: get an .onnx file of RTMPose from its makers and "
            "give its path."
        )
    return file


def _import_rtmlib() -> Any:
    try:
        import rtmlib
    except ImportError as error:
        raise MissingPartError("rtmlib is not installed. Run `pip install 'medius[rtmpose]'`.") from error
    return rtmlib


def _load(make: Callable[[], Any], file: Path) -> Any:
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # rtmlib prints; standard output belongs to results
            return make()
    except ImportError as error:
        raise MissingPartError(f"rtmlib needs {error.name} for this. Run `pip install {error.name}`.") from error
    except Exception as error:
        raise MissingPartError(
            f"The weights {file.name} cannot be loaded. Give an .onnx file of RTMPose (unpack the archive first)."
        ) from error
