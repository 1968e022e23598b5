"""The pose networks are found, checked, and asked for in words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from medius.errors import MissingPartError
from medius.motion.pose import models
from medius.motion.pose.models import MODELS, find_model, model_folders, prepare_models


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An unpacked npm package with small stand-ins, whose hashes are expected."""
    folder = tmp_path / "node_modules" / "pose"
    folder.mkdir(parents=True)
    expected = {}
    for name, (file_name, _) in MODELS.items():
        (folder / file_name).write_bytes(name.encode())
        expected[name] = (file_name, hashlib.sha256(name.encode()).hexdigest())
    monkeypatch.setattr(models, "MODELS", expected)
    return folder


def test_networks_are_copied_and_found(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "models"
    written = prepare_models(package, target)
    assert sorted(file.name for file in written) == sorted(f"{name}.tflite" for name in MODELS)
    assert sorted(target.iterdir()) == sorted(written)
    monkeypatch.setenv("MEDIUS_MODELS", str(target))
    assert model_folders() == (target,)
    for name in MODELS:
        assert find_model(name).read_bytes() == name.encode()
    prepare_models(package)  # goes to the first folder and replaces what is there
    assert sorted(target.iterdir()) == sorted(written)


def test_a_wrong_file_is_refused_and_nothing_is_copied(package: Path, tmp_path: Path) -> None:
    (package / MODELS["full"][0]).write_bytes(b"tampered with")
    target = tmp_path / "models"
    with pytest.raises(MissingPartError, match=r"pose_landmark_full\.tflite is not the file.*npm ci"):
        prepare_models(package, target)
    assert not target.exists()


def test_a_missing_file_is_named(package: Path, tmp_path: Path) -> None:
    (package / MODELS["heavy"][0]).unlink()
    with pytest.raises(MissingPartError, match="npm ci"):
        prepare_models(package, tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_an_absent_network_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIUS_MODELS", str(tmp_path))
    with pytest.raises(MissingPartError, match="medius models prepare") as caught:
        find_model("heavy")
    assert caught.value.exit_code == 6


def test_without_a_setting_the_environment_and_the_users_folder_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDIUS_MODELS", raising=False)
    folders = model_folders()
    assert len(folders) == 2
    assert all(folder.name == "models" for folder in folders)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_networks_on_this_machine_are_the_right_ones(name: str) -> None:
    try:
        file = find_model(name)
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == MODELS[name][1]
