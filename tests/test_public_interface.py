"""What is public, and what importing it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import medius
from medius import errors

PUBLIC = {
    "FormAnalysis", "InputError", "InvalidValueError", "MediusError", "MissingPartError", "NothingToMeasureError",
    "Observation", "OutputError", "UnreadableFileError", "analyse", "findings_from_form", "make_motion", "read_motion",
    "validate_motion",
}  # fmt: skip
SOURCE = Path(medius.__file__).parent

_IMPORT = """
import sys
opened, sockets = [], []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])
    if event.startswith("socket."):
        sockets.append(event)
sys.addaudithook(watch)
import {module}
own = [name for name in opened if {source!r} in name and not name.endswith((".py", ".pyc"))]
print(own, sockets)
sys.exit(bool(own or sockets))
"""


def test_the_list_of_public_names_is_exact() -> None:
    assert set(medius.__all__) == PUBLIC
    assert sorted(medius.__all__, key=lambda name: (name[0].islower(), name)) == medius.__all__
    for name in medius.__all__:
        assert getattr(medius, name) is not None


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_explains_itself(name: str) -> None:
    thing = getattr(medius, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        for parameter in inspect.signature(thing).parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty


@pytest.mark.parametrize("module", ["medius", "medius.cli"])
def test_importing_opens_no_socket_and_reads_no_data_file(module: str) -> None:
    code = _IMPORT.format(module=module, source=str(SOURCE))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_leaves_heavy_parts_alone() -> None:
    heavy = ("openvino", "ai_edge_litert", "matplotlib", "typst", "jinja2", "av", "typer")
    code = f"import sys, medius; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("error", "code"),
    [("InputError", 3), ("UnreadableFileError", 3), ("InvalidValueError", 3), ("NothingToMeasureError", 4),
     ("OutputError", 5), ("MissingPartError", 6), ("MediusError", 1)],
)  # fmt: skip
def test_errors_have_the_documented_exit_codes(error: str, code: int) -> None:
    kind = getattr(errors, error)
    assert issubclass(kind, errors.MediusError)
    assert kind.exit_code == code
    assert error in (errors.__doc__ or "")


def test_nothing_to_analyse_is_said() -> None:
    with pytest.raises(medius.InvalidValueError, match="at least one film"):
        medius.analyse()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"height_m": 175.0}, "metres"), ({"height_m": float("nan")}, "metres"), ({"height_m": 0.0}, "metres"),
        ({"seconds": 0.0}, "--seconds"), ({"seconds": float("nan")}, "--seconds"), ({"start_s": -1.0}, "--start"),
        ({"view": "above"}, "no view"), ({"view": "3d"}, "no view"), ({"view": ["rear", "rear"]}, "2 views"),
        ({"roll_deg": float("inf")}, "--roll"),
    ],
)  # fmt: skip
def test_impossible_settings_are_refused_before_anything_is_read(options: dict[str, object], words: str) -> None:
    with pytest.raises(medius.InvalidValueError, match=words):
        medius.analyse("absent.mp4", **options)  # type: ignore[arg-type]


def test_a_film_that_is_absent_is_said() -> None:
    with pytest.raises(medius.UnreadableFileError, match=r"absent\.mp4 does not exist"):
        medius.analyse("absent.mp4")


def observation(**changes: object) -> medius.Observation:
    """Make an observation, or one that is spoilt by `changes`."""
    given: dict[str, object] = {
        "code": "cadence",
        "value": 168.0,
        "unit": "steps/min",
        "source": "sha256:0",
        "method": "x/1",
    }
    return medius.Observation(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": None},
        {"value": float("nan")},
        {"value": float("inf")},
        {"status": "not-measurable", "reason": "Because."},
        {"status": "not-measurable", "value": None},
        {"status": "not-measurable", "value": None, "reason": "Because.", "interval_95": (1.0, 2.0)},
        {"status": "unsure"},
        {"interval_95": (2.0, 1.0)},
        {"interval_95": (float("nan"), 1.0)},
        {"standard_error": -1.0},
        {"n_strides": -1},
        {"side": "both"},
        {"code": "Cadence!"},
        {"colour": "red"},
    ],
)
def test_an_observation_that_contradicts_itself_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        observation(**changes)


def test_an_observation_cannot_be_changed_and_survives_json() -> None:
    one = observation(
        interval_95=(167.0, 169.0), standard_error=0.5, n_strides=11, evidence=("M07",), detail={"view": "rear"}
    )
    with pytest.raises(ValueError, match="frozen"):
        setattr(one, "value", 170.0)  # noqa: B010
    assert medius.Observation(**one.to_json()) == one
    missing = medius.Observation.not_measurable(
        "cadence", "No steps.", unit="steps/min", source="sha256:0", method="x/1"
    )
    assert (missing.value, missing.status, missing.reason) == (None, "not-measurable", "No steps.")
    assert medius.Observation(**missing.to_json()) == missing
