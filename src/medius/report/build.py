"""From an analysis of running form to what a report shows."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

from medius import evidence
from medius.band import MEASURES as BAND_MEASURES
from medius.findings import Finding as Weighed
from medius.findings import caveats, findings_from_form, next_steps, reference_for, side_differences
from medius.gait.measures import MEASURES
from medius.gait.session import FilmResult, FormAnalysis, LabPart
from medius.report._format import code_name, format_value
from medius.report.key_frames import key_frames
from medius.report.model import (
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

__all__ = ["build_report"]


def build_report(
    analysis: FormAnalysis, *, title: str = "Running form", with_pictures: bool = True, videos: Sequence[Video] = ()
) -> ReportData:
    """Put an analysis into the words and tables of a report.

    Parameters
    ----------
    analysis
        From `medius.analyse`.
    title
        Heading.
    with_pictures
        Take key frames from the films (reads them once more).
    videos
        Annotated videos that lie beside the report.
    """
    observations = analysis.observations
    findings = findings_from_form(observations)
    shown = [
        Finding(
            title=f.title, text=f.text, certainty=f.certainty, evidence=f.evidence, severity=f.severity, side=f.side
        )
        for f in findings
    ]
    steps = [Sentence(s.text, s.evidence) for s in next_steps(observations, findings)]
    cautions = [Sentence(c.text, c.evidence) for c in caveats(observations)]
    summary = _summary(analysis, findings)
    notes = _quality(analysis)
    pictures: list[KeyFrame] = []
    if with_pictures:
        for film in analysis.films:
            pictures += key_frames(film)
    ids = [i for o in observations for i in o.evidence]
    ids += [i for group in (summary, steps, cautions, shown) for item in group for i in item.evidence]
    ids += [i for _, note in analysis.quality for i in note.evidence]
    return ReportData(
        title=title,
        observations=observations,
        person=Person(height_m=analysis.height_m),
        inputs=tuple(
            Input(path=i.path, sha256=i.sha256, view=i.view, fps=i.fps, frames=i.frames, duration_s=i.duration_s)
            for i in (*(film.info for film in analysis.films), *(part.info for part in analysis.lab))
        ),
        summary=tuple(summary),
        caveats=tuple(cautions),
        findings=tuple(shown),
        next_steps=tuple(steps),
        measures=_measures(analysis),
        side_differences=tuple(
            SideDifference(
                code=d.code, value=d.value, unit=d.unit, interval_95=d.interval_95, beyond_error=d.beyond_error
            )
            for d in side_differences(observations)
        ),
        stride_values=_strides(analysis),
        curves=_curves(analysis),
        key_frames=tuple(pictures),
        videos=tuple(videos),
        quality=notes,
        not_measurable=_not_measurable(analysis),
        method=_method(analysis.films, analysis.lab),
        evidence=_facts(ids),
    )


def _summary(analysis: FormAnalysis, findings: Sequence[Weighed]) -> list[Sentence]:
    by_code = {(o.code, o.side): o for o in analysis.observations if o.value is not None}
    stand_out = [f for f in findings if f.severity == "stands-out"]
    sentences: list[Sentence] = []
    if not by_code:
        return [Sentence("Nothing could be measured. Below it says why, and how to film again.", ("K25",))]
    if stand_out:
        sentences += [Sentence(f.short, f.evidence) for f in stand_out]
    elif findings:
        ids = tuple(dict.fromkeys(i for f in findings for i in f.evidence))
        sentences.append(Sentence("Nothing stands out beyond the uncertainty of the measurement.", ids))
    numbers = []
    for code, words in (("cadence", "cadence {}"), ("step_width", "step width {}")):
        observation = by_code.get((code, None))
        if observation is not None and observation.value is not None:
            numbers.append(words.format(format_value(observation.value, observation.unit, code)))
    left, right = (
        by_code.get(("contralateral_pelvic_drop", "left")),
        by_code.get(("contralateral_pelvic_drop", "right")),
    )
    if left and right and left.value is not None and right.value is not None:
        numbers.append(
            f"pelvic drop {format_value(left.value, 'deg')} in left and {format_value(right.value, 'deg')} in right stance"
        )
    if numbers:
        text = "; ".join(numbers)
        sentences.append(Sentence(text[0].upper() + text[1:] + ".", ("Q02", "Q03") + (("Q04",) if left else ())))
    blind = [o for o in analysis.observations if o.code == "contralateral_pelvic_drop" and o.value is None]
    if blind:
        sentences.append(Sentence("Pelvic drop: not measurable without stickers.", ("Q01", "Q04")))
    sentences.append(
        Sentence(
            "This says how you run. Whether it has to do with a sore knee is uncertain, and the report says how much.",
            ("C10", "C03"),
        )
    )
    return sentences


def _measures(analysis: FormAnalysis) -> tuple[Measure, ...]:
    shown = []
    for measure in MEASURES:
        found = reference_for(measure.code)
        reference = None
        if found is not None:
            reference = Reference(mean=found.mean, sd=found.sd, evidence=found.fact_id, population=found.population)
        shown.append(Measure(code=measure.code, name=measure.title, definition=measure.definition, reference=reference))
    known = {measure.code: i for i, measure in enumerate(shown)}
    for one in (o for part in analysis.lab for o in part.observations):
        definition = _LAB_DEFINITIONS.get(one.code) or str(one.detail.get("definition", ""))
        if one.code not in known:
            known[one.code] = len(shown)
            name = _BAND_NAMES.get(one.code) or code_name(one.code)
            shown.append(Measure(code=one.code, name=name, definition=definition))
        elif definition:
            shown[known[one.code]] = replace(shown[known[one.code]], definition=definition)
    return tuple(shown)


_LAB_DEFINITIONS = {
    "contralateral_pelvic_drop": "Peak in stance of the pelvis' tilt in the plane seen from behind, from its markers, positive "
    "where the side of the swinging leg is lower."
}
_BAND_NAMES = {code: title for code, (title, *_) in BAND_MEASURES.items()}
_LAB_CURVES = (
    "contralateral_pelvic_drop", "hip_adduction", "hip_internal_rotation", "knee_flexion", "knee_internal_rotation", "itb_strain",
)  # fmt: skip


def _strides(analysis: FormAnalysis) -> tuple[StrideValue, ...]:
    return tuple(
        StrideValue(
            code=m.observation.code,
            side=m.observation.side,
            stride=i + 1,
            time_s=round(float(seconds), 4),
            value=float(value),
            unit=m.observation.unit,
            source=m.observation.source,
        )
        for m in analysis.measurements
        for i, (seconds, value) in enumerate(zip(m.times, m.values, strict=False))
    )


def _curves(analysis: FormAnalysis) -> tuple[Curve, ...]:
    import numpy as np

    percent = np.linspace(0.0, 100.0, 101)
    lab = [
        Curve(
            code=c.code,
            side=c.side,
            title=c.title,
            unit=c.unit,
            percent=percent,
            mean=c.mean,
            sd=c.sd,
            n_strides=c.n_strides,
        )
        for part in analysis.lab
        for c in part.curves
        if c.code in _LAB_CURVES and c.phase == "stance"
    ]
    return tuple(
        Curve(
            code=m.observation.code,
            side=m.observation.side,
            title=m.measure.title,
            unit=m.observation.unit,
            percent=percent,
            mean=m.mean,
            sd=m.sd,
            n_strides=int(m.observation.n_strides or 0),
        )
        for m in analysis.measurements
        if m.mean is not None
        and m.sd is not None
        and m.observation.side is not None
        and m.observation.unit == "deg"
        and m.observation.code in _CURVES
    ) + tuple(lab)


_CURVES = ("contralateral_pelvic_drop", "thigh_frontal_angle", "trunk_lateral_lean", "knee_flexion_peak_stance")


def _quality(analysis: FormAnalysis) -> tuple[QualityNote, ...]:
    seen: dict[tuple[str, str], QualityNote] = {}
    for info, note in analysis.quality:
        name = None if note.code == "no-height" else info.path
        key = (note.code, name or "")
        seen.setdefault(
            key, QualityNote(code=note.code, message=note.message, how_to_film=note.how_to_film, input=name)
        )
    failed = [QualityNote(code="file-not-used", message=text) for text in analysis.failures]
    return (*failed, *seen.values())


def _not_measurable(analysis: FormAnalysis) -> tuple[NotMeasurable, ...]:
    reasons: dict[str, str] = {}
    for observation in analysis.observations:
        if observation.value is None and observation.text is None:
            reasons.setdefault(observation.code, observation.reason or "")
    return tuple(NotMeasurable(code=code, reason=reason) for code, reason in reasons.items())


def _method(films: Sequence[FilmResult], lab: Sequence[LabPart]) -> tuple[MethodPart, ...]:
    parts = [MethodPart("Medius", version("medius"))]
    for film in films:
        raw = film.raw.attrs
        parts.append(MethodPart("Key points", str(raw.get("source", ""))))
        for entry in film.film.motion.attrs.get("log", []):
            words = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in entry.items() if k != "operation")
            parts.append(MethodPart(f"{film.info.view}: {entry['operation'].replace('_', ' ')}", words))
        if film.filmed is not None:
            roll = film.filmed.roll
            parts.append(
                MethodPart(
                    f"{film.info.view}: camera roll",
                    f"{roll.degrees:.1f}° ± {roll.standard_error:.1f}° ({roll.source})",
                )
            )
        parts.append(MethodPart(f"{film.info.view}: contacts", film.film.contacts.method))
    for part in lab:
        methods = dict.fromkeys(o.method for o in part.observations)
        parts.append(MethodPart("Laboratory trial", ", ".join(methods)))
    parts.append(MethodPart("Python", platform.python_version()))
    return tuple(dict.fromkeys(parts))


def _facts(ids: Sequence[str]) -> tuple[Fact, ...]:
    facts = []
    for fact_id in sorted(set(ids), key=lambda i: (i[0], int("".join(c for c in i if c.isdigit()) or 0), i)):
        known = evidence.fact(fact_id)
        facts.append(
            Fact(
                id=known.id,
                statement=known.statement,
                citation=known.source,
                certainty=str(known.certainty),
                url=known.urls[0] if known.urls else "",
            )
        )
    return tuple(facts)
