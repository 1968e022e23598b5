"""Learn the known errors of the key points from rendered runners: writes ``src/medius/gait/calibration.toml``.

Run ``python -m scripts.calibrate`` after a change of the pose pipeline or of a measure; needs the folder of recordings.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medius.gait.analyse import MIN_FPS_FOR_TIMING, _take
from medius.gait.calibration import HIP_BREADTH, leg_role
from medius.gait.contacts import SIDES
from medius.gait.film import Film
from medius.gait.measures import MEASURES, Measure
from medius.gait.measures.cadence import cadence_of
from medius.gait.prepare import prepare_film
from medius.gait.shape import Shape, see_shape
from medius.motion.keypoint_files import read_keypoints
from medius.record import Side
from scripts.clips import ROOT, filmed, real_data, running_clips
from scripts.truth import Truth, load_truth

Array = NDArray[np.float64]

_TERMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("rear", "thigh_frontal_angle"): ("intercept", "slope", "shape", "yaw"),
    ("rear", "hip_ankle_line_angle"): ("intercept", "slope"),
    ("rear", "step_width"): ("intercept", "slope"),
    ("rear", "knee_separation"): ("intercept",),
    ("rear", "trunk_lateral_lean"): ("intercept", "yaw"),
    ("rear", "trunk_sway"): ("intercept",),
    ("side", "overstride"): ("intercept",),
    ("side", "tibia_angle_at_contact"): ("intercept",),
    ("side", "foot_strike_angle"): ("intercept",),
    ("side", "knee_flexion_at_contact"): ("intercept",),
    ("side", "knee_flexion_peak_stance"): ("intercept",),
    ("side", "hip_extension_peak"): ("intercept",),
    ("side", "trunk_forward_lean"): ("intercept",),
    ("side", "vertical_oscillation"): ("intercept",),
}
"""What is fitted; measures that are not named are only compared."""


@dataclass(frozen=True)
class Sample:
    """One leg of one clip: what was measured and what is true."""

    clip: str
    measured: float
    true: float
    shape: float
    yaw: float


def main() -> None:
    """Fit every network and write the file."""
    data = real_data()
    if data is None:
        sys.exit("The folder of recordings is absent: set MEDIUS_TEST_DATA.")
    entries = []
    for model in ("heavy", "full"):
        samples = collect(running_clips(data), model)
        doubts = network_doubts(data, model, samples)
        for (view, code, leg), rows in samples.items():
            entries.append(_entry(f"blazepose-{model}", view, code, leg, rows, doubts.get((view, code, leg), 0.0)))
    text = _HEAD + "\n".join(entries) + _OTHER
    (ROOT / "src" / "medius" / "gait" / "calibration.toml").write_text(text)
    print(f"{len(entries)} corrections written")


def collect(clips: list[Path], model: str) -> dict[tuple[str, str, str], list[Sample]]:
    """Measure every clip without correction, beside the truth."""
    samples: dict[tuple[str, str, str], list[Sample]] = {}
    for clip in clips:
        truth = load_truth(clip)
        film = film_of(clip, model, truth)
        shape = see_shape(film)
        view = "side" if film.view.startswith("side") else "rear"
        for measure in MEASURES:
            # The share of crossed steps comes from corrected step widths; it is compared in the accuracy page only.
            if (
                measure.code == "crossover_share"
                or film.view not in measure.views
                or ("timing" in measure.needs and film.fps < MIN_FPS_FOR_TIMING)
            ):
                continue
            sides: tuple[Side | None, ...] = SIDES if measure.sided else (None,)
            for side in sides:
                sample = _sample(clip, film, measure, side, truth, shape)
                if sample is not None:
                    samples.setdefault((view, measure.code, leg_role(film, side)), []).append(sample)
    return samples


def film_of(clip: Path, model: str, truth: Truth) -> Film:
    """Prepare a clip as the product does."""
    seen = filmed(clip, model)
    stickers = seen.stickers.motion if seen.stickers.found else None
    return prepare_film(seen.motion, stickers=stickers, roll_deg=seen.roll.degrees, height_m=truth.height_m)


def network_doubts(
    data: Path, model: str, samples: dict[tuple[str, str, str], list[Sample]]
) -> dict[tuple[str, str, str], float]:
    """Return how far this network and another one disagree on the real side clip, as a standard error of either.

    Rendered people hide their far leg less than real ones do. Where two networks see a real leg differently, at least one
    of them is wrong, and the difference over the square root of two is taken as an error of both.
    """
    folder = data / "video" / "treadmill-side"
    ours = filmed(folder / "male_side.mp4", model)
    film = prepare_film(ours.motion, roll_deg=ours.roll.degrees, height_m=1.75)
    theirs = prepare_film(read_keypoints(folder / "male_side.pose.json"), roll_deg=ours.roll.degrees, height_m=1.75)
    doubts = {}
    for measure in MEASURES:
        if film.view not in measure.views or "timing" in measure.needs or measure.code == "cadence":
            continue
        sides: tuple[Side | None, ...] = SIDES if measure.sided else (None,)
        for side in sides:
            key = ("side", measure.code, leg_role(film, side))
            own, other = (float(np.nanmean(_take(f, measure, side)[1])) for f in (film, theirs))
            numbers = fit(samples[key], _TERMS.get(key[:2], ()))
            doubts[key] = abs(numbers["intercept"] + numbers["slope"] * own - other) / math.sqrt(2)
    return doubts


def _sample(clip: Path, film: Film, measure: Measure, side: Side | None, truth: Truth, shape: Shape) -> Sample | None:
    if "stickers" in measure.needs and film.stickers is None:
        return None
    _, values, _ = _take(film, measure, side)
    measured = cadence_of(film) if measure.code == "cadence" else float(np.nanmean(values))
    true = truth.value(measure.code, side)
    if not (np.isfinite(measured) and np.isfinite(true)):
        return None
    medial = 1.0 if side is None else film.medial(side)
    yaw = shape.yaw_deg * medial if np.isfinite(shape.yaw_deg) else 0.0
    return Sample(clip.stem, measured, true, shape.hip_breadth - HIP_BREADTH, yaw)


def fit(rows: list[Sample], terms: tuple[str, ...]) -> dict[str, float]:
    """Least squares of the truth on the terms; a term that is not fitted keeps its neutral value."""
    neutral = {"intercept": 0.0, "slope": 1.0, "shape": 0.0, "yaw": 0.0}
    if not terms:
        return neutral
    columns = {
        "intercept": np.ones(len(rows)),
        "slope": np.array([r.measured for r in rows]),
        "shape": np.array([r.shape for r in rows]),
        "yaw": np.array([r.yaw for r in rows]),
    }
    target = np.array([r.true for r in rows]) - (0.0 if "slope" in terms else columns["slope"])
    found = np.linalg.lstsq(np.stack([columns[t] for t in terms], axis=1), target, rcond=None)[0]
    return neutral | dict(zip(terms, found.tolist(), strict=True))


def predict(row: Sample, numbers: dict[str, float]) -> float:
    """Return the corrected value."""
    return (
        numbers["intercept"] + numbers["slope"] * row.measured + numbers["shape"] * row.shape + numbers["yaw"] * row.yaw
    )


def left_out_errors(rows: list[Sample], terms: tuple[str, ...]) -> Array:
    """Return the error of every row when its clip is left out of the fit."""
    errors = []
    for row in rows:
        numbers = fit([r for r in rows if r.clip != row.clip], terms)
        errors.append(predict(row, numbers) - row.true)
    return np.array(errors)


def _entry(network: str, view: str, code: str, leg: str, rows: list[Sample], doubt: float) -> str:
    terms = _TERMS.get((view, code), ())
    clips = len({row.clip for row in rows})
    if clips <= len(terms) + 1:
        terms = terms[:1]
    numbers = fit(rows, terms)
    errors = left_out_errors(rows, terms)
    systematic = math.hypot(float(np.sqrt(np.mean(errors**2))), doubt)
    lines = [
        "[[entry]]",
        f'code = "{code}"',
        f'network = "{network}"',
        f'view = "{view}"',
        f'leg = "{leg}"',
        *(f"{name} = {numbers[name]:.5g}" for name in terms),
        f"systematic = {systematic:.4g}",
        f"degrees_of_freedom = {max(2, clips - len(terms))}",
        "",
    ]
    return "\n".join(lines)


_HEAD = """# Known errors of the key points. Made by `python -m scripts.calibrate`; do not edit by hand.
# Learned on rendered runners with exact truth (fact Q13); see docs/accuracy.md for the errors that remain.

