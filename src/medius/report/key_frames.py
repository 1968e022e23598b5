"""Pictures of the runner at contact, midstance and toe-off, and the annotated film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.gait.calibration import correction_for
from medius.gait.contacts import SIDES, Stance
from medius.gait.film import Film
from medius.gait.measures import measure
from medius.gait.prepare import level
from medius.gait.session import FilmResult
from medius.gait.shape import Shape, see_shape
from medius.motion.video import FrameSource, read_frames
from medius.record import Side
from medius.report.model import KeyFrame
from medius.report.overlay import Overlay, Reading
from medius.report.pictures import Label, draw_key_frame
from medius.report.video import AnnotatedVideoWriter

__all__ = ["key_frames", "write_annotated_video"]

Array = NDArray[np.float64]
Point = tuple[float, float]
_EVENTS = (("initial contact", 0.0), ("midstance", 0.5), ("toe-off", 1.0))
_GRAPHS = {
    "rear": (
        ("contralateral_pelvic_drop", "Pelvic drop", (-6.0, 14.0)),
        ("thigh_frontal_angle", "Thigh angle", (-5.0, 20.0)),
    ),
    "front": (("thigh_frontal_angle", "Thigh angle", (-5.0, 20.0)),),
    "side": (
        ("knee_flexion_peak_stance", "Knee bend", (0.0, 130.0)),
        ("trunk_forward_lean", "Trunk lean", (-5.0, 25.0)),
    ),
}


class _Drawing:
    """The film's clean points, as they lie in the picture, at any time."""

    def __init__(self, result: FilmResult) -> None:
        film = result.film
        roll = next((e["roll_deg"] for e in film.motion.attrs["log"] if e["operation"] == "level"), 0.0)
        self.time = film.time
        self._body = self._positions(level(film.motion, -roll))
        self._pelvis: dict[str, Array] = {}
        if film.stickers is not None:
            self._pelvis = self._positions(level(film.stickers, -roll, like=film.motion))
            self._pelvis_time = film.stickers["time"].to_numpy()

    @staticmethod
    def _positions(motion: xr.Dataset) -> dict[str, Array]:
        values = motion["position"].transpose("keypoint", "time", "space").to_numpy()
        return dict(zip(motion["keypoint"].to_numpy().tolist(), values, strict=True))

    def points(self, seconds: float) -> dict[str, Point]:
        """Return the body's points at a time."""
        return {name: _at(self.time, track, seconds) for name, track in self._body.items()}

    def stickers(self, seconds: float) -> dict[Side, Point] | None:
        """Return the stickers at a time, or None where there are none."""
        if not self._pelvis:
            return None
        return {side: _at(self._pelvis_time, self._pelvis[f"{side}_sticker"], seconds) for side in SIDES}


def key_frames(result: FilmResult) -> list[KeyFrame]:
    """Return the runner at contact, midstance and toe-off of one typical stance of each leg, with the joints drawn."""
    if result.filmed is None or not result.film.contacts.stances:
        return []
    wanted: list[tuple[Side, str, float, int]] = []
    frame_times = result.raw["time"].to_numpy()
    for side in SIDES:
        stance = _typical(result.film, side)
        if stance is None:
            continue
        for event, share in _EVENTS:
            seconds = stance.initial_contact + share * stance.duration
            nearest = int(np.argmin(np.abs(frame_times - seconds)))
            wanted.append((side, event, float(frame_times[nearest]), result.filmed.frame_numbers[nearest]))
    start = result.filmed.start_s or None
    pictures = read_frames(
        result.filmed.path, [number for *_, number in wanted], slow_motion=result.filmed.slow_motion, start_s=start
    )
    drawing = _Drawing(result)
    values = _live_values(result)
    frames = []
    for side, event, seconds, number in wanted:
        if number not in pictures:
            continue
        points = drawing.points(seconds)
        image = draw_key_frame(
            pictures[number], points, stickers=drawing.stickers(seconds), labels=_labels(values, side, event, seconds)
        )
        frames.append(
            KeyFrame(
                image=image,
                title=f"{side.capitalize()} foot, {event}",
                side=side,
                event=event,
                time_s=seconds,
                view=result.film.view,
            )
        )
    return frames


