"""FIT files: decoded messages become activities, one for each leg."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from medius.errors import UnreadableFileError
from medius.load._activity import Activity, Columns, DeviceTotals, Lap, NoActivityError, Reading, tidy_samples
from medius.load._fit_decode import PROFILE_NAMES, FitMessages, Row, decode_sequence
from medius.load._fit_frames import looks_like_fit, split_sequences

__all__ = ["read_fit"]

_FILE_TYPES = {
    1: "a description of the watch",
    2: "settings",
    3: "a sport profile",
    5: "a workout",
    6: "a course",
    7: "a schedule",
    9: "body weights",
    10: "totals",
    11: "goals",
    14: "blood pressure",
    15: "daily monitoring",
    20: "summaries of activities",
    28: "daily monitoring",
    32: "daily monitoring",
    34: "a segment",
    35: "segments",
}
_ACTIVITY_FILE = 4
_SPORTS = {
    1: "running",
    2: "cycling",
    3: "transition",
    4: "fitness equipment",
    5: "swimming",
    6: "basketball",
    7: "football",
    8: "tennis",
    10: "training",
    11: "walking",
    12: "cross-country skiing",
    13: "alpine skiing",
    14: "snowboarding",
    15: "rowing",
    16: "mountaineering",
    17: "hiking",
    18: "multisport",
    19: "paddling",
    21: "e-biking",
    35: "snowshoeing",
    37: "stand-up paddleboarding",
    53: "diving",
}
_SUB_SPORTS = {
    0: "generic",
    1: "treadmill",
    2: "street",
    3: "trail",
    4: "track",
    45: "indoor running",
    58: "virtual",
    67: "ultra",
}
_TREADMILL = 1
_CHANNELS = {
    "timestamp": "time",
    "position_lat": "latitude",
    "position_long": "longitude",
    "heart_rate": "heart_rate",
    "stance_time": "ground_contact_time",
    "stance_time_balance": "stance_time_balance",
    "vertical_oscillation": "vertical_oscillation",
    "step_length": "step_length",
    "temperature": "temperature",
    "power": "power",
}
_TIMER_RUNS = {0: True, 1: False, 4: False, 8: False, 9: False}


def read_fit(data: bytes) -> Reading:
    """Read every activity of a FIT file, chained and multisport ones too.

    Raises
    ------
    UnreadableFileError
        If it is no FIT file, or nothing whole is left of it.
    NoActivityError
        If it is a workout, a course or settings.
    """
    if not looks_like_fit(data):
        raise UnreadableFileError("it does not begin like a FIT file; export it again")
    activities: list[Activity] = []
    damage: list[str] = []
    kinds: list[str] = []
    oddities: list[str] = []
    for sequence in split_sequences(data):
        messages = decode_sequence(sequence)
        if messages.damage:
            damage.append(messages.damage)
        oddities += messages.oddities
        found = _activities(messages)
        activities += found
        if not found:
            kinds += [_FILE_TYPES[n] for n in _numbers(messages.rows.get("file_id", ()), "type") if n in _FILE_TYPES]
    if activities:
        return Reading(tuple(activities), "; ".join(damage) or None, tuple(dict.fromkeys(oddities)))
    if damage:
        raise UnreadableFileError("; ".join(damage) + ", and no whole sample comes before that; copy it again")
    raise NoActivityError(f"it holds {kinds[0]}, not an activity" if kinds else "it holds no samples of an activity")


def _numbers(rows: Sequence[Row], name: str) -> list[int]:
    return [int(row[name]) for row in rows if isinstance(row.get(name), (int, float))]


def _activities(messages: FitMessages) -> list[Activity]:
    kinds = _numbers(messages.rows.get("file_id", ()), "type")
    if kinds and _ACTIVITY_FILE not in kinds:
        return []
    raw = messages.samples
    if "timestamp" not in raw or raw["timestamp"].size == 0:
        return []
    samples, developer, _, notes = tidy_samples(_channels(raw), _developer(messages))
    if samples["time"].size == 0:
        return []
    sessions = sorted(
        (row for row in messages.rows.get("session", ()) if _number(row, "start_time") is not None),
        key=lambda row: float(row["start_time"]),
    )
    damage = messages.damage
    if not sessions:
        damage = damage or "the summary that closes a recording is missing"
    pauses = _pauses(messages.rows.get("event", ()))
    offset = _utc_offset(messages.rows.get("activity", ()))
    starts = [float(row["start_time"]) for row in sessions[1:]]
    borders = [0, *np.searchsorted(samples["time"], starts).tolist(), samples["time"].size]
    legs: list[Activity] = []
    for number, (first, last) in enumerate(pairwise(borders)):
        session = sessions[number] if sessions else None
        if first == last:
            continue
        sport, sub_sport = _sport(session, messages)
        part = {name: column[first:last] for name, column in samples.items() if np.isfinite(column[first:last]).any()}
        _rebase_distance(part, samples, first)
        begin, end = part["time"][0], part["time"][-1]
        legs.append(
            Activity(
                sport=sport,
                sub_sport=sub_sport,
                samples=part,
                format="fit",
                developer={name: column[first:last] for name, column in developer.items()},
                pauses=tuple((a, b) for a, b in pauses if begin <= a and b <= end),
                laps=_laps(messages.rows.get("lap", ()), begin, end, single=len(sessions) < 2),
                device=_totals(session),
                utc_offset_s=offset,
                damage=damage,
                notes=tuple(notes),
            )
        )
    return legs


def _channels(raw: Columns) -> Columns:
    columns = {channel: raw[name] for name, channel in _CHANNELS.items() if name in raw}
    for channel in ("speed", "altitude"):
        plain, enhanced = raw.get(channel), raw.get(f"enhanced_{channel}")
        if plain is not None and enhanced is not None:
            columns[channel] = np.where(np.isfinite(enhanced), enhanced, plain)
        elif plain is not None or enhanced is not None:
            columns[channel] = enhanced if plain is None else plain  # type: ignore[assignment]
    if "distance" in raw:
        columns["distance"] = raw["distance"]
    if "cadence" in raw:
        fraction = raw.get("fractional_cadence", np.zeros(raw["cadence"].size))
        columns["cadence"] = 2.0 * (raw["cadence"] + np.nan_to_num(fraction))
    return columns


def _developer(messages: FitMessages) -> Columns:
    names = {str(row["field_name"]) for row in messages.rows.get("field_description", ()) if "field_name" in row}
    return {
        name: column
        for name, column in messages.samples.items()
        if name in names - PROFILE_NAMES or name.startswith(("dev_", "developer "))
    }


def _rebase_distance(part: Columns, whole: Columns, first: int) -> None:
    """Let the distance of a later leg run from 0 where the device counts on through all legs."""
    if first == 0 or "distance" not in part:
        return
    before = whole["distance"][:first]
    known = before[np.isfinite(before)]
    own = part["distance"][np.isfinite(part["distance"])]
    if known.size and own.size and own[0] >= known[-1]:
        part["distance"] = part["distance"] - known[-1]


def _sport(session: Row | None, messages: FitMessages) -> tuple[str, str]:
    for row in (session, *messages.rows.get("sport", ())[:1], *messages.rows.get("lap", ())[:1]):
        number = None if row is None else _number(row, "sport")
        if row is None or not number:
            continue
        sub = int(_number(row, "sub_sport") or 0)
        name = "running" if number == 4 and sub == _TREADMILL else _SPORTS.get(int(number), f"sport {number:.0f}")
        return name, _SUB_SPORTS.get(sub, f"kind {sub}")
    return "unknown", "generic"


def _pauses(events: Sequence[Row]) -> list[tuple[float, float]]:
    pauses = []
    stopped: float | None = None
    for event in events:
        time, kind = _number(event, "timestamp"), _number(event, "event_type")
        if event.get("event") != 0 or time is None or kind is None or int(kind) not in _TIMER_RUNS:
            continue
        if _TIMER_RUNS[int(kind)]:
            if stopped is not None and time > stopped:
                pauses.append((stopped, time))
            stopped = None
        elif stopped is None:
            stopped = time
    return pauses


def _utc_offset(activity: Sequence[Row]) -> float | None:
    for row in activity:
        local, utc = _number(row, "local_timestamp"), _number(row, "timestamp")
        if local is not None and utc is not None and abs(local - utc) <= 15 * 3600:
            return 900.0 * round((local - utc) / 900.0)
    return None


def _number(row: Mapping[str | int, object], name: str) -> float | None:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) and np.isfinite(value) else None


def _laps(rows: Sequence[Row], begin: float, end: float, *, single: bool) -> tuple[Lap, ...]:
    laps = [
        Lap(_number(row, "start_time"), _number(row, "total_timer_time"), _number(row, "total_distance"))
        for row in rows
    ]
    return tuple(lap for lap in laps if single or (lap.start is not None and begin - 2 <= lap.start <= end))


def _totals(session: Row | None) -> DeviceTotals:
    if session is None:
        return DeviceTotals()
    get: Callable[[str], float | None] = lambda name: _number(session, name)  # noqa: E731
    cadence, rpe = get("avg_cadence"), get("workout_rpe")
    return DeviceTotals(
        distance_m=get("total_distance"),
        timer_s=get("total_timer_time"),
        elapsed_s=get("total_elapsed_time"),
        ascent_m=get("total_ascent"),
        descent_m=get("total_descent"),
        cadence_spm=None if cadence is None else 2.0 * (cadence + (get("avg_fractional_cadence") or 0.0)),
        rpe=None if rpe is None else rpe / 10.0,
    )
