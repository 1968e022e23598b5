"""Measure everything against known truth and write ``docs/accuracy.md``. Run by ``make accuracy``."""

from __future__ import annotations

import importlib
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from medius.gait.measures import measure
from medius.gait.session import measure_filmed, measure_keypoints
from medius.gait.shape import see_shape
from medius.motion.keypoint_files import read_keypoints
from scripts.calibrate import _TERMS, Sample, collect, film_of, fit, left_out_errors, network_doubts, predict
from scripts.clips import ROOT, filmed, real_data, running_clips
from scripts.truth import Truth, load_truth

Array = NDArray[np.float64]
Key = tuple[str, str, str]

_AIMS = {
    "contralateral_pelvic_drop": (0.7, "0.7°, slope 0.95–1.05"),
    "thigh_frontal_angle": (1.5, "1.5°, slope 0.9–1.1"),
    "step_width": (0.01, "1 cm"),
    "cadence": (0.5, "0.5 steps/min"),
    "contact_time": (0.015, "15 ms at 120 frames/s, 25 ms at 60"),
    "knee_flexion_at_contact": (3.0, "3°"),
    "knee_flexion_peak_stance": (3.0, "3°"),
}
_FACTOR = {"m": (100.0, "cm"), "s": (1000.0, "ms"), "deg": (1.0, "°"), "1": (1.0, ""), "steps/min": (1.0, "steps/min")}


@dataclass(frozen=True)
class Row:
    """One measure on all its clips, each left out of its own correction."""

    key: Key
    n: int
    raw_bias: float
    raw_slope: float
    bias: float
    rms: float
    slope: float
    coverage: float
    change: float


def main() -> None:
    """Write the page."""
    data = real_data()
    if data is None:
        sys.exit("The folder of recordings is absent: set MEDIUS_TEST_DATA or put it at ../shared/data.")
    clips = running_clips(data)
    parts = [_HEAD]
    for model, title in (("heavy", "Heavy network (default)"), ("full", "Full network (`--quick`)")):
        samples = collect(clips, model)
        rows = [_row(key, found, network_doubts(data, model, samples).get(key, 0.0)) for key, found in samples.items()]
        parts.append(f"## {title}\n\n{_table(rows)}")
        if model == "heavy":
            parts.append(_conditions(clips, samples))
    parts += [_camera(clips), _real(data), *_others()]
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "accuracy.md").write_text("\n\n".join(part.strip() for part in parts) + "\n")
    print("docs/accuracy.md written")


def _row(key: Key, rows: list[Sample], doubt: float) -> Row:
    terms = _TERMS.get(key[:2], ())
    errors = left_out_errors(rows, terms)
    true = np.array([r.true for r in rows])
    raw = np.array([r.measured for r in rows])
    covered, halves = [], []
    for i, row in enumerate(rows):
        # The interval that the other clips alone would have stated for this one.
        others = [r for r in rows if r.clip != row.clip]
        systematic = math.hypot(float(np.sqrt(np.mean(left_out_errors(others, terms) ** 2))), doubt)
        clips = len({r.clip for r in others})
        half = float(student.ppf(0.975, max(2, clips - len(terms)))) * systematic
        covered.append(abs(errors[i]) <= half)
        halves.append(systematic)
    return Row(
        key, len(rows), float(np.mean(raw - true)), _slope(true, raw), float(np.mean(errors)),
        float(np.sqrt(np.mean(errors**2))), _slope(true, true + errors), float(np.mean(covered)),
        1.96 * math.sqrt(2) * float(np.mean(halves)),
    )  # fmt: skip


def _slope(true: Array, measured: Array) -> float:
    # A slope over a range that is no wider than the errors says nothing.
    if len(true) < 4 or np.ptp(true) < 4 * np.std(measured - true):
        return float("nan")
    return float(np.polyfit(true, measured, 1)[0])


