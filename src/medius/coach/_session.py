"""One set of one exercise: key points in, events out, one frame at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from medius.coach._counter import Counter, Phase
from medius.coach._gauge import counting_signals
from medius.coach._notes import STEP_BACK, Notes
from medius.coach._points import Frame, PointFilter, Points
from medius.coach._result import Repetition, SetResult
from medius.coach._watch import Watch
from medius.errors import InvalidValueError
from medius.exercises import Exercise, exercises
from medius.record import Side

__all__ = ["COACHED", "Event", "Session", "coached_exercise"]

COACHED = (
    "clamshell",
    "side-lying-hip-abduction",
    "pelvic-drop",
    "single-leg-deadlift",
    "single-leg-squat",
    "single-leg-stance",
    "bridge",
    "side-plank-abduction",
)
"""Names of the exercises that the coach was made for; any definition with a counting signal works."""

Kind = Literal["position", "ready", "repetition", "partial", "cue", "lost", "phase"]

_SAY_AFTER_S = 1.5
_SAY_AGAIN_S = 6.0
_CUE_AGAIN = 3
_AT_REST = 0.05


@dataclass(frozen=True, slots=True)
class Event:
    """Something to show or say.

    Attributes
    ----------
    kind
        ``position``: what to change to reach the start position; ``ready``; ``phase``: the movement went on;
        ``repetition``; ``partial``; ``cue``: one fault to correct; ``lost``: the coach cannot see enough, and what to do.
    time_s
        Of the frame that caused it.
    say
        A short sentence, or the count; empty where nothing is to be said.
    code
        Id of the fault, name of the phase, or code of the quality note.
    side
        Whose side.
    count
        Repetitions that count so far on that side.
    repetition
        The repetition, for ``repetition`` and ``partial``.
    """

    kind: Kind
    time_s: float
    say: str = ""
    code: str = ""
    side: Side | None = None
    count: int = 0
    repetition: Repetition | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form, as it travels to a browser."""
        return {
            "kind": self.kind,
            "time_s": round(self.time_s, 3),
            "say": self.say,
            "code": self.code,
            "side": self.side,
            "count": self.count,
            "repetition": None if self.repetition is None else self.repetition.to_json(),
        }


def coached_exercise(name: str) -> Exercise:
    """Return the definition called `name`.

    Raises
    ------
    InvalidValueError
        If there is none or the coach cannot count it; the message lists those it can.
    """
    known = exercises()
    if name in known and known[name].coach is not None:
        counting_signals(known[name])
        return known[name]
    raise InvalidValueError(f"The coach knows no exercise called '{name}'. Choose one of: {', '.join(COACHED)}.")


