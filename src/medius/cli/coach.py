"""``medius coach``: count and judge one set of an exercise in a clip."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from medius.cli._console import error_console, output_console

if TYPE_CHECKING:
    from medius.coach import Repetition, SetResult

__all__ = ["register"]

# The names of `medius.coach.COACHED`, which is not imported for a help text; a test holds them together.
_EPILOG = """
Exercises: clamshell, side-lying-hip-abduction, pelvic-drop, single-leg-deadlift, single-leg-squat, single-leg-stance, bridge,
side-plank-abduction.

[bold]Examples[/]

  medius coach clip.mp4 --exercise clamshell

  medius coach clip.mp4 --exercise single-leg-deadlift --side left --json > set.json

Exit codes: 0 done (also when nothing was counted: the result says why), 2 wrong command line, 3 a file or a name cannot be
used, 6 a part is missing, 130 stopped.
"""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(epilog=_EPILOG)
    def coach(
        clip: Annotated[Path, typer.Argument(help="A film of one set, camera still.")],
        exercise: Annotated[str, typer.Option(help="Name of the exercise.")],
        side: Annotated[
            str | None, typer.Option(help="left or right: the person's own working side; default: seen.")
        ] = None,
        json_: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
        quick: Annotated[bool, typer.Option(help="Smaller network: faster, a little less exact.")] = False,
        mirrored: Annotated[bool, typer.Option(help="The film is a mirror image.")] = False,
        engine: Annotated[str, typer.Option(help="auto, openvino or litert.")] = "auto",
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    ) -> None:
        """Count the repetitions of one set, time the holds and name the faults.

        Only whole repetitions count. Partial ones are shown. Nothing is counted that is not this exercise.
        """
        from medius.coach import coach_clip

        bar: Any = nullcontext() if quiet else _bar()
        with bar as shown:
            task = None if shown is None else shown.add_task(clip.name, total=None)
            result = coach_clip(
                clip,
                exercise,
                side,
                model="full" if quick else "heavy",
                mirrored=mirrored,
                engine=engine,
                progress=None if shown is None else lambda n, total: shown.update(task, completed=n, total=total),
            )
        if json_:
            typer.echo(json.dumps(result.to_json(), ensure_ascii=False))
        else:
            _summary(output_console(), result)


def _bar() -> Progress:
    console = error_console()
    return Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _summary(console: Console, result: SetResult) -> None:
    console.print()
    console.print(f"  [bold]{result.exercise.title}[/]: {_counts(result)}")
    if result.repetitions:
        console.print()
        console.print(_table(result))
    faults = result.summary()["faults"]
    if faults:
        console.print()
        for fault in faults:
            times = f"{fault['repetitions']} of {len(result.counted())}"
            console.print(f"  [yellow]{times}[/]  {fault['looks']} [bold]{fault['cue']}[/]")
    elif result.counted():
        console.print("\n  No fault was seen of those that the camera can see.")
    _tempo(console, result)
    if result.counted() and result.range_reason:
        console.print(f"\n  [dim]No range in degrees: {result.range_reason}[/]")
    for note in result.quality:
        console.print(f"\n  [yellow]{note.message}[/]")
    console.print()


def _tempo(console: Console, result: SetResult) -> None:
    full, asked = result.counted(), result.exercise.tempo
    if full and asked.out > 0:
        out, back = (sum(times) / len(full) for times in ([r.out_s for r in full], [r.back_s for r in full]))
        console.print(
            f"\n  Tempo: {out:.1f} s out, {back:.1f} s back; the exercise asks for {asked.out:g} and {asked.back:g}."
        )


def _counts(result: SetResult) -> str:
    if not result.repetitions:
        return "no repetition counted"
    parts = []
    for side in result.sides:
        full = len(result.counted(side)) if side else len(result.counted())
        partial = sum(r.side == side and not r.counted for r in result.repetitions)
        where = f"{side} " if side else ""
        parts.append(f"{where}[bold]{full}[/]" + (f" [dim](and {partial} partial, not counted)[/]" if partial else ""))
    return ", ".join(parts)


def _table(result: SetResult) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("", "side", "from", "to", "hold", "range"):
        table.add_column(column, justify="left" if column == "side" else "right")
    table.add_column("faults")
    number: dict[str | None, int] = {}
    for repetition in result.repetitions:
        if repetition.counted:
            number[repetition.side] = number.get(repetition.side, 0) + 1
        table.add_row(*_row(repetition, number.get(repetition.side, 0)), style=None if repetition.counted else "dim")
    return table


def _row(repetition: Repetition, number: int) -> tuple[str, ...]:
    return (
        str(number) if repetition.counted else "–",
        repetition.side or "both",
        f"{repetition.start_s:.1f} s",
        f"{repetition.end_s:.1f} s",
        f"{repetition.hold_s:.1f} s",
        "" if repetition.range_deg is None else f"{repetition.range_deg:.0f}°",
        ", ".join(name.replace("_", " ") for name in repetition.faults) if repetition.counted else "partial",
    )
