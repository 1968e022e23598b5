"""What every command shares: where words go, and how an error is told."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from medius.errors import MediusError

__all__ = ["error_console", "fail", "output_console"]


def output_console() -> Console:
    """Return the console for results (standard output)."""
    return Console(highlight=False)


def error_console() -> Console:
    """Return the console for progress and errors (standard error), so that ``--json`` output stays clean."""
    return Console(stderr=True, highlight=False)


def fail(error: MediusError) -> NoReturn:
    """Tell `error` in a sentence and leave with its exit code."""
    error_console().print(f"[bold red]medius:[/] {escape(str(error))}", markup=True, soft_wrap=True)
    sys.exit(error.exit_code)