class Session:
    """Watch one set.

    Feed it frames in the order of their times; it keeps no picture and looks at no clock. Live and recorded use are the
    same::

        session = Session("clamshell", side="left")
        for frame in frames:
            for event in session.step(frame):
                show(event)
        result = session.finish()

    Parameters
    ----------
    item
        Name of an exercise, or a definition.
    side
        The side to be worked; None to tell it from the picture.
    mirrored
        Whether the frames come from a mirrored picture, as many front cameras give it.

    Raises
    ------
    InvalidValueError
        If there is no such exercise, side, or nothing to count it by.
    """

    def __init__(self, item: str | Exercise, *, side: str | None = None, mirrored: bool = False) -> None:
        self.exercise = coached_exercise(item) if isinstance(item, str) else item
        self.side = _side(side)
        sides: tuple[Side, ...] = ("left", "right")
        self._counters = [Counter(self.exercise, one) for one in sides]
        self._filter = PointFilter(mirrored=mirrored)
        self._watch = Watch()
        self._repetitions: list[Repetition] = []
        self._notes = Notes(self.exercise, self.side)
        self._told: dict[str, float] = {}
        self._not_ready_since: float | None = None
        self._was_ready = False
        self._last_cue: dict[str, int] = {}
        self._phase: Phase = "searching"
        self._first: float | None = None
        self._last = float("-inf")

    @property
    def repetitions(self) -> tuple[Repetition, ...]:
        """What was seen so far, in order of time, partial ones included."""
        return tuple(sorted(self._repetitions, key=lambda r: r.start_s))

    @property
    def phase(self) -> Phase:
        """Where the person is: ``searching``, ``ready``, ``out``, ``top`` or ``back``."""
        return self._phase

    @property
    def progress(self) -> float:
        """How far the movement has gone: 0 in the start position, 1 at the range of the definition."""
        return self._leader().progress

    def step(self, frame: Frame) -> tuple[Event, ...]:
        """Take in one frame and return what it brought.

        A frame that is not later than the one before is passed over.
        """
        if frame.time_s <= self._last:
            return ()
        self._first = frame.time_s if self._first is None else self._first
        self._last = now = frame.time_s
        points = self._filter(frame)
        trouble = self._watch.look(frame, points)
        if trouble in ("another_person", "gap"):
            self._filter.forget()
            points = self._filter(frame)
            for counter in self._counters:
                counter.abort(trouble)
        events: list[Event] = []
        done = [(c, r) for c in self._counters if (r := c.step(now - self._filter.lag_s, points)) is not None]
        self._notes.take(self._counters, self._leader())
        if self._phase == "ready" and abs(self._leader().progress) < _AT_REST and not self._filter.mirrored:
            self._watch.rest(frame, points)
        for counter, repetition in _likeliest(done):
            events += self._add(counter, repetition, now)
        events += self._cues(now)
        events += self._position(now, points)
        return tuple(events)

    def finish(self, source: str = "camera") -> SetResult:
        """Close the set and return what it was."""
        moved = {r.side for r in self._repetitions}
        return SetResult(
            exercise=self.exercise,
            side=self.side or (next(iter(moved)) if len(moved) == 1 else None),
            repetitions=self.repetitions,
            quality=(*(self._notes.quality(self._repetitions) if self._watch.anybody else ()), *self._watch.notes()),
            source=source,
            seconds=0.0 if self._first is None else self._last - self._first,
        )

    # Repetitions and cues

    def _add(self, counter: Counter, repetition: Repetition, now: float) -> list[Event]:
        if any(_overlap(repetition, r) for r in self._repetitions):
            return []
        if self.exercise.sided and self.side is not None and counter.side != self.side:
            self._notes.other_side += repetition.counted
            return self._say(now, "lost", f"This is the {counter.side} side; {self.side} was asked for.", "wrong_side")
        others = [c for c in self._counters if c is not counter and self.exercise.sided]
        if not repetition.counted and (
            any(r.counted and r.side != repetition.side for r in self._repetitions)
            or any(other.under_way > repetition.share_of_range for other in others)
        ):
            return []
        self._repetitions.append(repetition)
        for other in others:
            if repetition.counted and other.under_way:
                other.abort("")
        count = sum(r.counted and r.side == repetition.side for r in self._repetitions)
        if not repetition.counted:
            return [Event("partial", now, "Not counted: go further.", "", repetition.side, count, repetition)]
        return [Event("repetition", now, str(count), "", repetition.side, count, repetition)]

    def _cues(self, now: float) -> list[Event]:
        """Tell the worst fault of the movement under way, unless it was told a moment ago."""
        for counter in self._counters:
            if self.exercise.sided and self.side is not None and counter.side != self.side:
                continue
            number = len(self._repetitions)
            for name in counter.faults_so_far():
                last = self._last_cue.get(name)
                if last is not None and number - last < _CUE_AGAIN:
                    continue
                self._last_cue[name] = number
                return [Event("cue", now, self.exercise.fault(name).cue, name, counter.side)]
        return []

    # The position, and what cannot be seen

    def _position(self, now: float, points: Points) -> list[Event]:
        leader = self._leader()
        events: list[Event] = []
        if leader.phase != self._phase:
            self._phase = leader.phase
            events.append(Event("phase", now, "", leader.phase, leader.side))
        ready = leader.phase != "searching"
        if ready and not self._was_ready:
            events.append(Event("ready", now, "Ready." if not self._notes.ever_ready else "", "", leader.side))
            self._notes.ever_ready = True
        self._was_ready = ready
        if ready and leader.sees:
            self._not_ready_since = None
            return events
        if self._not_ready_since is None:
            self._not_ready_since = now
        if now - self._not_ready_since < _SAY_AFTER_S:
            return events
        if not leader.sees or not points:
            return events + self._say(now, "lost", STEP_BACK, "cannot_see")
        if leader.missing is not None:
            return events + self._say(now, "position", leader.missing.say, "not_ready")
        return events + self._say(now, "position", "Hold still for a moment.", "hold_still")

    def _leader(self) -> Counter:
        asked = [c for c in self._counters if self.side is None or c.side == self.side]
        order = ("top", "back", "out", "ready", "searching")
        return min(asked, key=lambda c: (order.index(c.phase), -c.progress))

    def _say(self, now: float, kind: Kind, sentence: str, code: str) -> list[Event]:
        if now - self._told.get(sentence, float("-inf")) < _SAY_AGAIN_S:
            return []
        self._told[sentence] = now
        return [Event(kind, now, sentence, code)]


def _side(side: str | None) -> Side | None:
    if side is None or side == "auto":
        return None
    if side == "left":
        return "left"
    if side == "right":
        return "right"
    raise InvalidValueError(f"There is no side '{side}'. Choose left or right, or leave it out.")


def _likeliest(done: list[tuple[Counter, Repetition]]) -> list[tuple[Counter, Repetition]]:
    """Put first what counts and went furthest, where both sides claim the same movement."""
    return sorted(done, key=lambda pair: (not pair[1].counted, -pair[1].share_of_range))


def _overlap(one: Repetition, other: Repetition) -> bool:
    common = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    return common > 0.3 * min(one.end_s - one.start_s, other.end_s - other.start_s)
