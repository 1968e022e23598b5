"""Nothing leaves the machine: a whole analysis with every connection watched, and one without any network at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from medius.errors import MissingPartError
from medius.motion.pose import find_model

_WATCH = """
import os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        with open(os.environ["WATCH_LOG"], "a") as log:
            log.write(f"{event} {arguments!r}\\n")
        raise PermissionError(f"{event} is forbidden here")
sys.addaudithook(watch)
with open(os.environ["WATCH_LOG"] + ".started", "a") as log:
    log.write(f"{os.getpid()}\\n")
"""


@pytest.fixture
def ready(samples: Path) -> Path:
    """The bundled runner; skips where the networks are not installed."""
    try:
        find_model("full")
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")
    if not (samples / "rear.mp4").is_file():
        pytest.skip("the bundled runner is absent")
    return samples


def command(*films: Path, out: Path) -> list[str]:
    """Return the command line of a quick analysis of a moment."""
    return [
        sys.executable, "-m", "medius", "analyse", *map(str, films),
        *("--height", "1.79", "--quick", "--no-video", "--seconds", "1.3", "--json", "--quiet", "--out", str(out)),
    ]  # fmt: skip


@pytest.mark.slow
def test_no_connection_is_tried(ready: Path, tmp_path: Path) -> None:
    watcher = tmp_path / "watch"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(_WATCH)
    log = tmp_path / "connections"
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(watcher), "WATCH_LOG": str(log), "HOME": str(home)}
    done = subprocess.run(
        command(ready / "rear.mp4", ready / "side.mp4", out=tmp_path / "out"),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not log.exists(), log.read_text()
    # OpenVINO's telemetry would have left an identifier in the home folder.
    assert not (home / "intel").exists()
    # The processes that decode were watched too: at least one each to look and to measure, for two films.
    assert len((tmp_path / "connections.started").read_text().split()) >= 5
    assert {o["code"] for o in json.loads(done.stdout)["observations"]} >= {"cadence", "contralateral_pelvic_drop"}
    assert (tmp_path / "out" / "report.html").is_file()
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script src" not in page
    assert 'src="http' not in page
    assert '<link rel="stylesheet"' not in page


@pytest.mark.slow
def test_it_works_in_a_room_without_a_network(ready: Path, tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--user", "--map-root-user", "--net"]
    if unshare is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system gives no room without a network (unshare)")
    done = subprocess.run(
        [*alone, *command(ready / "rear.mp4", out=tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["inputs"]) == 1


def test_the_watch_would_have_seen_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_WATCH)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "WATCH_LOG": str(tmp_path / "log")}
    code = "import socket; socket.socket().connect(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "socket.connect" in (tmp_path / "log").read_text()
