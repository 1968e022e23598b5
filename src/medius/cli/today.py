"""``medius today``: what to do today, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medius.cli._programme import day_of, kept, print_json, watch_runs, write_file

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("today")(today_command)


def today_command(
    pain_now: Annotated[float | None, typer.Option(min=0, max=10, help="Pain at rest now, 0 to 10.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Another day than today.")] = None,
    handout: Annotated[Path | None, typer.Option(metavar="PDF", help="Write this session with pictures.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the session as JSON.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the plan is kept. Default: MEDIUS_DATA or your data folder."),
    ] = None,
) -> None:
    """Say what to do today, worked out from what happened."""
    from medius.programme import next_session, render_session

    day = day_of(on)
    with kept(store) as mine:
        plan, history = mine.plan, mine.history
    session = next_session(plan, history, day, pain_now, watch_runs(store))
    if handout is not None:
        from medius.report.handout import render_handout

        write_file(handout, render_handout(plan, (session,)))
    if as_json:
        print_json(session.to_json())
        return
    trained = any(done.date == day and done.trained for done in history)
    if session.kind == "training" and session.date > day:
        typer.echo("Today is logged already. Next:" if trained else "Nothing today. Next:")
    typer.echo(render_session(session), nl=False)
    waiting = [done for done in history if done.trained and done.next_morning is None and done.date < day]
    if waiting:
        typer.echo(
            f"\nHow was the knee on the morning after {waiting[-1].date.isoformat()}? "
            "Say it with: medius done --next-morning 0"
        )
