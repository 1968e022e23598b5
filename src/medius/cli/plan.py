"""``medius plan``: six weeks from what is known, on paper, in the calendar and on the watch."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medius.cli._programme import day_of, now, print_json, read_observations, today, watch_runs, write_file

if TYPE_CHECKING:
    from medius.programme import Plan, PlanInput, Session

__all__ = ["register"]

_EPILOG = """
[bold]Examples[/]

  medius plan --days mon,wed,sat --weight 8 --roller

  medius plan --observations rear.json --race 2027-04-11 --race-km 21.1 --handout plan.pdf

  medius plan --calendar plan.ics --workouts watch

Without wishes it shows the plan there is; with any of them, or --new, it makes a new one and keeps the old one.
"""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("plan", epilog=_EPILOG)(plan_command)


def plan_command(
    days: Annotated[str | None, typer.Option(metavar="DAYS", help="Free weekdays: mon,wed,sat.")] = None,
    minutes: Annotated[int | None, typer.Option(help="Most minutes of strength work on a day.")] = None,
    weight: Annotated[list[float] | None, typer.Option(metavar="KG", help="A weight at hand; repeat it.")] = None,
    band: Annotated[bool, typer.Option("--band", help="An elastic band is at hand.")] = False,
    roller: Annotated[bool, typer.Option("--roller", help="A foam roller is at hand.")] = False,
    no_step: Annotated[bool, typer.Option("--no-step", help="There is no stair and no step.")] = False,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First day (default: today).")] = None,
    race: Annotated[str | None, typer.Option(metavar="DATE", help="Day of a race.")] = None,
    race_km: Annotated[float | None, typer.Option(metavar="KM", help="Its distance.")] = None,
    goal: Annotated[str | None, typer.Option(help="What you want to do again, in your words.")] = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answers of the screening (default: those you gave).")
    ] = None,
    observations: Annotated[
        list[Path] | None, typer.Option(metavar="JSON", help="What another command printed with --json; repeat it.")
    ] = None,
    given: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="Everything in one TOML or JSON file instead.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Make a new plan.")] = False,
    handout: Annotated[Path | None, typer.Option(metavar="PDF", help="Write the handout with pictures.")] = None,
    calendar: Annotated[Path | None, typer.Option(metavar="ICS", help="Write a calendar file.")] = None,
    workouts: Annotated[Path | None, typer.Option(metavar="DIR", help="Write FIT workouts for a watch.")] = None,
    metronome: Annotated[
        Path | None, typer.Option(metavar="WAV", help="Write a metronome 5 % above the cadence of the film.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the plan is kept. Default: MEDIUS_DATA or your data folder."),
    ] = None,
) -> None:
    """Make a plan of six weeks, or show the one there is."""
    from medius.programme import best_case, render_plan

    wishes = (days, minutes, weight, start, race, race_km, goal, answers, observations, given)
    asked = new or band or roller or no_step or any(wish is not None for wish in wishes)
    plan = None if asked else _current(store)
    if plan is None:
        if given is not None:
            from medius.programme import read_plan_input

            made_from = read_plan_input(given, day_of(start))
        else:
            made_from = _build(
                days, minutes, weight, band, roller, no_step, start, race, race_km, goal, answers, observations, store
            )
        plan = _keep(made_from, store)
    sessions = best_case(plan)
    _write(plan, sessions, handout, calendar, workouts, metronome)
    if as_json:
        print_json({**plan.to_json(), "sessions_if_all_goes_well": [session.to_json() for session in sessions]})
    else:
        typer.echo(render_plan(plan, sessions), nl=False)


def _current(store: Path | None) -> Plan | None:
    from medius.programme import Plan
    from medius.record.programme import ProgrammeStore

    with ProgrammeStore(store) as kept:
        stored = kept.current_plan()
    return None if stored is None else Plan.model_validate(stored.data)


def _keep(given: PlanInput, store: Path | None) -> Plan:
    from medius.programme import make_plan
    from medius.record.programme import ProgrammeStore

    plan = make_plan(given)
    with ProgrammeStore(store) as kept, kept.writing():
        kept.add_plan(plan.to_json(), now().isoformat(timespec="seconds"))
    return plan


def _build(
    days: str | None,
    minutes: int | None,
    weight: list[float] | None,
    band: bool,
    roller: bool,
    no_step: bool,
    start: str | None,
    race: str | None,
    race_km: float | None,
    goal: str | None,
    answers: Path | None,
    observations: list[Path] | None,
    store: Path | None,
) -> PlanInput:
    from medius.programme import Equipment, input_from_observations, parse_days
    from medius.record.runs import data_folder
    from medius.screen import load_answers, screen

    found = read_observations(observations or [])
    path = answers or data_folder() / "screening.json"
    if answers is not None or path.is_file():
        found = [*screen(load_answers(path), today=today()).observations, *found]
    first = day_of(start)
    given = input_from_observations(
        found,
        start=first,
        days=parse_days(days.split(",")) if days else (0, 2, 4),
        equipment=Equipment(band=band, roller=roller, step=not no_step, weights_kg=tuple(weight or ())),
        minutes=50 if minutes is None else minutes,
        goal=goal,
        race_date=day_of(race) if race else None,
        race_km=race_km,
    )
    return _with_watch(given, first, store)


def _with_watch(given: PlanInput, first: dt.date, store: Path | None) -> PlanInput:
    """Take the longest run of the 30 days before from the watch where there are any runs; it knows better than memory."""
    from medius.programme import RunningNow

    recent = [(km, day) for day, km in watch_runs(store) if first - dt.timedelta(days=30) <= day <= first]
    if not recent:
        return given
    km, day = max(recent)
    running = given.running.model_dump() | {"longest_km_30_days": km, "longest_on": day}
    return given.model_copy(update={"running": RunningNow.model_validate(running)})


def _write(
    plan: Plan,
    sessions: tuple[Session, ...],
    handout: Path | None,
    calendar: Path | None,
    workouts: Path | None,
    metronome: Path | None,
) -> None:
    from medius.cli._console import error_console

    console = error_console()
    if handout is not None:
        from medius.report.handout import render_handout

        write_file(handout, render_handout(plan, sessions))
        console.print(f"The handout is in {handout}.", markup=False)
    if calendar is not None:
        from medius.exchange import render_calendar

        write_file(calendar, render_calendar(plan, sessions))
        console.print(f"The calendar is in {calendar}.", markup=False)
    if workouts is not None:
        from medius.exchange import render_workouts
        from medius.report import FileWriter

        files = render_workouts(plan, sessions)
        with FileWriter(workouts) as writer:
            for name, content in files.items():
                writer.add(name, content)
        console.print(f"{len(files)} workouts are in {workouts}.", markup=False)
    if metronome is not None:
        _write_metronome(plan, metronome)
        console.print(f"The metronome is in {metronome}.", markup=False)


def _write_metronome(plan: Plan, path: Path) -> None:
    from medius.errors import NothingToMeasureError
    from medius.evidence import fact
    from medius.exchange import render_metronome

    cadence = next((change.cadence_now for change in plan.retraining if change.cadence_now is not None), None)
    if cadence is None:
        raise NothingToMeasureError(
            "No metronome: the film gave no reason to change the cadence, or no cadence. Film a run first: medius analyse"
        )
    write_file(path, render_metronome(cadence * (1 + fact("X15").number("first_step") / 100)))
