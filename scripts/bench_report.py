"""Speed of the command line: how soon it answers, and how long the sample report takes from films to files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from scripts.bench_rows import Row, row, take_turns

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "runner"
ROUNDS = 2
HEAVY_MAX_S, QUICK_MAX_S, HELP_MAX_S = 90.0, 45.0, 1.0


def run(rounds: int = ROUNDS) -> list[Row]:
    """Return the rows for the table."""
    films = [str(SAMPLE / "rear.mp4"), str(SAMPLE / "side.mp4"), "--height", "1.79"]
    measure = {
        "help": partial(command, "--help"),
        "heavy": partial(report, *films),
        "quick": partial(report, *films, "--quick"),
    }
    return rows_from(take_turns(measure, rounds))


def rows_from(seconds: dict[str, list[float]]) -> list[Row]:
    """Turn seconds, by what was measured, into rows; the quickest round counts."""
    labels = {
        "help": ("medius --help", HELP_MAX_S),
        "heavy": ("sample report: two clips of 8 s, HTML, PDF, annotated films", HEAVY_MAX_S),
        "quick": ("sample report with --quick", QUICK_MAX_S),
    }
    rows = []
    for name, (label, most) in labels.items():
        best = min(seconds[name])
        rows.append(row(label, best, "s", f"< {most:g}", best < most))
    return rows


def report(*arguments: str) -> float:
    """Return seconds that ``medius analyse`` takes with `arguments`, from the command to the last file."""
    with tempfile.TemporaryDirectory() as folder:
        return command("analyse", *arguments, "--out", folder, "--quiet")


def command(*arguments: str) -> float:
    """Return seconds that a command of Medius takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "medius", *arguments], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - start
