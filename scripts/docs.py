"""Regenerate the pages under ``docs/`` that are made from data.

``python -m scripts.docs`` writes them, ``python -m scripts.docs --check`` only says whether they are current.
To add a page, add its renderer to `PAGES`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from medius.cli.screen import render_text
from medius.evidence import render_evidence_page
from medius.exercises import render_exercises_page
from medius.programme import render_case as render_runner
from medius.screen import load_answers, render_screening_page, screen

__all__ = ["CASES", "PAGES", "main"]

ROOT = Path(__file__).parent.parent

CASES = sorted(path for path in (ROOT / "docs/examples/screen").glob("*") if path.suffix in (".toml", ".json"))
"""The written cases of the screening: answers files, each with its outcome beside it."""


def render_case(path: Path) -> str:
    """Return what ``medius screen --answers`` prints for an answers file, 100 columns wide."""
    return render_text(screen(load_answers(path)))


PAGES: dict[str, Callable[[], str]] = {
    "docs/evidence.md": render_evidence_page,
    "docs/screening.md": render_screening_page,
    "docs/exercises.md": render_exercises_page,
    **{
        f"docs/examples/programme/{path.stem}.txt": partial(render_runner, path)
        for path in sorted((ROOT / "docs/examples/programme").glob("*.toml"))
    },
    **{f"docs/examples/screen/{path.stem}.txt": partial(render_case, path) for path in CASES},
}
"""Path of each generated page, and the function that returns its text."""


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` return 1 if one is out of date."""
    stale = 0
    for name, render in PAGES.items():
        path, text = ROOT / name, render()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"{name} is out of date: run python -m scripts.docs")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
