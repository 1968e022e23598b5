"""The printable handout: a plan on paper, each exercise with its pictures, and a sheet to log on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from medius.exercises import Exercise, draw_key_pictures, exercise, key_times
from medius.programme import DAY_NAMES, LOADED, Plan, Sentence, Session, Step, exercise_words, run_words
from medius.record import Side
from medius.report._pdf import compile_pdf

__all__ = ["render_handout"]

_GROUPS = (
    ("Before a run", ("it-band-stretch", "foam-roller-thigh", "glute-roll")),
    ("Lying", ("clamshell", "side-lying-hip-abduction", "bridge", "single-leg-bridge", "quadruped-hip-extension")),
    ("Standing", ("pelvic-drop", "lateral-band-walk", "split-squat", "single-leg-deadlift")),
    ("Harder", ("side-plank-abduction", "step-down", "single-leg-squat", "single-leg-deadlift+weight")),
    ("Tests", ("single-leg-stance",)),
)
_MOST_WORDS = 2


def render_handout(plan: Plan, sessions: Sequence[Session]) -> bytes:
    """Return the handout as a tagged PDF (PDF/UA-1); the same plan gives the same bytes.

    Parameters
    ----------
    plan
        The plan.
    sessions
        What to print: one session, or how the weeks go if all goes well.
    """
    text, pictures = lay_out_handout(plan, sessions)
    return _compile(text, pictures)


def lay_out_handout(plan: Plan, sessions: Sequence[Session]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the text of the handout and its pictures (SVG) by file name."""
    pictures: dict[str, str] = {}
    doses = _doses(sessions)
    groups = []
    for title, names in _GROUPS:
        items = [_card(name, doses[name], plan.first_side, pictures) for name in names if name in doses]
        if items:
            groups.append({"title": title, "items": items})
    single = len(sessions) == 1
    head = f"{DAY_NAMES[sessions[0].date.weekday()]}, {sessions[0].date.isoformat()}" if single else "Six weeks"
    warnings = [*plan.notes, *(message for session in sessions[:1] for message in session.messages)]
    if plan.blocked:
        warnings += [Sentence(text=text) for text in plan.given.stops]
    text = {
        "title": f"Your training: {head}" if not plan.blocked else "Stop: see a clinician first",
        "subtitle": f"From {plan.given.start.isoformat()}. "
        f"The {plan.first_side} side goes first in every exercise; the other side does no more than it."
        if not plan.blocked
        else "",
        "warnings": [_words(sentence) for sentence in warnings],
        "rules": [_words(sentence) for sentence in plan.advice],
        "expectation": [_words(sentence) for sentence in plan.expectation],
        "single": single,
        "weeks_title": "Today" if single else "Day by day, if all goes well",
        "weeks_note": "" if single else "Each real session is worked out from what happened: medius today.",
        "weeks": [_row(session) for session in sessions if session.kind == "training"],
        "groups": groups,
        "log": [f"{session.date:%d.%m.}" for session in sessions if session.items or session.run],
    }
    return text, pictures


def _words(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "evidence": list(sentence.evidence)}


def _row(session: Session) -> dict[str, str]:
    strength = "; ".join(f"{exercise_words(i.step)} {i.step.sets} × {i.step.repetitions}" for i in session.items)
    parts = [str(test.text) for test in session.tests]
    if session.run is not None:
        parts.append(f"Run {run_words(session.run)}.")
        parts += [cue.text for cue in session.run.cues]
    if session.items:
        strength = f"{session.minutes:.0f} min: {strength}"
    day = f"{DAY_NAMES[session.date.weekday()][:3]} {session.date:%d.%m.}"
    return {"day": day, "strength": strength, "run": " ".join(parts)}


def _doses(sessions: Sequence[Session]) -> dict[str, list[Step]]:
    """Return the doses of each exercise in order; the loaded deadlift has a card of its own."""
    found: dict[str, list[Step]] = {}
    for session in sessions:
        for part in session.pre_run:
            found.setdefault(part.exercise, [])
        if session.tests:
            found.setdefault("single-leg-stance", [])
        for item in session.items:
            name = item.step.exercise + ("+weight" if item.step.variant == LOADED else "")
            steps = found.setdefault(name, [])
            if item.step not in steps:
                steps.append(item.step)
    return found


def _card(key: str, steps: list[Step], side: Side, pictures: dict[str, str]) -> dict[str, Any]:
    name, _, loaded = key.partition("+")
    item = exercise(name)
    drawn = draw_key_pictures(item, side, loaded=bool(loaded))
    rows = []
    for view in item.views:
        row = []
        for phase, label, _ in key_times(item):
            file = f"{key.replace('+', '-')}-{phase}-{view.name}.svg"
            pictures[file] = drawn[(phase, view.name)]
            alt = f"{item.title}, {label.lower()}, {view.title}"
            row.append({"file": file, "label": label if view.name == "front" else view.title, "alt": alt})
        rows.append(row)
    if all(len(row) == 1 for row in rows):
        rows = [[picture for row in rows for picture in row]]
    return {
        "title": item.title + (", with a weight" if loaded else ""),
        "pictures": rows,
        "height": 34 if item.kind in ("lying",) or "plank" in name or "roller" in name else 46,
        "doses": _dose_lines(steps),
        "tempo": _tempo(steps[0]) if steps else "",
        "start": item.start,
        "movement": item.movement,
        "feel": item.feel,
        "faults": [{"looks": f.looks, "cue": f.cue, "evidence": list(f.evidence)} for f in item.faults],
        "ways": _ways(item),
        "stop": "; ".join(item.stop_if) + ".",
        "honest": item.honest,
        "evidence": list(item.evidence),
    }


def _dose_lines(steps: list[Step]) -> list[str]:
    """Return the doses in lines: one for each variant and weight, from the first to the last."""
    lines: dict[str, list[str]] = {}
    for step in steps:
        what = f"{step.load_kg:g} kg: " if step.load_kg else f"{step.variant}: " if step.variant else ""
        lines.setdefault(what, []).append(f"{step.sets} × {step.repetitions}")
    side = " a side" if steps and steps[0].both_sides else ""
    return [what + ", then ".join(doses) + side for what, doses in lines.items()]


def _tempo(step: Step) -> str:
    hold = f"hold {step.hold_s:g} s, " if step.hold_s else ""
    return f"{step.out_s:g} s out, {hold}{step.back_s:g} s back; rest {step.rest_s:g} s"


def _ways(item: Exercise) -> list[dict[str, str]]:
    return [
        {"kind": kind, "how": way.how}
        for kind, ways in (("Easier", item.easier), ("Harder", item.harder))
        for way in ways[:_MOST_WORDS]
    ]


def _compile(text: dict[str, Any], pictures: dict[str, str]) -> bytes:
    words = json.dumps(text, ensure_ascii=False).encode()
    return compile_pdf("handout.typ", {"handout.json": words, **{name: svg.encode() for name, svg in pictures.items()}})
