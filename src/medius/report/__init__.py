"""Reports for people: HTML, PDF, pictures, annotated video."""

from medius.report._tables import report_object
from medius.report.charts import stance_curve_svg
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
    Severity,
    SideDifference,
    StrideValue,
    Video,
)
from medius.report.overlay import Overlay, Reading
from medius.report.pictures import SKELETON, Label, draw_key_frame
from medius.report.video import AnnotatedVideoWriter
from medius.report.writer import FORMATS, FileWriter, render_report, write_report

__all__ = [
    "FORMATS",
    "SKELETON",
    "AnnotatedVideoWriter",
    "Curve",
    "Fact",
    "FileWriter",
    "Finding",
    "Input",
    "KeyFrame",
    "Label",
    "Measure",
    "MethodPart",
    "NotMeasurable",
    "Overlay",
    "Person",
    "QualityNote",
    "Reading",
    "Reference",
    "ReportData",
    "Sentence",
    "Severity",
    "SideDifference",
    "StrideValue",
    "Video",
    "draw_key_frame",
    "render_report",
    "report_object",
    "stance_curve_svg",
    "write_report",
]
