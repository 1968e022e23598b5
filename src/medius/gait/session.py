"""One runner, one or several films: measured one by one, joined into one result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from medius.gait.analyse import FilmContext, Measurement, measure_film
from medius.gait.film import Film
from medius.gait.lab.result import StrideCurve
from medius.gait.measures import MEASURES
from medius.gait.prepare import prepare_film
from medius.gait.quality import QualityNote, dark_note, is_upside_down, is_walking, judge_film, note, tilt_note
from medius.gait.shape import see_shape
from medius.motion.filmed import Filmed
from medius.record import Observation

__all__ = ["FilmResult", "FormAnalysis", "InputInfo", "LabPart", "join_films", "measure_filmed", "measure_keypoints"]

_STICKER_PLACEMENT_DEG = 0.3
"""Perspective and yaw of a camera behind the runner: Q06."""


@dataclass(frozen=True, slots=True)
class InputInfo:
    """A file that was measured.

    Attributes
    ----------
    path, sha256
        As given, and the digest of its bytes.
    view, fps, frames, duration_s
        As found.
    """

    path: str
    sha256: str
    view: str
    fps: float
    frames: int
    duration_s: float


@dataclass(frozen=True)
class FilmResult:
    """Everything that came of one film.

    Attributes
    ----------
    info
        The file.
    film
        Level, clean key points with contacts; what pictures are drawn from.
    raw
        Key points as they were seen, frame by frame.
    measurements
        In the order in which they are shown.
    notes
        What limits the film.
    filmed
        The pictures' side of it; None for key points that another tool made.
    """

    info: InputInfo
    film: Film
    raw: xr.Dataset
    measurements: tuple[Measurement, ...]
    notes: tuple[QualityNote, ...]
    filmed: Filmed | None = None


@dataclass(frozen=True)
class LabPart:
    """What came of one laboratory trial.

    Attributes
    ----------
    info
        The file.
    observations
        Gait and strain of the band.
    curves
        Joint angles over the stride and strain over stance.
    notes
        Codes and sentences on what was detected, repaired or could not be measured.
    """

    info: InputInfo
    observations: tuple[Observation, ...]
    curves: tuple[StrideCurve, ...]
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FormAnalysis:
    """Running form of one runner.

    Attributes
    ----------
    films
        One per file.
    measurements
        Joined: of what two films show, the one that is surer.
    height_m
        Standing height, where given.
    lab
        Laboratory trials.
    failures
        Sentences on the files that could not be used.
    """

    films: tuple[FilmResult, ...]
    measurements: tuple[Measurement, ...]
    height_m: float | None = None
    lab: tuple[LabPart, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What travels on, in the order in which it is shown."""
        return tuple(m.observation for m in self.measurements) + tuple(
            o for part in self.lab for o in part.observations
        )

    @property
    def quality(self) -> tuple[tuple[InputInfo, QualityNote], ...]:
        """What limits each film."""
        films = tuple((film.info, one) for film in self.films for one in film.notes)
        return films + tuple(
            (part.info, QualityNote(code, message, "", ("M13",) if code.startswith("not-scaled") else ()))
            for part in self.lab
            for code, message in part.notes
        )


def measure_filmed(filmed: Filmed, *, height_m: float | None = None) -> FilmResult:
    """Measure a film that was read by `medius.motion.filmed.read_film`."""
    stickers = filmed.stickers.motion if filmed.stickers.found else None
    film = prepare_film(filmed.motion, stickers=stickers, roll_deg=filmed.roll.degrees, height_m=height_m)
    source = f"sha256:{filmed.info.sha256}"
    sticker_error = math.hypot(_STICKER_PLACEMENT_DEG, filmed.stickers.angle_sd_deg or 0.0)
    context = FilmContext(
        source=source,
        network=str(filmed.motion.attrs["source"]),
        roll_error_deg=filmed.roll.standard_error,
        sticker_reason=filmed.stickers.reason,
        sticker_error_deg=sticker_error,
        walking=is_walking(film),
    )
    notes = _film_notes(filmed)
    return _finish(film, filmed.motion, context, notes, height_m, filmed, str(filmed.path), filmed.info.sha256)


