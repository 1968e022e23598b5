"""Recorded clips: decode, find the key points, and feed them to a session as a camera would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from medius.coach._points import Frame
from medius.coach._result import SetResult
from medius.coach._session import Event, Session
from medius.errors import UnreadableFileError

if TYPE_CHECKING:
    from medius.motion.pose import PoseEstimator

__all__ = ["coach_clip"]


def coach_clip(
    path: str | Path,
    exercise: str,
    side: str | None = None,
    *,
    model: str = "heavy",
    mirrored: bool = False,
    engine: str = "auto",
    estimator: PoseEstimator | None = None,
    on_event: Callable[[Event], None] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> SetResult:
    """Count and judge one set in a recorded clip.

    Parameters
    ----------
    path
        A video file.
    exercise
        Name of the exercise, see `COACHED`.
    side
        ``left`` or ``right``, or None to tell it from the picture.
    model
        ``heavy``, ``full`` (three to four times faster) or ``lite``.
    mirrored
        Whether the clip shows a mirror image.
    engine
        ``auto``, ``openvino`` or ``litert``.
    estimator
        Another estimator than BlazePose.
    on_event
        Told every event as it happens.
    progress
        Told the frames done and the frames there are, where known.

    Raises
    ------
    InvalidValueError
        If the exercise or the side does not exist.
    UnreadableFileError
        If the file is no video that can be decoded.
    MissingPartError
        If the pose networks are not installed.
    """
    session = Session(exercise, side=side, mirrored=mirrored)
    from medius.motion.pose import BlazePose
    from medius.motion.video import FrameSource

    with FrameSource(path, keep=6) as source:
        network = estimator or BlazePose(model, engine=engine)
        info = source.info
        n = 0
        for number, (picture, pose) in enumerate(network.track(iter(source)), start=1):
            n = number
            frame = Frame.from_arrays(
                picture.time_s, pose.position, pose.confidence, network.keypoints, width=info.width, height=info.height
            )
            for event in session.step(frame):
                if on_event is not None:
                    on_event(event)
            if progress is not None:
                progress(number, info.n_frames)
        if n == 0:
            raise UnreadableFileError(f"{Path(path).name} has no picture that can be decoded. Copy it again.")
    return session.finish(f"sha256:{info.sha256}")
