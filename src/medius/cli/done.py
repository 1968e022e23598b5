"""``medius done``: log what was done, how the knee took it, and how it was on the next morning."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medius.cli._programme import Kept, day_of, in_words, kept, now, print_json, today, watch_runs
from medius.errors import InvalidValueError

if TYPE_CHECKING:
    from medius.programme import Done, DoneItem

__all__ = ["register"]

_EPILOG = """
[bold]Examples[/]

  medius done --pain 1 --effort 5 --form-good

  medius done --pain 2 --effort 6 --form-good --did clamshell=12x3 --did single-leg-deadlift=8x3@8 --run-km 3.2

  medius done --next-morning 0 --not-worse

  medius done --pain-now 4
"""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("done", epilog=_EPILOG)(done_command)


def done_command(
    pain: Annotated[float | None, typer.Option(min=0, max=10, help="Worst pain during it, 0 to 10.")] = None,
    effort: Annotated[float | None, typer.Option(min=0, max=10, help="How hard it was, 0 to 10.")] = None,
    form_good: Annotated[bool | None, typer.Option("--form-good/--form-bad", help="Was the form good?")] = None,
    more: Annotated[int, typer.Option(help="Repetitions more (or fewer, as -2) than asked.")] = 0,
    did: Annotated[
        list[str] | None, typer.Option(metavar="NAME=REPSxSETS@KG", help="Another dose of one exercise; repeat it.")
    ] = None,
    run_km: Annotated[float | None, typer.Option(metavar="KM", help="The run that was done.")] = None,
    no_strength: Annotated[bool, typer.Option("--no-strength", help="The exercises were not done.")] = False,
    next_morning: Annotated[
        float | None, typer.Option(min=0, max=10, help="Pain on the morning after the last session.")
    ] = None,
    worse: Annotated[
        bool | None, typer.Option("--worse/--not-worse", help="Was that worse than before the session?")
    ] = None,
    pain_now: Annotated[float | None, typer.Option(min=0, max=10, help="Pain at rest now, without a session.")] = None,
    red_flag: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="A warning sign: locked, swollen, night pain …")
    ] = None,
    cleared_by: Annotated[str | None, typer.Option(metavar="NAME", help="A clinician has looked at it since.")] = None,
    note: Annotated[str, typer.Option(help="Anything worth keeping.")] = "",
    date: Annotated[str | None, typer.Option(metavar="DATE", help="The day it was done (default: today).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the log and the next session as JSON.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the plan is kept. Default: MEDIUS_DATA or your data folder."),
    ] = None,
) -> None:
    """Log what was done. Nothing that was confirmed is lost."""
    from medius.programme import Done, check_done, next_session, render_session

    session_words = (pain, effort, form_good, did, run_km)
    about_session = more != 0 or no_strength or any(word is not None for word in session_words)
    only_notes = any(word is not None for word in (next_morning, pain_now, red_flag, cleared_by))
    if not about_session and not only_notes:
        pain, effort, form_good = _ask()
        about_session = True
    day = day_of(date)
    with_items = not no_strength and (
        run_km is None or more != 0 or any(w is not None for w in (effort, form_good, did))
    )
    notes = {
        "next_morning": next_morning,
        "worse_next_morning": worse,
        "pain_now": pain_now,
        "red_flags": tuple(red_flag or ()),
        "cleared_by": cleared_by,
        "note": note,
    }
    with in_words(), kept(store, write=True) as mine:
        plan = mine.plan
        check_done((), Done(date=day), today(), plan)
        if about_session:
            words = (pain, effort, form_good, more, run_km, with_items)
            done = _session_log(mine, day, words, did or [], store)
            done = _keep(mine, Done.model_validate(done.model_dump() | notes))
        elif next_morning is not None and pain_now is None:
            done = _complete(mine, day if date else None, next_morning, worse)
        else:
            done = _keep(mine, Done.model_validate({"date": day, **notes}))
    with kept(store) as mine:
        after = next_session(plan, mine.history, max(day, today()), None, watch_runs(store))
    if as_json:
        print_json({"log": done.to_json(), "next": after.to_json()})
        return
    typer.echo(f"Kept: {_words(done)}\n\nNext\n{render_session(after)}", nl=False)


def _ask() -> tuple[float, float, bool]:
    if not sys.stdin.isatty():
        raise InvalidValueError("Say how it was: medius done --pain 1 --effort 5 --form-good")
    pain = typer.prompt("Worst pain during it, 0 to 10", type=float)
    effort = typer.prompt("How hard was it, 0 to 10", type=float)
    return pain, effort, typer.confirm("Was the form good?")


def _session_log(
    mine: Kept,
    day: dt.date,
    words: tuple[float | None, float | None, bool | None, int, float | None, bool],
    did: list[str],
    store: Path | None,
) -> Done:
    from medius.programme import done_as_asked, next_session

    pain, effort, form_good, more, run_km, with_items = words

    before = [done for done in mine.history if done.date < day or (done.date == day and not done.trained)]
    session = next_session(mine.plan, before, day, None, watch_runs(store))
    if session.kind in ("blocked", "see-clinician"):
        way = (
            "medius screen --cleared-by NAME, then medius plan --new"
            if mine.plan.blocked
            else "medius done --cleared-by NAME"
        )
        raise InvalidValueError(f"The programme stands still until a clinician has looked at this. Then: {way}")
    if session.date != day:
        session = session.model_copy(update={"date": day})
    done = done_as_asked(
        session,
        pain=pain,
        effort=effort,
        form_good=form_good,
        extra_repetitions=more,
        with_items=with_items,
        run_km=run_km,
    )
    if not done.trained:
        raise InvalidValueError(
            f"No exercises were asked for {day.isoformat()}, and no run was given. Log a run with --run-km, or how the "
            "knee is with --pain-now."
        )
    return done.model_copy(update={"items": _other_doses(done.items, did)}) if did else done


def _other_doses(items: tuple[DoneItem, ...], did: list[str]) -> tuple[DoneItem, ...]:
    """Return the items with the doses that were told one by one."""
    from medius.programme import DoneItem

    found = {item.asked.exercise: item for item in items}
    for text in did:
        name, _, dose = text.partition("=")
        name = name.strip()
        if name not in found:
            raise InvalidValueError(f"'{name}' was not asked for on this day. It was: {', '.join(found)}.")
        count, _, load = dose.partition("@")
        repetitions, _, sets = count.lower().partition("x")
        item = found[name]
        try:
            dose_done = {
                "repetitions": int(repetitions),
                "sets": int(sets) if sets else item.sets,
                "load_kg": float(load.removesuffix("kg")) if load else item.load_kg,
            }
            found[name] = DoneItem.model_validate(item.model_dump() | dose_done)
        except ValueError as error:
            raise InvalidValueError(f"{text!r} is no dose. Write it as clamshell=12x3 or deadlift=8x3@10.") from error
    return tuple(found.values())


def _keep(mine: Kept, done: Done) -> Done:
    """Keep a log; the run of a day joins the exercises of the day in a new revision. Return what is kept."""
    from medius.programme import check_done, merge_done

    written = now().isoformat(timespec="seconds")
    for entry, old in zip(mine.entries, mine.history, strict=True):
        if done.trained and old.trained and old.date == done.date:
            both = merge_done(old, done)
            mine.store.add_log(mine.plan_id, done.date.isoformat(), both.to_json(), written, entry)
            return both
    check_done(mine.history, done, today(), mine.plan)
    mine.store.add_log(mine.plan_id, done.date.isoformat(), done.to_json(), written)
    return done


def _complete(mine: Kept, day: dt.date | None, pain: float, worse: bool | None) -> Done:
    from medius.programme import with_morning

    _, done = with_morning(mine.history, day, pain, worse)
    pairs = zip(mine.entries, mine.history, strict=True)
    entry = next(number for number, old in pairs if old.trained and old.date == done.date)
    written = now().isoformat(timespec="seconds")
    mine.store.add_log(mine.plan_id, done.date.isoformat(), done.to_json(), written, entry)
    return done


def _words(done: Done) -> str:
    parts = [done.date.isoformat()]
    if done.items:
        parts.append(f"{len(done.items)} exercises")
    if done.run is not None:
        parts.append(f"run {done.run.km:g} km")
    for words, value in (("pain", done.pain), ("pain now", done.pain_now), ("next morning", done.next_morning)):
        if value is not None:
            parts.append(f"{words} {value:g}")
    parts += [f"red flag: {text}" for text in done.red_flags]
    if done.cleared_by:
        parts.append(f"cleared by {done.cleared_by}")
    return ", ".join(parts)
