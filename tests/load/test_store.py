"""The store of runs: nothing is lost, nothing is half there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medius.errors import OutputError, UnreadableFileError
from medius.record.runs import FILE_NAME, RunStore, data_folder, pack_columns, unpack_columns


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.integers(0, 50), elements=st.floats(-1e6, 1e9)))
def test_columns_come_back(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    back = unpack_columns(pack_columns({"time": column, "power": column, "empty": np.empty(0)}))
    np.testing.assert_array_equal(back["time"], column)
    np.testing.assert_allclose(back["power"], column, rtol=1e-6, atol=1e-30)
    assert back["empty"].size == 0


def test_missing_values_come_back() -> None:
    back = unpack_columns(pack_columns({"cadence": np.array([1.0, np.nan, 3.0])}))
    np.testing.assert_array_equal(back["cadence"], [1.0, np.nan, 3.0])


def test_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        with pytest.raises(RuntimeError, match="power cut"):
            _interrupted(store)
        assert store.runs() == []
        with store.writing():
            run_id = store.add_run("a" * 64, "a.fit", (0.0, 10.0), {"x": 1}, b"", b"")
    with RunStore(tmp_path) as store:
        assert [run.id for run in store.runs()] == [run_id]
        assert store.run(run_id).summary == {"x": 1}
        assert store.runs(start=11.0) == []
        assert len(store.runs(start=5.0, stop=6.0)) == 1


def _interrupted(store: RunStore) -> None:
    with store.writing():
        store.add_run("a" * 64, "a.fit", (0.0, 1.0), {}, b"", b"")
        raise RuntimeError("power cut")


def test_unknown_run(tmp_path: Path) -> None:
    with RunStore(tmp_path) as store:
        for get in (store.run, store.samples, store.profile):
            with pytest.raises(KeyError):
                get(7)


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="--store"):
        RunStore(tmp_path / "file" / "store")


def test_damaged_database(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database at all" * 100)
    with pytest.raises(UnreadableFileError, match="cannot be used"):
        RunStore(tmp_path)


def test_database_of_a_newer_version(tmp_path: Path) -> None:
    RunStore(tmp_path).close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    database.execute("PRAGMA user_version = 99")
    database.commit()
    database.close()
    with pytest.raises(UnreadableFileError, match="newer Medius"):
        RunStore(tmp_path)


def test_data_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEDIUS_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("MEDIUS_DATA")
    assert data_folder().name == "medius"
