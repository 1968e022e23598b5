"""BlazePose (Bazarevsky 2020): 33 body points with feet, run through OpenVINO or LiteRT."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from medius.motion.pose._crop import crop, to_network
from medius.motion.pose._network import open_network, prepare_network
from medius.motion.pose.detector import PersonDetector
from medius.motion.pose.fake import absent_pose
from medius.motion.pose.models import find_model
from medius.motion.pose.port import P, Pose
from medius.motion.pose.region import AuxiliarySmoother, Region, region_from_points

__all__ = ["BLAZEPOSE_KEYPOINTS", "BlazePose"]

BLAZEPOSE_KEYPOINTS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
    "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_heel", "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
"""Names of BlazePose's points in its own order."""

_SIDE = 256
_N_RAW = 39
_PRESENT = 0.5
_IN_FLIGHT = 2
_OUTPUTS = ("Identity", "Identity_1", "Identity_3")
"""Key points, presence of a person, heat maps."""
_KERNEL = np.arange(-3, 4)
_SAME_PERSON_S = 1.5
_SAME_PERSON_SIZES = 0.5


class BlazePose:
    """Follow one person through a clip with BlazePose.

    The region that the network looks at comes from the frame two before, so that two frames are in work at once; the
    number is fixed, so that a result does not depend on the machine's number of cores.

    Parameters
    ----------
    model
        ``heavy`` (analysis), ``full`` (a quick look) or ``lite``.
    start
        Region of the person to follow in the first frame. Default: the surest person that the detector sees.
    engine
        ``auto``, ``openvino`` or ``litert``.
    """

    keypoints = BLAZEPOSE_KEYPOINTS

    def __init__(self, model: str = "heavy", *, start: Region | None = None, engine: str = "auto") -> None:
        self.name = f"blazepose-{model}"
        self._network = open_network(find_model(model), _OUTPUTS, engine=engine, in_flight=_IN_FLIGHT)
        self._detector = PersonDetector(engine)
        self._start = start
        self.n_detections = 0
        self._last: Region | None = start
        self._last_time = 0.0

    @staticmethod
    def prepare(model: str = "heavy", engine: str = "auto") -> None:
        """Load the networks that are about to be used, for example in a thread while something else is done."""
        PersonDetector(engine)
        prepare_network(find_model(model), _OUTPUTS, engine=engine, in_flight=_IN_FLIGHT)

    def track(self, frames: Iterable[P]) -> Iterator[tuple[P, Pose]]:
        """Yield each frame with its pose, two frames behind the frames drawn."""
        waiting: deque[tuple[P, Region | None]] = deque()
        smoother = AuxiliarySmoother()
        region = self._start
        for frame in frames:
            if len(waiting) == _IN_FLIGHT:
                done, pose, region = self._finish(*waiting.popleft(), smoother)
            else:
                done = None
            looked_at = region or self._detect(frame)
            if looked_at is not None:
                planes = (frame.luma, frame.chroma_u, frame.chroma_v)
                self._network.start(to_network(crop(planes, looked_at, _SIDE), 1 / 255, 0.0))
            waiting.append((frame, looked_at))
            if region is None:
                region = looked_at
            if done is not None:
                yield done, pose
        while waiting:
            done, pose, region = self._finish(*waiting.popleft(), smoother)
            yield done, pose

    def _detect(self, frame: P) -> Region | None:
        """Find the person again: near the last place for a while, then anywhere."""
        self.n_detections += 1
        found = [detection.region for detection in self._detector(frame)]
        if self._last is not None and frame.time_s - self._last_time < _SAME_PERSON_S:
            last = self._last
            found = [r for r in found if math.hypot(r.x - last.x, r.y - last.y) < _SAME_PERSON_SIZES * last.size]
            found.sort(key=lambda r: math.hypot(r.x - last.x, r.y - last.y))
        return found[0] if found else None

    def _finish(self, frame: P, region: Region | None, smoother: AuxiliarySmoother) -> tuple[P, Pose, Region | None]:
        if region is None:
            return frame, absent_pose(len(self.keypoints)), None
        landmarks, score, heatmap = self._network.finish()
        present = float(score.reshape(-1)[0])
        if present < _PRESENT:
            return frame, absent_pose(len(self.keypoints)), None
        raw = landmarks.reshape(_N_RAW, 5).astype(np.float64)
        unit = raw[:, :2] / _SIDE
        refined = _refine(unit, heatmap[0])
        points = region.to_picture(refined)
        confidence = 1.0 / (1.0 + np.exp(-np.minimum(raw[:33, 3], raw[:33, 4])))
        smoothed = smoother(points[33:35], frame.time_s, region.size)
        self._last, self._last_time = region, frame.time_s
        return frame, Pose(points[:33], confidence, present), region_from_points(smoothed[0], smoothed[1])


def _refine(unit: NDArray[np.float64], heatmap: NDArray[np.float32]) -> NDArray[np.float64]:
    """Move each point to the centre of weight of its heat map around it, as MediaPipe does (kernel 7, minimum 0.5)."""
    height, width, n = heatmap.shape
    out = unit.copy()
    column = np.clip((unit[:n, 0] * width).astype(int), 0, width - 1)
    row = np.clip((unit[:n, 1] * height).astype(int), 0, height - 1)
    rows, columns = row[:, None] + _KERNEL, column[:, None] + _KERNEL
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    logits = heatmap[
        np.clip(rows, 0, height - 1)[:, :, None],
        np.clip(columns, 0, width - 1)[:, None, :],
        np.arange(n)[:, None, None],
    ]
    patch = np.where(inside, 1.0 / (1.0 + np.exp(-logits.astype(np.float64))), 0.0)
    total = patch.sum(axis=(1, 2))
    good = patch.max(axis=(1, 2)) >= 0.5
    x = (patch * columns[:, None, :]).sum(axis=(1, 2)) / np.maximum(total, 1e-9) / width
    y = (patch * rows[:, :, None]).sum(axis=(1, 2)) / np.maximum(total, 1e-9) / height
    out[:n, 0] = np.where(good, x, out[:n, 0])
    out[:n, 1] = np.where(good, y, out[:n, 1])
    return out
