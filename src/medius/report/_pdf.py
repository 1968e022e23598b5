"""The report as a tagged PDF (PDF/UA-1), set by Typst with the fonts it carries."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from medius.errors import OutputError
from medius.report._draw import font_folder
from medius.report._layout import Layout

__all__ = ["compile_pdf", "render_pdf"]


def render_pdf(layout: Layout) -> bytes:
    """Return the report as PDF; see `compile_pdf`."""
    text = json.dumps(layout.text, ensure_ascii=False).encode("utf-8", "replace")
    return compile_pdf("report.typ", {"report.json": text, **layout.pictures})


def compile_pdf(template: str, parts: Mapping[str, bytes]) -> bytes:
    """Set a template of ``templates/`` with the files it reads.

    System fonts are left alone and no date is written, so the same parts give the same bytes on every machine with
    the same versions of the libraries.

    Parameters
    ----------
    template
        Name of the template.
    parts
        File name to content: the text as JSON, and the pictures.

    Raises
    ------
    OutputError
        If the folder for temporary files cannot be written.
    """
    import typst

    try:
        with tempfile.TemporaryDirectory(prefix="medius-") as name:
            folder = Path(name)
            (folder / "main.typ").write_bytes((files("medius.report") / "templates" / template).read_bytes())
            for file, content in parts.items():
                (folder / file).write_bytes(content)
            made: bytes = typst.compile(
                folder / "main.typ",
                root=folder,
                format="pdf",
                font_paths=[font_folder()],
                ignore_system_fonts=True,
                pdf_standards="ua-1",
            )
    except OSError as error:
        raise OutputError(f"Cannot write temporary files: {error.strerror}. Free some disk space.") from error
    return made
