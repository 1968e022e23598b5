"""``medius evidence``: print a fact, what rests on it, or the whole ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medius.cli._console import output_console

if TYPE_CHECKING:
    from medius.evidence import Claim, Fact

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command("evidence")
    def evidence(
        fact_ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Facts to print, like D19.")] = None,
        show_uses: Annotated[bool, typer.Option("--uses", help="Print what in Medius rests on the facts.")] = False,
        show_list: Annotated[bool, typer.Option("--list", help="List all facts.")] = False,
        show_claims: Annotated[bool, typer.Option("--claims", help="Tell the contested claims straight.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Print a fact with its source and certainty, or what rests on it."""
        from medius.evidence import claims, fact, facts

        wanted = [fact(_tidy(fact_id)) for fact_id in fact_ids or ()]
        if show_list:
            wanted = list(facts().values())
        if not wanted and not show_claims:
            raise typer.BadParameter("name a fact (like D19), or use --list or --claims")
        told = list(claims().values()) if show_claims else []
        console = output_console()
        if as_json:
            print_json(wanted, told, show_uses)
        elif show_list and not show_uses:
            console.print(_table(wanted), soft_wrap=False)
        else:
            for item in wanted:
                _print_uses(console, item) if show_uses else _print_fact(console, item)
        if not as_json:
            for contested in told:
                _print_claim(console, contested)


def _tidy(fact_id: str) -> str:
    fact_id = fact_id.strip()
    return fact_id[:1].upper() + fact_id[1:].lower()


def print_json(wanted: list[Fact], told: list[Claim], show_uses: bool) -> None:
    """Write one JSON object with the facts and claims to standard output."""
    from medius.evidence import uses

    records = []
    for item in wanted:
        record: dict[str, Any] = item.model_dump(mode="json")
        if show_uses:
            record["uses"] = [{"file": use.file, "what": use.what} for use in uses(item.id)]
        records.append(record)
    document = {
        "schema": "medius.evidence/1",
        "facts": records,
        "claims": [item.model_dump(mode="json", by_alias=True) for item in told],
    }
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _table(wanted: list[Fact]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Id", style="bold", no_wrap=True)
    table.add_column("Statement")
    table.add_column("Status", no_wrap=True)
    table.add_column("Certainty", no_wrap=True)
    for item in wanted:
        table.add_row(item.id, escape(item.statement), item.status, item.certainty)
    return table


def _print_fact(console: Console, item: Fact) -> None:
    from medius.evidence import uses

    console.print(f"[bold]{item.id}[/]  {escape(item.statement)}")
    lines = {
        "Found": item.finding,
        "In": item.population,
        "Source": item.source,
        "Known": f"{item.status}, certainty {item.certainty}",
        "Rests on": ", ".join(item.rests_on),
        "Caution": item.caution,
        "Read at": "\n          ".join(item.urls),
    }
    for label, text in lines.items():
        if text:
            console.print(f"  {label + ':':<10}{escape(text)}", soft_wrap=True)
    count = len(uses(item.id))
    console.print(f"  {'Used:':<10}in {count} place{'s' if count != 1 else ''} (medius evidence --uses {item.id})\n")


def _print_uses(console: Console, item: Fact) -> None:
    from medius.evidence import uses

    console.print(f"[bold]{item.id}[/]  {escape(item.statement)}")
    resting = uses(item.id)
    for use in resting:
        console.print(f"  {escape(str(use))}", soft_wrap=True)
    if not resting:
        console.print("  Nothing in Medius rests on it.")
    console.print()


def _print_claim(console: Console, item: Claim) -> None:
    console.print(f"[bold]{escape(item.question)}[/]")
    console.print(f"{escape(item.answer)}")
    sides = f"for {', '.join(item.for_) or 'none'}; against {', '.join(item.against) or 'none'}"
    console.print(f"Certainty that it holds: [bold]{item.certainty}[/] ({', '.join(item.evidence)}; {sides})\n")
