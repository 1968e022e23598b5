"""Read key points that another tool found: OpenPose, COCO, Halpe, MMPose, AlphaPose.

The names of the points become those of the common vocabulary (``left_foot_index`` is the big toe); points that only one
tool knows keep its name. Positions stay in pixels as the file has them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError, NothingToMeasureError, UnreadableFileError
from medius.motion._keypoint_formats import PoseClip, UnknownFormError, parse
from medius.motion._keypoint_tracks import Track, follow
from medius.motion.dataset import make_motion, with_log
from medius.motion.readers import FOLDER, reader

__all__ = ["read_keypoints"]

_MARKS = (b'"pose_keypoints', b'"keypoints"', b'"gaitlab.pose/', b'"people"', b'"instance_info"', b'"instances"')
_FRAME_NUMBER = re.compile(r"(\d+)(?:_keypoints)?\.json$", re.IGNORECASE)
_SNIFFED = 1 << 16
_MAX_FRAMES = 2_000_000
_MAX_FPS = 10_000


def _holds_keypoints(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_SNIFFED)
    except OSError:
        return False
    return any(mark in head for mark in _MARKS)


def _is_folder_of_keypoints(path: Path) -> bool:
    return any(_holds_keypoints(file) for file in _frame_files(path)[:3])


@reader(FOLDER, sniff=_is_folder_of_keypoints)
@reader(".json", sniff=_holds_keypoints)
def read_keypoints(
    path: Path, /, *, fps: float | None = None, person: int = 1, view: str | None = None, **_: Any
) -> xr.Dataset:
    """Read key points of one person from a JSON file, or from a folder with one JSON file a frame.

    Parameters
    ----------
    path
        The file or folder.
    fps
        Frames a second; needed where the file does not say (only ``gaitlab.pose`` does).
    person
        Whom to take if there are several: 1 is the one who fills most of the clip (size × time × confidence), 2 the
        next.
    view
        From where the camera looks, one of `medius.motion.VIEWS`.

    Returns
    -------
    xarray.Dataset
        A Motion in pixels, with every frame from the first to the last in the file; NaN with confidence 0 where a point
        was not seen.

    Raises
    ------
    UnreadableFileError
        If the file holds no key points in a form that is known.
    InvalidValueError
        If the frame rate is needed and was not given, or a value is impossible.
    NothingToMeasureError
        If nobody is seen.
    """
    clip, unreadable = _read_folder(path) if path.is_dir() else (_parse_file(path), 0)
    first, last = min(clip.frames), max(clip.frames)
    if last - first >= _MAX_FRAMES:
        raise UnreadableFileError(f"{path.name} numbers its frames from {first} to {last}. Export it again.")
    if len(clip.frames) == 1:
        raise UnreadableFileError(
            f"{path.name} holds a single frame. Give the folder with the JSON files of all frames, or a file of a whole "
            "clip."
        )
    tracks = follow(clip.frames)
    if not tracks:
        raise NothingToMeasureError(f"{path.name} holds no person with at least two key points. Film again, nearer.")
    if not 1 <= person <= len(tracks):
        raise InvalidValueError(f"There is no person {person} in {path.name}: give 1 to {len(tracks)}.")
    points = _fill(tracks[person - 1], clip, first, last)
    _check_pixels(points, path)
    motion = make_motion(
        points[:, :, :2].transpose(0, 2, 1),
        time=_times(clip, path, fps, first, last),
        keypoints=clip.names,
        unit="px",
        view=view or clip.attrs.get("view", "unknown"),
        source=str(clip.attrs.get("source", clip.form)),
        confidence=points[:, :, 2],
        attrs={key: clip.attrs[key] for key in ("width", "height") if key in clip.attrs},
    )
    if fps or clip.fps:
        motion.attrs["fps"] = float(fps or clip.fps or 0)
    return with_log(
        motion, "read_keypoints", form=clip.form, people=len(tracks), person=person, unreadable_frames=unreadable
    )


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableFileError(f"{path.name} cannot be read ({error.strerror}). Check its permissions.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"{path.name} is not whole JSON. Export or copy it again.") from error


def _parse_file(path: Path) -> PoseClip:
    document = _load(path)
    try:
        return parse(document)
    except UnknownFormError as error:
        raise UnreadableFileError(
            f"{path.name} cannot be read as key points: {error}. Medius reads OpenPose, COCO, Halpe, AlphaPose and "
            "MMPose JSON."
        ) from error


def _frame_files(folder: Path) -> list[Path]:
    """Return the JSON files of a folder that carry a frame number, in the order of the numbers."""
    numbered = [(int(m[1]), f) for f in folder.glob("*.json") if (m := _FRAME_NUMBER.search(f.name)) and f.is_file()]
    return [file for _, file in sorted(numbered)]


def _read_folder(folder: Path) -> tuple[PoseClip, int]:
    """Read a folder with one JSON file a frame; a file that is damaged becomes a frame without people."""
    frames: dict[str, Any] = {}
    unreadable = 0
    for file in _frame_files(folder):
        try:
            document = _load(file)
        except UnreadableFileError:
            document = None
        if not isinstance(document, dict) or not isinstance(document.get("people"), list):
            document, unreadable = {"people": []}, unreadable + 1
        match = _FRAME_NUMBER.search(file.name)
        if match is None or match[1] in frames:
            raise UnreadableFileError(f"{folder.name} holds two files for frame {file.name}. Keep one clip a folder.")
        frames[match[1]] = document
    try:
        return parse(frames), unreadable
    except UnknownFormError as error:
        raise UnreadableFileError(
            f"The folder {folder.name} cannot be read as key points: {error}. Export it again as OpenPose JSON."
        ) from error


def _fill(track: Track, clip: PoseClip, first: int, last: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Lay a track into an array of shape (frame, keypoint, 3)."""
    points = np.full((last - first + 1, len(clip.names), 3), np.nan)
    points[:, :, 2] = 0.0
    for number, seen in track.points.items():
        points[number - first] = seen
    return points


def _check_pixels(points: np.ndarray[Any, np.dtype[np.float64]], path: Path) -> None:
    if np.nanmax(np.abs(points[:, :, :2])) <= 2:
        raise InvalidValueError(
            f"The key points in {path.name} are shares of the picture, not pixels. Export them in pixels (OpenPose: "
            "--keypoint_scale 0)."
        )


def _times(
    clip: PoseClip, path: Path, fps: float | None, first: int, last: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    n_frames = last - first + 1
    if fps is None and clip.seconds is not None and len(clip.seconds) == n_frames:
        seconds = np.asarray(clip.seconds, dtype=np.float64)
        if np.isfinite(seconds).all() and (np.diff(seconds) > 0).all():
            return np.asarray(seconds - seconds[0])
    rate = fps if fps is not None else clip.fps
    if rate is None:
        raise InvalidValueError(
            f"{path.name} does not say how many frames a second it was filmed with. Give it: --fps 60, or fps=60 in "
            "Python."
        )
    if not 0 < rate <= _MAX_FPS:
        raise InvalidValueError(f"A frame rate of {rate} is not possible. Give the frames a second of the video.")
    return np.asarray(np.arange(n_frames) / rate)
