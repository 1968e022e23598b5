"""What rests on a fact is found by reading the package, and nothing rests on what was never read."""

from __future__ import annotations

from pathlib import Path

from medius.evidence import check_package, uses
from medius.evidence._uses import scan


def test_nothing_in_the_package_rests_on_an_unknown_or_unread_fact() -> None:
    assert check_package() == ()


def test_what_rests_on_a_fact_is_found_in_data_and_in_code() -> None:
    files = {use.file for use in uses("D38")}
    assert "screen/data/red_flags.toml" in files
    assert any("ottawa" in use.what for use in uses("D38"))
    assert any(use.file == "screen/_strength.py" for use in uses("S13"))


def test_a_fact_that_nothing_rests_on_has_no_uses() -> None:
    assert uses("Z00") == ()


def test_a_reference_to_a_withheld_id_is_found_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "data.toml").write_text('[[rule]]\nid = "a"\n[rule.sub]\nevidence = ["K02", "D19"]\n')
    (tmp_path / "room" / "code.py").write_text(
        '"""About K02: a docstring is not a reference."""\nLIMIT_EVIDENCE = ("K13",)\n'
        'def judge(x):\n    return Note(text="D35 is only mentioned", evidence=("O12",))\n'
    )
    found = {(use.fact_id, use.file, use.what) for use in scan(tmp_path)}
    assert found == {
        ("K02", "room/data.toml", "data rule a sub"),
        ("D19", "room/data.toml", "data rule a sub"),
        ("K13", "room/code.py", "LIMIT_EVIDENCE"),
        ("O12", "room/code.py", "judge"),
    }


def test_a_damaged_file_of_another_kind_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "picture.svg").write_text("D15")
    assert list(scan(tmp_path)) == []
