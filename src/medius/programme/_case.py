"""Written runners: a person in a file, the plan that comes of it, and what becomes of the plan as things happen.

A file holds the values of `PlanInput` in a table ``given``, and optionally a list ``happened``: until a day, how every session
went. They are printed for review, and a test keeps them current.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from medius.errors import InvalidValueError, UnreadableFileError
from medius.programme._log import done_as_asked
from medius.programme._models import Done, Pain, Plan, Session, Value
from medius.programme._outlook import best_case
from medius.programme._plan import make_plan
from medius.programme._progress import measure_progress
from medius.programme._read import parse_plan_input
from medius.programme._session import next_session
from medius.programme._text import exercise_words, render_plan, render_progress, render_session

__all__ = ["render_case"]


class _Happened(Value):
    """How every session went up to and with a day."""

    until: dt.date
    missed: bool = False
    pain: Pain = 0.0
    effort: Annotated[float, Field(ge=0, le=10)] = 5.0
    form_good: bool = True
    next_morning: Pain = 0.0
    worse: bool = False


def render_case(path: Path) -> str:
    """Return the plan of a written runner, and what became of it, as plain text.

    Raises
    ------
    UnreadableFileError, InvalidValueError
        If the file cannot be read or used.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFileError(f"{path} cannot be read ({error}).") from error
    plan = make_plan(parse_plan_input(content.get("given", {})))
    text = f"{content.get('who', path.stem)}\n\n" + render_plan(plan, best_case(plan))
    try:
        happened = [_Happened.model_validate(entry) for entry in content.get("happened", ())]
    except ValidationError as error:
        raise InvalidValueError(f"{path}: what happened cannot be used: {error.errors()[0]['msg']}") from error
    return text + _what_happened(plan, happened) if happened else text


def _what_happened(plan: Plan, happened: list[_Happened]) -> str:
    lines = ["", "What happened", ""]
    logs: list[Done] = []
    on = plan.given.start
    for part in happened:
        if part.missed:
            lines.append(f"  no session until {part.until.isoformat()}")
            on = part.until + dt.timedelta(days=1)
        while on <= part.until:
            session = next_session(plan, logs, on)
            if session.date > part.until:
                break
            logs += _log(session, part)
            lines += _line(session, part)
            on = session.date + dt.timedelta(days=1)
    after = next_session(plan, logs, on)
    progress = render_progress(measure_progress(plan, logs, on), plan)
    return "\n".join([*lines, "", "Next", "", render_session(after), progress])


def _log(session: Session, part: _Happened) -> list[Done]:
    if session.kind != "training" or not (session.items or session.run):
        return [Done(date=session.date, pain_now=min(part.pain, 2.0))] if session.kind == "settle" else []
    done = done_as_asked(
        session,
        pain=part.pain,
        effort=part.effort,
        form_good=part.form_good,
        run_km=session.run.step.km if session.run else None,
    )
    return [done.model_copy(update={"next_morning": part.next_morning, "worse_next_morning": part.worse})]


def _line(session: Session, part: _Happened) -> list[str]:
    parts = [f"{exercise_words(item.step)} {item.step.sets}×{item.step.repetitions}" for item in session.items]
    if session.run is not None:
        parts.append(f"run {session.run.step.km:g} km")
    if session.kind != "training":
        return [f"  {session.date.isoformat()}  {session.kind}"]
    felt = f"pain {part.pain:g}, next morning {part.next_morning:g}{' (worse)' if part.worse else ''}"
    return [f"  {session.date.isoformat()}  {felt}: {'; '.join(parts) or 'tests'}"]
