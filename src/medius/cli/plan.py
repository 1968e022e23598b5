"""``medius plan``: six weeks from what is known, on paper, in the calendar and on the watch."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medius.cli._programme import (
    carried_over,
    day_of,
    in_words,
    now,
    print_json,
    read_observations,
    today,
    watch_runs,
    write_file,
)

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
            equipment = {"band": band, "roller": roller, "step": not no_step, "weights_kg": weight or ()}
            wanted = {"days": days, "minutes": minutes, "goal": goal, "race": race, "race_km": race_km}
            with in_words():
                made_from = _build(equipment, wanted, day_of(start), answers, observations or [])
        plan = _keep(_with_the_past(made_from, store), store)
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
    equipment: dict[str, Any],
    wanted: dict[str, Any],
    start: dt.date,
    answers: Path | None,
    observations: list[Path],
) -> PlanInput:
    """Build the input from the screening, from what other commands measured, and from wishes."""
    from medius.programme import Equipment, input_from_observations, parse_days
    from medius.record.runs import data_folder
    from medius.screen import load_answers, screen

    found = read_observations(observations)
    path = answers or data_folder() / "screening.json"
    if answers is not None or path.is_file():
        found = [*screen(load_answers(path), today=today()).observations, *found]
    return input_from_observations(
        found,
        start=start,
        days=parse_days(wanted["days"].split(",")) if wanted["days"] else (0, 2, 4),
        equipment=Equipment.model_validate(equipment),
        minutes=50 if wanted["minutes"] is None else wanted["minutes"],
        goal=wanted["goal"],
        race_date=day_of(wanted["race"]) if wanted["race"] else None,
        race_km=wanted["race_km"],
    )


def _with_the_past(given: PlanInput, store: Path | None) -> PlanInput:
    """Add what earlier plans and the watch know: what still stops the programme, and the longest run of the 30 days before."""
    from medius.programme import RunningNow

    stops, logged = carried_over(store)
    since, first = given.start - dt.timedelta(days=30), given.start
    recent = [(km, day) for day, km in (*watch_runs(store), *logged) if since <= day <= first]
    update: dict[str, Any] = {"blocked_because": (*given.blocked_because, *stops)}
    if recent:
        km, day = max(recent)
        running = given.running.model_dump() | {"longest_km_30_days": km, "longest_on": day}
        update["running"] = RunningNow.model_validate(running)
    return given.model_copy(update=update)


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
