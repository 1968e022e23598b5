"""The forms in which other tools write key points, each turned into the same list of people per frame.

=====================  ===============================================================================================
form                   shape of the JSON
=====================  ===============================================================================================
gaitlab                ``{"schema": "gaitlab.pose/v1", "fps", "keypoint_names", "frames": [[[x, y, c], ...], ...]}``
OpenPose               ``{"people": [{"pose_keypoints_2d": [x, y, c, ...]}, ...]}``, one a frame; or a list of those, or
                       a dictionary of those by picture (AlphaPose writes so on request)
COCO, AlphaPose        ``[{"image_id", "keypoints": [x, y, c, ...], "score", "idx"}, ...]``, one a person and frame; or
                       ``{"images": [...], "annotations": [...]}``
MMPose                 ``{"meta_info", "instance_info": [{"frame_id", "instances": [{"keypoints", "keypoint_scores"}]}]}``
arrays (rtmlib)        ``{"keypoints": [frame][person][point][2 or 3], "scores": [frame][person][point]}``
=====================  ===============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medius.motion._keypoint_names import common_name, names_by_count

__all__ = ["People", "Person", "PoseClip", "UnknownFormError", "parse"]


class UnknownFormError(Exception):
    """The JSON does not have one of the known forms; the text says what is odd, in part of a sentence."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one frame.

    Attributes
    ----------
    points
        Shape (keypoint, 3): x, y in pixels and confidence, as the file has them.
    track
        Number that the file gives this person in every frame, or None.
    """

    points: NDArray[np.float64]
    track: int | None = None


People = list[Person]


@dataclass(slots=True)
class PoseClip:
    """Key points of everybody in a clip.

    Attributes
    ----------
    form
        Which form the file had, for the log.
    names
        Names of the points in the common vocabulary.
    frames
        People by frame number.
    fps
        Frames a second, or None where the file does not say.
    seconds
        Times of the frames, or None.
    attrs
        What else is known: ``width``, ``height``, ``view``, ``source``.
    """

    form: str
    names: tuple[str, ...]
    frames: dict[int, People]
    fps: float | None = None
    seconds: list[float] | None = None
    attrs: dict[str, Any] = field(default_factory=dict)


def parse(document: Any) -> PoseClip:
    """Turn parsed JSON of any known form into a `PoseClip`.

    Raises
    ------
    UnknownFormError
        If it has none of the forms.
    """
    try:
        clip = _dispatch(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration) as error:
        raise UnknownFormError("its parts are not where this form has them") from error
    if not clip.frames:
        raise UnknownFormError("it holds no frames")
    for crowd in clip.frames.values():
        if any(person.points.shape != (len(clip.names), 3) for person in crowd):
            raise UnknownFormError(f"not every person has {len(clip.names)} key points")
    return clip


def _dispatch(document: Any) -> PoseClip:
    if isinstance(document, Mapping):
        if str(document.get("schema", "")).startswith("gaitlab.pose/"):
            return _gaitlab(document)
        if "people" in document or "bodies" in document:
            return _openpose({0: document})
        if "instance_info" in document:
            return _mmpose(document["instance_info"], document.get("meta_info") or {})
        if "annotations" in document:
            return _coco_dataset(document)
        if "keypoints" in document:
            return _arrays(document)
        if document and all(isinstance(v, Mapping) and ("people" in v or "bodies" in v) for v in document.values()):
            return _openpose(dict(_numbered(document.items())))
    elif isinstance(document, list) and document and all(isinstance(item, Mapping) for item in document):
        if all("people" in item for item in document):
            return _openpose(dict(enumerate(document)))
        if all("instances" in item for item in document):
            return _mmpose(document, {})
        if all("keypoints" in item and "image_id" in item for item in document):
            return _coco("coco-list", document)
    raise UnknownFormError("it holds no key points in a form that Medius knows")


def _gaitlab(document: Mapping[str, Any]) -> PoseClip:
    attrs = {key: document[key] for key in ("width", "height", "view", "source") if document.get(key) is not None}
    return PoseClip(
        form="gaitlab.pose/v1",
        names=tuple(common_name(name) for name in document["keypoint_names"]),
        frames={
            number: [Person(np.array(points, dtype=np.float64).reshape(-1, 3))] if points else []
            for number, points in enumerate(document["frames"])
        },
        fps=_rate(document),
        seconds=document.get("timestamps"),
        attrs=attrs,
    )


def _openpose(frames: Mapping[int, Mapping[str, Any]]) -> PoseClip:
    people: dict[int, People] = {}
    for number, frame in frames.items():
        people[number] = []
        for entry in frame.get("people", frame.get("bodies", [])):
            flat = next(
                entry[key] for key in ("pose_keypoints_2d", "pose_keypoints", "joints", "keypoints") if key in entry
            )
            identity = entry.get("person_id", [-1])
            track = int(identity[0] if isinstance(identity, list) else identity)
            people[number].append(Person(_triples(flat), track if track >= 0 else None))
    return _named("openpose", people, openpose=True)


def _coco(form: str, entries: Iterable[Mapping[str, Any]], confidence_scale: float = 1.0) -> PoseClip:
    people: dict[int, People] = {}
    for number, entry in _numbered((entry["image_id"], entry) for entry in entries):
        points = _triples(entry["keypoints"])
        points[:, 2] *= confidence_scale
        track = entry.get("idx", entry.get("track_id"))
        people.setdefault(number, []).append(Person(points, track if isinstance(track, int) else None))
    return _named(form, people, openpose=False)


def _coco_dataset(document: Mapping[str, Any]) -> PoseClip:
    order = {image["id"]: number for number, image in enumerate(document.get("images", []))}
    entries = [
        {**entry, "image_id": order.get(entry["image_id"], entry["image_id"])} for entry in document["annotations"]
    ]
    # In annotations the third number is 0 (not labelled), 1 (hidden) or 2 (seen).
    clip = _coco("coco-annotations", entries, confidence_scale=0.5)
    clip.frames = {number: [] for number in order.values()} | clip.frames
    named = next((c["keypoints"] for c in document.get("categories", []) if c.get("keypoints")), None)
    if named is not None and len(named) == len(clip.names):
        clip.names = tuple(common_name(name) for name in named)
    return clip


def _mmpose(frames: Iterable[Mapping[str, Any]], meta: Mapping[str, Any]) -> PoseClip:
    people: dict[int, People] = {}
    for position, frame in enumerate(frames):
        people[int(frame.get("frame_id", position))] = [
            Person(
                np.column_stack([np.asarray(one["keypoints"], dtype=np.float64)[:, :2], one["keypoint_scores"]]),
                one.get("track_id"),
            )
            for one in frame["instances"]
        ]
    named = meta.get("keypoint_id2name")
    if not named:
        return _named("mmpose", people, openpose=False)
    names = tuple(common_name(named[key]) for key in sorted(named, key=int))
    return PoseClip("mmpose", names, people)


def _arrays(document: Mapping[str, Any]) -> PoseClip:
    frames = document["keypoints"]
    scores = document.get("scores", document.get("keypoint_scores"))
    alone = any(frame and not isinstance(frame[0][0], list) for frame in frames)
    people: dict[int, People] = {}
    for number, frame in enumerate(frames):
        crowd = [frame] if alone and frame else frame
        people[number] = []
        for index, one in enumerate(crowd):
            points = np.asarray(one, dtype=np.float64)
            if points.shape[1] == 2:
                score = np.ones(len(points)) if scores is None else scores[number] if alone else scores[number][index]
                points = np.column_stack([points, np.asarray(score, dtype=np.float64)])
            people[number].append(Person(points))
    named = document.get("keypoint_names")
    fps = _rate(document)
    if named:
        return PoseClip("arrays", tuple(common_name(name) for name in named), people, fps=fps)
    clip = _named("arrays", people, openpose=False)
    clip.fps = fps
    return clip


def _named(form: str, people: dict[int, People], *, openpose: bool) -> PoseClip:
    """Name the points by their number and keep those of the body."""
    counts = {len(person.points) for crowd in people.values() for person in crowd}
    if not counts:
        raise UnknownFormError("it holds no people")
    if len(counts) > 1:
        raise UnknownFormError(f"its people have different numbers of key points ({sorted(counts)})")
    count = counts.pop()
    names = names_by_count(count, openpose=openpose)
    if names is None:
        raise UnknownFormError(f"it has {count} key points a person; known are 17 (COCO), 25 (BODY_25) and 26 (HALPE)")
    kept = {
        number: [Person(person.points[: len(names)], person.track) for person in crowd]
        for number, crowd in people.items()
    }
    return PoseClip(f"{form}-{count}", names, kept)


def _rate(document: Mapping[str, Any]) -> float | None:
    return None if document.get("fps") is None else float(document["fps"])


def _triples(flat: Any) -> NDArray[np.float64]:
    values = np.asarray(flat, dtype=np.float64)
    if values.size % 3 or values.ndim > 2:
        raise UnknownFormError(f"a person has {values.size} numbers, which are no triples of x, y and confidence")
    return values.reshape(-1, 3)


def _numbered(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[int, Any]]:
    """Replace names of pictures by frame numbers: the last number in the name, else the order in which they come."""
    listed = list(pairs)
    found = [re.findall(r"\d+", str(key).rsplit(".", 1)[0] if isinstance(key, str) else str(key)) for key, _ in listed]
    if all(found):
        return [(int(digits[-1]), value) for digits, (_, value) in zip(found, listed, strict=True)]
    order: dict[Any, int] = {}
    return [(order.setdefault(key, len(order)), value) for key, value in listed]
