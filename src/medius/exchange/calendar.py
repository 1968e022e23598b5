"""A plan as a calendar file (iCalendar, RFC 5545): one all-day event for each session.

The same plan gives the same bytes: identifiers come from the dates, and the time stamp is the start of the plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from medius.exercises import exercise
from medius.programme import Plan, Session, dose_words, exercise_words, run_words

__all__ = ["render_calendar"]

_LINE_OCTETS = 75


def render_calendar(plan: Plan, sessions: Sequence[Session]) -> bytes:
    """Return the calendar file.

    Parameters
    ----------
    plan
        The plan; its start gives the time stamp.
    sessions
        What to put in, usually `medius.programme.best_case`.
    """
    stamp = f"{plan.given.start:%Y%m%d}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Medius//Programme//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Medius",
    ]
    for session in sessions:
        lines += _event(session, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(session: Session, stamp: str) -> Iterable[str]:
    day, after = session.date, session.date + dt.timedelta(days=1)
    yield "BEGIN:VEVENT"
    yield f"UID:{day:%Y%m%d}-session@medius"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{after:%Y%m%d}"
    yield f"SUMMARY:{_escaped(_summary(session))}"
    yield f"DESCRIPTION:{_escaped(_description(session))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _summary(session: Session) -> str:
    parts = []
    if session.tests:
        parts.append("tests")
    if session.items:
        parts.append(f"strength {session.minutes:.0f} min")
    if session.run is not None:
        parts.append(f"run {session.run.step.km:g} km")
    return f"Medius week {session.week}: {', '.join(parts) or 'rest'}"


def _description(session: Session) -> str:
    lines = ["If all went well so far; 'medius today' says what fits what happened."]
    lines += [str(test) for test in session.tests]
    lines += [f"{exercise_words(item.step)}: {dose_words(item.step)}" for item in session.items]
    lines += [f"Before the run: {exercise(p.exercise).title}, {p.seconds:g} s a side" for p in session.pre_run]
    if session.run is not None:
        lines.append(f"Run: {run_words(session.run)}")
        lines += [str(cue) for cue in session.run.cues]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """Cut a line into parts of at most 75 octets, never inside a character (RFC 5545, 3.1)."""
    part, size, limit = "", 0, _LINE_OCTETS
    for character in line:
        octets = len(character.encode())
        if size + octets > limit:
            yield part
            part, size = " ", 1
        part += character
        size += octets
    yield part
