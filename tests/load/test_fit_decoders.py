"""The fast decoder gives every value that the mature one gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fitdecode
import fitfast
import numpy as np
import pytest

from medius.load import FastDecoder, FitRefusedError, MatureDecoder, read_watch_file
from medius.load._fit_decode import decode_sequence
from medius.load._fit_frames import Sequence, split_sequences

RUNNING = (
    "activity-small-fenix2-run",
    "activity_multisport",
    "developer-types-sample",
    "garmin-fenix-5-run",
    "triathlon_summary_first",
)
NAMED_LATER = {"metabolic_calories": 196}
"""Fields whose name the profile of one decoder knows and that of the other does not yet, by number."""


def same(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
    return one == other


def rows_by_name(rows: list[dict[str | int, Any]]) -> list[dict[str | int, Any]]:
    return [{NAMED_LATER.get(str(name), name): value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("name", RUNNING)
def test_every_value_of_every_running_file_is_equal(data: Path, name: str) -> None:
    content = (data / "watch" / "fit" / f"{name}.fit").read_bytes()
    compared = 0
    for sequence in split_sequences(content):
        assert sequence.problem is None
        fast, mature = FastDecoder()(sequence.data), MatureDecoder()(sequence.data)
        assert mature.damage is None
        assert set(fast.samples) == set(mature.samples)
        for field, column in mature.samples.items():
            np.testing.assert_allclose(fast.samples[field], column, rtol=1e-12, atol=1e-9, err_msg=field)
            compared += int(np.isfinite(column).sum())
        assert set(fast.rows) == set(mature.rows)
        for kind in mature.rows:
            one, other = rows_by_name(fast.rows[kind]), rows_by_name(mature.rows[kind])
            assert len(one) == len(other)
            for a, b in zip(one, other, strict=True):
                assert set(a) == set(b), kind
                assert all(same(a[field], b[field]) for field in a), kind
                compared += len(a)
    assert compared > 400


@pytest.mark.parametrize("name", RUNNING)
def test_numbers_of_the_oracle_itself_are_found_again(data: Path, name: str) -> None:
    """An oracle without the adapter between: fitdecode's own frames against the columns in use."""
    content = (data / "watch" / "fit" / f"{name}.fit").read_bytes()
    fast = FastDecoder()(content)
    fields = ("distance", "enhanced_speed", "heart_rate", "cadence", "stance_time", "enhanced_altitude")
    row = 0
    with fitdecode.FitReader(content) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record":
                assert fast.samples["timestamp"][row] == frame.get_value("timestamp").timestamp()
                for field in fields:
                    truth = frame.get_value(field, fallback=None)
                    value = fast.samples[field][row] if field in fast.samples else float("nan")
                    assert math.isnan(value) if truth is None else math.isclose(value, truth, abs_tol=1e-9), field
                row += 1
    assert row == fast.samples["timestamp"].size


def test_all_other_whole_files_are_equal_too(data: Path) -> None:
    for path in sorted((data / "watch" / "fit").glob("*.fit")):
        for sequence in split_sequences(path.read_bytes()):
            fast, mature = FastDecoder()(sequence.data), MatureDecoder()(sequence.data)
            assert set(fast.samples) == set(mature.samples), path.name
            for field, column in mature.samples.items():
                np.testing.assert_allclose(fast.samples[field], column, rtol=1e-12, atol=1e-9, err_msg=field)


def test_the_known_fault_of_the_fast_decoder_is_still_there_and_is_mended(data: Path) -> None:
    """``fitfast`` truncates 2.010 m/s to 2.009 in the copy. When this fails, the mending can go."""
    content = (data / "watch" / "fit" / "activity-small-fenix2-run.fit").read_bytes()
    raw = fitfast.records(content)
    assert int((raw["speed"] != raw["enhanced_speed"]).sum()) == 39
    mended = FastDecoder()(content).samples
    np.testing.assert_array_equal(mended["speed"], mended["enhanced_speed"])


@pytest.mark.parametrize("compressed", [False, True])
def test_made_up_file_is_read_as_written(make_run: Callable[..., bytes], compressed: bool) -> None:
    content = make_run(seconds=300, compressed=compressed, developer={"Leg Spring": np.arange(300) / 4})
    for decoder in (FastDecoder(), MatureDecoder()):
        samples = decoder(content).samples
        np.testing.assert_array_equal(samples["timestamp"], 1_700_000_000 + np.arange(300))
        np.testing.assert_allclose(samples["distance"], 3.0 * np.arange(300), atol=0.005)
        np.testing.assert_array_equal(samples["Leg Spring"], np.arange(300) / 4)


def test_developer_field_with_a_name_of_the_profile_does_not_hide_it(make_run: Callable[..., bytes]) -> None:
    content = make_run(seconds=60, developer={"heart_rate": np.full(60, 99.0)})
    with pytest.raises(FitRefusedError, match="heart_rate"):
        FastDecoder()(content)
    activity = read_watch_file(content).activities[0]
    assert set(activity.samples["heart_rate"]) == {150.0}
    assert set(activity.developer["developer heart_rate"]) == {99.0}


def test_what_the_fast_decoder_refuses_goes_to_the_mature_one(make_run: Callable[..., bytes]) -> None:
    content = bytearray(make_run(seconds=60))
    content[-1] ^= 0xFF
    decoded = decode_sequence(Sequence(bytes(content)))
    assert decoded.decoder == "fitdecode"
    assert decoded.damage is not None
    assert "checksum" in decoded.damage
    assert decoded.samples["timestamp"].size == 60


def test_port_takes_other_decoders(make_run: Callable[..., bytes]) -> None:
    def refuses(sequence: bytes, /) -> Any:
        raise FitRefusedError("not today")

    decoded = decode_sequence(Sequence(make_run(seconds=20)), fast=refuses)
    assert (decoded.decoder, decoded.damage) == ("fitdecode", None)


def test_unknown_base_type_never_reaches_the_fast_decoder(make_run: Callable[..., bytes]) -> None:
    """Found by fuzzing: ``rustyfit`` divides by the size of a type that does not exist, and panics."""
    content = bytearray(make_run(seconds=20))
    place = content.index(bytes([253, 4, 0x86]), 14 + 30)
    content[place + 2] = 0x1F
    with pytest.raises(FitRefusedError, match="unknown type"):
        FastDecoder()(bytes(content))
