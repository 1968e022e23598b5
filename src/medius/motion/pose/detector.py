"""Find people in a picture: BlazePose's detector (a single-shot detector with 2254 fixed anchors)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.motion.pose._crop import crop, to_network
from medius.motion.pose._network import Network, open_network
from medius.motion.pose.models import find_model
from medius.motion.pose.port import Picture
from medius.motion.pose.region import Region, region_from_points

__all__ = ["Detection", "PersonDetector"]

_SIDE = 224
_SCORE_MIN = 0.5
_OVERLAP_MAX = 0.3


@dataclass(frozen=True, slots=True)
class Detection:
    """A person in a picture.

    Attributes
    ----------
    region
        The square around the whole body.
    score
        0 to 1.
    """

    region: Region
    score: float


class PersonDetector:
    """Finds everybody in a picture, the surest first."""

    def __init__(self, engine: str = "auto") -> None:
        self._network: Network = open_network(
            find_model("detector"), ("Identity", "Identity_1"), engine=engine, in_flight=1
        )

    def __call__(self, picture: Picture) -> list[Detection]:
        """Return the people seen in `picture`, the surest first."""
        height, width = picture.luma.shape
        return self._look(picture, Region(width / 2, height / 2, float(max(width, height)), 0.0))

    def everywhere(self, picture: Picture) -> list[Detection]:
        """Look also at three squares of a wide picture, in which small people are seen that the whole hides."""
        height, width = picture.luma.shape
        found = self(picture)
        if width > 1.3 * height:
            for x in (height / 2, width / 2, width - height / 2):
                for detection in self._look(picture, Region(x, height / 2, float(height), 0.0)):
                    if all(_apart(detection.region, other.region) for other in found):
                        found.append(detection)
        return found

    def _look(self, picture: Picture, whole: Region) -> list[Detection]:
        square = crop((picture.luma, picture.chroma_u, picture.chroma_v), whole, _SIDE)
        self._network.start(to_network(square, 2 / 255, -1.0))
        boxes, logits = self._network.finish()
        return _decode(boxes.reshape(-1, 12), logits.reshape(-1), whole)


def _apart(one: Region, other: Region) -> bool:
    return math.hypot(one.x - other.x, one.y - other.y) > 0.25 * max(one.size, other.size)


def _decode(raw: NDArray[np.float32], logits: NDArray[np.float32], whole: Region) -> list[Detection]:
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -100, 100)))
    chosen = np.flatnonzero(scores >= _SCORE_MIN)
    if chosen.size == 0:
        return []
    unit = raw[chosen].astype(np.float64) / _SIDE
    anchors = _anchors()[chosen]
    points = unit[:, 4:].reshape(-1, 4, 2) + anchors[:, None]
    center = unit[:, :2] + anchors
    corners = np.concatenate([center - unit[:, 2:4] / 2, unit[:, 2:4]], axis=1)
    kept = cv2.dnn.NMSBoxes(corners.tolist(), scores[chosen].tolist(), _SCORE_MIN, _OVERLAP_MAX)
    detections = []
    for i in np.asarray(kept).reshape(-1):
        hips, circle = whole.to_picture(points[i, :2])
        detections.append(Detection(region_from_points(hips, circle), float(scores[chosen[i]])))
    return sorted(detections, key=lambda detection: -detection.score)


@cache
def _anchors() -> NDArray[np.float64]:
    """Return the anchors' centres in the unit square, shape (2254, 2): strides 8, 16 and three times 32."""
    parts = []
    for stride, per_cell in ((8, 2), (16, 2), (32, 6)):
        n = _SIDE // stride
        axis = (np.arange(n) + 0.5) / n
        y, x = np.meshgrid(axis, axis, indexing="ij")
        parts.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), per_cell, axis=0))
    return np.concatenate(parts)
