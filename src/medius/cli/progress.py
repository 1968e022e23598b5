"""``medius progress``: how it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medius.cli._programme import day_of, kept, print_json

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("progress")(progress_command)


def progress_command(
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Another day than today.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, observations included.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the plan is kept. Default: MEDIUS_DATA or your data folder."),
    ] = None,
) -> None:
    """Show sessions, pain and where you stand on each ladder, and what week 6 to 8 means."""
    from medius.programme import measure_progress, observe_session, render_progress

    with kept(store) as mine:
        plan, history = mine.plan, mine.history
    progress = measure_progress(plan, history, day_of(on))
    if as_json:
        observations = [o.to_json() for done in history for o in observe_session(done)]
        print_json({"schema": "medius.progress/1", **progress.to_json(), "observations": observations})
        return
    typer.echo(render_progress(progress, plan), nl=False)
