"""From a video file to a Motion: decode, find the runner, follow the key points, look for stickers and straight edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.errors import InvalidValueError, NothingToMeasureError
from medius.motion._sticker_watch import StickerWatch
from medius.motion.camera import BackgroundCollector, CameraMotion, Roll, camera_motion, estimate_roll
from medius.motion.dataset import make_motion, with_log
from medius.motion.person import Candidate, choose_runner, find_people
from medius.motion.pose import BlazePose, Pose, PoseEstimator
from medius.motion.pose.detector import PersonDetector
from medius.motion.pose.region import Region
from medius.motion.stickers import StickerResult
from medius.motion.video import Frame, FrameSource, VideoInfo
from medius.motion.view import ViewGuess, check_view, guess_view

__all__ = ["FilmOptions", "Filmed", "Progress", "read_film"]

Progress = Callable[[int, int | None], None]
"""Called with the frames done and the frames there are, where known."""

_SCAN_S = 3.0
_SCAN_EVERY_S = 0.25
_CHOOSE_S = 2.0
_FEWEST_FRAMES = 5


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """How to read a film.

    Attributes
    ----------
    model
        ``heavy`` for analysis, ``full`` for a quick look, ``lite``.
    view
        One of `medius.motion.view.FILM_VIEWS`, or ``auto``.
    roll_deg
        Roll of the camera, or None to see it from the background.
    slow_motion
        How many times slower than life the file plays, or None to believe its metadata.
    person
        Number of the person to follow, from 1 at the picture's left, or None to choose the one who strides.
    start_s, seconds
        Which part of the film.
    engine
        ``auto``, ``openvino`` or ``litert``.
    """

    model: str = "heavy"
    view: str = "auto"
    roll_deg: float | None = None
    slow_motion: float | None = None
    person: int | None = None
    start_s: float = 0.0
    seconds: float = 120.0
    engine: str = "auto"


@dataclass(frozen=True)
class Filmed:
    """What was seen in one film.

    Attributes
    ----------
    path, info
        The file, and what it says of itself.
    motion
        Raw key points in pixels, one time per frame; view as found or given; ``width`` and ``height`` in the attrs.
    frame_numbers
        Number of each time's frame in the part of the film that was read, as `medius.motion.video.read_frames` counts.
    stickers
        What became of the search for stickers.
    roll, camera
        Roll of the camera, and whether it stood still.
    guess
        What the view looked like.
    n_people
        How many people were seen at the start.
    brightness
        Median brightness of the picture's middle, 0 to 255.
    notes
        What the decoder had to say, sentences.
    start_s, slow_motion
        As in the options, for reading the same frames again.
    seconds_left_out
        Seconds at the film's end that were not read.
    """

    path: Path
    info: VideoInfo
    motion: xr.Dataset
    frame_numbers: tuple[int, ...]
    stickers: StickerResult
    roll: Roll
    camera: CameraMotion
    guess: ViewGuess
    n_people: int
    brightness: float
    notes: tuple[str, ...]
    start_s: float = 0.0
    slow_motion: float | None = None
    seconds_left_out: float = 0.0


def read_film(
    path: str | Path,
    options: FilmOptions | None = None,
    *,
    progress: Progress | None = None,
    estimator: PoseEstimator | None = None,
) -> Filmed:
    """Read a film of a runner.

    Parameters
    ----------
    path
        A video file.
    options
        See `FilmOptions`.
    progress
        Told how far the work is.
    estimator
        Another estimator than BlazePose; then the choice of the person is its own affair.

    Raises
    ------
    UnreadableFileError
        If the file is no video that can be decoded.
    NothingToMeasureError
        If nobody is seen in it.
    MissingPartError
        If the pose networks are not installed.
    """
    options = options or FilmOptions()
    check_view(options.view)
    file = Path(path)
    people: list[Candidate] = []
    number = 0
    poses: list[Pose] = []
    times: list[float] = []
    numbers: list[int] = []
    brightness: list[float] = []
    with ExitStack() as stack:
        if estimator is None:  # loading takes about a second of one core; decoding begins meanwhile
            stack.enter_context(ThreadPoolExecutor(1)).submit(BlazePose.prepare, options.model, options.engine)
        source = stack.enter_context(_open(file, options))
        if estimator is None:
            people, number = _choose(file, options)
            start = people[number].region if len(people) > 1 else None
            estimator = BlazePose(options.model, start=start, engine=options.engine)
        first = people[number].first_frame if len(people) > 1 else 0
        stickers = StickerWatch(estimator.keypoints, options.view)
        total = _expected(source.info, options)
        background = BackgroundCollector(total)
        for frame, pose in estimator.track(_from(iter(source), first)):
            stickers.add(frame, pose)
            background.add(frame.luma)
            brightness.append(_brightness(frame))
            poses.append(pose)
            times.append(frame.time_s)
            numbers.append(frame.index)
            if progress is not None:
                progress(len(poses), total)
        info, notes = source.info, tuple(source.notes)
    if not poses and info.duration_s and options.start_s >= info.duration_s:
        raise InvalidValueError(
            f"{file.name} lasts {info.duration_s:.1f} seconds, so there is nothing from second {options.start_s:g} on. "
            "Give a smaller --start."
        )
    if not poses:
        raise NothingToMeasureError(f"{file.name} has no frame that can be decoded. Copy it again from the phone.")
    if len(poses) < _FEWEST_FRAMES:
        raise NothingToMeasureError(
            f"{file.name} holds only {len(poses)} frame{'s' if len(poses) > 1 else ''}, which is a picture, not a film. "
            "Film at least fifteen seconds of steady running."
        )
    motion = _motion(poses, np.array(times), estimator, info)
    seen = int(np.isfinite(motion["position"].to_numpy()[:, 0]).any(axis=1).sum())
    if seen < 3:
        raise NothingToMeasureError(
            f"Nobody was seen in {file.name}. The whole runner has to be in the picture, in good light, "
            "two to four metres from the phone."
        )
    guess = guess_view(motion)
    view = guess.view if options.view == "auto" else options.view
    motion.attrs["view"] = view
    motion = with_log(motion, "read_film", estimator=estimator.name, people=len(people), person=number + 1, view=view)
    usual = background.background()
    roll = estimate_roll(usual) if options.roll_deg is None else Roll(float(options.roll_deg), 0.0, "given")
    return Filmed(
        path=file,
        info=info,
        motion=motion,
        frame_numbers=tuple(numbers),
        stickers=stickers.finish(view, poses, partial(_again, file, options, first)),
        roll=roll,
        camera=camera_motion(background.frames, _person_box(motion), background=usual),
        guess=guess,
        n_people=max(1, len(people)),
        brightness=float(np.median(brightness)),
        notes=notes,
        start_s=options.start_s,
        slow_motion=options.slow_motion,
        seconds_left_out=max(0.0, (info.duration_s or 0.0) - options.start_s - options.seconds),
    )


def _open(file: Path, options: FilmOptions, *, seconds: float | None = None, stride: int = 1) -> FrameSource:
    start = options.start_s or None
    length = options.seconds if seconds is None else min(seconds, options.seconds)
    return FrameSource(
        file, slow_motion=options.slow_motion, start_s=start, end_s=options.start_s + length, stride=stride, keep=6
    )


def _again(file: Path, options: FilmOptions, first: int) -> Iterator[Frame]:
    with _open(file, options) as source:
        yield from _from(iter(source), first)


def _choose(file: Path, options: FilmOptions) -> tuple[list[Candidate], int]:
    with _open(file, options, seconds=_SCAN_S) as source:
        stride = max(1, round(_SCAN_EVERY_S * source.info.fps_median))
        people = find_people((f for f in source if f.index % stride == 0), PersonDetector(options.engine))
    if options.person is not None:
        if not 1 <= options.person <= len(people):
            raise InvalidValueError(
                f"There is no person {options.person} in {file.name}: {len(people)} seen in its first seconds, "
                "counted from the picture's left."
            )
        return people, options.person - 1

    def few_seconds(first: int) -> Iterator[Frame]:
        with _open(file, options, seconds=_SCAN_S + _CHOOSE_S) as again:
            yield from _from(iter(again), first)

    number = choose_runner(people, few_seconds, lambda region: _follow(region, options)) if people else 0
    return people, number


def _follow(region: Region, options: FilmOptions) -> PoseEstimator:
    return BlazePose("lite", start=region, engine=options.engine)


def _from(frames: Iterator[Frame], first: int) -> Iterator[Frame]:
    for frame in frames:
        if frame.index >= first:
            yield frame


def _expected(info: VideoInfo, options: FilmOptions) -> int | None:
    if not info.duration_s or not info.fps_median:
        return info.n_frames
    return max(1, round(min(options.seconds, info.duration_s - options.start_s) * info.fps_median))


def _brightness(frame: Frame) -> float:
    height, width = frame.luma.shape
    middle = frame.luma[height // 4 : 3 * height // 4 : 8, width // 4 : 3 * width // 4 : 8]
    return float(middle.mean())


def _motion(poses: list[Pose], times: NDArray[np.float64], estimator: PoseEstimator, info: VideoInfo) -> xr.Dataset:
    return make_motion(
        np.stack([pose.position.T for pose in poses]),
        time=times - times[0],
        keypoints=estimator.keypoints,
        unit="px",
        source=estimator.name,
        confidence=np.stack([np.clip(pose.confidence, 0.0, 1.0) for pose in poses]),
        attrs={"width": info.width, "height": info.height, "first_frame_s": float(times[0]), "fps": info.fps_median},
    )


def _person_box(motion: xr.Dataset) -> tuple[float, float, float, float] | None:
    position = motion["position"].to_numpy()
    if not np.isfinite(position).any():
        return None
    x, y = position[:, 0] / motion.attrs["width"], position[:, 1] / motion.attrs["height"]
    x0, x1 = np.nanpercentile(x, [1, 99])
    y0, y1 = np.nanpercentile(y, [1, 99])
    return float(x0 - 0.06), float(y0 - 0.08), float(x1 + 0.06), float(y1 + 0.06)
