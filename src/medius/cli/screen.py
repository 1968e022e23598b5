"""``medius screen``: from a runner's answers to what fits, what does not, and what must see a doctor first."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from medius.cli._console import error_console, output_console
from medius.errors import InvalidValueError, OutputError

if TYPE_CHECKING:
    from medius.screen import Answers, Clearance, Score, Screening

__all__ = ["register", "render_text", "show"]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command("screen")
    def screen_command(
        answers: Annotated[
            Path | None, typer.Option("--answers", help="Screen the answers in this TOML or JSON file; ask nothing.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
        save: Annotated[
            Path | None,
            typer.Option("--save", help="Keep the answers here, to go on later (default: your data folder)."),
        ] = None,
        new: Annotated[bool, typer.Option("--new", help="Start afresh instead of going on.")] = False,
        cleared_by: Annotated[
            str | None, typer.Option("--cleared-by", help="Record that this clinician cleared the red flags.")
        ] = None,
        cleared_on: Annotated[
            str | None, typer.Option("--cleared-on", help="The day of the clearance, as 2027-05-30 (default: today).")
        ] = None,
    ) -> None:
        """Ask what hurts, where and since when; say what fits, and what must see a doctor first."""
        from medius.record.runs import data_folder
        from medius.screen import Answers, load_answers, screen

        today = dt.datetime.now().astimezone().date()
        path = answers or save or data_folder() / "screening.json"
        given = load_answers(path) if answers or (path.is_file() and not new) else Answers({})
        if cleared_by:
            given = _with_clearance(given, cleared_by, cleared_on or today.isoformat())
        if answers is None:
            given = _ask(path, given, today, quiet=as_json)
        outcome = screen(given, today=today)
        if as_json:
            typer.echo(json.dumps(outcome.to_json(), ensure_ascii=False, indent=2))
        else:
            show(outcome, output_console())


def _with_clearance(given: Answers, by: str, on: str) -> Answers:
    """Return `given` with a clearance of every red flag that stands now, and of nothing that may come later."""
    from medius.screen import read_clearances, screen

    standing = [flag.id for flag in screen(given).red_flags if flag.cleared_by is None]
    if not standing:
        raise InvalidValueError("These answers show no red flag that stands, so there is nothing to clear.")
    return replace(given, clearances=(*given.clearances, *read_clearances({"by": by, "on": on, "flags": standing})))


def _ask(path: Path, given: Answers, today: dt.date, *, quiet: bool) -> Answers:
    """Ask on the terminal what is not yet answered, keeping every answer in `path`.

    The day of the answers stays that of the first one, so that a clearance given in between counts.
    """
    from medius.screen import accept_clearances, read_answers, run_dialogue

    console = error_console() if quiet else output_console()
    values = dict(given.values)
    answered_on = given.answered_on or today.isoformat()
    if values:
        console.print(
            f"Going on where you stopped; answers so far: {len(values)}, in {escape(str(path))}. --new starts afresh."
        )
        _write(path, answered_on, given.clearances, values)

    def keep(current: dict[str, Any]) -> None:
        _write(path, answered_on, given.clearances, current)

    ending = run_dialogue(
        values,
        ask=lambda prompt: console.input(f"[dim]{escape(prompt)}[/]"),
        tell=console.print,
        keep=keep,
        clearances=accept_clearances(given.clearances, answered_on, today.isoformat())[0],
    )
    if ending == "left":
        console.print(f"\nStopped. Your answers are in {escape(str(path))}; medius screen goes on from there.\n")
    return replace(read_answers({"answered_on": answered_on, **values}), clearances=given.clearances)


def _write(path: Path, answered_on: str, clearances: tuple[Clearance, ...], values: dict[str, Any]) -> None:
    """Write the answers whole or not at all, readable by the person alone."""
    document: dict[str, Any] = {"answered_on": answered_on, **values}
    if clearances:
        document["clearance"] = [item.model_dump(mode="json") for item in clearances]
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=2)
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}). Name another file with --save.") from None


def show(outcome: Screening, console: Console) -> None:
    """Print an outcome in the order in which a person should read it."""
    for problem in outcome.problems:
        _item(console, "[yellow]Note[/]", problem.message, indent=0)
    _show_red_flags(outcome, console)
    if any(flag.cleared_by is None for flag in outcome.red_flags):
        console.print("\nMedius makes no programme until a clinician has cleared this (X01).")
        return
    if outcome.blocked:
        console.print("\n[bold]No programme yet[/]")
        for reason in outcome.blocked_because:
            console.print(f"  {escape(reason)}")
    _show_patterns(outcome, console)
    _show_risk(outcome, console)
    _show_measurements(outcome, console)
    console.print("\n[bold]Next[/]")
    for step in outcome.next_steps:
        _item(console, "-", step.text, step.evidence)
    console.print("\n[dim]This is not a diagnosis. medius evidence ID shows what a sentence rests on.[/]")


def render_text(outcome: Screening, width: int = 100) -> str:
    """Return what `show` prints, without colours."""
    text = StringIO()
    show(outcome, Console(file=text, width=width, highlight=False, color_system=None))
    return "\n".join(line.rstrip() for line in text.getvalue().strip().splitlines()) + "\n"


def _item(console: Console, lead: str, text: str, evidence: tuple[str, ...] = (), *, indent: int = 2) -> None:
    """Print `text` after `lead`, wrapped under itself."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(lead, f"{escape(text)} {_ids(evidence)}" if evidence else escape(text))
    console.print(Padding(grid, (0, 0, 0, indent)))


