"""What other programs read: one JSON object, and tables of observations and strides."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from medius.record import SCHEMA
from medius.report.model import ReportData

__all__ = ["observations_csv", "render_json", "report_object", "strides_csv"]

_COLUMNS = (
    *("code", "side", "value", "unit", "standard_error", "interval_95_low", "interval_95_high"),
    *("smallest_detectable_change", "n_strides", "status", "text", "reason", "source", "method"),
    *("evidence", "person", "time"),
)
_STRIDE_COLUMNS = ("code", "side", "stride", "time_s", "value", "unit", "source")


def report_object(data: ReportData) -> dict[str, Any]:
    """Return the object that ``--json`` prints: ``schema``, ``inputs``, ``quality``, ``observations``."""
    return {
        "schema": SCHEMA,
        "inputs": [
            {
                "path": item.path,
                "sha256": item.sha256,
                "view": item.view,
                "fps": item.fps,
                "frames": item.frames,
                "duration_s": item.duration_s,
            }
            for item in data.inputs
        ],
        "quality": [
            {"code": note.code, "message": note.message, "how_to_film": note.how_to_film, "input": note.input}
            for note in data.quality
        ],
        "observations": [observation.to_json() for observation in data.observations],
    }


def render_json(data: ReportData) -> bytes:
    """Return `report_object` as indented UTF-8."""
    return (json.dumps(report_object(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def observations_csv(data: ReportData) -> bytes:
    """Return one row an observation, in SI units and degrees, UTF-8."""
    rows = []
    for observation in data.observations:
        row: dict[str, Any] = {name: getattr(observation, name, None) for name in _COLUMNS}
        row["interval_95_low"], row["interval_95_high"] = observation.interval_95 or (None, None)
        row["evidence"] = " ".join(observation.evidence)
        rows.append(list(row.values()))
    return _write(_COLUMNS, rows)


def strides_csv(data: ReportData) -> bytes:
    """Return one row a stride and measure, in SI units and degrees, UTF-8."""
    rows = [(v.code, v.side, v.stride, v.time_s, v.value, v.unit, v.source) for v in data.stride_values]
    return _write(_STRIDE_COLUMNS, rows)


def _write(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8", "backslashreplace")


def _safe(cell: Any) -> Any:
    """Keep spreadsheets from taking a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