def measure_keypoints(
    motion: xr.Dataset, *, path: Path, sha256: str, height_m: float | None = None, roll_deg: float = 0.0
) -> FilmResult:
    """Measure key points that another tool made (a Motion in pixels with its view set)."""
    film = prepare_film(motion, roll_deg=roll_deg, height_m=height_m)
    network = str(motion.attrs.get("source") or "another tool")
    context = FilmContext(
        source=f"sha256:{sha256}",
        network=network,
        roll_error_deg=2.0 if roll_deg == 0 else 0.5,
        sticker_reason="Key points without the film hold no picture to look for stickers in.",
        walking=is_walking(film),
    )
    notes = [note("unknown-network", network=network)]
    return _finish(film, motion, context, notes, height_m, None, str(path), sha256)


def join_films(
    films: Sequence[FilmResult],
    *,
    height_m: float | None = None,
    failures: tuple[str, ...] = (),
    lab: tuple[LabPart, ...] = (),
) -> FormAnalysis:
    """Join the films of one runner: every measure once, from the film that measures it best."""
    best: dict[tuple[str, str | None], Measurement] = {}
    for film in films:
        for measurement in film.measurements:
            key = (measurement.observation.code, measurement.observation.side)
            if key not in best or _surer(measurement.observation, best[key].observation):
                best[key] = measurement

    rank = {measure.code: i for i, measure in enumerate(MEASURES)}
    ranked = sorted(best.values(), key=lambda m: (rank[m.observation.code], m.observation.side or ""))
    return FormAnalysis(tuple(films), tuple(ranked), height_m, lab=lab, failures=failures)


def _surer(one: Observation, other: Observation) -> bool:
    if (one.value is None) != (other.value is None):
        return one.value is not None
    return (one.standard_error or math.inf) < (other.standard_error or math.inf)


def _finish(
    film: Film,
    raw: xr.Dataset,
    context: FilmContext,
    notes: list[QualityNote],
    height_m: float | None,
    filmed: Filmed | None,
    path: str,
    sha256: str,
) -> FilmResult:
    shape = see_shape(film) if film.contacts.stances else None
    judged = judge_film(film, shape, height_known=height_m is not None)
    measurements = () if is_upside_down(film) else tuple(measure_film(film, context))
    time = raw["time"].to_numpy()
    fps = float(raw.attrs["fps"])
    duration = float(time[-1] - time[0] + (1.0 / fps if np.isfinite(fps) and fps > 0 else 0.0))
    info = InputInfo(path, sha256, film.view, fps, len(time), duration)
    return FilmResult(info, film, raw, measurements, tuple(notes + judged), filmed)


def _film_notes(filmed: Filmed) -> list[QualityNote]:
    notes = [note("damaged", note=text) for text in filmed.notes]
    if filmed.n_people > 1:
        notes.append(note("several-people", count=filmed.n_people))
    if filmed.camera.moving:
        notes.append(note("moving-camera"))
    if filmed.seconds_left_out > 1.0:
        seconds = filmed.motion["time"].to_numpy()[-1]
        notes.append(note("shortened", seconds=round(float(seconds)), start=round(filmed.start_s)))
    if filmed.motion.attrs["view"] == "front":
        notes.append(note("front-view"))
    if filmed.guess.oblique:
        notes.append(note("oblique-view"))
    if filmed.roll.source == "none":
        notes.append(note("roll-unknown"))
    notes += [one for one in (dark_note(filmed.brightness), tilt_note(filmed.roll.degrees)) if one is not None]
    if not filmed.stickers.found and filmed.motion.attrs["view"] in ("rear", "front"):
        notes.append(note("no-stickers"))
    return notes