def write_annotated_video(result: FilmResult, path: Path, progress: Callable[[int], None] | None = None) -> None:
    """Write the film with skeleton, pelvis line and live angles as a small WebM file."""
    filmed = result.filmed
    if filmed is None:
        return
    drawing = _Drawing(result)
    values = _live_values(result)
    ranges = {label: limits for _, label, limits in _graphs(result.film)}
    offset = float(result.raw.attrs.get("first_frame_s", 0.0))
    info = filmed.info
    end = offset + float(result.raw["time"].to_numpy()[-1]) + 0.5 / info.fps_median
    with (
        FrameSource(filmed.path, slow_motion=filmed.slow_motion, start_s=filmed.start_s or None, end_s=end) as source,
        AnnotatedVideoWriter(path, info.width, info.height, info.fps_median, ranges=ranges) as writer,
    ):
        for count, frame in enumerate(source):
            seconds = frame.time_s - offset
            if seconds < -1e-6 or not writer.wants(seconds):
                continue
            overlay = Overlay(
                points=drawing.points(seconds), stickers=drawing.stickers(seconds), readings=_readings(values, seconds)
            )
            writer.write(frame, overlay, seconds)
            if progress is not None:
                progress(count + 1)


class _Live:
    """One corrected signal with its band, for one leg or for both."""

    def __init__(
        self, label: str, unit: str, time: Array, per_side: dict[Side, tuple[Array, float]], film: Film
    ) -> None:
        self.label, self.unit, self._time, self._per_side, self._film = label, unit, time, per_side, film

    def reading(self, seconds: float) -> Reading:
        for side, (signal, half) in self._per_side.items():
            if any(s.initial_contact <= seconds <= s.toe_off for s in self._film.contacts.of(side)):
                value = float(np.interp(seconds, self._time, signal))
                return Reading(self.label, value if np.isfinite(value) else None, half, self.unit, side)
        return Reading(self.label, None, 0.0, self.unit)


def _graphs(film: Film) -> tuple[tuple[str, str, tuple[float, float]], ...]:
    graphs = _GRAPHS["side" if film.view.startswith("side") else film.view]
    return tuple(g for g in graphs if not (g[0] == "contralateral_pelvic_drop" and film.stickers is None))


def _live_values(result: FilmResult) -> list[_Live]:
    film = result.film
    shape = see_shape(film) if film.contacts.stances else Shape(float("nan"), float("nan"))
    network = str(result.raw.attrs.get("source"))
    errors = {(m.observation.code, m.observation.side): m.observation for m in result.measurements}
    lives = []
    for code, label, _ in _graphs(film):
        one = measure(code)
        per_side: dict[Side, tuple[Array, float]] = {}
        for side in SIDES:
            observation = errors.get((code, side if one.sided else None))
            if one.signal is None or observation is None or observation.value is None:
                continue
            role = side if one.sided else None
            correction = correction_for(code, network, film, role)
            signal = correction.apply(one.signal(film, side), shape, film.medial(side) if one.sided else 1.0)
            half = correction.coverage_factor * float(observation.detail.get("systematic_error", 0.0))
            per_side[side] = (signal, half)
        if per_side:
            lives.append(_Live(label, one.unit, film.time, per_side, film))
    return lives


def _readings(values: list[_Live], seconds: float) -> tuple[Reading, ...]:
    return tuple(live.reading(seconds) for live in values)


def _labels(values: list[_Live], side: Side, event: str, seconds: float) -> list[Label]:
    if event != "midstance":
        return []
    labels = []
    for live in values[:1]:
        reading = live.reading(seconds)
        if reading.value is not None and reading.side == side:
            text = f"{live.label} {reading.value:.0f}° ± {reading.half_width:.0f}°"
            labels.append(Label(text, "nose", side, (0.0, -0.09)))
    return labels


def _typical(film: Film, side: Side) -> Stance | None:
    """Return a stance of usual length near the film's middle."""
    stances = film.contacts.of(side)
    if not stances:
        return None
    usual = float(np.median([s.duration for s in stances]))
    middle = float(film.time[len(film.time) // 2])
    return min(stances, key=lambda s: abs(s.duration - usual) * 10 + abs(s.midstance - middle))


def _at(time: Array, track: Array, seconds: float) -> Point:
    return float(np.interp(seconds, time, track[:, 0])), float(np.interp(seconds, time, track[:, 1]))
