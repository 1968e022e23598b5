"""GPX files: every track is an activity, every segment of it an uninterrupted stretch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from medius.errors import UnreadableFileError
from medius.load._activity import Activity, Columns, NoActivityError, Reading, tidy_samples
from medius.load._xml import child_texts, iterate_elements, number, unix_time

__all__ = ["both_feet", "read_gpx", "sport_of"]

_EXTENSIONS = {"hr": "heart_rate", "cad": "cadence", "atemp": "temperature", "power": "power"}
_STRAVA_CODES = {"1": "cycling", "4": "hiking", "9": "running", "10": "walking"}
_RUNNING = re.compile(r"run|jog|treadmill|laufen|corsa|carrera|course.{1,3}pied")
_OTHER = re.compile(
    r"bik|cycl|ride|hik|walk|swim|ski|row|drive|kayak|canoe|skat|sail|flight|fly|climb|motor|surf|paddl|horse|golf"
)
_FEWEST_STRIDES = 120.0


def sport_of(text: str | None) -> str:
    """Return ``running``, the text itself where it names another sport, or ``unknown``."""
    name = (text or "").strip().lower()
    if name in _STRAVA_CODES:
        return _STRAVA_CODES[name]
    if _RUNNING.search(name):
        return "running"
    return name.replace("_", " ") if _OTHER.search(name) else "unknown"


def both_feet(cadence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return cadence in steps of both feet: files that count one foot have medians below 120 a minute."""
    turning = cadence[np.isfinite(cadence) & (cadence > 0)]
    return cadence * 2.0 if turning.size and float(np.median(turning)) < _FEWEST_STRIDES else cadence


@dataclass
class _Track:
    """A track that is being read; ``whole`` once its end was seen."""

    sport: str = "unknown"
    points: list[dict[str, float]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    whole: bool = False


def read_gpx(data: bytes) -> Reading:
    """Read every track of a GPX file.

    Raises
    ------
    UnreadableFileError
        If no point has a usable time and place, or the document is hostile.
    NoActivityError
        If it holds only waypoints or routes.
    """
    damage: list[str] = []
    opened: list[_Track] = []
    root = ""
    oddities: tuple[str, ...] = ()
    for event, name, element in iterate_elements(data, damage.append):
        if not root:
            root = name
            oddities = () if "}" in str(element.tag) else ("it declares no GPX namespace",)
        if event == "start" and name == "trk":
            opened.append(_Track())
        elif opened and not opened[-1].whole:
            _take(opened[-1], event, name, element)
    if root != "gpx":
        raise UnreadableFileError("; ".join(damage) or f"it is XML, but not GPX (it begins with <{root[:40]}>)")
    candidates = [
        _activity(track, None if track.whole or not damage else damage[0]) for track in opened if track.points
    ]
    activities = tuple(activity for activity in candidates if activity is not None)
    if activities:
        return Reading(activities, "; ".join(damage) or None, oddities)
    if damage:
        raise UnreadableFileError(f"{damage[0]}, and no whole point with a time comes before that; export it again")
    if candidates:
        raise UnreadableFileError(
            "its points have no usable times, so neither its day nor its pace can be known; export it with times"
        )
    raise NoActivityError("it holds no track, only waypoints or routes")


def _take(track: _Track, event: str, name: str, element: Element) -> None:
    if event == "start":
        if name == "trkseg":
            track.breaks.append(len(track.points))
        return
    if name == "trkpt":
        track.points.append(_point(element))
    elif name == "type" and not track.breaks:
        track.sport = sport_of(element.text)
    elif name == "trk":
        track.whole = True
    if name in ("trkpt", "trkseg", "trk"):
        element.clear()


def _point(element: Element) -> dict[str, float]:
    texts = child_texts(element)
    point = {
        "latitude": number(element.get("lat")),
        "longitude": number(element.get("lon")),
        "altitude": number(texts.get("ele")),
        "time": unix_time(texts.get("time")),
    }
    for tag, channel in _EXTENSIONS.items():
        if tag in texts:
            point[channel] = number(texts[tag])
    return point


def _activity(track: _Track, damage: str | None) -> Activity | None:
    points = track.points
    names = dict.fromkeys(name for point in points for name in point)
    columns: Columns = {name: np.array([point.get(name, np.nan) for point in points]) for name in names}
    outside = ~((np.abs(columns["latitude"]) <= 90) & (np.abs(columns["longitude"]) <= 180))
    columns["latitude"][outside] = columns["longitude"][outside] = np.nan
    if not np.isfinite(columns["altitude"]).any():
        del columns["altitude"]
    samples, _, index, notes = tidy_samples(columns, {})
    if index.size == 0:
        return None
    if "cadence" in samples:
        samples["cadence"] = both_feet(samples["cadence"])
    starts = sorted({int(np.searchsorted(index, start)) for start in track.breaks} - {0, index.size})
    return Activity(
        sport=track.sport, samples=samples, format="gpx", breaks=tuple(starts), damage=damage, notes=tuple(notes)
    )
