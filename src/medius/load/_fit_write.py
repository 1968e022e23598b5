"""Write FIT activities: made-up runs for tests, benchmarks and demonstrations, in the form that watches write."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medius.load._fit_frames import fit_checksum

__all__ = ["FitEvent", "FitSession", "write_fit"]

Array = NDArray[np.float64]

_EPOCH = 631065600
_UINT8, _STRING, _BYTE, _FLOAT32 = 0x02, 0x07, 0x0D, 0x88
_ENUM, _SINT8, _SINT32, _UINT16, _UINT32 = 0x00, 0x01, 0x85, 0x84, 0x86
_TYPES = {
    _ENUM: ("<u1", 0xFF),
    _UINT8: ("<u1", 0xFF),
    _SINT8: ("<i1", 0x7F),
    _UINT16: ("<u2", 0xFFFF),
    _SINT32: ("<i4", 0x7FFFFFFF),
    _UINT32: ("<u4", 0xFFFFFFFF),
}
_RECORD = {
    "time": (253, _UINT32, 1.0, -_EPOCH),
    "latitude": (0, _SINT32, 2**31 / 180.0, 0),
    "longitude": (1, _SINT32, 2**31 / 180.0, 0),
    "altitude": (2, _UINT16, 5.0, 500),
    "heart_rate": (3, _UINT8, 1.0, 0),
    "strides": (4, _UINT8, 1.0, 0),
    "distance": (5, _UINT32, 100.0, 0),
    "speed": (6, _UINT16, 1000.0, 0),
    "power": (7, _UINT16, 1.0, 0),
    "temperature": (13, _SINT8, 1.0, 0),
    "vertical_oscillation": (39, _UINT16, 10.0, 0),
    "ground_contact_time": (41, _UINT16, 10.0, 0),
    "fraction": (53, _UINT8, 128.0, 0),
    "stance_time_balance": (84, _UINT16, 100.0, 0),
    "step_length": (85, _UINT16, 10.0, 0),
}


@dataclass(frozen=True)
class FitSession:
    """The summary of one leg, as a watch writes it; ``sport`` and ``sub_sport`` are the numbers of the FIT profile."""

    start: float
    elapsed_s: float
    timer_s: float
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    sport: int = 1
    sub_sport: int = 0


@dataclass(frozen=True)
class FitEvent:
    """The timer starts or stops at ``time`` (Unix seconds)."""

    time: float
    starts: bool


def write_fit(
    samples: Mapping[str, Array],
    sessions: Sequence[FitSession],
    *,
    events: Iterable[FitEvent] = (),
    developer: Mapping[str, Array] | None = None,
    compressed: bool = False,
    utc_offset_s: float | None = None,
) -> bytes:
    """Return a FIT activity.

    Parameters
    ----------
    samples
        Channels of `medius.load.CHANNELS`, equally long, ``time`` among them; NaN is written as the invalid value.
    sessions
        One for each leg.
    events
        Starts and stops of the timer.
    developer
        Developer fields by name, aligned with the samples, written as 32-bit floats.
    compressed
        Write compressed timestamps: five bits of the time in the header of each record but the first.
    utc_offset_s
        Local time minus UTC, where the watch knows it.
    """
    added = dict(developer or {})
    body = [_message(0, 0, [(0, _ENUM, 4), (1, _UINT16, 255), (4, _UINT32, sessions[0].start - _EPOCH)])]
    if added:
        body.append(_message(0, 207, [(3, _UINT8, 0)], text=[(1, _BYTE, bytes(range(16)))]))
        for number, name in enumerate(added):
            field = [(0, _UINT8, 0), (1, _UINT8, number), (2, _UINT8, _FLOAT32)]
            body.append(_message(0, 206, field, text=[(3, _STRING, name.encode() + b"\0")]))
    body += [
        _message(0, 21, [(253, _UINT32, event.time - _EPOCH), (0, _ENUM, 0), (1, _ENUM, 0 if event.starts else 4)])
        for event in events
    ]
    body.append(_records(_split_cadence(samples), added, compressed=compressed))
    end = float(samples["time"][-1])
    body += [_session(number, session, end) for number, session in enumerate(sessions)]
    closing: list[tuple[int, int, float | None]] = [(253, _UINT32, end - _EPOCH), (1, _UINT16, len(sessions))]
    if utc_offset_s is not None:
        closing.append((5, _UINT32, end - _EPOCH + utc_offset_s))
    body.append(_message(0, 34, closing))
    return _file(b"".join(body))


def _file(body: bytes) -> bytes:
    header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(body), b".FIT")
    data = header + struct.pack("<H", fit_checksum(header)) + body
    return data + struct.pack("<H", fit_checksum(data))


def _message(
    local: int,
    number: int,
    fields: Sequence[tuple[int, int, float | None]],
    text: Sequence[tuple[int, int, bytes]] = (),
) -> bytes:
    """Return a definition message and one data message of it."""
    sizes = [np.dtype(_TYPES[kind][0]).itemsize for _, kind, _ in fields]
    layout = b"".join(bytes([field, size, kind]) for (field, kind, _), size in zip(fields, sizes, strict=True))
    layout += b"".join(bytes([field, len(value), kind]) for field, kind, value in text)
    definition = struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields) + len(text)) + layout
    values = b"".join(_scalar(kind, value) for _, kind, value in fields) + b"".join(value for _, _, value in text)
    return definition + bytes([local]) + values


def _scalar(kind: int, value: float | None) -> bytes:
    dtype, invalid = _TYPES[kind]
    return np.array(invalid if value is None else round(value)).astype(dtype).tobytes()


def _session(number: int, session: FitSession, end: float) -> bytes:
    distance = None if session.distance_m is None else 100.0 * session.distance_m
    return _message(
        0,
        18,
        [
            (254, _UINT16, number),
            (253, _UINT32, end - _EPOCH),
            (2, _UINT32, session.start - _EPOCH),
            (7, _UINT32, 1000.0 * session.elapsed_s),
            (8, _UINT32, 1000.0 * session.timer_s),
            (9, _UINT32, distance),
            (22, _UINT16, session.ascent_m),
            (23, _UINT16, session.descent_m),
            (5, _ENUM, session.sport),
            (6, _ENUM, session.sub_sport),
        ],
    )


def _split_cadence(samples: Mapping[str, Array]) -> dict[str, Array]:
    columns = {name: np.asarray(column, dtype=np.float64) for name, column in samples.items() if name != "cadence"}
    if "cadence" in samples:
        strides = np.asarray(samples["cadence"], dtype=np.float64) / 2.0
        columns["strides"] = np.floor(strides)
        columns["fraction"] = strides - np.floor(strides)
    return columns


def _records(columns: dict[str, Array], developer: Mapping[str, Array], *, compressed: bool) -> bytes:
    names = list(columns)
    count = columns["time"].size
    table = np.zeros(count, dtype=[("head", "u1"), *((name, _TYPES[_RECORD[name][1]][0]) for name in names)])
    if developer:
        more = [(f"developer {number}", "<f4") for number in range(len(developer))]
        table = np.zeros(count, dtype=[*((name, table.dtype[name]) for name in table.dtype.names or ()), *more])
    for name in names:
        _, kind, scale, offset = _RECORD[name]
        invalid = _TYPES[kind][1]
        raw = np.round((columns[name] + offset) * scale)
        table[name] = np.where(np.isfinite(raw), raw, invalid).astype(table.dtype[name])
    for number, column in enumerate(developer.values()):
        table[f"developer {number}"] = column
    first = _record_definition(0, names, len(developer), table.dtype)
    if not compressed:
        return first + table.tobytes()
    rest = [name for name in names if name != "time"]
    parts = [first, table[:1].tobytes(), _record_definition(1, rest, len(developer), table.dtype)]
    for index in range(1, count):
        head = 0x80 | (1 << 5) | (int(table["time"][index]) & 0x1F)
        values = [table[name][index].tobytes() for name in table.dtype.names or () if name not in ("head", "time")]
        parts.append(bytes([head]) + b"".join(values))
    return b"".join(parts)


def _record_definition(local: int, names: Sequence[str], developer: int, dtype: np.dtype[np.void]) -> bytes:
    head = 0x40 | (0x20 if developer else 0) | local
    layout = b"".join(bytes([_RECORD[name][0], dtype[name].itemsize, _RECORD[name][1]]) for name in names)
    definition = struct.pack("<BBBHB", head, 0, 0, 20, len(names)) + layout
    if developer:
        definition += bytes([developer]) + b"".join(bytes([number, 4, 0]) for number in range(developer))
    return definition
