"""A whole report from the rendered sample runner and its exact truth."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from medius.record import Observation, Side
from medius.report import (
    Curve,
    Fact,
    Finding,
    Input,
    KeyFrame,
    Label,
    Measure,
    MethodPart,
    NotMeasurable,
    Person,
    QualityNote,
    Reference,
    ReportData,
    Sentence,
    SideDifference,
    StrideValue,
    Video,
    draw_key_frame,
)

SIDES: tuple[Side, Side] = ("left", "right")
SUMMARY = (
    Sentence(
        "When you stand on your right leg, the left side of your pelvis drops about 8°. That is more than in most "
        "healthy runners, and more than on your other leg.",
        ("K01",),
    ),
    Sentence("Your step width and your step rate are ordinary."),
    Sentence(
        "This pattern is consistent with a sore outer knee on the right, but many runners with it have no pain at all.",
        ("K03", "K16"),
    ),
)
CAVEATS = (
    Sentence("This report describes how you run. It is not a diagnosis, and it cannot see inside your knee."),
    Sentence("See a doctor first if the knee is hot, swollen, locked, or hurts at night.", ("D36",)),
)
FINDINGS = (
    Finding(
        title="The pelvis drops more in right stance",
        text="8.0° against 4.8° in left stance; the difference is larger than measurement error.",
        certainty="moderate",
        evidence=("K01", "K16", "K19"),
        severity="stands-out",
        side="right",
    ),
    Finding(
        title="Step width is ordinary",
        text="The feet land 6 cm apart and do not cross the midline.",
        certainty="moderate",
        severity="as-expected",
    ),
    Finding(
        title="Trunk lean cannot be judged yet",
        text="Three strides a side are too few.",
        certainty="low",
        evidence=("K18",),
        severity="cannot-tell",
    ),
)
NEXT_STEPS = (
    Sentence("Film again after six weeks, with the stickers in the same places, and compare.", ("K19",)),
    Sentence("Show this report to a physiotherapist if the pain has lasted more than two weeks."),
)
METHOD = (
    MethodPart("Medius", "0.1.0"),
    MethodPart("Pose network", "truth of the rendering"),
    MethodPart("Pelvic drop", "sticker line, peak in stance"),
)
EVIDENCE = tuple(
    Fact(id=i, statement=s, citation=c, certainty="read in the source", url=u)
    for i, s, c, u in (
        (
            "D36",
            "Signs that need a doctor first",
            "NHS Gloucestershire G-care knee pathway",
            "https://g-care.glos.nhs.uk/",
        ),
        (
            "K01",
            "Pelvic drop was greater in injured runners",
            "Bramah 2018",
            "https://www.ncbi.nlm.nih.gov/pubmed/30193080",
        ),
        ("K03", "No difference in women with past ITBS", "Foch & Milner 2014, J Appl Biomech 30:58", ""),
        ("K16", "Laboratories differ by as much as any effect", "derived from two studies", ""),
        (
            "K18",
            "Use the mean of at least 7 steps per leg",
            "Dingenen 2018, Phys Ther Sport 33:40-47",
            "https://doi.org/10.1016/j.ptsp.2018.06.009",
        ),
        ("K19", "Smallest detectable difference of pelvic drop 2.7 to 2.8° between days", "Dingenen 2018", ""),
        ("K24", "At 30 frames a second contact is off by 30 ms", "Int SportMed J 10(3)", ""),
    )
)
MEASURES = (
    Measure(
        code="contralateral_pelvic_drop",
        name="Contralateral pelvic drop",
        definition="How far the other side of the pelvis drops while standing on this leg, at its peak."
        " Drop is positive.",
        reference=Reference(mean=3.7, sd=1.9, evidence="K01", population="36 healthy runners"),
    ),
    Measure(
        code="knee_flexion_peak_stance",
        name="Peak knee flexion",
        definition="Largest bend of the knee while the foot is on the ground.",
    ),
    Measure(code="contact_time", name="Contact time", definition="From initial contact to toe-off."),
    Measure(
        code="step_width",
        name="Step width",
        definition="Distance between the feet across the running line; negative when they cross.",
    ),
    Measure(code="cadence", name="Cadence", definition="Steps a minute, both feet."),
    Measure(
        code="trunk_lateral_lean",
        name="Lateral trunk lean",
        definition="Lean of the trunk towards the leg on the ground.",
        reference=Reference(mean=3.6, sd=1.8, evidence="K01", population="36 healthy runners"),
    ),
    Measure(code="hip_adduction", name="Hip adduction", definition="Peak in stance, in three dimensions."),
)
CURVES = (
    ("pelvic_obliquity_deg", True, "Contralateral pelvic drop", "contralateral_pelvic_drop"),
    ("knee_flexion_{}_deg", False, "Knee flexion", "knee_flexion_peak_stance"),
    ("hip_adduction_{}_deg", False, "Hip adduction", "hip_adduction_curve"),
    ("trunk_lateral_lean_deg", True, "Lateral trunk lean", "trunk_lateral_lean"),
)
RENAMED = {"ball": "foot_index"}


@lru_cache(maxsize=4)
def read_truth(path: Path) -> dict[str, Any]:
    """Read the truth beside a rendered clip."""
    return dict(json.loads(path.read_text()))


def read_frames(path: Path, wanted: set[int]) -> dict[int, NDArray[np.uint8]]:
    """Read some frames of a clip as RGB, by number."""
    found: dict[int, NDArray[np.uint8]] = {}
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index in wanted:
                found[index] = np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
            if len(found) == len(wanted):
                break
    return found


def points_at(truth: dict[str, Any], index: int) -> dict[str, tuple[float, float]]:
    """Key points by name in pixels, in the names that pose networks use."""
    points: dict[str, tuple[float, float]] = {}
    for name, track in truth["frames"]["joints_2d_px"].items():
        base, _, end = name.rpartition("_")
        side = {"l": "left", "r": "right"}.get(end)
        if side:
            points[f"{side}_{RENAMED.get(base, base)}"] = (track[index][0], track[index][1])
    return points


def _stance_curve(truth: dict[str, Any], track: str, side: str, sign: float, title: str, code: str) -> Curve:
    time = np.asarray(truth["frames"]["time_s"])
    values = sign * np.asarray(truth["frames"][track])
    grid = np.linspace(0.0, 100.0, 101)
    strides = [
        np.interp(grid, 100 * (time - e["initial_contact_s"]) / (e["toe_off_s"] - e["initial_contact_s"]), values)
        for e in truth["events"]
        if e["side"] == side and e["toe_off_s"] is not None and e["toe_off_s"] < time[-1]
    ]
    table = np.asarray(strides)
    return Curve(
        code=code,
        side="left" if side == "left" else "right",
        title=title,
        unit="deg",
        percent=grid,
        mean=table.mean(axis=0),
        sd=table.std(axis=0, ddof=1),
        n_strides=len(strides),
    )


def _observe(code: str, side: Side | None, values: list[float], unit: str, error: float, **more: Any) -> Observation:
    mean = float(np.mean(values))
    total = float(np.hypot(np.std(values) / np.sqrt(len(values)), error))
    return Observation(
        code=code,
        side=side,
        value=mean,
        unit=unit,
        standard_error=total,
        interval_95=(mean - 1.96 * total, mean + 1.96 * total),
        smallest_detectable_change=1.96 * 2**0.5 * total,
        n_strides=len(values),
        source="sha256:" + "a1" * 32,
        method="rendered-truth/1",
        **more,
    )


def build_sample(folder: Path, *, pictures: bool = True) -> ReportData:
    """Build a report about the sample runner; numbers are the truth of the rendering."""
    rear, side = (read_truth(folder / f"{view}.json") for view in ("rear", "side"))
    both: tuple[Side, Side] = ("left", "right")
    steps = {s: [step for step in rear["steps"] if step["side"] == s] for s in both}
    seen: list[Observation] = []
    for s in both:
        drops = [step["peak_contralateral_drop_deg"] for step in steps[s]]
        seen.append(_observe("contralateral_pelvic_drop", s, drops, "deg", 0.35, evidence=("K01", "K19")))
    for s in both:
        knees = [step["peak_knee_flexion_deg"] for step in steps[s]]
        seen.append(_observe("knee_flexion_peak_stance", s, knees, "deg", 1.5))
    for s in both:
        times = [step["to"] - step["ic"] for step in steps[s] if step["to"]]
        seen.append(_observe("contact_time", s, times, "s", 0.006, evidence=("K24",)))
    widths = [step["step_width_m"] for step in rear["steps"] if "step_width_m" in step]
    seen.append(_observe("step_width", None, widths, "m", 0.004))
    seen.append(_observe("cadence", None, [rear["cadence_spm"]] * 21, "steps/min", 0.2))
    seen.append(_observe("trunk_lateral_lean", "left", [-0.9, -0.7, -0.8], "deg", 0.6, status="provisional"))
    seen.append(_observe("trunk_lateral_lean", "right", [0.5, 0.6, 0.5], "deg", 0.6, status="provisional"))
    seen.extend(
        Observation.not_measurable(
            "hip_adduction",
            "One camera cannot see how the thigh turns, and hip adduction in three dimensions needs that.",
            unit="deg",
            side=s,
            source="sha256:" + "a1" * 32,
            method="rendered-truth/1",
        )
        for s in both
    )
    return ReportData(
        title="Running form report",
        date="November 2026",
        person=Person(name="Sample runner", height_m=1.79, details=(("Sore knee", "right, outside"),)),
        inputs=tuple(
            Input(path=f"sample/{v}.mp4", sha256=c * 64, view=w, fps=60.0, frames=480, duration_s=8.0)
            for v, w, c in (("rear", "rear", "a"), ("side", "side-left", "b"))
        ),
        summary=SUMMARY,
        caveats=CAVEATS,
        findings=FINDINGS,
        next_steps=NEXT_STEPS,
        observations=tuple(seen),
        measures=MEASURES,
        side_differences=(
            SideDifference(
                code="contralateral_pelvic_drop", value=-3.1, unit="deg", interval_95=(-4.2, -2.0), beyond_error=True
            ),
            SideDifference(code="contact_time", value=-0.004, unit="s", interval_95=(-0.02, 0.01), beyond_error=False),
        ),
        stride_values=tuple(
            StrideValue(
                code="contralateral_pelvic_drop",
                side=s,
                stride=number,
                time_s=step["ic"],
                value=step["peak_contralateral_drop_deg"],
                unit="deg",
                source="sha256:" + "a1" * 32,
            )
            for s in both
            for number, step in enumerate(steps[s], start=1)
        ),
        curves=tuple(
            _stance_curve(rear, track.format(s[0]), s, -1.0 if s == "left" and flip else 1.0, title, code)
            for track, flip, title, code in CURVES
            for s in both
        ),
        key_frames=((*_key_frames(folder, rear, "rear"), *_key_frames(folder, side, "side-left")) if pictures else ()),
        videos=(Video("annotated-rear.webm", "From behind, with the pelvis line"),),
        quality=(
            QualityNote(
                code="few-strides",
                message="Trunk lean rests on three strides a side, so it is provisional.",
                how_to_film="Film at least ten seconds of steady running.",
                input="rear.mp4",
            ),
        ),
        not_measurable=(
            NotMeasurable(
                code="hip_adduction",
                reason="One camera cannot see it.",
                what_to_do="Look at the thigh's angle seen from behind instead, or use a motion-capture laboratory.",
            ),
        ),
        method=METHOD,
        evidence=EVIDENCE,
    )


def _key_frames(folder: Path, truth: dict[str, Any], view: str) -> list[KeyFrame]:
    clip = folder / ("rear.mp4" if view == "rear" else "side.mp4")
    moments: list[tuple[Side, str, float]] = []
    for s in SIDES:
        event = next(e for e in truth["events"] if e["side"] == s and e["initial_contact_s"] > 1)
        start, end = event["initial_contact_s"], event["toe_off_s"]
        moments += [(s, "initial contact", start), (s, "midstance", start + 0.45 * (end - start)), (s, "toe-off", end)]
    numbers = [round(t * truth["fps"]) for _, _, t in moments]
    pictures = read_frames(clip, set(numbers))
    frames = []
    for (s, event_name, time), number in zip(moments, numbers, strict=True):
        points = points_at(truth, number)
        drop = truth["frames"]["sticker_obliquity_image_deg"][number] * (1 if s == "right" else -1)
        labels = [Label("L", "left_knee", "left", (-0.06, 0)), Label("R", "right_knee", "right", (0.06, 0))]
        stickers: dict[Side, tuple[float, float]] | None = None
        if view == "rear":
            stickers = {"left": points["left_sticker"], "right": points["right_sticker"]}
            labels.append(Label(f"{drop:.1f}°".replace("-", "−"), "right_sticker", None, (0.13, -0.06)))
        else:
            labels = []
        image = draw_key_frame(pictures[number], points, stickers=stickers, labels=labels)
        frames.append(
            KeyFrame(
                image=image, title=f"{s.capitalize()} {event_name}", side=s, event=event_name, time_s=time, view=view
            )
        )
    return frames
