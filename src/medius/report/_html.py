"""The report as one self-contained HTML page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
from importlib.resources import files

from medius.report._layout import Layout
from medius.report.charts import themed

__all__ = ["render_html"]


def render_html(layout: Layout) -> bytes:
    """Return the page as UTF-8."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    folder = files("medius.report") / "templates"
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    template = environment.from_string((folder / "report.html.j2").read_text(encoding="utf-8"))
    css = Markup((folder / "report.css").read_text(encoding="utf-8").strip())  # noqa: S704 - our own file
    return template.render(**layout.text, css=css, data_uri=_data_uris(layout).__getitem__).encode("utf-8", "replace")


def _data_uris(layout: Layout) -> dict[str, str]:
    uris = {}
    for name, content in layout.pictures.items():
        kind, body = ("svg+xml", themed(content)) if name.endswith(".svg") else ("jpeg", content)
        uris[name] = f"data:image/{kind};base64,{base64.b64encode(body).decode()}"
    return uris
