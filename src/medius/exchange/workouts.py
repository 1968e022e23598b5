"""Sessions as FIT workout files, for watches that take workouts.

Message and field numbers are those of the FIT profile: file_id 0, workout 26, workout_step 27.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence

from medius.programme import Item, Plan, RunStep, Session, exercise_words

__all__ = ["render_run_workout", "render_strength_workout", "render_workouts"]

_EPOCH = dt.datetime(1989, 12, 31, tzinfo=dt.UTC)
_ENUM, _UINT16, _UINT32, _UINT32Z, _STRING = 0x00, 0x84, 0x86, 0x8C, 0x07
_FORMATS = {_ENUM: "<B", _UINT16: "<H", _UINT32: "<I", _UINT32Z: "<I"}
_TIME, _DISTANCE, _OPEN, _REPEAT, _REPS = 0, 1, 5, 6, 29
_NO_TARGET = 2
_ACTIVE, _REST, _RECOVERY = 0, 1, 4
_RUNNING, _TRAINING = 1, 10
_GENERIC, _STRENGTH = 0, 20
_CATEGORY = {
    "clamshell": 11,
    "side-lying-hip-abduction": 11,
    "side-plank-abduction": 19,
    "pelvic-drop": 11,
    "single-leg-deadlift": 8,
    "bridge": 10,
    "single-leg-bridge": 10,
    "lateral-band-walk": 37,
    "single-leg-squat": 28,
    "step-down": 28,
    "split-squat": 17,
    "quadruped-hip-extension": 11,
}
"""Exercise categories of the FIT profile: deadlift 8, hip raise 10, hip stability 11, lunge 17, plank 19, squat 28, banded 37."""

_Field = tuple[int, int, int | str]


def render_workouts(plan: Plan, sessions: Sequence[Session]) -> dict[str, bytes]:
    """Return workout files by name, two at most for each session."""
    found: dict[str, bytes] = {}
    for session in sessions:
        day = session.date.isoformat()
        if session.items:
            found[f"{day}-strength.fit"] = render_strength_workout(plan, session)
        if session.run is not None:
            found[f"{day}-run.fit"] = render_run_workout(plan, session)
    return found


def render_strength_workout(plan: Plan, session: Session) -> bytes:
    """Return the exercises of a session as a strength workout: sets by repetitions, a side at a time, with rests."""
    steps: list[list[_Field]] = []
    for item in session.items:
        steps += _sets(item, len(steps))
    name = f"Medius {session.date.isoformat()} strength"
    return _file(plan, session, name, _TRAINING, _STRENGTH, steps)


def _sets(item: Item, first: int) -> list[list[_Field]]:
    """Return the steps of an exercise: each side, a rest, and the repeat of the sets."""
    step = item.step
    found = []
    for side in item.sides or ("",):
        words = exercise_words(step) + (f", {side}" if side else "")
        fields: list[_Field] = [(1, _ENUM, _REPS), (2, _UINT32, step.repetitions), (7, _ENUM, _ACTIVE)]
        fields += [(10, _UINT16, _CATEGORY[step.exercise])]
        if step.load_kg > 0:
            fields.append((12, _UINT16, round(100 * step.load_kg)))
        found.append(_step(words, fields))
    found.append(_step("Rest", [(1, _ENUM, _TIME), (2, _UINT32, round(1000 * step.rest_s)), (7, _ENUM, _REST)]))
    if step.sets > 1:
        found.append(_repeat(first, step.sets))
    return found


def render_run_workout(plan: Plan, session: Session) -> bytes:
    """Return the run of a session as a workout: running and walking in turn, or one distance."""
    assert session.run is not None  # noqa: S101 - the caller has chosen sessions with a run
    run: RunStep = session.run.step
    steps: list[list[_Field]] = []
    if run.run_min <= 0:
        steps.append(_step("Run", [(1, _ENUM, _DISTANCE), (2, _UINT32, round(100_000 * run.km)), (7, _ENUM, _ACTIVE)]))
    else:
        cycle = run.run_min + run.walk_min
        times = max(1, int(session.run.minutes // cycle))
        for words, minutes, intensity in (("Run", run.run_min, _ACTIVE), ("Walk", run.walk_min, _RECOVERY)):
            steps.append(
                _step(words, [(1, _ENUM, _TIME), (2, _UINT32, round(60_000 * minutes)), (7, _ENUM, intensity)])
            )
        if times > 1:
            steps.append(_repeat(0, times))
    name = f"Medius {session.date.isoformat()} run {run.km:g} km"
    return _file(plan, session, name, _RUNNING, _GENERIC, steps)


def _step(words: str, fields: list[_Field]) -> list[_Field]:
    return [(0, _STRING, words), *fields, (3, _ENUM, _NO_TARGET), (4, _UINT32, 0)]


def _repeat(first: int, times: int) -> list[_Field]:
    return [(1, _ENUM, _REPEAT), (2, _UINT32, first), (3, _ENUM, _NO_TARGET), (4, _UINT32, times)]


def _file(plan: Plan, session: Session, name: str, sport: int, sub_sport: int, steps: Sequence[list[_Field]]) -> bytes:
    made = dt.datetime.combine(plan.given.start, dt.time(), dt.UTC)
    created = int((made - _EPOCH).total_seconds())
    number = session.date.toordinal() % 65535
    head: list[_Field] = [
        (0, _ENUM, 5),
        (1, _UINT16, 255),
        (2, _UINT16, 0),
        (4, _UINT32, created),
        (5, _UINT16, number),
    ]
    workout: list[_Field] = [
        (4, _ENUM, sport),
        (5, _UINT32Z, 32),
        (6, _UINT16, len(steps)),
        (8, _STRING, name),
        (11, _ENUM, sub_sport),
    ]
    body = _message(0, head) + _message(26, workout)
    for index, fields in enumerate(steps):
        body += _message(27, [(254, _UINT16, index), *fields])
    start = struct.pack("<BBHI4s", 14, 0x20, 2132, len(body), b".FIT")
    data = start + struct.pack("<H", _checksum(start)) + body
    return data + struct.pack("<H", _checksum(data))


def _message(number: int, fields: Sequence[_Field]) -> bytes:
    """Return a definition of local message 0 and one message of it."""
    layout, values = b"", b""
    for field, kind, value in fields:
        data = _text(value) if isinstance(value, str) else struct.pack(_FORMATS[kind], value)
        layout += bytes([field, len(data), kind])
        values += data
    return struct.pack("<BBBHB", 0x40, 0, 0, number, len(fields)) + layout + b"\x00" + values


def _text(words: str) -> bytes:
    """Return at most 49 octets of UTF-8 with the closing zero, cut between characters."""
    return words.encode()[:49].decode(errors="ignore").encode() + b"\0"


def _checksum(data: bytes) -> int:
    """Return the 16-bit checksum of the FIT protocol."""
    crc = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            crc = (crc >> 4) ^ _TABLE[crc & 0xF] ^ _TABLE[nibble]
    return crc


_TABLE = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip
