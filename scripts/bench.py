"""``make bench``: how fast Medius is, as ratios measured in one run. ``--write`` keeps them in docs/speed.md."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.bench_rows import Row, adapt, machine, row

PARTS = {
    "video": ("From video to key points", "scripts.bench_video"),
    "report": ("From films to the report", "scripts.bench_report"),
    "load": ("Runs from a watch", "scripts.bench_load"),
    "band": ("The strain of the band", "scripts.bench_band"),
}
PAGE = Path(__file__).parent.parent / "docs" / "speed.md"
_MARK = {True: "holds", False: "MISSED", None: ""}
_INTRODUCTION = """# Speed

Measured by `make bench` and written down with `.venv/bin/python -m scripts.bench --write`. Compare ratios, not absolute
figures, between machines. Things that are compared run in turn, several times, and the quickest of each counts (of films:
the quickest sixty frames in a row), because other work on the machine only ever adds time. On a machine that was busy all
the time the ratios of the video pipeline are not judged: they are about using every core.

- *Bound*: both cores work for the pipeline, so it cannot be faster than the network (in its faster arrangement) plus half of
  decoding. The pipeline is everything between a film and its key points: decoding, tracking, stickers, background. Loading
  the networks, choosing the runner and judging the camera take about a second and a half for a film of any length, and are
  given as a second figure.
- *mediapipe* runs the same heavy network on the same clip in an environment of its own (`build/bench-mediapipe`), with frames
  from OpenCV. Both sides pay for loading.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that were asked for; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--write", action="store_true", help="write docs/speed.md")
    given = parser.parse_args(arguments)
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    if given.write and given.parts:
        parser.error("--write keeps a whole run: name no parts with it")
    console = Console(highlight=False)
    console.print(f"{machine()}\n", soft_wrap=True)
    results: dict[str, list[Row]] = {}
    start = time.monotonic()
    for part in given.parts or PARTS:
        title, module = PARTS[part]
        if importlib.util.find_spec(module) is None:
            continue
        results[title] = measured(module)
        console.print(table(title, results[title]), "")
    console.print(f"{time.monotonic() - start:.0f} seconds.")
    if given.write:
        PAGE.write_text(page(results), encoding="utf-8")
        console.print(f"Written to {PAGE.relative_to(PAGE.parent.parent)}.")
    missed = [one["what"] for rows in results.values() for one in rows if one["ok"] is False]
    if missed:
        console.print(f"[bold red]Missed:[/] {escape('; '.join(missed))}", soft_wrap=True)
    return 1 if missed else 0


def measured(module: str) -> list[Row]:
    """Return the rows of a benchmark; one that fails says so in its row, and the others still run."""
    try:
        return [one for given in importlib.import_module(module).run() for one in adapt(given)]
    except Exception as error:
        return [row(module, f"failed: {type(error).__name__}: {error}", ok=False)]


def table(title: str, rows: Sequence[Row]) -> Table:
    """Return the rows for the terminal."""
    drawn = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, expand=False)
    drawn.add_column("", overflow="fold")
    drawn.add_column("", justify="right", overflow="fold")
    for _ in range(3):
        drawn.add_column("", no_wrap=True)
    for one in rows:
        style = "red" if one["ok"] is False else ""
        cells = (one["what"], told(one["value"]), one["unit"], one["target"], _MARK[one["ok"]])
        drawn.add_row(*(escape(cell) for cell in cells), style=style)
    return drawn


def page(results: dict[str, list[Row]]) -> str:
    """Return docs/speed.md."""
    lines = [_INTRODUCTION, f"Machine: {machine()}.", ""]
    for title, rows in results.items():
        lines += [f"## {title}", "", "| What | Measured | Target | |", "|---|---:|---:|---|"]
        for one in rows:
            value = f"{told(one['value'])} {one['unit']}".strip()
            lines.append(
                f"| {one['what'].strip()} | {value} | {one['target']} | {_MARK[one['ok']]} |".replace("  ", " ")
            )
        lines.append("")
    return "\n".join(lines)


def told(value: float | str) -> str:
    """Return a value as it is printed."""
    return value if isinstance(value, str) else f"{value:,.10g}"


if __name__ == "__main__":
    raise SystemExit(main())
