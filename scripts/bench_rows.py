"""What all benchmarks share: rows for the table, measuring turn and turn about, and the machine in words."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TypedDict, TypeVar

T = TypeVar("T")

__all__ = ["Row", "adapt", "machine", "row", "take_turns"]


class Row(TypedDict):
    """One line of the table: what was measured, and against what; `ok` is None where there is no target."""

    what: str
    value: float | str
    unit: str
    target: str
    ok: bool | None


def row(what: str, value: float | str, unit: str = "", target: str = "", ok: bool | None = None) -> Row:
    """Return one row, its value rounded to three digits that matter."""
    return Row(what=what, value=_rounded(value), unit=unit, target=target, ok=ok)


def adapt(given: object) -> list[Row]:
    """Return anything that looks like a row as rows.

    A mapping or a dataclass may call its fields as `Row` does, or ``name`` instead of ``what``, or give its figure in a field
    like ``frames_per_second``; with ``against`` and ``ratio`` it becomes two rows. Anything else becomes its own text.
    """
    if is_dataclass(given) and not isinstance(given, type):
        given = asdict(given)
    if not isinstance(given, Mapping):
        return [row("", str(given))]
    what = str(given.get("what") or given.get("name") or "")
    value, unit = given.get("value"), str(given.get("unit") or "")
    rate = next((str(key) for key in given if str(key).endswith("_per_second")), None)
    if value is None and rate is not None:
        value, unit = given[rate], f"{rate.removesuffix('_per_second')}/s"
    figure = value if isinstance(value, int | float) and not isinstance(value, bool) else str(value or "")
    ok = given.get("ok")
    rows = [row(what, figure, unit, str(given.get("target") or ""), None if ok is None else bool(ok))]
    if given.get("ratio") is not None:
        rows.append(row(f"{what}: against {given.get('against') or 'the other way'}", float(given["ratio"]), "×"))
    return rows


def take_turns(measure: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Run every function once in each round, so that a busy minute spoils a round and not one of the things compared."""
    results: dict[str, list[T]] = {name: [] for name in measure}
    for _ in range(rounds):
        for name, function in measure.items():
            results[name].append(function())
    return results


def machine() -> str:
    """Describe this machine in a line."""
    cores = os.cpu_count() or 1
    return f"{_processor()}, {cores} core{'s' if cores > 1 else ''}, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines: Iterable[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = ()
    facts = dict(line.partition(":")[::2] for line in lines)
    known = {key.strip(): value.strip() for key, value in facts.items()}
    flags = known.get("flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")
    name = known.get("model name") or platform.processor() or platform.machine()
    return f"{name} with {vectors}" if vectors else name


def _rounded(value: float | str) -> float | str:
    if isinstance(value, str):
        return value
    return float(f"{value:.3g}") if not abs(value) >= 1000 else round(float(value))
