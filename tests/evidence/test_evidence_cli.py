"""``medius evidence`` and the generated page, as their user meets them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medius.cli import app
from medius.errors import InvalidValueError
from medius.evidence import facts, render_evidence_page

RUNNER = CliRunner()
ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    result = RUNNER.invoke(app, ["evidence", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_prints_a_fact_with_its_source_and_certainty() -> None:
    text = run("d19")
    assert "Ferber" in text
    assert "certainty moderate" in text
    assert "https://pmc.ncbi.nlm.nih.gov/articles/PMC2902027" in text


def test_prints_what_rests_on_a_fact() -> None:
    assert "screen/data/red_flags.toml: red_flags red_flag likely-clot" in run("--uses", "D41")


def test_lists_all_facts_and_tells_the_claims() -> None:
    listed = run("--list")
    assert all(re.search(rf"^{fact_id} ", listed, flags=re.MULTILINE) for fact_id in facts())
    assert "Is a weak hip the root cause?" in run("--claims")


def test_json_has_the_fact_and_its_uses() -> None:
    document = json.loads(run("S13", "--uses", "--json"))
    assert document["schema"] == "medius.evidence/1"
    (record,) = document["facts"]
    assert record["id"] == "S13"
    assert {"file": "screen/_strength.py", "what": "expected_hip_abduction"} in record["uses"]
    claims = json.loads(run("--claims", "--json"))["claims"]
    assert claims[0]["for"]


def test_an_unread_note_is_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match="never read"):
        RUNNER.invoke(app, ["evidence", "D15"], catch_exceptions=False)


def test_no_id_is_a_wrong_command_line() -> None:
    assert RUNNER.invoke(app, ["evidence"]).exit_code == 2


def test_the_page_lists_every_fact_once_and_is_current() -> None:
    page = render_evidence_page()
    headings = re.findall(r"^### ([A-Z]\d\d[a-z]?)$", page, flags=re.MULTILINE)
    assert sorted(headings) == sorted(facts())
    written = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert without_uses(written) == without_uses(page), "run python -m scripts.docs"


def without_uses(page: str) -> list[str]:
    """Leave out the lines that change whenever another room begins to use a fact."""
    return [line for line in page.splitlines() if not line.startswith("- Used in:")]
