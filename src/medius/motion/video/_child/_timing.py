"""When a frame was really taken: time stamps, slow motion, variable rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Clock", "Rates", "measure_rates", "slow_motion_of"]

_ANDROID_CAPTURE_FPS = "com.android.capture.fps"
_APPLE_PLAYBACK_INTENT = "com.apple.quicktime.full-frame-rate-playback-intent"
_SLOW_FROM = 1.5
"""Rates of capture and of the file closer than this factor count as equal: phones round theirs (59.94 and 60)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Frame rate in 1/s as the time stamps say, and whether the time between frames changes."""

    fps_median: float
    variable: bool


def measure_rates(seconds: ArrayLike, tick_s: float) -> Rates | None:
    """Measure the frame rate from presentation times, in any order, with a resolution of `tick_s`.

    The rate is one over the mean of the intervals near the median: Matroska rounds times to a millisecond, so the
    median itself would be 33 ms at 30 frames a second. A rate counts as variable if more than 2 % of the intervals
    differ from the median by more than a tenth and by more than the rounding of two time stamps explains. Returns None
    for fewer than two different times.
    """
    steps = np.diff(np.unique(np.asarray(seconds, dtype=np.float64)))
    if steps.size == 0:
        return None
    median = float(np.median(steps))
    off = np.abs(steps - median)
    near = off <= max(0.01 * median, 1.01 * tick_s)
    variable = off > max(0.1 * median, 1.5 * tick_s)
    return Rates(1.0 / float(steps[near].mean()), bool(variable.mean() > 0.02))


def slow_motion_of(metadata: Mapping[str, str], fps_file: float) -> tuple[float, str | None]:
    """Return how many times slower than life the file plays, and a note if that needs one.

    Android writes slow motion as a file of 30 frames a second and the rate of the camera beside it
    (``com.android.capture.fps``). The iPhone keeps the true times in the original recording and only marks it
    (``com.apple.quicktime.full-frame-rate-playback-intent`` 0), so the factor is 1; what its Photos app exports after
    editing is stretched and carries no trace of it.
    """
    if fps_file > 0:
        capture = _number(metadata.get(_ANDROID_CAPTURE_FPS))
        if capture is not None and capture > 0 and max(capture / fps_file, fps_file / capture) >= _SLOW_FROM:
            factor = capture / fps_file
            nearest = round(factor)
            if nearest >= 1 and abs(factor - nearest) < 0.05 * nearest:
                factor = float(nearest)
            return factor, (
                f"Filmed at {capture:g} and stored at {fps_file:.4g} frames a second: times are divided by {factor:g}."
            )
        if _number(metadata.get(_APPLE_PLAYBACK_INTENT)) == 0 and fps_file < 100:
            return 1.0, (
                f"The phone marks this clip as slow motion, but the file holds only {fps_file:.4g} frames a second: it "
                "was probably stretched when it was exported. Send the unmodified original, or give --slow-motion."
            )
    return 1.0, None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class Clock:
    """Turn presentation times of a file into real seconds from its first frame, strictly increasing.

    Parameters
    ----------
    origin
        Presentation time of the first frame in seconds; None if the file has no times.
    step
        Seconds between frames of the file, used where a time is missing or does not go forward.
    slow_motion
        Divisor of all times.
    """

    def __init__(self, origin: float | None, step: float, slow_motion: float) -> None:
        self._origin = origin
        self._step = step
        self._slow = slow_motion
        self._last: float | None = None
        self.repaired = 0

    def __call__(self, presentation: float | None) -> float:
        """Return the real time of the next frame."""
        time = None if presentation is None or self._origin is None else (presentation - self._origin) / self._slow
        if time is None or (self._last is not None and time <= self._last):
            self.repaired += 1
            time = 0.0 if self._last is None else self._last + self._step / self._slow
        self._last = time
        return time
