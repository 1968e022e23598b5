"""``medius analyse``: films in, report out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

import medius
from medius.cli._console import error_console, output_console

if TYPE_CHECKING:
    from medius.gait.session import FormAnalysis
    from medius.record import Observation
    from medius.report import ReportData

__all__ = ["register"]

_EPILOG = """
[bold]Examples[/]

  medius analyse rear.mp4 side.mp4 --height 1.75

  medius analyse rear.mov --height 1.75 --slow-motion 8 --out report

  medius analyse side.mp4 --json > side.json

  medius analyse openpose-folder --fps 30 --view side-left

  medius analyse trial.c3d --static standing.c3d

Exit codes: 0 done, 2 wrong command line, 3 a file cannot be used, 4 nothing to measure, 5 results cannot be written,
6 a part is missing, 130 stopped.
"""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(epilog=_EPILOG)
    def analyse(
        files: Annotated[
            list[Path],
            typer.Argument(help="Films from behind and from the side, key points (JSON), or motion capture."),
        ],
        height: Annotated[float | None, typer.Option(help="Standing height in metres; needed for step width.")] = None,
        static: Annotated[Path | None, typer.Option(help="Standing trial that goes with motion capture.")] = None,
        view: Annotated[
            str, typer.Option(help="auto, rear, front, side-left, side-right; or one for each file: rear,side-left.")
        ] = "auto",
        roll: Annotated[
            float | None, typer.Option(help="Turn of the camera in degrees, clockwise positive; default: seen.")
        ] = None,
        out: Annotated[Path | None, typer.Option(help="Folder for the report (default: out).")] = None,
        json_: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
        quick: Annotated[bool, typer.Option(help="Smaller network: faster, less exact.")] = False,
        video: Annotated[bool, typer.Option(help="Write the annotated films.")] = True,
        slow_motion: Annotated[
            float | None, typer.Option(help="How many times slower than life the film plays (8 for 240 at 30).")
        ] = None,
        person: Annotated[int | None, typer.Option(help="Whom to follow, from 1 at the picture's left.")] = None,
        start: Annotated[float, typer.Option(help="Second of the film to begin at.")] = 0.0,
        seconds: Annotated[float, typer.Option(help="How many seconds to measure.")] = 120.0,
        fps: Annotated[float | None, typer.Option(help="Frame rate of key points that another tool made.")] = None,
        engine: Annotated[str, typer.Option(help="auto, openvino or litert.")] = "auto",
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    ) -> None:
        """Measure running form from film and write a report.

        Film yourself on a treadmill from behind and from the side, at hip height, three to four metres away. Two bright
        stickers on the back of the pelvis let Medius measure pelvic drop.
        """
        from medius.report import report_object
        from medius.report.build import build_report

        views = view.split(",") if "," in view else view
        folder = out if out is not None else (None if json_ else Path("out"))
        with _Bar(error_console(), hidden=quiet) as bar:
            analysis = medius.analyse(
                *files, height_m=height, static=static, view=views, roll_deg=roll, quick=quick, slow_motion=slow_motion,
                person=person, start_s=start, seconds=seconds, fps=fps, engine=engine, progress=bar.tell,
            )  # fmt: skip
            data = build_report(analysis, with_pictures=folder is not None)
            written = [] if folder is None else _write(analysis, data, folder, video, bar.tell)
        if json_:
            plain = not (sys.stdout.encoding or "").lower().startswith("utf")
            typer.echo(json.dumps(report_object(data), ensure_ascii=plain))
        elif not quiet:
            _summary(output_console(), data, written)


def _write(
    analysis: FormAnalysis, data: ReportData, folder: Path, video: bool, tell: Callable[[str, int, int | None], None]
) -> list[Path]:
    from dataclasses import replace

    from medius.report import Video
    from medius.report.key_frames import write_annotated_video
    from medius.report.writer import FileWriter, render_report

    with FileWriter(folder) as writer:
        videos = []
        names: list[str] = []
        for film in analysis.films if video else ():
            if film.filmed is None:
                continue
            stem = f"annotated-{film.info.view}"
            name = f"{stem}.webm" if f"{stem}.webm" not in names else f"{stem}-{len(names) + 1}.webm"
            title = f"annotated {film.info.view}"
            write_annotated_video(film, writer.path(name), partial(_drawn, tell, title, film.info.frames))
            names.append(name)
            videos.append(Video(name, f"The film with joints and angles, {film.info.view.replace('-', ' ')}"))
        files = render_report(replace(data, videos=tuple(videos)), ("html", "pdf", "json", "csv"))
        for name, content in files.items():
            writer.add(name, content)
    return [folder / name for name in (*files, *names)]


def _drawn(tell: Callable[[str, int, int | None], None], title: str, frames: int, done: int) -> None:
    tell(title, done, frames)


def _summary(console: Console, data: ReportData, written: list[Path]) -> None:
    names = {measure.code: measure.name for measure in data.measures}
    console.print()
    for sentence in data.summary:
        console.print(Padding(escape(sentence.text), (0, 2)))
    console.print()
    for table in _tables(data, names):
        console.print(table)
        console.print()
    console.print("  [dim]± is half of the 95 % interval.[/]")
    reasons: dict[str, list[str]] = {}
    for missing in data.not_measurable:
        reasons.setdefault(missing.reason, []).append(names.get(missing.code, missing.code))
    for reason, whose in reasons.items():
        console.print(Padding(f"[dim]{', '.join(whose)}: {escape(reason)}[/]", (0, 2)))
    for note in data.quality:
        console.print(Padding(f"[yellow]{escape(note.message)}[/] {escape(note.how_to_film)}", (0, 2)))
    console.print()
    if written:
        console.print("  Look at:")
        for path in written:
            console.print(f"    {escape(str(path))}", soft_wrap=True)


def _tables(data: ReportData, names: dict[str, str]) -> Iterator[Table]:
    """Yield the measures of each leg, then those of both."""
    cells = {(one.code, one.side): _cell(one) for one in data.observations if one.value is not None}
    marks = {one.code: "[yellow]provisional[/]" for one in data.observations if one.status == "provisional"}
    for columns in (("left", "right"), (None,)):
        table = Table(box=None, padding=(0, 1), header_style="bold")
        table.add_column("", min_width=36)
        for column in columns:
            table.add_column(column or "", justify="right", no_wrap=True)
        table.add_column("")
        for code in dict.fromkeys(code for code, side in cells if side in columns):
            row = [cells.get((code, column), "") for column in columns]
            table.add_row(f" {names.get(code, code)}", *row, marks.get(code, ""))
        if table.row_count:
            yield table


def _cell(one: Observation) -> str:
    from medius.report._format import format_number, format_value

    assert one.value is not None  # noqa: S101  # chosen by the caller
    cell = format_value(one.value, one.unit, one.code)
    if one.interval_95 is None:
        return cell
    half = (one.interval_95[1] - one.interval_95[0]) / 2
    return f"{cell} [dim]± {format_number(half, one.unit, one.code)}[/]"


class _Bar:
    """Progress on standard error: frames, speed, time left."""

    def __init__(self, console: Console, *, hidden: bool) -> None:
        self._progress: Any = nullcontext()
        self._tasks: dict[str, Any] = {}
        if not hidden:
            self._progress = Progress(
                TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"),
                TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=not console.is_terminal,
            )  # fmt: skip
        self._hidden = hidden

    def __enter__(self) -> Self:
        self._progress.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.__exit__(*error)

    def tell(self, name: str, done: int, total: int | None) -> None:
        """Show that `done` of `total` frames of `name` are ready."""
        if self._hidden:
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(escape(name), total=total, speed="")
        task = self._progress.tasks[self._tasks[name]]
        speed = f"{task.speed:.0f} frames/s" if task.speed else ""
        self._progress.update(self._tasks[name], completed=done, speed=speed)
