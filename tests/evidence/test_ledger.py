"""The ledger: every record is cited, every reference leads somewhere, and damage is told in a sentence."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from medius.errors import InvalidValueError, MediusError
from medius.evidence import claim, claims, fact, facts, require, withheld
from medius.evidence._ledger import load_ledger


def write(folder: Path, text: str, name: str = "x.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


GOOD = """
[[fact]]
id = "D90"
statement = "A statement that is long enough"
citation = "Somebody 2020"
urls = ["https://example.org"]
status = "READ"
certainty = "low"
"""


def test_looks_a_fact_up_with_its_numbers() -> None:
    ober = fact("D19")
    assert ober.number("mean") == -24.59
    assert ober.quantity("mean").sd == 7.27
    assert ober.status == "READ"
    assert "Ferber" in ober.source


def test_second_hand_facts_say_who_reported_them() -> None:
    assert "reported by https://" in fact("D38").source


def test_the_strength_norm_is_the_published_equation() -> None:
    norm = fact("S13")
    assert [norm.number(name) for name in ("intercept", "per_year_of_age", "male", "sd")] == [1.6, -0.005, 0.215, 0.354]


def test_the_bramah_means_are_there_and_reported_by_a_second_page() -> None:
    means = fact("P01")
    assert means.status == "READ-2nd"
    assert means.number("itbs_contralateral_pelvic_drop") == 6.5
    assert means.number("healthy_hip_adduction") == 9.7


def test_an_unknown_id_is_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match="no fact 'Z99'"):
        fact("Z99")


@pytest.mark.parametrize("fact_id", ["D15", "D35", "K02", "S04", "O12", "X12m"])
def test_what_was_never_read_cannot_be_used(fact_id: str) -> None:
    with pytest.raises(InvalidValueError, match="never read in a source"):
        require("D19", fact_id)


def test_no_withheld_note_is_a_fact_and_none_ships_a_number() -> None:
    assert not set(withheld()) & set(facts())
    assert all(not re.search(r"\d+ ?(%|deg|°)", item.topic) for item in withheld().values())


def test_every_derived_fact_rests_on_facts_and_every_read_one_has_an_address() -> None:
    for item in facts().values():
        if item.status in ("READ", "READ-2nd"):
            assert item.urls or item.doi or item.pmid or item.pmcid, item.id
        if item.status in ("DERIVED", "READ-based"):
            assert item.rests_on or item.urls, item.id


def test_every_contested_claim_names_both_what_is_known_and_how_it_is_told() -> None:
    assert {"weak-hip", "six-weeks-of-strengthening", "stretching-and-rolling", "friction-or-compression"} <= set(
        claims()
    )
    assert {"downhill", "posture", "sitting", "cadence"} <= set(claims())
    for item in claims().values():
        assert item.for_ or item.against
        assert item.answer
        assert item.never_say
        assert set(item.evidence) <= set(facts())


def test_an_unknown_claim_is_a_sentence() -> None:
    with pytest.raises(InvalidValueError, match="Known are"):
        claim("the-moon")


def test_the_record_is_complete_against_the_notes_it_was_made_from(data: Path) -> None:
    notes = data.parent / "evidence.md"
    if not notes.is_file():
        pytest.skip("the notes are absent")
    lines = re.findall(r"^([A-Z]\d\d) \|.*$", notes.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(lines) <= set(facts()) | set(withheld())
    for line in notes.read_text(encoding="utf-8").splitlines():
        parts = line.split(" | ")
        if re.match(r"^[A-Z]\d\d \|", line) and parts[5].startswith("MEMORY"):
            assert parts[0] in withheld(), parts[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD + GOOD, "appears twice"),
        (GOOD.replace('urls = ["https://example.org"]\n', ""), "needs an address"),
        (GOOD.replace('citation = "Somebody 2020"\n', ""), "citation"),
        (GOOD.replace('"low"', '"certain"'), "certainty"),
        (GOOD.replace('"READ"', '"MEMORY"'), "status"),
        (GOOD + 'rests_on = ["D91"]\n', "does not exist"),
        (GOOD + 'colour = "red"\n', "colour"),
        (GOOD + '[[fact.values]]\nname = "x"\nunit = "1"\n', "neither a value nor an interval"),
        (GOOD + '[[withheld]]\nid = "D91"\ntopic = "a topic"\n[[fact]]\n', "damaged"),
        ("[[other]]\nid = 1\n", "unknown kind"),
        ("not toml", "damaged"),
    ],
)
def test_damage_is_told_at_once(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(MediusError, match=sentence):
        load_ledger(write(tmp_path, text))


def test_resting_on_something_never_read_is_damage(tmp_path: Path) -> None:
    text = GOOD + 'rests_on = ["D91"]\n[[withheld]]\nid = "D91"\ntopic = "a topic"\n'
    with pytest.raises(MediusError, match="never read in a source"):
        load_ledger(write(tmp_path, text))


def test_a_number_asked_for_by_a_wrong_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="no number called"):
        fact("D19").number("median")
    with pytest.raises(KeyError, match="as an interval"):
        fact("D38").number("sensitivity")


def test_importing_reads_no_file() -> None:
    code = (
        "import builtins, io, sys, medius.evidence._ledger as ledger, medius.screen;"
        "assert ledger._ledger.cache_info().currsize == 0;"
        "from medius.screen._catalogue import catalogue; assert catalogue.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
