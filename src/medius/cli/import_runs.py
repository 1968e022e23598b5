"""``medius import``: take in what the watch wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from medius.cli._console import error_console, output_console

__all__ = ["register"]

_TOLD = {"partial": "damaged, the whole part was kept", "refused": "refused", "duplicate": "already known"}
_MOST_TOLD = 20


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("import")(import_command)


def import_command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="FIT, GPX and TCX files, folders, or an export as ZIP.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a summary.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the runs are kept. Default: MEDIUS_DATA or your data folder."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Processes that read files at the same time.")] = 2,
) -> None:
    """Import runs from a watch: files, folders, and archives inside archives.

    What is already known is not read again, so an import that was stopped goes on where it stopped.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from medius.load import RunStore, import_runs

    with (
        RunStore(store) as runs,
        Progress(
            TextColumn("importing"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=error_console(),
            transient=True,
            disable=as_json,
        ) as bar,
    ):
        task = bar.add_task("")

        def show(done: int, expected: int, path: str) -> None:
            bar.update(task, completed=done, total=expected, description=Path(path).name)

        try:
            report = import_runs(paths, runs, workers=workers, progress=show)
        except KeyboardInterrupt:
            bar.stop()
            error_console().print("Stopped. What was imported is kept; the same command goes on from there.")
            raise typer.Exit(130) from None
        known = len(runs.runs())
    if as_json:
        typer.echo(json.dumps(report.to_json(), allow_nan=False, indent=2, ensure_ascii=False))
    else:
        _print_summary(report.to_json())
        output_console().print(f"{known} runs are known in all, kept in {runs.folder}.", markup=False, soft_wrap=True)
    if all(file.status == "refused" for file in report.files) and (report.files or not report.ignored):
        raise typer.Exit(3)


def _print_summary(report: dict[str, Any]) -> None:
    from rich.markup import escape

    console = output_console()
    summary = report["summary"]
    for status in ("partial", "refused"):
        told = [file for file in report["files"] if file["status"] == status]
        for file in told[:_MOST_TOLD]:
            colour = "yellow" if status == "partial" else "red"
            console.print(f"[{colour}]{status:9s}[/] {escape(file['reason'])}", soft_wrap=True)
        if len(told) > _MOST_TOLD:
            console.print(f"{status:9s} … and {len(told) - _MOST_TOLD} more; --json tells all.")
    kinds = _count_kinds(report["files"])
    console.print(f"[bold]{summary['imported']:5d}[/] imported")
    for status, words in _TOLD.items():
        if summary[status]:
            console.print(f"[bold]{summary[status]:5d}[/] {words}")
    if summary["not-a-run"]:
        console.print(f"[bold]{summary['not-a-run']:5d}[/] not a run ({escape(kinds)})", soft_wrap=True)
    ignored = summary["ignored"]
    if ignored:
        endings = ", ".join(f"{count} {ending}" for ending, count in ignored.items())
        console.print(f"[bold]{sum(ignored.values()):5d}[/] other files left aside ({escape(endings)})")
    if not report["files"]:
        console.print("No watch file was found: Medius reads FIT, GPX and TCX, also inside ZIP and GZ archives.")


def _count_kinds(files: list[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for file in files:
        if file["status"] == "not-a-run":
            kind = file["reason"].split(" is not a run: ", 1)[-1].split(";")[0].split(". ")[0].rstrip(".")
            short = kind.removeprefix("the sport is ")
            if short.startswith("the file names no sport, and its speeds"):
                short = "no sport named, not a runner's speeds"
            elif short.startswith("the file names no sport"):
                short = "no sport named, too short to tell"
            elif short.startswith("it holds "):
                short = short.removeprefix("it holds ")
            counts[short] = counts.get(short, 0) + 1
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items(), key=lambda item: -item[1]))
