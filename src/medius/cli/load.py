"""``medius load``: what the runs of the watch say about the knee."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medius.cli._console import error_console, output_console
from medius.errors import InvalidValueError, NothingToMeasureError, OutputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["register"]

SCHEMA = "medius.load/1"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("load")(load_command)


def load_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    store: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the runs are kept. Default: MEDIUS_DATA or your data folder."),
    ] = None,
    last: Annotated[int, typer.Option(min=1, help="How many runs and weeks the tables show.")] = 10,
    planned: Annotated[float | None, typer.Option(metavar="KM", help="Judge a planned run of so many km.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Day of the planned run. Default: today.")] = None,
    diary: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Diary: date, pain, pain_from_km, next_morning, rpe.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the load to an SVG, PNG or PDF file.")
    ] = None,
) -> None:
    """Show distance, long runs, descent, running dynamics and, with a diary, pain beside the runs."""
    from medius import load

    with load.RunStore(store) as runs_store:
        runs = load.runs_table(runs_store)
        if runs.empty:
            raise NothingToMeasureError("No runs are known yet. Import some first: medius import PATH")
        calendar = None
        associations: tuple[load.PainAssociation, ...] = ()
        if diary is not None:
            calendar = load.pain_calendar(runs, load.read_diary(diary), runs_store)
            associations = load.associate_pain(calendar)
            runs = load.with_effort(runs, calendar)
    weeks, guard = load.weekly_table(runs), load.guard_runs(runs)
    verdict = None if planned is None else load.guard_planned_run(runs, 1000.0 * planned, _moment(on))
    if chart is not None:
        _save_chart(runs, chart)
    if as_json:
        observations = load.observe_load(runs, weeks, associations, last_runs=last)
        told: dict[str, Any] = {
            "schema": SCHEMA,
            "runs": _records(runs.join(guard[["longest_m", "ratio", "level", "band"]])),
            "weeks": _records(weeks),
            "planned": None if verdict is None else {**vars(verdict), "when": verdict.when.isoformat()},
            "calendar": [] if calendar is None else _records(calendar),
            "associations": [vars(item) for item in associations],
            "observations": [observation.to_json() for observation in observations],
        }
        typer.echo(json.dumps(told, allow_nan=False, indent=2, ensure_ascii=False))
        return
    console = output_console()
    console.print(_runs_table(runs.tail(last), guard))
    console.print(_weeks_table(weeks.tail(last)))
    latest = guard.iloc[-1:] if len(guard) else guard
    for sentence, level in zip(latest["sentence"], latest["level"], strict=True):
        console.print(f"Latest run{_mark(level)}: {sentence}", soft_wrap=True)
    if verdict is not None:
        console.print(f"Planned run{_mark(verdict.level)}: {verdict.sentence}", soft_wrap=True)
    if calendar is not None:
        console.print(_pain_table(calendar.dropna(subset=["pain"]).tail(last)))
        for item in associations:
            console.print(item.sentence, soft_wrap=True)
    console.print(
        "[dim]Long runs: evidence R01, R03, X02. Weekly distance is a description; ratios of weeks did not predict "
        "injuries (R02, R05, R08, R09). Downhill: D16, D27, R12. `medius evidence ID` tells more.[/]",
        soft_wrap=True,
    )
    if chart is not None:
        error_console().print(f"The chart is in {chart}.", markup=False)


def _moment(text: str | None) -> pd.Timestamp:
    import pandas as pd

    if text is None:
        return pd.Timestamp.now(tz="UTC")
    try:
        return pd.Timestamp(text, tz="UTC") + pd.Timedelta(hours=12)
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no date. Write the day as 2026-05-17.") from error


def _save_chart(runs: pd.DataFrame, path: Path) -> None:
    from medius.load import draw_load_chart

    if path.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise OutputError(f"A chart can be SVG, PNG or PDF, not {path.suffix or 'a file without an ending'}.")
    try:
        draw_load_chart(runs).savefig(path, dpi=150)
    except OSError as error:
        raise OutputError(f"The chart cannot be written to {path} ({error}).") from error


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON values, times in ISO 8601 and missing values as null."""
    days = table.reset_index()
    for name in {"date", "week"} & set(days.columns):
        days[name] = days[name].dt.strftime("%Y-%m-%d")
    text = days.to_json(orient="records", date_format="iso", date_unit="s", double_precision=6)
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def _mark(level: object) -> str:
    return {"warn": " [yellow](long)[/]", "strong": " [bold red](very long)[/]"}.get(str(level), "")


