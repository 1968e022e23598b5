"""TCX files: every activity with its laps and trackpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import numpy as np

from medius.errors import UnreadableFileError
from medius.load._activity import Activity, Columns, DeviceTotals, Lap, NoActivityError, Reading, tidy_samples
from medius.load._gpx import both_feet
from medius.load._xml import child_texts, iterate_elements, local_name, number, unix_time

__all__ = ["read_tcx"]

_SPORTS = {"running": "running", "biking": "cycling", "other": "unknown"}
_POINT = {
    "latitudedegrees": "latitude",
    "longitudedegrees": "longitude",
    "altitudemeters": "altitude",
    "distancemeters": "distance",
    "value": "heart_rate",
    "cadence": "cadence",
    "runcadence": "cadence",
    "speed": "speed",
    "watts": "power",
}


@dataclass
class _Open:
    """An activity that is being read; ``whole`` once its end was seen."""

    sport: str = "unknown"
    points: list[dict[str, float]] = field(default_factory=list)
    laps: list[Lap] = field(default_factory=list)
    lap_start: float = float("nan")
    whole: bool = False


def read_tcx(data: bytes) -> Reading:
    """Read every activity of a TCX file.

    Raises
    ------
    UnreadableFileError
        If no trackpoint has a usable time, or the document is hostile.
    NoActivityError
        If it holds no activity (a course or a workout).
    """
    damage: list[str] = []
    opened: list[_Open] = []
    root = ""
    for event, name, element in iterate_elements(data, damage.append):
        root = root or name
        if event == "start" and name == "Activity":
            sport = (element.get("Sport") or "").strip().lower()
            opened.append(_Open(_SPORTS.get(sport, sport or "unknown")))
        elif opened and not opened[-1].whole:
            _take(opened[-1], event, name, element)
    if root != "TrainingCenterDatabase":
        raise UnreadableFileError("; ".join(damage) or f"it is XML, but not TCX (it begins with <{root[:40]}>)")
    candidates = [_activity(item, None if item.whole or not damage else damage[0]) for item in opened]
    activities = tuple(activity for activity in candidates if activity is not None)
    if activities:
        return Reading(activities, "; ".join(damage) or None)
    if damage:
        raise UnreadableFileError(f"{damage[0]}, and no whole trackpoint comes before that; export it again")
    if any(item.points for item in opened):
        raise UnreadableFileError("its trackpoints have no usable times, so neither its day nor its pace can be known")
    raise NoActivityError("it holds no activity with trackpoints")


def _take(activity: _Open, event: str, name: str, element: Element) -> None:
    if event == "start":
        if name == "Lap":
            activity.lap_start = unix_time(element.get("StartTime"))
        return
    if name == "Trackpoint":
        activity.points.append(_point(element))
    elif name == "Lap":
        activity.laps.append(_lap(element, activity.lap_start))
    elif name == "Activity":
        activity.whole = True
    else:
        return
    element.clear()


def _point(element: Element) -> dict[str, float]:
    texts = child_texts(element)
    point = {"time": unix_time(texts.get("time"))}
    for tag, text in texts.items():
        channel = _POINT.get(tag)
        if channel is not None:
            point[channel] = number(text)
    return point


def _lap(element: Element, start: float) -> Lap:
    direct = {local_name(child.tag): child.text for child in element}
    timer, distance = number(direct.get("TotalTimeSeconds")), number(direct.get("DistanceMeters"))
    return Lap(
        start if np.isfinite(start) else None,
        timer if np.isfinite(timer) and timer >= 0 else None,
        distance if np.isfinite(distance) and distance >= 0 else None,
    )


def _activity(item: _Open, damage: str | None) -> Activity | None:
    names = dict.fromkeys(name for point in item.points for name in point)
    if not names:
        return None
    columns: Columns = {name: np.array([point.get(name, np.nan) for point in item.points]) for name in names}
    samples, _, index, notes = tidy_samples(columns, {})
    if index.size == 0:
        return None
    if "cadence" in samples:
        samples["cadence"] = both_feet(samples["cadence"])
    timers = [lap.timer_s for lap in item.laps if lap.timer_s is not None]
    distances = [lap.distance_m for lap in item.laps if lap.distance_m is not None]
    if len(timers) < len(item.laps):
        notes.append("A lap has no time, or a negative one, so the lap times were not used.")
    whole = damage is None and len(timers) == len(item.laps)
    return Activity(
        sport=item.sport,
        samples=samples,
        format="tcx",
        laps=tuple(item.laps),
        device=DeviceTotals(
            distance_m=sum(distances) if distances and damage is None else None,
            timer_s=sum(timers) if timers and whole else None,
        ),
        damage=damage,
        notes=tuple(notes),
    )
