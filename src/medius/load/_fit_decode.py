"""The FIT port: a sequence goes in, columns of samples and a few messages come out.

Two decoders fit the port. `FastDecoder` (``fitfast``, Rust, young) does the work; `MatureDecoder` (``fitdecode``, pure
Python, mature) takes over whatever the fast one refuses, keeps what comes before the damage, and is the oracle of the
tests. Both give SI-like profile units: metres, m/s, degrees of latitude, Unix seconds; enumerations stay numbers.
Measured side by side in ``make bench``; the choice is in ``docs/decisions/load-fit-decoder.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import fitdecode
import fitfast
import numpy as np
from numpy.typing import NDArray

from medius.load._fit_frames import KEPT_MESSAGES, Sequence, find_oddities, without_samples

__all__ = ["FastDecoder", "FitDecoder", "FitMessages", "FitRefusedError", "MatureDecoder", "decode_sequence"]

Columns = dict[str, NDArray[np.float64]]
Row = dict[str | int, Any]

_FIT_EPOCH = 631065600
_DEGREES = 180.0 / 2**31
_STEPS = {"speed": 0.001, "altitude": 0.2}


PROFILE_NAMES = frozenset(
    {
        *("timestamp", "position_lat", "position_long", "distance", "speed", "enhanced_speed", "altitude"),
        *("enhanced_altitude", "heart_rate", "cadence", "fractional_cadence", "power", "temperature"),
        *("vertical_oscillation", "stance_time", "stance_time_balance", "step_length"),
    }
)
"""Fields of the record message that are used. A developer field of the same name is called ``developer NAME``."""


class FitRefusedError(ValueError):
    """A decoder does not take this sequence; the text says why."""


@dataclass(frozen=True)
class FitMessages:
    """What a sequence holds.

    Attributes
    ----------
    samples
        One column for each numeric field of the record messages, NaN where a record lacks it.
    rows
        The other messages that are kept, by name (``session``, ``lap``, ``event``, …), one mapping each.
    damage
        What is wrong with the sequence, or None. What came before the damage is there.
    decoder
        Name of the decoder that read it.
    oddities
        What is against the protocol but does no harm, as half sentences.
    """

    samples: Columns
    rows: Mapping[str, list[Row]]
    damage: str | None = None
    decoder: str = ""
    oddities: tuple[str, ...] = ()


class FitDecoder(Protocol):
    """Decode one FIT sequence."""

    def __call__(self, sequence: bytes, /) -> FitMessages:
        """Decode, or raise `FitRefusedError`."""
        ...


class FastDecoder:
    """``fitfast``; refuses whatever is damaged."""

    def __call__(self, sequence: bytes, /) -> FitMessages:
        """Decode the samples into columns, and the rest from a copy without them."""
        try:
            small = without_samples(sequence)
            samples = dict(fitfast.records(sequence, "record"))
            rows = fitfast.parse(sequence if small is None else small, enum_names=False)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a panic in Rust is no Exception
            raise FitRefusedError(str(error)) from error
        _restore_expanded(samples)
        kept: dict[str, list[Row]] = {}
        for name, messages in rows.items():
            if name != "record":
                kept[name] = [_plain_row(message) for message in messages]
        taken = PROFILE_NAMES & {str(row.get("field_name")) for row in kept.get("field_description", ())}
        if taken:
            names = ", ".join(sorted(taken))
            raise FitRefusedError(
                f"developer fields are called {names}, like fields of the profile, and would hide them"
            )
        oddities = () if small is None else tuple(find_oddities(small))
        return FitMessages(samples, kept, decoder="fitfast", oddities=oddities)


def _restore_expanded(samples: Columns) -> None:
    """Undo a rounding error of ``fitfast``: it truncates while it copies a field into its enhanced twin."""
    for name, step in _STEPS.items():
        plain, enhanced = samples.get(name), samples.get(f"enhanced_{name}")
        if plain is not None and enhanced is not None:
            close = np.abs(plain - enhanced) <= 1.01 * step
            enhanced[close] = plain[close]


def _plain_row(message: Mapping[Any, Any]) -> Row:
    row: Row = {name: _plain(value) for name, value in message.items()}
    for name in [name for name in row if isinstance(name, str) and name.startswith("enhanced_")]:
        plain, enhanced = row.get(str(name)[9:]), row[name]
        step = next((step for key, step in _STEPS.items() if key in str(name)), 0.0)
        if isinstance(plain, float) and isinstance(enhanced, float) and abs(plain - enhanced) <= 1.01 * step:
            row[name] = plain
    return {name: value for name, value in row.items() if value is not None}


def _plain(value: Any) -> Any:
    """One form for both decoders: a list of nothing is None, a list of one is the one, of texts the first counts."""
    if isinstance(value, (tuple, list, bytes)):
        items = [*value]
        if all(item is None for item in items):
            return None
        return items[0] if len(items) == 1 or isinstance(items[0], str) else items
    return value


class MatureDecoder:
    """``fitdecode``; keeps every whole message before the damage."""

    def __call__(self, sequence: bytes, /) -> FitMessages:
        """Decode message by message until the end or the damage."""
        records: list[dict[str, float]] = []
        rows: dict[str, list[Row]] = {}
        damage = None
        try:
            with fitdecode.FitReader(
                sequence,
                processor=None,
                check_crc=fitdecode.CrcCheck.READONLY,
                error_handling=fitdecode.ErrorHandling.IGNORE,
            ) as reader:
                for frame in reader:
                    if isinstance(frame, fitdecode.FitDataMessage):
                        if frame.global_mesg_num == 20:
                            records.append(_numbers(frame))
                        elif frame.global_mesg_num in KEPT_MESSAGES:
                            rows.setdefault(frame.name, []).append(_row(frame))
                    elif isinstance(frame, fitdecode.FitCRC) and not frame.matched:
                        damage = "its checksum does not match, so some of its bytes were changed"
        except Exception as error:  # damaged input raises anything; what was read is kept
            damage = f"its data are damaged ({str(error) or type(error).__name__})"
        return FitMessages(_columns(records), rows, damage, "fitdecode")


def _fields(frame: Any) -> Row:
    row: Row = {}
    for item in frame.fields:
        if item.value is None:
            continue
        parent = item.parent_field
        name = item.name if parent is None else parent.name
        if name is None:
            definition = item.field_def
            name = f"dev_{definition.dev_data_index}_{definition.def_num}"
        elif name in PROFILE_NAMES and item.field_def is not None and item.field_def.is_dev:
            name = f"developer {name}"
        value = item.value
        if isinstance(value, str) and isinstance(item.raw_value, int):
            value = item.raw_value
        if isinstance(value, int) and item.type.name in ("date_time", "local_date_time"):
            value += _FIT_EPOCH
        if isinstance(value, (int, float)) and item.units == "semicircles" and frame.global_mesg_num == 20:
            value *= _DEGREES
        if isinstance(value, tuple) and name.startswith("enhanced_"):
            value = value[0]  # an invalid twin was expanded after the true one
        row[name] = value
    return row


def _numbers(frame: Any) -> dict[str, float]:
    return {str(name): float(value) for name, value in _fields(frame).items() if isinstance(value, (int, float))}


def _row(frame: Any) -> Row:
    row: Row = {}
    for name, value in _fields(frame).items():
        key: str | int = int(name[8:]) if isinstance(name, str) and name.startswith("unknown_") else name
        plain = _plain(value)
        if plain is not None:
            row[key] = plain
    return row


def _columns(records: list[dict[str, float]]) -> Columns:
    names = dict.fromkeys(name for record in records for name in record)
    return {name: np.array([record.get(name, np.nan) for record in records], dtype=np.float64) for name in names}


def decode_sequence(
    sequence: Sequence, *, fast: FitDecoder | None = None, mature: FitDecoder | None = None
) -> FitMessages:
    """Decode with the fast decoder, or with the mature one whatever the fast one refuses.

    A sequence that is whole but refused by the fast decoder alone is not called damaged: the mature one decides.
    """
    if sequence.problem is None:
        try:
            return (fast or FastDecoder())(sequence.data)
        except FitRefusedError:
            pass
    decoded = (mature or MatureDecoder())(sequence.data)
    if sequence.problem is None:
        return decoded
    return FitMessages(decoded.samples, decoded.rows, sequence.problem, decoded.decoder)
