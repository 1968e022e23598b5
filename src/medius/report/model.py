"""What a report shows, ready to print: no rules, no thresholds, no arithmetic beyond layout.

Whoever builds `ReportData` has already decided what stands out and how sure it is; the report only sets it in type.
Sentences carry the ids of the facts they rest on; every id should have its `Fact` in `ReportData.evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError
from medius.record import Interval, Observation, Side

__all__ = [
    "Curve",
    "Fact",
    "Finding",
    "Input",
    "KeyFrame",
    "Measure",
    "MethodPart",
    "NotMeasurable",
    "Person",
    "QualityNote",
    "Reference",
    "ReportData",
    "Sentence",
    "Severity",
    "SideDifference",
    "StrideValue",
    "Video",
]

Severity = Literal["stands-out", "as-expected", "cannot-tell"]
"""How a finding reads beside its reference: it stands out, it is as expected, or the data cannot tell."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for a person, and the ids of the facts it rests on."""

    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose run it is.

    Attributes
    ----------
    name
        How the person wants to be called; None leaves it out.
    height_m
        Standing height in metres.
    details
        More lines as (label, text), for example ``("Sore knee", "right, outside")``.
    """

    name: str | None = None
    height_m: float | None = None
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file that was measured.

    Attributes
    ----------
    path
        As the person gave it; reports show the file name only, JSON the whole path.
    sha256
        Hexadecimal digest of the file's bytes.
    view
        One of `medius.motion.VIEWS`.
    fps
        Median frame rate in 1/s.
    frames, duration_s
        Number of frames and seconds from the first to the end of the last.
    """

    path: str
    sha256: str
    view: str
    fps: float
    frames: int
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the measures say, already weighed against the evidence.

    Attributes
    ----------
    title, text
        A short heading and one or two sentences in plain words. Never a diagnosis.
    certainty
        How sure that is, in words a person understands (``low``, ``moderate``, ``high``, or a short phrase).
    evidence
        Ids of facts.
    severity
        See `Severity`.
    side
        Side of the person, or None.
    """

    title: str
    text: str
    certainty: str
    evidence: tuple[str, ...] = ()
    severity: Severity = "cannot-tell"
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Values of a comparison group, in the unit of the observation.

    Attributes
    ----------
    mean, sd
        Mean and standard deviation over people.
    evidence
        Id of the fact (or key of the published table) where it was read.
    population
        Who they were, for example ``"36 healthy runners, 3.2 m/s"``.
    """

    mean: float
    sd: float
    evidence: str
    population: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How a code is shown to people.

    Attributes
    ----------
    code
        Code of the observations.
    name
        Display name, spelled out: ``Contralateral pelvic drop``.
    definition
        One sentence: what is measured, when, and which sign means what.
    reference
        Comparison group, or None where there is none that can be trusted.
    how_to_measure
        What the person can do so that it can be measured next time (shown when it was not measurable).
    """

    code: str
    name: str
    definition: str
    reference: Reference | None = None
    how_to_measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideDifference:
    """Left minus right of one measure, judged by the same rules as the measure itself.

    Attributes
    ----------
    code
        Code of the measure.
    value, unit
        Left minus right.
    interval_95
        95 % interval of the difference.
    beyond_error
        True when it is more than measurement error, False when within, None when that is not known.
    """

    code: str
    value: float
    unit: str
    interval_95: Interval | None = None
    beyond_error: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrideValue:
    """The value of one measure in one stride (or step).

    Attributes
    ----------
    code, side, unit
        As in the observation.
    stride
        Number of the stride in its clip, from 1.
    time_s
        Seconds from the first frame to its initial contact.
    value
        In ``unit``.
    source
        As in the observation: which file.
    """

    code: str
    side: Side | None
    stride: int
    time_s: float
    value: float
    unit: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Mean of one angle over the stance phase, over strides.

    Attributes
    ----------
    code, side, unit, title
        Which curve; left and right of the same ``code`` share one chart.
    percent
        Per cent of stance, shape (n,), usually 0 to 100 in 101 steps; increasing.
    mean, sd
        Mean and standard deviation over strides in ``unit``, shape (n,); NaN where not seen.
    n_strides
        Number of strides.
    """

    code: str
    side: Side | None
    title: str
    unit: str
    percent: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    n_strides: int

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        if not (self.percent.ndim == 1 and self.percent.shape == self.mean.shape == self.sd.shape):
            raise InvalidValueError(
                f"The curve {self.code} needs three arrays of one length, got {self.percent.shape}, "
                f"{self.mean.shape} and {self.sd.shape}."
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyFrame:
    """One picture from the clip, drawn on or not.

    Attributes
    ----------
    image
        RGB, uint8, shape (height, width, 3).
    title
        What is seen: ``Right foot, midstance``.
    side
        Side of the foot on the ground.
    event
        ``initial contact``, ``midstance`` or ``toe-off``.
    time_s
        Seconds from the first frame.
    view
        One of `medius.motion.VIEWS`.
    alt
        Description for somebody who cannot see it; built from the title where empty.
    """

    image: NDArray[np.uint8]
    title: str
    side: Side | None
    event: str
    time_s: float
    view: str = "rear"
    alt: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not an RGB picture."""
        if self.image.dtype != np.uint8 or self.image.ndim != 3 or self.image.shape[2] != 3 or 0 in self.image.shape:
            raise InvalidValueError(
                f"The picture '{self.title}' must be RGB bytes of shape (height, width, 3), got {self.image.dtype} "
                f"of shape {self.image.shape}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityNote:
    """Something about the recording that limits what can be said, and how to film it again.

    Attributes
    ----------
    code
        Stable name: ``too-short``.
    message
        What is wrong, a sentence.
    how_to_film
        What to do, a sentence; may be empty.
    input
        Name of the file it is about, or None for all.
    """

    code: str
    message: str
    how_to_film: str = ""
    input: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasurable:
    """What to do so that a measure can be taken next time; the reason stands in the observation."""

    code: str
    reason: str
    what_to_do: str = ""


@dataclass(frozen=True, slots=True)
class MethodPart:
    """One part of the method and its version: ``("Pose network", "BlazePose heavy, sha256 59e4…")``."""

    what: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entry of the evidence list.

    Attributes
    ----------
    id
        As in the evidence ledger: ``K18``.
    statement
        What is known.
    citation
        Where it was read.
    certainty
        How far it may be trusted, in words.
    url
        Link, or empty.
    """

    id: str
    statement: str
    citation: str
    certainty: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Video:
    """An annotated video that lies beside the report: its file name (no folder) and a title."""

    file_name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Everything a report shows. Only ``title`` and ``observations`` are needed; empty parts are left out.

    Attributes
    ----------
    title
        Heading of the report.
    date
        When the run was filmed, as text; None prints none. The day of writing is never printed, so that the same input
        gives the same bytes.
    person, inputs
        Whose run, which files.
    summary
        The answer in plain words, most important first.
    red_flags
        Reasons to see somebody first; shown before everything else.
    caveats
        What the report is not and cannot know.
    findings, next_steps
        What the measures say; what to do.
    observations, measures, side_differences, stride_values
        What was measured, and how each code is shown.
    curves, key_frames, videos
        Pictures.
    quality, not_measurable
        What limited the measurement, and how to film again.
    method, evidence
        How it was measured, and what is known.
    """

    title: str
    observations: tuple[Observation, ...]
    date: str | None = None
    person: Person = field(default_factory=Person)
    inputs: tuple[Input, ...] = ()
    summary: tuple[Sentence, ...] = ()
    red_flags: tuple[Sentence, ...] = ()
    caveats: tuple[Sentence, ...] = ()
    findings: tuple[Finding, ...] = ()
    next_steps: tuple[Sentence, ...] = ()
    measures: tuple[Measure, ...] = ()
    side_differences: tuple[SideDifference, ...] = ()
    stride_values: tuple[StrideValue, ...] = ()
    curves: tuple[Curve, ...] = ()
    key_frames: tuple[KeyFrame, ...] = ()
    videos: tuple[Video, ...] = ()
    quality: tuple[QualityNote, ...] = ()
    not_measurable: tuple[NotMeasurable, ...] = ()
    method: tuple[MethodPart, ...] = ()
    evidence: tuple[Fact, ...] = ()
