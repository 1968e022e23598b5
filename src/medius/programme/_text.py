"""Say a plan, a session and the progress in plain words, for the terminal and for review on paper."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from medius.exercises import exercise
from medius.programme._ladders import LOADED
from medius.programme._models import Plan, Run, Sentence, Session, Step
from medius.programme._progress import Progress
from medius.programme._schedule import DAY_NAMES, weeks_of_plan

__all__ = ["dose_words", "exercise_words", "render_plan", "render_progress", "render_session", "run_words"]

WIDTH = 100


def exercise_words(step: Step) -> str:
    """Return the name of a step's exercise with its variant and weight."""
    title = exercise(step.exercise).title
    if step.variant == LOADED:
        return f"{title}, {step.load_kg:g} kg"
    return f"{title}, {step.variant}" if step.variant else title


def dose_words(step: Step) -> str:
    """Return sets, repetitions, tempo and rest in words."""
    hold = f"hold {step.hold_s:g} s, " if step.hold_s else ""
    side = " a side" if step.both_sides else ""
    return f"{step.sets} × {step.repetitions}{side}, {step.out_s:g} s out, {hold}{step.back_s:g} s back, rest {step.rest_s:g} s"


def run_words(run: Run) -> str:
    """Return a run in words."""
    step = run.step
    parts = "unbroken" if step.run_min <= 0 else f"{step.run_min:g} min running, {step.walk_min:g} min walking, in turn"
    return f"{step.km:g} km, {parts}, {step.terrain}, about {run.minutes:.0f} min"


def render_session(session: Session) -> str:
    """Return a session in plain text."""
    head = f"{DAY_NAMES[session.date.weekday()]}, {session.date.isoformat()}, week {session.week}"
    lines = [f"{head}: {_HEADS[session.kind]}"]
    lines += _bullets(session.messages, "!")
    if session.kind != "training":
        return "\n".join([*lines, *_bullets(session.reasons, "-")]) + "\n"
    for test in session.tests:
        lines += _wrapped(f"test: {test}")
    if session.items:
        lines.append(f"  Strength, about {session.minutes:.0f} minutes")
        for item in session.items:
            lines += _wrapped(f"{exercise_words(item.step)}: {dose_words(item.step)}", "    ")
        sided = [item for item in session.items if item.sides]
        if sided:
            lines.append(f"    The {sided[0].sides[0]} side first; the other side does no more than it.")
    if session.run is not None:
        if session.pre_run:
            parts = ", ".join(f"{exercise(p.exercise).title} {p.seconds:g} s a side" for p in session.pre_run)
            lines += _wrapped(f"Before the run: {parts}")
        lines += _wrapped(f"Run: {run_words(session.run)}")
        for cue in session.run.cues:
            lines += _wrapped(f"{cue}", "    ")
    if session.reasons:
        lines.append("  Why")
        lines += _bullets(session.reasons, "-", "    ")
    return "\n".join(lines) + "\n"


_HEADS = {
    "training": "training",
    "rest": "rest",
    "settle": "let it settle",
    "see-clinician": "see a clinician",
    "blocked": "stop",
}


def render_plan(plan: Plan, sessions: Sequence[Session]) -> str:
    """Return a plan in plain text.

    Parameters
    ----------
    plan
        The plan.
    sessions
        How it goes if all goes well (`best_case`).
    """
    given = plan.given
    lines = [f"Six weeks from {given.start.isoformat()}", ""] if not plan.blocked else ["No programme", ""]
    for sentence in plan.notes:
        lines += _wrapped(f"! {sentence}", "", "  ")
    if not plan.notes:
        lines.pop()
    if plan.blocked:
        for text in given.stops:
            lines += _wrapped(f"- {text}", "  ", "    ")
        return "\n".join([*lines, *_CLOSING]) + "\n"
    lines += _section("What to expect", plan.expectation)
    lines += _section("How to train", plan.advice)
    lines += _ladders(plan)
    for change in plan.retraining:
        lines += _section(f"Running form: {change.kind.replace('-', ' ')}", (change.why, change.cue))
    lines += [
        "",
        f"The {weeks_of_plan()} weeks if every session goes well; each real one is worked out from what happened.",
    ]
    week = 0
    for session in sessions:
        if session.week != week:
            week = session.week
            lines += ["", f"Week {week}"]
        lines += _one_line(session)
    return "\n".join([*lines, *_CLOSING]) + "\n"


_CLOSING = ("", "This is not a diagnosis. medius evidence ID shows what a sentence rests on.")


def _ladders(plan: Plan) -> list[str]:
    lines = ["", "Ladders, from easy to hard (a step further after two good sessions in a row)"]
    for track in plan.tracks:
        groups: list[tuple[str, list[str]]] = []
        for step in track.steps:
            name = exercise_words(step)
            if not groups or groups[-1][0] != name:
                groups.append((name, []))
            groups[-1][1].append(f"{step.sets}×{step.repetitions}")
        text = " → ".join(f"{name} {', '.join(doses)}" for name, doses in groups)
        lines += _wrapped(f"{track.title}: {text} ({', '.join(track.evidence)})", "  ", "    ")
    return lines


def _one_line(session: Session) -> list[str]:
    parts = [f"{exercise_words(i.step)} {i.step.sets}×{i.step.repetitions}" for i in session.items]
    day = f"{DAY_NAMES[session.date.weekday()][:3]} {session.date.isoformat()[5:]}"
    lines = []
    if session.tests:
        lines += _wrapped(f"{day}  tests: hip strength, single-leg stance, film", "  ", "             ")
    if parts:
        lines += _wrapped(f"{day}  strength {session.minutes:.0f} min: {'; '.join(parts)}", "  ", "             ")
    if session.run is not None:
        lines += _wrapped(f"{day}  run {run_words(session.run)}", "  ", "             ")
    return lines


def render_progress(progress: Progress, plan: Plan) -> str:
    """Return the progress in plain text."""
    lines = [f"Week {progress.week} ({progress.date.isoformat()})", ""]
    lines.append(f"  sessions done {progress.sessions_done} of {progress.sessions_planned} planned so far")
    if progress.longest_run_km is not None:
        lines.append(f"  longest run {progress.longest_run_km:g} km; last seven days {progress.run_km_last_week:g} km")
    for track in plan.tracks:
        level, top = progress.levels[track.name]
        step = track.steps[level]
        lines += _wrapped(
            f"{track.title}: step {level + 1} of {top + 1}, {exercise_words(step)} {step.sets}×{step.repetitions}"
        )
    return "\n".join([*lines, *_bullets(progress.sentences, "-")]) + "\n"


def _section(head: str, sentences: Iterable[Sentence]) -> list[str]:
    return ["", head, *_bullets(sentences, "-")]


def _bullets(sentences: Iterable[Sentence], mark: str, indent: str = "  ") -> list[str]:
    return [line for sentence in sentences for line in _wrapped(f"{mark} {sentence}", indent, f"{indent}  ")]


def _wrapped(text: str, first: str = "  ", rest: str | None = None) -> list[str]:
    after = f"{first}  " if rest is None else rest
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=after, break_on_hyphens=False)
