"""Decode and measure in several processes; a file that kills its process takes nobody else with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from medius.load._process import Processed, process_bytes

__all__ = ["Task", "Workers"]


@dataclass
class Task:
    """A file on its way through a process."""

    data: bytes
    future: Future[Processed] | None


class Workers:
    """A few processes that turn bytes into measured runs.

    Parameters
    ----------
    count
        Processes; 1 works in this process, when the result is asked for.
    now
        The present in Unix seconds.
    """

    def __init__(self, count: int, now: float) -> None:
        self._count = count
        self._now = now
        self._pool = _pool(count) if count > 1 else None
        self.in_flight = 4 * count if count > 1 else 0

    def submit(self, data: bytes) -> Task:
        """Begin with a file."""
        if self._pool is None:
            return Task(data, None)
        try:
            return Task(data, self._pool.submit(process_bytes, data, self._now))
        except BrokenProcessPool:
            self._pool = _pool(self._count)
            return Task(data, self._pool.submit(process_bytes, data, self._now))

    def result(self, task: Task) -> Processed:
        """Return what the file turned out to be."""
        if task.future is None:
            return process_bytes(task.data, self._now)
        try:
            return task.future.result()
        except BrokenProcessPool:
            return self._alone(task.data)

    def _alone(self, data: bytes) -> Processed:
        """Try once more in a process of its own: another file may have been the culprit."""
        with _pool(1) as single:
            try:
                return single.submit(process_bytes, data, self._now).result()
            except BrokenProcessPool:
                return Processed(
                    refusal="reading it ended the process that read it; the file is damaged in a way not foreseen"
                )

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _pool(count: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    with _interrupts_ignored():  # what a process ignores when it starts another, that one ignores from its first moment
        for _ in range(count):
            pool.submit(_nothing)
    return pool


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _nothing() -> None:
    """Be the first task of a process, so that it is started at once."""


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
