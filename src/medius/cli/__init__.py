"""The command line: parse, call, show. No rules live here.

Each command is one module with a function ``register(app)``; `_COMMANDS` lists them in the order that ``--help`` shows.
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module

import typer

from medius.cli._console import fail
from medius.errors import MediusError

__all__ = ["app", "main"]

_COMMANDS = (
    "analyse",
    "screen",
    "plan",
    "today",
    "done",
    "progress",
    "coach",
    "evidence",
    "import_runs",
    "load",
    "strain",
    "models",
)

_INTERRUPTED = 130

app = typer.Typer(
    name="medius",
    help="Why the outside of a runner's knee hurts, how sure that is, and what to do about it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

for _name in _COMMANDS:
    import_module(f"medius.cli.{_name}").register(app)


def main() -> None:
    """Run the command line; every expected error becomes a sentence and its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal or pipe that knows no degree sign gets a question mark instead of an error.
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except MediusError as error:
        fail(error)
    except SystemExit as leaving:
        if leaving.code == _INTERRUPTED:
            sys.stderr.write("Stopped. Nothing half-written was left behind.\n")
        raise
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing half-written was left behind.\n")
        sys.exit(_INTERRUPTED)
    except Exception as error:
        if os.environ.get("MEDIUS_DEBUG"):
            raise
        sys.stderr.write(
            f"medius: something went wrong inside Medius ({type(error).__name__}: {error}). Nothing was lost. Run it again "
            "with MEDIUS_DEBUG=1 and send what it prints to the developers.\n"
        )
        sys.exit(1)
