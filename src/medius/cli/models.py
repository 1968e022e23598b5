"""``medius models``: the pose networks on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from medius.cli._console import output_console
from medius.errors import MissingPartError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    models = typer.Typer(help="The pose networks on this machine.", no_args_is_help=True)
    app.add_typer(models, name="models")

    @models.command(epilog="Example: npm ci && medius models prepare")
    def prepare(
        package: Annotated[
            Path, typer.Option("--from", help="The unpacked npm package that holds the networks.")
        ] = Path("node_modules/@mediapipe/pose"),
    ) -> None:
        """Copy the networks from the npm package to where Medius looks for them, checked by hash."""
        from medius.motion.pose.models import prepare_models

        files = prepare_models(package)
        output_console().print(f"{len(files)} networks ready in {escape(str(files[0].parent))}", soft_wrap=True)

    @models.command(name="list")
    def list_() -> None:
        """Say which networks are there."""
        from medius.motion.pose.models import MODELS, find_model

        console = output_console()
        for name in MODELS:
            try:
                console.print(f"{name:10} {escape(str(find_model(name)))}", soft_wrap=True)
            except MissingPartError:
                console.print(f"{name:10} missing")