def _number(value: float, digits: int = 0) -> str:
    return "" if value != value else f"{value:.{digits}f}"


def _runs_table(runs: pd.DataFrame, guard: pd.DataFrame) -> Any:
    from rich.table import Table

    table = Table(title="Runs", title_justify="left", box=None, pad_edge=False)
    for head in ("day", "km", "min", "pace", "× 30 d", "down m", "<−5 %", "<−10 %", "spm", "GCT", "bal %", "VO"):
        table.add_column(head, justify="left" if head == "day" else "right", no_wrap=True)
    table.caption = (
        "pace min/km · × 30 d: against the longest run of the 30 days before · down: descent; minutes steeper than −5 and "
        "−10 % · spm: cadence · GCT: ground contact time ms · bal: share of one foot in it · VO: vertical oscillation mm"
    )
    table.caption_justify = "left"
    joined = runs.join(guard[["ratio", "level"]])
    for run in joined.to_dict("records"):
        pace = run["pace_s_per_km"]
        table.add_row(
            str(run["date"].date()),
            _number(run["distance_m"] / 1000, 1),
            _number(run["moving_time_s"] / 60),
            "" if pace != pace else f"{pace // 60:.0f}:{pace % 60:02.0f}",
            _number(run["ratio"], 2) + {"warn": "!", "strong": "!!"}.get(str(run["level"]), ""),
            _number(run["descent_m"]),
            _number(run["downhill_5_10_min"] + run["downhill_over_10_min"], 1),
            _number(run["downhill_over_10_min"], 1),
            _number(run["cadence_spm"]),
            _number(run["ground_contact_time_ms"]),
            _number(run["stance_time_balance_percent"], 1),
            _number(run["vertical_oscillation_mm"]),
        )
    return table


def _weeks_table(weeks: pd.DataFrame) -> Any:
    from rich.table import Table

    table = Table(title="Weeks", title_justify="left", box=None, pad_edge=False)
    for head in ("from Monday", "runs", "km", "change %", "longest km", "descent m", "effort × min"):
        table.add_column(head, justify="left" if head == "from Monday" else "right")
    for monday, week in zip(weeks.index, weeks.to_dict("records"), strict=True):
        table.add_row(
            str(monday.date()),
            _number(week["runs"]),
            _number(week["distance_m"] / 1000, 1),
            _number(week["change_percent"]),
            _number(week["longest_m"] / 1000, 1),
            _number(week["descent_m"]),
            _number(week["effort_load"]),
        )
    return table


def _pain_table(calendar: pd.DataFrame) -> Any:
    from rich.table import Table

    table = Table(title="Pain", title_justify="left", box=None, pad_edge=False)
    for head in ("day", "km", "pain 0–10", "from km", "from min", "gradient there %", "next morning", "descent m"):
        table.add_column(head, justify="left" if head == "day" else "right")
    for entry in calendar.to_dict("records"):
        table.add_row(
            str(entry["date"].date()),
            _number(entry["distance_m"] / 1000, 1),
            _number(entry["pain"]),
            _number(entry["pain_from_m"] / 1000, 1),
            _number(entry["pain_from_min"]),
            _number(entry["pain_gradient_percent"], 1),
            _number(entry["next_morning"]),
            _number(entry["descent_m"]),
        )
    return table
