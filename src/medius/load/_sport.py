"""Whether an activity is a run: the file says so, or its speeds do."""

from __future__ import annotations

from typing import Literal

import numpy as np

from medius.load._activity import Activity
from medius.load._track import run_distance, running_clock

__all__ = ["Verdict", "judge_sport"]

Verdict = Literal["run", "other", "cannot-tell"]

_SHORTEST_S = 300.0
_WINDOW_S = 30.0
_SLOWEST_M_S = 1.8
_FASTEST_M_S = 6.0
_UNEVEN = 2.0
_STANDING_M_S = 0.5


def judge_sport(activity: Activity) -> tuple[Verdict, str]:
    """Say whether `activity` is a run, and why.

    Notes
    -----
    Where the file names no sport, five minutes of movement are taken for a run if the median speed is at least 1.8 m/s
    (9:15 min/km) and the 95th percentile at most 6 m/s and at most twice the median: walks are slower, wheels are faster
    or more uneven. These limits sort files; they say nothing about health.
    """
    if activity.sport == "running":
        return "run", ""
    if activity.sport != "unknown":
        return "other", f"the sport is {activity.sport}"
    distance, _ = run_distance(activity)
    if distance is None:
        return "cannot-tell", "the file names no sport and has no distance to judge it by"
    clock = running_clock(activity)
    grid = np.arange(0.0, clock[-1], _WINDOW_S)
    speed = np.diff(np.interp(grid, clock, distance)) / _WINDOW_S if grid.size > 1 else np.empty(0)
    moving = speed[speed > _STANDING_M_S]
    if moving.size * _WINDOW_S < _SHORTEST_S:
        return "cannot-tell", "the file names no sport and is too short to judge it by its speed"
    median, fast = float(np.median(moving)), float(np.percentile(moving, 95))
    speeds = f"{3.6 * median:.1f} km/h in the middle, {3.6 * fast:.1f} km/h at the fast end"
    if median >= _SLOWEST_M_S and fast <= min(_FASTEST_M_S, _UNEVEN * median):
        return "run", f"the file names no sport; its speeds ({speeds}) are a runner's"
    return "other", f"the file names no sport, and its speeds ({speeds}) are not a runner's"
