"""One repetition after another on one side: start position, out, top, back, in this order or not at all."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Literal

from medius.coach._gauge import counting_signals, failing, gauge, length_of
from medius.coach._judge import HOME, NEAR_TOP, OUT, Judge, Sample
from medius.coach._points import Points
from medius.coach._result import Repetition
from medius.coach._stay import Stay
from medius.coach._timing import Timing, time_repetition
from medius.errors import InvalidValueError
from medius.exercises import Condition, Exercise
from medius.record import Side

__all__ = ["Counter", "Phase"]

Phase = Literal["searching", "ready", "out", "top", "back"]

_READY_S = 0.4
_STILL = 0.25
_STILL_DRIFT = 0.03
_STILL_HIP = 0.12
_TOP = 0.8
_SHOWN_FROM = 0.2
_SHORTEST = 0.15
_SHORTEST_STANCE_S = 2.0
_LONGEST_S = 60.0
_LONGEST_HOLD_S = 300.0
_LOST_S = 0.8
_LEFT_S = 0.5
_ELSEWHERE_S = 1.0
_MEMORY_S = 1.5
_DRIFT_S = 1.5
_FRONTAL = 0.45
_STEP = 0.25
_STEP_S = 0.12


@dataclass
class _Timers:
    lost: Stay = field(default_factory=Stay)
    left: Stay = field(default_factory=Stay)
    step: Stay = field(default_factory=Stay)
    elsewhere: Stay = field(default_factory=Stay)


class Counter:
    """Follow one side of a person through one exercise.

    Parameters
    ----------
    item
        The exercise.
    side
        The working side this counter looks for.

    Attributes
    ----------
    phase
        Where the person is in the movement.
    missing
        The condition of the start position that does not hold, while `phase` is ``searching``.
    sees
        Whether the points needed were seen in the last picture.
    progress
        0 in the start position, 1 at the range of the definition.
    aborted
        Why the last movement was given up, a code; cleared by the next one.
    """

    def __init__(self, item: Exercise, side: Side) -> None:
        coach = item.coach
        if coach is None:
            raise InvalidValueError(f"The coach cannot count '{item.name}'.")
        self.item, self.side = item, side
        self.phase: Phase = "searching"
        self.missing: Condition | None = None
        self.sees = False
        self.progress = 0.0
        self.aborted = ""
        self._signals = [(s, gauge(s, side)) for s in counting_signals(item)]
        self._fixed = all(s.start is not None for s, _ in self._signals)
        self._full = coach.target.full_from if coach.target else 0.7
        self._holding = item.kind == "test"
        self._ready = [(c, gauge(c, side)) for c in coach.ready]
        self._throughout = [(c, take) for c, take in self._ready if c.throughout]
        self._top = [(c, gauge(c, side)) for c in coach.top]
        self._judge = Judge(item, side)
        self._frontal = False
        self._planted = coach.side_from == "standing-leg"
        self._foot = 0j
        measured = (*coach.signals, *coach.ready, *coach.top, *(s for f in item.faults for s in f.signs))
        self._over = {m.over: length_of(m.over, side) for m in measured if m.over is not None}
        self._lengths: dict[tuple[str, str], float] = {}
        self._starts: list[float] = []
        self._memory: deque[Sample] = deque()
        self._course: list[Sample] = []
        self._best = 0.0
        self._calm: deque[tuple[float, list[float], complex]] = deque()
        self._judged = False
        self._timers = _Timers()

    def step(self, now: float, points: Points) -> Repetition | None:
        """Take in one picture; return a repetition that has just ended, counted or partial."""
        values = self._values(points)
        self.sees = bool(values)
        if not values:
            if self.phase != "searching" and self._timers.lost.lasts(now, True) > _LOST_S:
                self.abort("cannot_see")
            return None
        self._timers.lost.lasts(now, False)
        if self.phase == "searching":
            self._search(now, values, points)
            return None
        away = failing(self._throughout, points, self._lengths)
        if (
            self._timers.left.lasts(now, away is not None) > _LEFT_S
            or self._timers.step.lasts(now, self._stepped(points)) > _STEP_S
        ):
            self.missing = away
            self.abort("left_position")
            return None
        if self.phase == "ready":
            self._rest(now, values, points)
            return None
        return self._move(now, values, points)

    @property
    def under_way(self) -> float:
        """How far the movement under way has gone; 0 where there is none."""
        return self._best if self.phase in ("out", "top", "back") else 0.0

    def abort(self, why: str) -> None:
        """Give the movement up and look for the start position again."""
        self.aborted = why if self.phase in ("out", "top", "back") else ""
        self.phase = "searching"
        self.progress = 0.0
        self._lengths = {}
        self._memory.clear()
        self._calm.clear()
        self._course = []
        self._timers = _Timers()

    def faults_so_far(self) -> tuple[str, ...]:
        """Judge the movement under way once, when its top is left; empty at all other moments."""
        if self.phase != "back" or self._judged:
            return ()
        self._judged = True
        reached = max(s.progress for s in self._course)
        return self._judge.faults(self._course, reached, frontal=self._frontal) if reached >= self._full else ()

    def _stepped(self, points: Points) -> bool:
        """Tell whether the standing foot has left its place."""
        now = points.get(f"{self.side}_ankle")
        if not self._planted or now is None:
            return False
        if self.phase == "ready" and self.progress < HOME:
            self._foot = now
        return abs(now - self._foot) > _STEP * abs(_shoulders(points) - _hips(points))

    # The start position

    def _search(self, now: float, values: list[float], points: Points) -> None:
        self.missing = failing(self._ready, points, {})
        if self.missing is not None:
            self._calm.clear()
            return
        self._calm.append((now, values, _hips(points)))
        while now - self._calm[0][0] > 1.25 * _READY_S:
            self._calm.popleft()
        if not self._fixed and not self._is_calm(now, points):
            return
        self._lengths = {over: length for over, take in self._over.items() if (length := take(points))}
        self._starts = [
            s.start if s.start is not None else median(v[i] for _, v, _ in self._calm)
            for i, (s, _) in enumerate(self._signals)
        ]
        self.phase, self.aborted = "ready", ""
        self._frontal = abs(points.get("left_shoulder", 0j) - points.get("right_shoulder", 0j)) > _FRONTAL * abs(
            _shoulders(points) - _hips(points)
        )
        self._foot = points.get(f"{self.side}_ankle", 0j)
        self._rest(now, self._values(points) or values, points)

    def _is_calm(self, now: float, points: Points) -> bool:
        recent = list(self._calm)
        if now - recent[0][0] < _READY_S or len(recent) < 3:
            return False
        trunk = abs(_hips(points) - _shoulders(points)) or math.inf
        wander = max(abs(h - recent[-1][2]) for _, _, h in recent) / trunk
        return wander < _STILL_HIP and _is_still([self._progress(v, recent[0][1]) for _, v, _ in recent])

    def _values(self, points: Points) -> list[float]:
        """Return the value of every counting signal; nothing if one of them cannot be seen."""
        found = [take(points, self._lengths) for _, take in self._signals]
        return [v for v in found if v is not None] if None not in found else []

    def _rest(self, now: float, values: list[float], points: Points) -> None:
        x = self._sample(now, values, points, self._memory)
        while now - self._memory[0].time_s > _MEMORY_S:
            self._memory.popleft()
        if x > OUT:
            self.phase, self._judged = "out", False
            self._timers.elsewhere = Stay()
            self._course, self._best = list(self._memory), x
        elif self._rests_elsewhere(now, x, self._memory, points):
            self.abort("")
        elif abs(x) < OUT / 2 and not self._fixed and len(self._memory) > 1:
            share = min(1.0, (now - self._memory[-2].time_s) / _DRIFT_S)
            self._starts = [a + share * (v - a) for a, v in zip(self._starts, values, strict=True)]

    # The movement

    def _move(self, now: float, values: list[float], points: Points) -> Repetition | None:
        x = self._sample(now, values, points, self._course)
        self._best = max(self._best, x)
        if x >= max(_TOP * self._best, self._full):
            self.phase = "top"
        elif self.phase == "top" and x < _TOP * self._best:
            self.phase = "back"
        if x < HOME:
            return self._finish()
        self._give_up_if_stuck(now, x, points)
        return None

    def _give_up_if_stuck(self, now: float, x: float, points: Points) -> None:
        longest = _LONGEST_HOLD_S if self._holding else _LONGEST_S
        if now - self._course[0].time_s > longest:
            self.abort("too_long")
            return
        if self._rests_elsewhere(now, x, self._course[-90:], points):
            self.abort("")

    def _rests_elsewhere(self, now: float, x: float, course: Iterable[Sample], points: Points) -> bool:
        """Tell whether the person has come to rest in a start position that is not where it was."""
        recent = [s.progress for s in course if now - s.time_s <= _READY_S * 1.25]
        home = (
            abs(x) > OUT / 2
            and x < 0.9 * self._full
            and len(recent) > 2
            and failing(self._ready, points, self._lengths) is None
        )
        return self._timers.elsewhere.lasts(now, home and _is_still(recent)) > _ELSEWHERE_S

    def _finish(self) -> Repetition | None:
        course, self._course = self._course, []
        self.phase = "ready"
        self._timers.elsewhere = Stay()
        timing = time_repetition([(s.time_s, s.progress) for s in course], lifting=self._holding)
        self._memory = deque(course[-2:])
        shortest = _SHORTEST_STANCE_S if self._holding else _SHORTEST * self.item.tempo.seconds
        if timing.reached < (self._full if self._holding else _SHOWN_FROM) or timing.end_s - timing.start_s < shortest:
            return None
        fits = [s.fits for s in course if s.progress >= NEAR_TOP * timing.reached]
        if 2 * sum(fits) < len(fits):
            self.aborted = "other_movement"
            return None
        self._course = course
        done = self._repetition(timing)
        self._course = []
        return done

    def _repetition(self, timing: Timing) -> Repetition:
        counted = timing.reached >= self._full
        hold = timing.end_s - timing.start_s if self._holding else timing.hold_s
        return Repetition(
            start_s=timing.start_s,
            peak_s=timing.peak_s,
            end_s=timing.end_s,
            hold_s=hold,
            side=self.side if self.item.sided else None,
            counted=counted,
            range_deg=self._judge.range_deg(self._course),
            faults=self._judge.faults(self._course, timing.reached, frontal=self._frontal) if counted else (),
            out_s=timing.top_s - timing.start_s,
            back_s=timing.end_s - timing.leave_s,
            share_of_range=timing.reached,
        )

    def _progress(self, values: list[float], starts: list[float]) -> float:
        return fmean(
            (v - a) / (s.range or 1.0) * (1.0 if s.rises else -1.0)
            for v, a, (s, _) in zip(values, starts, self._signals, strict=True)
        )

    def _sample(self, now: float, values: list[float], points: Points, into: deque[Sample] | list[Sample]) -> float:
        x = self._progress(values, self._starts)
        signs, angle = self._judge.look(points, self._lengths, frontal=self._frontal)
        fits = x < OUT or failing(self._top, points, self._lengths) is None
        into.append(Sample(now, x, signs, angle, fits))
        self.progress = x
        return x


def _is_still(progress: list[float]) -> bool:
    """Tell whether a course neither wanders nor drifts, however noisy its single values are."""
    half = len(progress) // 2
    drift = median(progress[half:]) - median(progress[:half])
    return abs(drift) < _STILL_DRIFT and max(progress) - min(progress) < _STILL


def _hips(points: Points) -> complex:
    return (points.get("left_hip", 0j) + points.get("right_hip", 0j)) / 2


def _shoulders(points: Points) -> complex:
    return (points.get("left_shoulder", 0j) + points.get("right_shoulder", 0j)) / 2
