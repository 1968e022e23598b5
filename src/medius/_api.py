"""The main job as one function: films in, analysis out."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from medius._api_lab import LAB_SUFFIXES, measure_lab_trial
from medius.errors import InvalidValueError, MediusError
from medius.gait.session import FilmResult, FormAnalysis, LabPart, join_films, measure_filmed, measure_keypoints
from medius.motion.filmed import FilmOptions, read_film
from medius.motion.keypoint_files import read_keypoints
from medius.motion.pose.port import PoseEstimator
from medius.motion.view import check_view, guess_view

__all__ = ["analyse"]

Progress = Callable[[str, int, int | None], None]
"""Called with the file's name, the frames done, and the frames there are where known."""

_KEYPOINT_SUFFIXES = {".json"}
_HEIGHT_M = (1.0, 2.3)


def analyse(
    *paths: str | Path,
    height_m: float | None = None,
    static: str | Path | None = None,
    view: str | Sequence[str] = "auto",
    roll_deg: float | None = None,
    quick: bool = False,
    slow_motion: float | None = None,
    person: int | None = None,
    start_s: float = 0.0,
    seconds: float = 120.0,
    fps: float | None = None,
    engine: str = "auto",
    estimator: PoseEstimator | None = None,
    progress: Progress | None = None,
) -> FormAnalysis:
    """Measure the running form of one runner from one or several films.

    Parameters
    ----------
    paths
        Videos from behind and from the side, key points that another tool made (JSON file or folder), or a
        motion-capture trial (C3D, TRC, marker text).
    height_m
        Standing height in metres; without it lengths are not given.
    static
        Standing trial that goes with motion capture.
    view
        ``auto``, or one of ``rear``, ``front``, ``side-left``, ``side-right`` for all files or one for each.
    roll_deg
        Roll of the camera, degrees, positive clockwise; None to see it from the background.
    quick
        Use the smaller network: three to four times faster, less exact.
    slow_motion
        How many times slower than life the files play; None to believe their metadata.
    person
        Whom to follow where several people are in the picture, from 1 at the picture's left.
    start_s, seconds
        Which part of each film to measure.
    fps
        Frame rate of key-point files, which do not hold it.
    engine
        ``auto``, ``openvino`` or ``litert``.
    estimator
        Another pose network than BlazePose, for example `medius.motion.pose.RtmPose` with your own weights. Its errors were
        not compared with known truth, so nothing is corrected and the intervals are wider.
    progress
        Told how far the work is.

    Returns
    -------
    FormAnalysis
        Its ``observations`` are what everything else reads.

    Raises
    ------
    UnreadableFileError
        If no file can be used; with several files the others are still measured, and the notes say which one failed.
    NothingToMeasureError
        If nobody is seen in any film.

    Examples
    --------
    >>> import medius
    >>> result = medius.analyse("rear.mp4", "side.mp4", height_m=1.75)  # doctest: +SKIP
    >>> {o.code: o.value for o in result.observations}  # doctest: +SKIP
    """
    _check(paths, height_m, start_s, seconds, roll_deg)
    paths = tuple(dict.fromkeys(paths)) if isinstance(view, str) else paths
    views = [view] * len(paths) if isinstance(view, str) else list(view)
    if len(views) != len(paths):
        raise InvalidValueError(f"{len(views)} views were given for {len(paths)} files. Give one for all, or one each.")
    for one_view in views:
        check_view(one_view)
    results: list[FilmResult] = []
    failures: list[MediusError] = []
    lab: list[LabPart] = []
    for path, one_view in zip(map(Path, paths), views, strict=True):
        try:
            if path.suffix.lower() in LAB_SUFFIXES:
                lab.append(measure_lab_trial(path, None if static is None else Path(static)))
            elif _is_keypoints(path):
                results.append(_keypoints(path, one_view, fps, person, height_m, roll_deg))
            else:
                options = FilmOptions(
                    model="full" if quick else "heavy", view=one_view, roll_deg=roll_deg, slow_motion=slow_motion,
                    person=person, start_s=start_s, seconds=seconds, engine=engine,
                )  # fmt: skip
                tell = None if progress is None else _teller(progress, path.name)
                results.append(
                    measure_filmed(read_film(path, options, progress=tell, estimator=estimator), height_m=height_m)
                )
        except MediusError as error:
            if len(paths) == 1 or isinstance(error, InvalidValueError):
                raise
            failures.append(error)
    if not results and not lab:
        raise failures[0]
    return join_films(results, height_m=height_m, failures=tuple(str(error) for error in failures), lab=tuple(lab))


def _check(
    paths: Sequence[str | Path], height_m: float | None, start_s: float, seconds: float, roll_deg: float | None
) -> None:
    if not paths:
        raise InvalidValueError("Give at least one film, for example medius analyse rear.mp4 side.mp4 --height 1.75.")
    if height_m is not None and not _HEIGHT_M[0] <= height_m <= _HEIGHT_M[1]:
        raise InvalidValueError(
            f"A height of {height_m:g} m is not possible here. Give it in metres, for example 1.75."
        )
    if not (seconds > 0 and 0 <= start_s < math.inf):
        raise InvalidValueError("--seconds must be more than 0, and --start must not be negative.")
    if roll_deg is not None and not math.isfinite(roll_deg):
        raise InvalidValueError(f"A camera turned by {roll_deg} degrees is not possible. Give --roll in degrees.")


def _teller(progress: Progress, name: str) -> Callable[[int, int | None], None]:
    def tell(done: int, total: int | None) -> None:
        progress(name, done, total)

    return tell


def _is_keypoints(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in _KEYPOINT_SUFFIXES


def _keypoints(
    path: Path, view: str, fps: float | None, person: int | None, height_m: float | None, roll_deg: float | None
) -> FilmResult:
    options: dict[str, Any] = {"fps": fps, "person": 1 if person is None else person}
    motion = read_keypoints(path, **options)
    if view != "auto":
        motion.attrs["view"] = view
    elif motion.attrs["view"] == "unknown":
        motion.attrs["view"] = guess_view(motion).view
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(file.read_bytes())
    return measure_keypoints(motion, path=path, sha256=digest.hexdigest(), height_m=height_m, roll_deg=roll_deg or 0.0)
