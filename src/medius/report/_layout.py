"""From `ReportData` to what is printed, once for HTML and PDF: plain text in order, and pictures by name.

Both templates set exactly this and nothing else, so the two reports say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.report._format import code_name, view_name
from medius.report._table import SIDES, lay_out_table, reference_words
from medius.report.charts import describe_curves, stance_curve_svg
from medius.report.model import Curve, KeyFrame, Measure, ReportData, Sentence

__all__ = ["Layout", "lay_out"]

_JPEG_QUALITY = 84
_SEVERITY = {"stands-out": "Stands out", "as-expected": "As expected", "cannot-tell": "Cannot tell"}
_EVENTS = {"initial contact": 0, "midstance": 1, "toe-off": 2}


@dataclass(frozen=True)
class Layout:
    """Text as nested dictionaries of strings, and pictures (SVG or JPEG) by file name."""

    text: dict[str, Any]
    pictures: dict[str, bytes]


def lay_out(data: ReportData) -> Layout:
    """Turn the data into text and pictures, in the order of reading."""
    pictures: dict[str, bytes] = {}
    measures = {measure.code: measure for measure in data.measures}
    known = {fact.id for fact in data.evidence}
    text: dict[str, Any] = {
        "title": data.title,
        "facts_line": _facts_line(data),
        "red_flags": _sentences(data.red_flags),
        "summary": _sentences(data.summary),
        "caveats": _sentences(data.caveats),
        "findings": [
            {
                "severity": finding.severity,
                "severity_text": _SEVERITY[finding.severity],
                "title": finding.title,
                "side": finding.side or "",
                "text": finding.text,
                "certainty": finding.certainty,
                "evidence": list(finding.evidence),
            }
            for finding in data.findings
        ],
        "frames": _frames(data.key_frames, pictures),
        "has_pelvis_line": any(frame.view in ("rear", "front") for frame in data.key_frames),
        "videos": [{"file": video.file_name, "title": video.title} for video in data.videos],
        "charts": _charts(data.curves, measures, pictures),
        "table": lay_out_table(data, measures, pictures),
        "not_measurable": _not_measurable(data, measures),
        "quality": [
            {"message": note.message, "how_to_film": note.how_to_film, "input": note.input or ""}
            for note in data.quality
        ],
        "next_steps": _sentences(data.next_steps),
        "inputs": [
            {
                "name": PurePath(item.path).name,
                "view": view_name(item.view),
                "length": f"{item.frames} frames, {item.fps:.4g} a second, {item.duration_s:.1f} s",
                "sha256": item.sha256,
            }
            for item in data.inputs
        ],
        "method": [{"what": part.what, "version": part.version} for part in data.method],
        "evidence": [
            {
                "id": f.id,
                "statement": f.statement,
                "citation": f.citation,
                "certainty": f.certainty,
                "url": f.url,
                "is_link": f.url.startswith(("https://", "http://")),
            }
            for f in data.evidence
        ],
        "known_evidence": sorted(known),
    }
    return Layout(text, pictures)


def _sentences(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    return [{"text": sentence.text, "evidence": list(sentence.evidence)} for sentence in sentences]


def _facts_line(data: ReportData) -> list[dict[str, str]]:
    person = data.person
    pairs = [("Runner", person.name or ""), ("Filmed", data.date or "")]
    if person.height_m is not None:
        pairs.append(("Height", f"{person.height_m:.2f} m"))
    pairs.extend(person.details)
    pairs.extend(
        (f"Film {view_name(item.view)}", f"{item.duration_s:.1f} s at {item.fps:.4g} frames a second")
        for item in data.inputs
    )
    return [{"label": label, "text": text} for label, text in pairs if text]


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return encoded.tobytes()


def _frames(frames: Sequence[KeyFrame], pictures: dict[str, bytes]) -> list[dict[str, Any]]:
    """Group by view; in each, left before right, in the order of stance."""
    groups = []
    for view in dict.fromkeys(frame.view for frame in frames):
        items = []
        chosen = [frame for frame in frames if frame.view == view]
        for frame in sorted(chosen, key=lambda f: (SIDES.index(f.side), _EVENTS.get(f.event, 3), f.time_s)):
            name = f"frame-{len(pictures)}.jpg"
            pictures[name] = _jpeg(frame.image)
            items.append(
                {
                    "image": name,
                    "title": frame.title,
                    "side": frame.side or "",
                    "time": f"{frame.time_s:.2f}\N{NO-BREAK SPACE}s",
                    "alt": frame.alt or f"{frame.title}, seen {view_name(view)}, with joints drawn on the runner.",
                }
            )
        groups.append({"view": f"Seen {view_name(view)}", "items": items})
    return groups


def _charts(curves: Sequence[Curve], measures: dict[str, Measure], pictures: dict[str, bytes]) -> list[dict[str, str]]:
    charts = []
    for code in dict.fromkeys(curve.code for curve in curves):
        chosen = sorted((c for c in curves if c.code == code), key=lambda c: SIDES.index(c.side))
        reference = measures[code].reference if code in measures else None
        name = f"chart-{code}.svg"
        pictures[name] = stance_curve_svg(chosen, reference)
        note = ""
        if reference is not None:
            words = reference_words(reference, chosen[0].unit, code)
            note = f"Grey band: {measures[code].name.lower()} of a comparison group, mean ± SD {words}."
        charts.append({"image": name, "title": chosen[0].title, "alt": describe_curves(chosen), "note": note})
    return charts


def _not_measurable(data: ReportData, measures: dict[str, Measure]) -> list[dict[str, str]]:
    """Every observation that could not be measured; one line where both sides have the same reason."""
    advice = {item.code: item.what_to_do for item in data.not_measurable}
    lines: dict[tuple[str, str], list[str]] = {}
    for observation in data.observations:
        if observation.status == "not-measurable":
            key = (observation.code, observation.reason or "")
            lines.setdefault(key, []).append(observation.side or "")
    for item in data.not_measurable:
        if not any(code == item.code for code, _ in lines):
            lines[item.code, item.reason] = []
    return [
        {
            "name": measures[code].name if code in measures else code_name(code),
            "sides": " and ".join(side for side in sides if side),
            "reason": reason,
            "what_to_do": advice.get(code) or (measures[code].how_to_measure or "" if code in measures else ""),
        }
        for (code, reason), sides in lines.items()
    ]
