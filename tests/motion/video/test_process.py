"""The decoding process: it may die or hang, it ends with its parent, it leaves nothing behind, and memory stays flat."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from medius.errors import UnreadableFileError
from medius.motion.video import FrameSource, _worker, probe

from .conftest import ClipMaker

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def child_of(source: FrameSource) -> int:
    assert source._worker is not None
    return source._worker.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def resident_mib(pid: int) -> float:
    """Memory of a process that is its own, without shared memory, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


def test_a_crash_of_the_decoder_is_a_sentence(make_clip: ClipMaker) -> None:
    with FrameSource(make_clip(n_frames=120)) as source:
        frames = iter(source)
        next(frames)
        os.kill(child_of(source), signal.SIGKILL)
        with pytest.raises(
            UnreadableFileError, match=r"decoder stopped working on clip\.mp4 after .* frames\. The file"
        ):
            list(frames)
        assert not alive(child_of(source))


def test_a_decoder_that_cannot_start_is_a_sentence(make_clip: ClipMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_clip()
    monkeypatch.setattr(_worker, "_CHILD", clip)
    with pytest.raises(UnreadableFileError, match=r"crashed at once on clip\.mp4"):
        probe(clip)


def test_a_hung_decoder_is_a_sentence(make_clip: ClipMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_worker, "STALL_S", 0.5)
    with FrameSource(make_clip(n_frames=120)) as source:
        frames = iter(source)
        next(frames)
        os.kill(child_of(source), signal.SIGSTOP)
        with pytest.raises(UnreadableFileError, match="made no progress"):
            list(frames)
        assert not alive(child_of(source))


def test_a_slow_consumer_is_no_hang(make_clip: ClipMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_worker, "STALL_S", 0.5)
    with FrameSource(make_clip(n_frames=40)) as source:
        for frame in source:
            if frame.index == 5:
                time.sleep(1.0)
    assert frame.index == 39


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs Linux")
def test_leaving_early_leaves_nothing(make_clip: ClipMaker) -> None:
    clip = make_clip(n_frames=120)
    files, shared = len(os.listdir("/proc/self/fd")), sorted(SHARED_MEMORY.iterdir())
    for _ in range(3):
        with FrameSource(clip) as source:
            for frame in source:
                if frame.index == 3:
                    break
        assert not alive(child_of(source))
        with pytest.raises(ValueError, match="stop"), FrameSource(clip) as source:
            raise ValueError("stop")
        assert not alive(child_of(source))
    probe(clip)
    assert frame.luma.any(), "what was handed out can still be looked at"
    del frame, source
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= files
    assert sorted(SHARED_MEMORY.iterdir()) == shared


def test_a_source_that_is_forgotten_ends_its_process(make_clip: ClipMaker) -> None:
    source = FrameSource(make_clip(n_frames=120))
    next(iter(source.__enter__()))
    pid = child_of(source)
    del source
    gc.collect()
    assert not alive(pid)


def test_no_frames_after_the_end(make_clip: ClipMaker) -> None:
    source = FrameSource(make_clip(n_frames=20))
    with pytest.raises(RuntimeError, match="with statement"):
        iter(source)
    with source:
        next(iter(source))
    assert list(source) == []


CONSUMER = """
import sys, time
from medius.motion.video import FrameSource
if __name__ == "__main__":
    with FrameSource(sys.argv[1]) as source:
        for frame in source:
            if frame.index == 2:
                print(source._worker.pid, flush=True)
            time.sleep(0.05)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interruption_ends_both_processes(make_clip: ClipMaker, how: signal.Signals) -> None:
    clip = make_clip(n_frames=200)
    before = sorted(SHARED_MEMORY.iterdir()) if SHARED_MEMORY.is_dir() else []
    consumer = subprocess.Popen(
        [sys.executable, "-c", CONSUMER, str(clip)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with consumer:
        assert consumer.stdout is not None
        pid = int(consumer.stdout.readline())
        if how is signal.SIGINT:
            os.killpg(consumer.pid, how)  # as a terminal does: parent and child both get it
        else:
            consumer.send_signal(how)
        _, complaints = consumer.communicate(timeout=20)
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)
    assert "resource_tracker" not in complaints
    assert "Warning" not in complaints
    assert complaints.count("Traceback") == (how is signal.SIGINT)
    assert (sorted(SHARED_MEMORY.iterdir()) if SHARED_MEMORY.is_dir() else []) == before


@linux
def test_memory_is_flat_in_the_length_of_the_clip(make_clip: ClipMaker) -> None:
    clip = make_clip(size=(640, 360), n_frames=1500, options={"preset": "ultrafast"})
    marks: list[tuple[float, float]] = []
    with FrameSource(clip) as source:
        for frame in source:
            assert frame.luma[0, 0] > 0
            if frame.index in (300, 1450):
                marks.append((resident_mib(os.getpid()), resident_mib(child_of(source))))
    growth = np.diff(np.array(marks), axis=0)[0]
    assert growth.max() < 6, f"parent and child grew by {growth} MiB; 1150 frames are 380 MiB"
    assert marks[1][1] < 250


@linux
def test_the_decoder_may_not_write_files_or_take_all_memory(make_clip: ClipMaker) -> None:
    with FrameSource(make_clip(n_frames=60)) as source:
        next(iter(source))
        limits = Path(f"/proc/{child_of(source)}/limits").read_text()
    soft = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert soft["Max file size"] == "0"
    assert soft["Max core file size"] == "0"
    assert 1 << 30 < int(soft["Max address space"]) < 1 << 34


def test_two_sources_at_once(make_clip: ClipMaker) -> None:
    with FrameSource(make_clip("a.mp4", n_frames=30)) as one, FrameSource(make_clip("b.mp4", n_frames=30)) as two:
        pairs = [(a.index, b.index) for a, b in zip(one, two, strict=True)]
    assert pairs == [(k, k) for k in range(30)]
