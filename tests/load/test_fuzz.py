"""Mutated files never crash the readers, and what comes out of them is still possible."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medius.load._fit_frames import fit_checksum, looks_like_fit
from medius.load._process import Processed, process_bytes
from medius.load._walk import find_files

NOW = 1_800_000_000.0
SEEDS = (
    "fit/garmin-fenix-5-run.fit",
    "fit/activity_multisport.fit",
    "fit-invalid/activity-filecrc.fit",
    "fit-invalid/unterminated-strings.fit",
    "gpx/garmin_tpx.gpx",
    "gpx/track-with-empty-segment.gpx",
    "tcx/test.tcx",
)

edits = st.lists(
    st.tuples(st.integers(0, 100_000), st.sampled_from(["flip", "cut", "insert", "copy"]), st.binary(max_size=12)),
    min_size=1,
    max_size=8,
)


@cache
def seed(folder: Path, name: str) -> bytes:
    return (folder / "watch" / name).read_bytes()[:12_000]


def mutate(content: bytes, changes: list[tuple[int, str, bytes]]) -> bytes:
    changed = bytearray(content)
    for place, what, extra in changes:
        at = place % (len(changed) + 1)
        if what == "flip":
            for offset, byte in enumerate(extra):
                if at + offset < len(changed):
                    changed[at + offset] ^= byte
        elif what == "cut":
            del changed[at : at + 1 + len(extra) ** 2]
        elif what == "insert":
            changed[at:at] = extra
        else:
            changed[at:at] = changed[: len(extra) * 16]
    return bytes(changed)


def close(content: bytes) -> bytes:
    """Give a mutated FIT file sizes and checksums that fit, so that the fast decoder takes it."""
    if not looks_like_fit(content) or len(content) < 20:
        return content
    fixed = bytearray(content)
    fixed[0] = 14 if fixed[0] == 14 else 12
    fixed[4:8] = (len(fixed) - fixed[0] - 2).to_bytes(4, "little")
    if fixed[0] == 14:
        fixed[12:14] = fit_checksum(bytes(fixed[:12])).to_bytes(2, "little")
    fixed[-2:] = fit_checksum(bytes(fixed[:-2])).to_bytes(2, "little")
    return bytes(fixed)


def check(result: Processed) -> None:
    assert result.runs or result.refusal or result.other
    for run in result.runs:
        row = run.summary.row()
        json.dumps(run.summary.to_json(), allow_nan=False)
        assert 0 <= row["moving_time_s"] <= row["elapsed_time_s"] + 1e-6
        assert row["distance_m"] is None or row["distance_m"] >= 0
        assert row["ascent_m"] is None or row["ascent_m"] >= 0
        assert row["descent_m"] is None or row["descent_m"] >= 0


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=40, deadline=None)
@given(changes=edits)
def test_mutated_files(data: Path, name: str, changes: list[tuple[int, str, bytes]]) -> None:
    check(process_bytes(mutate(seed(data, name), changes), NOW))


@pytest.mark.parametrize("name", [name for name in SEEDS if name.endswith(".fit")])
@settings(max_examples=60, deadline=None)
@given(changes=edits)
def test_mutated_fit_files_with_checksums_that_fit(
    data: Path, name: str, changes: list[tuple[int, str, bytes]]
) -> None:
    check(process_bytes(close(mutate(seed(data, name), changes)), NOW))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=edits)
def test_mutated_archives(tmp_path: Path, changes: list[tuple[int, str, bytes]]) -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.fit", b"a" * 3000)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("b.gpx.gz", gzip.compress(b"b" * 3000))
        archive.writestr("inner.zip", inner.getvalue())
    (tmp_path / "export.zip").write_bytes(mutate(outer.getvalue(), changes))
    for found in find_files([tmp_path]):
        assert found.ignored or found.problem or found.data is not None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_noise_behind_a_fit_header(noise: bytes) -> None:
    check(process_bytes(close(b"\x0e\x20\x54\x08\x00\x00\x00\x00.FIT\x00\x00" + noise), NOW))
