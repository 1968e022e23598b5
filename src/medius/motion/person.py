"""Which of several people in the picture is the runner."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medius.motion.pose.detector import Detection, PersonDetector
from medius.motion.pose.port import Picture, Pose, PoseEstimator
from medius.motion.pose.region import Region

__all__ = ["Candidate", "choose_runner", "find_people", "liveliness"]

_SAME_PERSON = 0.35
_SEEN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the picture.

    Attributes
    ----------
    region
        The square around the body where the person was first seen.
    first_frame
        Number of that frame.
    seen
        In how many of the frames looked at.
    """

    region: Region
    first_frame: int
    seen: int


def find_people(frames: Iterable[Picture], detector: PersonDetector) -> list[Candidate]:
    """Return everybody who is seen in a good share of `frames`, from the picture's left to its right."""
    people: list[list[tuple[int, Detection]]] = []
    count = 0
    for frame in frames:
        count += 1
        for detection in detector.everywhere(frame):
            for person in people:
                last = person[-1][1].region
                apart = float(np.hypot(detection.region.x - last.x, detection.region.y - last.y))
                if apart < _SAME_PERSON * max(last.size, detection.region.size) and person[-1][0] != frame.index:
                    person.append((frame.index, detection))
                    break
            else:
                people.append([(frame.index, detection)])
    lasting = [person for person in people if len(person) >= max(1, _SEEN_SHARE * count)]
    found = [Candidate(person[0][1].region, person[0][0], len(person)) for person in lasting]
    return sorted(found, key=lambda candidate: candidate.region.x)


def liveliness(poses: list[Pose], times: NDArray[np.float64], keypoints: tuple[str, ...]) -> float:
    """Say how much somebody strides: left against right ankle and knee, over time, in units of the trunk's length.

    Standing, sitting and jumping with both feet score near 0, running on the spot or across the picture high.
    """
    position = np.array([pose.position for pose in poses])

    def point(name: str) -> NDArray[np.float64]:
        return np.asarray(position[:, keypoints.index(name)], dtype=np.float64)

    trunk = np.linalg.norm(
        (point("left_shoulder") + point("right_shoulder") - point("left_hip") - point("right_hip")) / 2, axis=1
    )
    if not np.isfinite(trunk).any():
        return 0.0
    size = float(np.nanmedian(trunk))
    spread = 0.0
    for name in ("ankle", "knee"):
        between = point(f"left_{name}") - point(f"right_{name}")
        finite = np.isfinite(between).all(axis=1)
        if finite.sum() > 5:
            step = np.diff(between[finite], axis=0) / np.maximum(np.diff(times[finite]), 1e-3)[:, None]
            spread += float(np.median(np.linalg.norm(step, axis=1))) / size
    return spread * float(np.isfinite(trunk).mean())


def choose_runner(
    candidates: list[Candidate],
    open_frames: Callable[[int], Iterable[Picture]],
    follow: Callable[[Region], PoseEstimator],
) -> int:
    """Return the number of the candidate who strides most.

    Parameters
    ----------
    candidates
        At least one.
    open_frames
        Gives a few seconds of frames from a frame number on.
    follow
        Makes an estimator that follows the person in a region.
    """
    if len(candidates) == 1:
        return 0
    scores = []
    for candidate in candidates:
        estimator = follow(candidate.region)
        poses, times = [], []
        for frame, pose in estimator.track(open_frames(candidate.first_frame)):
            poses.append(pose)
            times.append(frame.time_s)
        scores.append(liveliness(poses, np.array(times), estimator.keypoints) if poses else 0.0)
    return int(np.argmax(scores))
