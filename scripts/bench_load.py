"""Speed of the import of runs: decoders side by side, and an archive of 1,000 runs.

``run()`` returns rows for ``make bench``; ``python -m scripts.bench_load`` prints them. Ratios are measured in one run, so
they hold on a busy machine too.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from medius.load import FastDecoder, FitSession, MatureDecoder, RunStore, import_runs, read_watch_file, write_fit
from medius.load._fit_frames import split_sequences

ROOT = Path(__file__).parent.parent
RUNS = 1000
SAMPLES = ("activity-small-fenix2-run.fit", "developer-types-sample.fit", "triathlon_summary_first.fit")
DAY = 86400.0


def data_folder() -> Path | None:
    """Return the folder of real watch files, or None where it is absent."""
    for candidate in (os.environ.get("MEDIUS_TEST_DATA"), ROOT.parent / "shared" / "data"):
        if candidate and (Path(candidate) / "watch" / "fit").is_dir():
            return Path(candidate) / "watch" / "fit"
    return None


def run() -> list[dict[str, Any]]:
    """Return one row for each thing measured: ``what``, ``value``, ``unit``, ``target``, ``ok``."""
    folder = data_folder()
    if folder is None:
        return [{"what": "import of runs", "value": "no sample files", "unit": "", "target": "", "ok": None}]
    largest = max(folder.glob("*.fit"), key=lambda path: path.stat().st_size)
    largest_run = max((folder / name for name in SAMPLES[:2]), key=lambda path: path.stat().st_size)
    rows = []
    for label, path in (("largest file", largest), ("largest run", largest_run)):
        rows += decoders(f"{label}, {path.name}", path.read_bytes())
    return rows + archive(folder)


def decoders(label: str, content: bytes) -> list[dict[str, Any]]:
    """Measure both decoders on one file, turn and turn about."""
    sequences = [sequence.data for sequence in split_sequences(content)]
    fast, mature = FastDecoder(), MatureDecoder()
    records = sum(fast(data).samples.get("timestamp", np.empty(0)).size for data in sequences)

    def seconds(decode: Callable[[bytes], object], times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            for data in sequences:
                decode(data)
        return (time.perf_counter() - start) / times

    pairs = [(seconds(fast, 5), seconds(mature, 1)) for _ in range(3)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return [
        row(f"{label}: fitdecode", records / theirs, "records/s"),
        row(f"{label}: Medius", records / ours, "records/s"),
        row(f"{label}: ratio", theirs / ours, "×", "≥ 20", theirs / ours >= 20),
    ]


def row(what: str, value: float, unit: str, target: str = "", ok: bool | None = None) -> dict[str, Any]:
    """Return one row."""
    return {"what": what, "value": round(value, 1), "unit": unit, "target": target, "ok": ok}


def archive(folder: Path, count: int = RUNS) -> list[dict[str, Any]]:
    """Import an archive of made-up runs with two processes, all metrics included."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "export.zip"
        samples = write_archive(folder, path, count)
        memory: list[float] = []
        start = time.perf_counter()
        with RunStore(Path(temporary) / "store") as store:
            report = import_runs(
                [path], store, workers=2, progress=lambda done, expected, name: memory.append(resident_mb())
            )
        taken = time.perf_counter() - start
        size = path.stat().st_size / 2**20
    imported = report.count("imported")
    quarter = max(len(memory) // 4, 1)
    growth = statistics.mean(memory[-quarter:]) - statistics.mean(memory[quarter : 2 * quarter])
    return [
        row(f"archive of {imported} runs, {samples} samples, {size:.0f} MB", taken, "s", "< 30", taken < 30),
        row("  memory of the importing process", max(memory), "MB"),
        row("  growth from its second to its last quarter", growth, "MB", "< 20", growth < 20),
    ]


def write_archive(folder: Path, path: Path, count: int) -> int:
    """Write `count` runs made from the sample files, one a day, each with its own length; return how many samples."""
    templates = []
    for name in SAMPLES:
        activity = next(a for a in read_watch_file((folder / name).read_bytes()).activities if a.sport == "running")
        templates.append({channel: column for channel, column in activity.samples.items() if channel != "power"})
    total = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for number in range(count):
            template = templates[number % len(templates)]
            size = template["time"].size - number % 97
            channels = {channel: column[:size].copy() for channel, column in template.items()}
            channels["time"] += 1.2e9 + number * DAY - channels["time"][0]
            span = float(channels["time"][-1] - channels["time"][0])
            session = FitSession(float(channels["time"][0]), span, span, float(channels["distance"][-1]))
            target.writestr(f"activities/{number:04d}.fit", write_fit(channels, [session]))
            total += size
    return total


def resident_mb() -> float:
    """Return the memory this process holds, MB (0 where the system does not tell)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Print the rows."""
    for item in run():
        mark = {True: "holds", False: "MISSED", None: ""}[item["ok"]]
        print(f"{item['what']:62s} {item['value']:>12} {item['unit']:10s} {item['target']:6s} {mark}")


if __name__ == "__main__":
    main()