def _ids(evidence: tuple[str, ...]) -> str:
    return f"[dim]({', '.join(evidence)})[/]"


def _show_red_flags(outcome: Screening, console: Console) -> None:
    for flag in outcome.red_flags:
        if flag.cleared_by:
            console.print(
                f"\n[bold]{escape(flag.title)}[/]: cleared by {escape(flag.cleared_by)} on {flag.cleared_on}."
            )
            continue
        console.print(f"\n[bold red]Stop: be seen {flag.urgency}.[/] [bold]{escape(flag.title)}[/]")
        _item(console, "", flag.message, flag.evidence)
        for reason in flag.because:
            _item(console, "because", reason)


def _show_patterns(outcome: Screening, console: Console) -> None:
    console.print("\n[bold]What fits these answers[/]")
    for verdict in ("consistent with", "cannot tell", "not consistent with"):
        fitting = [pattern for pattern in outcome.patterns if pattern.verdict == verdict]
        if verdict == "not consistent with" and fitting:
            _item(console, verdict, "; ".join(pattern.name for pattern in fitting))
            continue
        for pattern in fitting:
            _item(console, f"[bold]{verdict}[/]", pattern.name)
            for sign, notes in (("+", pattern.for_), ("-", pattern.against)):
                for note in notes:
                    _item(console, sign, note.text, note.evidence, indent=4)


def _show_risk(outcome: Screening, console: Console) -> None:
    console.print("\n[bold]What may play a part[/]")
    for item in outcome.risk:
        how = f" {item.how_to_know}" if item.status == "unknown" else ""
        _item(console, f"{item.status:<7}", f"{item.name} (certainty {item.certainty}).{how}", item.evidence)


def _show_measurements(outcome: Screening, console: Console) -> None:
    strength = outcome.strength
    if strength.hip_abduction or strength.notes:
        console.print("\n[bold]Strength and tests[/]")
    for reading in strength.hip_abduction:
        norm = reading.why_no_norm or f"Expected {reading.expected:.2f}, z {reading.z:+.1f}"
        change = (
            "" if reading.change is None else f" Since last time {reading.change_percent:+.0f} %: {reading.change}."
        )
        text = f"hip abduction {reading.side} {reading.value:.2f} Nm/kg. {norm.rstrip('.')}.{change}"
        _item(console, "-", text, strength.evidence)
    if strength.side_difference:
        difference = strength.side_difference
        repeat = ": measure again before drawing a conclusion" if difference.repeat else ""
        _item(console, "-", f"side difference {difference.percent:.0f} %{repeat}", difference.evidence)
    for note in strength.notes:
        _item(console, "-", note.text, note.evidence)
    if outcome.scores:
        console.print("\n[bold]Scores[/]")
    for score in outcome.scores:
        change = f"; {score.change.difference:+g} since last time: {score.change.meaning}" if score.change else ""
        scale = f"{score.lowest:g} to {score.highest:g}, {score.better} is better"
        _item(console, "-", f"{score.name}: {_total(score)} ({scale}){change}", score.evidence)


def _total(score: Score) -> str:
    if score.value is not None:
        return f"{score.value:g}"
    low, high = score.possible or (score.lowest, score.highest)
    items = "1 item" if score.missing_items == 1 else f"{score.missing_items} items"
    return f"between {low:g} and {high:g}, {items} missing"
