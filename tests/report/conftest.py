"""A whole report from made-up numbers, so that the tests of the report need no recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from medius.record import Observation, Side
from medius.report import (
    Curve,
    Fact,
    Finding,
    Input,
    KeyFrame,
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
)

SIDES: tuple[Side, Side] = ("left", "right")
SOURCE = "sha256:" + "a1" * 32


def observe(code: str, side: Side | None, value: float, unit: str, error: float, **more: Any) -> Observation:
    """Make an observation with an interval of ± 1.96 standard errors."""
    return Observation(
        code=code,
        side=side,
        value=value,
        unit=unit,
        standard_error=error,
        interval_95=(value - 1.96 * error, value + 1.96 * error),
        smallest_detectable_change=2.77 * error,
        n_strides=11,
        source=SOURCE,
        method="made-up/1",
        **more,
    )


def make_observations() -> tuple[Observation, ...]:
    """One of each kind: sided, unsided, negative, a share, provisional, a text, not measurable."""
    return (
        observe("contralateral_pelvic_drop", "left", 4.81, "deg", 0.4, evidence=("K01", "K19")),
        observe("contralateral_pelvic_drop", "right", 7.96, "deg", 0.4, evidence=("K01", "K19")),
        observe("contact_time", "left", 0.2603, "s", 0.006),
        observe("contact_time", "right", 0.2654, "s", 0.006),
        observe("step_width", None, -0.0127, "m", 0.004),
        observe("crossover_share", None, 0.58, "1", 0.05),
        observe("cadence", None, 165.33, "steps/min", 0.2),
        observe("trunk_lateral_lean", "left", -0.83, "deg", 0.6, status="provisional", reason="Only 3 strides."),
        Observation(code="foot_strike", text="rearfoot", source=SOURCE, method="made-up/1"),
        *(
            Observation.not_measurable(
                "hip_adduction",
                "One camera cannot see how the thigh turns.",
                unit="deg",
                side=side,
                source=SOURCE,
                method="made-up/1",
            )
            for side in SIDES
        ),
    )


def make_curves() -> tuple[Curve, ...]:
    """Half a sine wave for each side."""
    percent = np.linspace(0.0, 100.0, 101)
    return tuple(
        Curve(
            code="contralateral_pelvic_drop",
            side=side,
            title="Contralateral pelvic drop",
            unit="deg",
            percent=percent,
            mean=peak * np.sin(np.pi * percent / 100),
            sd=np.full(101, 0.6),
            n_strides=11,
        )
        for side, peak in zip(SIDES, (4.8, 8.0), strict=True)
    )


def make_key_frames() -> tuple[KeyFrame, ...]:
    """Six plain pictures."""
    shades = iter(range(40, 250, 30))
    return tuple(
        KeyFrame(
            image=np.full((80, 60, 3), next(shades), dtype=np.uint8),
            title=f"{side.capitalize()} {event}",
            side=side,
            event=event,
            time_s=1.0,
        )
        for side in SIDES
        for event in ("initial contact", "midstance", "toe-off")
    )


def make_report_data(**changes: Any) -> ReportData:
    """Build a report with every part filled in."""
    parts: dict[str, Any] = {
        "title": "Running form report",
        "date": "November 2026",
        "person": Person(name="Ada <Runner> & Co", height_m=1.79, details=(("Sore knee", "right, outside"),)),
        "inputs": (
            Input(path="clips/rear.mp4", sha256="c0ffee" + "0" * 58, view="rear", fps=60.0, frames=480, duration_s=8.0),
        ),
        "summary": (Sentence("The left side of your pelvis drops about 8° in right stance.", ("K01",)),),
        "red_flags": (Sentence("You said that the knee locks. See a doctor before you run again.", ("D36",)),),
        "caveats": (Sentence("This report describes how you run."),),
        "findings": (
            Finding(
                title="The pelvis drops more in right stance",
                text="The difference is more than measurement error.",
                certainty="moderate",
                evidence=("K01", "X99"),
                severity="stands-out",
                side="right",
            ),
        ),
        "next_steps": (Sentence("Film again in six weeks.", ("K19",)),),
        "observations": make_observations(),
        "measures": (
            Measure(
                code="contralateral_pelvic_drop",
                name="Contralateral pelvic drop",
                definition="Drop of the other side of the pelvis in stance.",
                reference=Reference(mean=3.7, sd=1.9, evidence="K01", population="36 healthy runners"),
            ),
            Measure(code="hip_adduction", name="Hip adduction", definition="Peak in stance, three-dimensional."),
        ),
        "side_differences": (
            SideDifference(
                code="contralateral_pelvic_drop", value=-3.15, unit="deg", interval_95=(-4.3, -2.0), beyond_error=True
            ),
        ),
        "stride_values": (
            StrideValue(code="contact_time", side="left", stride=1, time_s=0.42, value=0.261, unit="s", source=SOURCE),
        ),
        "curves": make_curves(),
        "key_frames": make_key_frames(),
        "videos": (Video("annotated rear.webm", "From behind"),),
        "quality": (QualityNote(code="too-dark", message="The clip is dark.", how_to_film="Switch on a lamp."),),
        "not_measurable": (
            NotMeasurable(code="hip_adduction", reason="One camera.", what_to_do="Use a motion-capture laboratory."),
        ),
        "method": (MethodPart("Medius", "0.1.0"),),
        "evidence": (
            Fact(
                id="K01",
                statement="Pelvic drop was greater in injured runners",
                citation="Bramah 2018",
                certainty="read in the source",
                url="https://www.ncbi.nlm.nih.gov/pubmed/30193080",
            ),
            Fact(id="K19", statement="Between days 2.7 to 2.8°", citation="Dingenen 2018", certainty="read", url=""),
            Fact(id="D36", statement="Knee red flags", citation="NHS", certainty="read", url="javascript:alert(1)"),
        ),
    }
    return ReportData(**(parts | changes))


@pytest.fixture(scope="session")
def report_data() -> ReportData:
    """A report with every part filled in."""
    return make_report_data()


class SampleClip:
    """A rendered clip of the sample runner and its exact truth."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.mp4"
        self.truth: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())

    def points(self, frame: int) -> dict[str, tuple[float, float]]:
        """Key points in pixels, in the names that pose networks use."""
        points = {}
        for name, track in self.truth["frames"]["joints_2d_px"].items():
            base, _, end = name.rpartition("_")
            if end in ("l", "r"):
                side = "left" if end == "l" else "right"
                points[f"{side}_{'foot_index' if base == 'ball' else base}"] = (track[frame][0], track[frame][1])
        return points

    def frames(self, count: int) -> list[NDArray[np.uint8]]:
        """Return the first frames as RGB."""
        import av

        found: list[NDArray[np.uint8]] = []
        with av.open(str(self.path)) as container:
            for frame in container.decode(video=0):
                found.append(np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8))
                if len(found) == count:
                    break
        return found


@pytest.fixture(scope="session")
def rear_clip(data: Path) -> SampleClip:
    """The sample runner from behind."""
    return SampleClip(data / "rendered" / "sample", "rear")
