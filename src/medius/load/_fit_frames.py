"""The outer shape of FIT files: chained sequences, and the few messages that are not samples.

A FIT file is one or more *sequences*: a header (12 or 14 bytes, ``.FIT`` at byte 8, the size of the data at byte 4), the
data, and a 16-bit checksum. The data are definition messages (the layout of one of 16 local kinds) and data messages.
Source: FIT protocol as published with the Garmin FIT SDK.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

__all__ = [
    "BrokenSequenceError",
    "Sequence",
    "find_oddities",
    "fit_checksum",
    "looks_like_fit",
    "split_sequences",
    "without_samples",
]

KEPT_MESSAGES = frozenset({0, 12, 18, 19, 21, 34, 206, 207})
"""file_id, sport, session, lap, event, activity, field_description, developer_data_id."""

_SIGNATURE = b".FIT"
_SMALLEST = 14
_BASE_TYPES = frozenset({0, 1, 2, 7, 10, 13, *range(0x83, 0x87), 0x88, 0x89, 0x8B, 0x8C, *range(0x8E, 0x91)})
_DEVELOPER_DATA_ID, _APPLICATION_ID, _STRING = 207, 1, 7


@dataclass(frozen=True)
class Sequence:
    """One of the chained parts of a FIT file.

    Attributes
    ----------
    data
        Header, messages and checksum, as far as they are there.
    problem
        What is wrong with its outer shape, or None.
    """

    data: bytes
    problem: str | None = None


def looks_like_fit(data: bytes) -> bool:
    """Whether `data` begins with the header of a FIT file."""
    return len(data) >= 12 and data[8:12] == _SIGNATURE


def split_sequences(data: bytes) -> list[Sequence]:
    """Cut a FIT file at the borders of its chained sequences; what is no sequence is reported as the last one's problem."""
    parts: list[Sequence] = []
    offset = 0
    while offset < len(data):
        rest = data[offset:]
        if not looks_like_fit(rest) or rest[0] not in (12, 14):
            if any(rest):
                parts.append(Sequence(b"", f"{len(rest)} bytes from byte {offset} on are not FIT data"))
            break
        size = struct.unpack_from("<I", rest, 4)[0]
        end = rest[0] + size + 2
        if size == 0 and len(rest) > _SMALLEST + 2:
            parts.append(Sequence(_with_size(rest), "the recording was never closed (its header gives no size)"))
            break
        if end > len(rest):
            parts.append(Sequence(rest, f"it breaks off: {end - len(rest)} of {end} bytes are missing"))
            break
        parts.append(Sequence(rest[:end]))
        offset += end
    return parts


def _with_size(rest: bytes) -> bytes:
    header = bytearray(rest[: rest[0]])
    struct.pack_into("<I", header, 4, len(rest) - rest[0])
    return bytes(header) + rest[rest[0] :]


class BrokenSequenceError(ValueError):
    """The messages of a sequence do not follow from one another; the text says where."""


def without_samples(sequence: bytes) -> bytes | None:
    """Return `sequence` with only the `KEPT_MESSAGES`, a small FIT file of its own; None where that is not safe.

    Decoding this small file costs almost nothing, so the samples are decoded once, straight into columns.
    It is not safe where a kept message has a compressed timestamp, which needs the messages before it.

    Raises
    ------
    BrokenSequenceError
        If a definition uses a base type that does not exist (the fast decoder panics on some), a data message has no
        definition, or the messages do not end where the data end.
    """
    header = sequence[0]
    position, end = header, len(sequence) - 2
    kept: list[bytes] = []
    sizes: dict[int, int] = {}
    wanted: set[int] = set()
    safe = True
    while position < end:
        head = sequence[position]
        local = head & 0x0F
        if head & 0x80:
            local = (head >> 5) & 0x03
            safe = safe and local not in wanted
        elif head & 0x40:
            definition = _read_definition(sequence, position)
            if definition is None:
                raise BrokenSequenceError(f"the definition at byte {position} breaks off or has an unknown type")
            length, sizes[local], number = definition
            wanted.discard(local)
            if number in KEPT_MESSAGES:
                wanted.add(local)
                kept.append(sequence[position : position + length])
            position += length
            continue
        size = sizes.get(local)
        if size is None:
            raise BrokenSequenceError(f"the message at byte {position} has no definition")
        if local in wanted:
            kept.append(sequence[position : position + 1 + size])
        position += 1 + size
    if position != end:
        raise BrokenSequenceError("the last message reaches beyond the data")
    return _sequence(sequence[:header], b"".join(kept)) if safe else None


def find_oddities(small: bytes) -> list[str]:
    """Return what is against the FIT protocol but harmless in a file that `without_samples` made, as half sentences."""
    position, end = small[0], len(small) - 2
    layouts: dict[int, tuple[int, list[tuple[int, int, int]]]] = {}
    found: dict[str, None] = {}
    while position < end:
        head = small[position]
        if head & 0x40:
            definition = _read_definition(small, position)
            if definition is None:
                break
            length, size, number = definition
            count = small[position + 5]
            triples = small[position + 6 : position + 6 + 3 * count]
            fields = [(triples[i], triples[i + 1], triples[i + 2]) for i in range(0, 3 * count, 3)]
            layouts[head & 0x0F] = (size, fields)
            position += length
            if number == _DEVELOPER_DATA_ID and all(field != _APPLICATION_ID for field, _, _ in fields):
                found["a developer data id names no application"] = None
            continue
        size, fields = layouts[head & 0x0F]
        start = position + 1
        for _, width, base_type in fields:
            if base_type == _STRING and width and 0 not in small[start : start + width]:
                found["a text in it has no end mark"] = None
            start += width
        position += 1 + size
    return list(found)


def _read_definition(data: bytes, position: int) -> tuple[int, int, int] | None:
    """Return length of the definition message, size of its data messages, and its global message number; None if broken."""
    try:
        big_endian = data[position + 2] == 1
        number = int.from_bytes(data[position + 3 : position + 5], "big" if big_endian else "little")
        count = data[position + 5]
        length = 6 + 3 * count
        size = sum(data[position + 7 : position + length : 3])
        if not _BASE_TYPES.issuperset(data[position + 8 : position + length : 3]):
            return None
        if data[position] & 0x20:
            developer = data[position + length]
            size += sum(data[position + length + 2 : position + length + 1 + 3 * developer : 3])
            length += 1 + 3 * developer
    except IndexError:
        return None
    return length, size, number


def _sequence(header: bytes, body: bytes) -> bytes:
    head = bytearray(header)
    struct.pack_into("<I", head, 4, len(body))
    if len(head) == 14:
        struct.pack_into("<H", head, 12, fit_checksum(bytes(head[:12])))
    data = bytes(head) + body
    return data + struct.pack("<H", fit_checksum(data))


def _checksum_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_TABLE = _checksum_table()


def fit_checksum(data: bytes) -> int:
    """Return the 16-bit checksum of a FIT file (CRC-16 with the reflected polynomial 0xA001)."""
    value = 0
    table = _TABLE
    for byte in data:
        value = (value >> 8) ^ table[(value ^ byte) & 0xFF]
    return value