def _table(rows: list[Row]) -> str:
    lines = [
        "| measure | view, leg | n | bias before | slope before | bias left | RMS left | slope | aim | smallest change | covered |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        view, code, leg = row.key
        definition = measure(code)
        factor, unit = _FACTOR[definition.unit]
        aim = _AIMS.get(code)
        met = "" if aim is None else ("✓ " if row.rms <= aim[0] else "✗ ") + aim[1]
        lines.append(
            f"| {definition.title} (`{code}`, {unit or '1'}) | {view}, {leg} | {row.n} | {row.raw_bias * factor:.2f} | "
            f"{_plain(row.raw_slope)} | {row.bias * factor:.2f} | {row.rms * factor:.2f} | {_plain(row.slope)} | {met} | "
            f"{row.change * factor:.2f} | {row.coverage:.0%} |"
        )
    return "\n".join(lines)


def _plain(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{value:.2f}"


def _conditions(clips: list[Path], samples: dict[Key, list[Sample]]) -> str:
    lines = [
        "### Clip by clip",
        "",
        "Error of the corrected value (each clip left out of its own correction), left and right leg, in degrees and cm.",
        "",
        "| clip | body | frames/s | roll | yaw | stickers | pelvic drop | thigh angle | step width | steps across, seen / true | cadence |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for clip in clips:
        truth = load_truth(clip)
        cells = []
        for code in ("contralateral_pelvic_drop", "thigh_frontal_angle", "step_width", "cadence"):
            factor = _FACTOR[measure(code).unit][0]
            cells.append(", ".join(f"{e * factor:+.1f}" for e in _errors_of(clip.stem, truth, code, samples)) or "–")
        cells.insert(3, _crossed(clip, truth))
        body = f"{truth.raw['body']['sex']} {truth.height_m:.2f} m"
        lines.append(
            f"| {clip.stem} | {body} | {truth.raw['fps']} | {truth.roll_deg:g}° | {truth.yaw_deg:.0f}° | "
            f"{'yes' if truth.has_stickers else 'no'} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def _errors_of(clip: str, truth: Truth, code: str, samples: dict[Key, list[Sample]]) -> list[float]:
    view = "rear" if truth.raw["view"] == "rear" else "side"
    errors = []
    for key, rows in samples.items():
        if key[0] == view and key[1] == code:
            terms = _TERMS.get(key[:2], ())
            numbers = fit([r for r in rows if r.clip != clip], terms)
            errors += [predict(r, numbers) - r.true for r in rows if r.clip == clip]
    return errors


def _crossed(clip: Path, truth: Truth) -> str:
    if truth.raw["view"] != "rear":
        return "–"
    measured = measure_filmed(filmed(clip, "heavy"), height_m=truth.height_m).measurements
    seen = next(m.observation.value for m in measured if m.observation.code == "crossover_share")
    return "–" if seen is None else f"{seen:.0%} / {truth.value('crossover_share', None):.0%}"


def _camera(clips: list[Path]) -> str:
    lines = [
        "## The camera",
        "",
        "Roll is seen from straight edges of the background, yaw from the feet's paths on the belt, lengths from the runner's height.",
        "",
        "| clip | true roll | seen | stated error | true yaw | seen | metres per pixel, error |",
        "|---|---|---|---|---|---|---|",
    ]
    for clip in clips:
        truth = load_truth(clip)
        seen = filmed(clip, "heavy")
        film = film_of(clip, "heavy", truth)
        yaw = see_shape(film).yaw_deg
        off = film.scale.metres_per_pixel / _true_scale(truth) - 1 if film.scale else float("nan")
        yaw_words = f"{truth.yaw_deg:.0f}° | {yaw:+.1f}°" if math.isfinite(yaw) else "– | –"
        lines.append(
            f"| {clip.stem} | {truth.roll_deg:g}° | {seen.roll.degrees:+.2f}° | {seen.roll.standard_error:.1f}° "
            f"({seen.roll.source}) | {yaw_words} | {off:+.1%} |"
        )
    return "\n".join(lines)


def _true_scale(truth: Truth) -> float:
    camera = truth.raw["camera"]
    depth = (truth.joint("pelvis") - np.array(camera["position"])) @ np.array(camera["look_direction"])
    focal = truth.raw["height"] / 2 / math.tan(math.radians(camera["vertical_fov_deg"] / 2))
    return float(depth.mean() / focal)


def _real(data: Path) -> str:
    folder = data / "video" / "treadmill-side"
    seen = filmed(folder / "male_side.mp4", "heavy")
    quick = filmed(folder / "male_side.mp4", "full")
    motion = read_keypoints(folder / "male_side.pose.json")
    results = [
        measure_filmed(seen, height_m=1.75),
        measure_filmed(quick, height_m=1.75),
        measure_keypoints(motion, path=folder, sha256="0" * 64, height_m=1.75, roll_deg=seen.roll.degrees),
    ]
    lines = [
        "## A real film",
        "",
        "A man on a treadmill from the left side, 30 frames a second, 12 s. Cadence counted from raw pixels: 168.9 ± 0.5 steps/min.",
        "Beside BlazePose heavy and full, the key points of RTMPose (HALPE-26) on the same film; value ± standard error.",
        "",
        "| measure | leg | heavy | full | RTMPose | heavy and RTMPose agree |",
        "|---|---|---|---|---|---|",
    ]
    tables = [{(m.observation.code, m.observation.side): m.observation for m in r.measurements} for r in results]
    for key, ours in tables[0].items():
        others = [table[key] for table in tables[1:]]
        if ours.value is None or ours.standard_error is None:
            continue
        factor, unit = _FACTOR[ours.unit]
        cells = [
            f"{o.value * factor:.1f} ± {(o.standard_error or 0) * factor:.1f} {unit}" if o.value is not None else "–"
            for o in (ours, *others)
        ]
        theirs = others[1]
        agree = "–"
        if theirs.value is not None and theirs.standard_error is not None:
            agree = (
                "yes"
                if abs(ours.value - theirs.value) <= 1.96 * math.hypot(ours.standard_error, theirs.standard_error)
                else "**no**"
            )
        lines.append(f"| {measure(key[0]).title} | {key[1] or ''} | {' | '.join(cells)} | {agree} |")
    return "\n".join(lines)


def _others() -> list[str]:
    """Return the sections of the other rooms, where they are."""
    found: list[str] = []
    for name in ("scripts.accuracy_lab", "scripts.accuracy_coach"):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        found += module.sections()
    return found


_HEAD = """# Accuracy

Made by `make accuracy`; do not edit by hand.

Every number that Medius gives carries a 95 % interval. This page says how those intervals were checked.

**Truth.** Fourteen films of rendered runners whose skeleton, contacts and camera are known exactly (male and female bodies of
1.58 to 1.90 m, 30 to 120 frames a second, camera rolled up to 5° and turned up to 8°, with and without stickers), and one real
film. The running is one captured runner's, edited; skin and stickers move rigidly with the bone, clothes are tight, light is good.
**Real films are harder**: what these tables say is the least error there is, not the most.

**Method.** Each film goes through the whole program: decoding, pose network, stickers, roll seen from the background, scale from the
runner's height. Known biases of the key points are corrected by a straight line per measure (with a term for hip breadth and one for
the camera's yaw where they help); `python -m scripts.calibrate` fits them. **Every error below is that of a film which was left out of
the fit** of its own correction, and the coverage is that of the interval which the other films alone would have stated. For side
views, where real people hide their far leg more than rendered ones, the disagreement of two networks on the real film is added to
the stated error.

**Reading the table.** *Bias before* and *slope before*: raw key points against truth. *Error left*: after correction, root mean square
over legs and films. *Slope*: corrected against true value. *Smallest detectable change*: 1.96 × √2 × the stated error; changes
below it are measurement error. Between days people also change by themselves (K19); Medius then uses the larger number.
"""

if __name__ == "__main__":
    main()