"""

_OTHER = """
# Networks that were never compared with known truth: nothing is corrected, and the error is that of markerless tracking
# against markers after offset removal (K29: hip 5.9, knee 7.8, ankle 5.7 deg), or of its timing (K34: 14 ms).
""" + "".join(
    f'\n[[entry]]\ncode = "{code}"\nnetwork = "other"\nview = "{view}"\nleg = "both"\nsystematic = {error}\n'
    f'degrees_of_freedom = 30\nknown = false\nevidence = ["{fact}"]\n'
    for code, view, error, fact in (
        ("thigh_frontal_angle", "rear", 5.9, "K29"),
        ("hip_ankle_line_angle", "rear", 5.9, "K29"),
        ("trunk_lateral_lean", "rear", 5.9, "K29"),
        ("trunk_sway", "rear", 5.9, "K29"),
        ("step_width", "rear", 0.03, "Q02"),
        ("knee_separation", "rear", 0.03, "Q02"),
        ("tibia_angle_at_contact", "side", 5.7, "K29"),
        ("foot_strike_angle", "side", 5.7, "K29"),
        ("knee_flexion_at_contact", "side", 7.8, "K29"),
        ("knee_flexion_peak_stance", "side", 7.8, "K29"),
        ("hip_extension_peak", "side", 5.9, "K29"),
        ("trunk_forward_lean", "side", 5.9, "K29"),
        ("overstride", "side", 0.05, "Q13"),
        ("vertical_oscillation", "side", 0.02, "Q13"),
        ("contact_time", "side", 0.014, "K34"),
        ("flight_time", "side", 0.014, "K34"),
        ("duty_factor", "side", 0.02, "K34"),
        ("step_time", "side", 0.014, "K34"),
        ("stride_time", "side", 0.014, "K34"),
        ("cadence", "side", 0.5, "K34"),
        ("stride_time", "rear", 0.014, "K34"),
        ("cadence", "rear", 0.5, "K34"),
    )
)

if __name__ == "__main__":
    main()
