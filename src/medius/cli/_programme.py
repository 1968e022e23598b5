"""What the commands of the programme share: the store, the day, and reading wishes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medius.errors import InvalidValueError, NothingToMeasureError, OutputError, UnreadableFileError

if TYPE_CHECKING:
    from medius.programme import Done, Plan
    from medius.record import Observation
    from medius.record.programme import ProgrammeStore

__all__ = [
    "Kept",
    "carried_over",
    "day_of",
    "in_words",
    "kept",
    "now",
    "print_json",
    "read_observations",
    "today",
    "watch_runs",
    "write_file",
]


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a value that a model refuses into a sentence for a person."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "a value"
        raise InvalidValueError(f"{place} cannot be {first.get('input')!r}: {first['msg'].lower()}.") from error


def carried_over(folder: Path | None) -> tuple[tuple[str, ...], tuple[tuple[dt.date, float], ...]]:
    """Return what earlier plans leave behind: sentences that still stop the programme, and runs that were logged."""
    from medius.evidence import fact
    from medius.programme import Done, Plan, fold
    from medius.record.programme import ProgrammeStore

    with ProgrammeStore(folder) as store:
        stored = store.current_plan()
        logs = [Done.model_validate(log) for _, log in store.logs()]
    runs = tuple((done.date, done.run.km) for done in logs if done.run is not None)
    if stored is None:
        return (), runs
    state = fold(Plan.model_validate(stored.data), logs)
    stops = tuple(f"Logged, and not cleared since: {flag}." for flag in state.red_flags)
    if state.backs >= fact("X65").number("clinician_after"):
        stops += (f"Pain went over the limit in {state.backs} sessions in a row, and nobody has looked at it since.",)
    return stops, runs


def now() -> dt.datetime:
    """Return this moment, in the zone of the machine."""
    return dt.datetime.now().astimezone()


def today() -> dt.date:
    """Return today, in the zone of the machine."""
    return now().date()


def day_of(text: str | None, default: dt.date | None = None) -> dt.date:
    """Read a day; None gives the default, or today."""
    if text is None:
        return default or today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no date. Write the day as 2027-05-17.") from error


@dataclass(frozen=True)
class Kept:
    """The current plan with its logs; ``entries`` are the numbers of the logs in the store."""

    store: ProgrammeStore
    plan_id: int
    plan: Plan
    history: tuple[Done, ...]
    entries: tuple[int, ...]


@contextmanager
def kept(folder: Path | None, *, write: bool = False) -> Iterator[Kept]:
    """Open the store and give the current plan; with `write` nobody else writes until all is kept.

    Raises
    ------
    NothingToMeasureError
        If no plan was made yet.
    """
    from medius.programme import Done, Plan
    from medius.record.programme import ProgrammeStore

    with ProgrammeStore(folder) as store, store.writing() if write else nullcontext():
        stored = store.current_plan()
        if stored is None:
            raise NothingToMeasureError("There is no plan yet. Make one: medius plan")
        logs = store.logs(stored.id)
        yield Kept(
            store,
            stored.id,
            Plan.model_validate(stored.data),
            tuple(Done.model_validate(log) for _, log in logs),
            tuple(entry for entry, _ in logs),
        )


def watch_runs(folder: Path | None) -> tuple[tuple[dt.date, float], ...]:
    """Return day and kilometres of the imported runs, none where nothing was imported."""
    from medius.record.runs import FILE_NAME, RunStore, data_folder

    if not ((folder or data_folder()) / FILE_NAME).is_file():
        return ()
    from medius.load import runs_table

    with RunStore(folder) as store:
        table = runs_table(store)
    if table.empty:
        return ()
    known = table.dropna(subset=["distance_m"])
    return tuple(
        (day.date(), metres / 1000)
        for day, metres in zip(known["date"], known["distance_m"], strict=True)
        if metres > 0
    )


def read_observations(paths: list[Path]) -> list[Observation]:
    """Read observations from the JSON that other commands print with ``--json``."""
    from medius.record import Observation

    found: list[Observation] = []
    for path in paths:
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise UnreadableFileError(
                f"{path} cannot be read as JSON ({error}). Give what a command prints with --json."
            ) from error
        records = content.get("observations") if isinstance(content, dict) else content
        if not isinstance(records, list):
            raise UnreadableFileError(f"{path} holds no observations. Give what a command prints with --json.")
        try:
            found += [Observation.model_validate(record) for record in records]
        except ValueError as error:
            raise InvalidValueError(f"{path} holds an observation that cannot be used: {error}") from error
    return found


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    from medius.report import FileWriter

    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it.")
    with FileWriter(path.parent) as writer:
        writer.add(path.name, content)


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object."""
    import typer

    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))
