"""Made-up runs whose numbers are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from medius.load import FitEvent, FitSession, RunStore, write_fit

START = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""

MakeRun = Callable[..., bytes]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with RunStore(tmp_path / "store") as opened:
        yield opened


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """Return a function that writes a FIT run at constant speed on a sinusoidal hill."""

    def make(
        *,
        start: float = START,
        seconds: int = 1800,
        speed: float = 3.0,
        hill_m: float = 10.0,
        period_s: float = 600.0,
        pauses: tuple[tuple[float, float], ...] = (),
        sport: int = 1,
        sub_sport: int = 0,
        gps: bool = True,
        distance: bool = True,
        dynamics: bool = True,
        developer: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] | None = None,
        compressed: bool = False,
        utc_offset_s: float | None = None,
    ) -> bytes:
        clock = np.arange(float(seconds))
        time = start + clock
        for stop, length in pauses:
            time[clock > stop] += length
        samples = {"time": time, "altitude": 300.0 + hill_m * np.cos(2 * np.pi * clock / period_s)}
        if distance:
            samples["distance"] = speed * clock
        if gps:
            samples["latitude"] = 46.0 + np.degrees(speed * clock / 6371008.8)
            samples["longitude"] = np.full(seconds, 14.0)
        if dynamics:
            samples["cadence"] = np.linspace(174.0, 168.0, seconds)
            samples["ground_contact_time"] = np.linspace(240.0, 250.0, seconds)
            samples["stance_time_balance"] = np.full(seconds, 51.25)
            samples["vertical_oscillation"] = np.full(seconds, 88.0)
            samples["heart_rate"] = np.full(seconds, 150.0)
        elapsed = float(time[-1] - time[0])
        timer = float(clock[-1])
        events = [FitEvent(start, starts=True)]
        gone = 0.0
        for stop, length in pauses:
            events += [FitEvent(start + stop + gone, starts=False), FitEvent(start + stop + gone + length, starts=True)]
            gone += length
        events.append(FitEvent(float(time[-1]), starts=False))
        total = speed * timer if distance else None
        session = FitSession(start, elapsed, timer, total, sport=sport, sub_sport=sub_sport)
        return write_fit(
            samples,
            [session],
            events=events,
            developer=developer,
            compressed=compressed,
            utc_offset_s=utc_offset_s,
        )

    return make


@pytest.fixture(scope="session")
def make_gpx() -> Callable[..., bytes]:
    """Return a function that writes a GPX run due north at constant speed."""

    def make(
        *,
        start: float = START,
        seconds: int = 1800,
        step: int = 5,
        speed: float = 3.0,
        kind: str | None = "running",
        jump_at: int | None = None,
    ) -> bytes:
        points = []
        for clock in range(0, seconds, step):
            latitude = 46.0 + np.degrees(speed * clock / 6371008.8) + (0.02 if clock == jump_at else 0.0)
            moment = np.datetime64(int(start + clock), "s")
            points.append(f'<trkpt lat="{latitude:.8f}" lon="14.0"><ele>300.0</ele><time>{moment}Z</time></trkpt>')
        sport = f"<type>{kind}</type>" if kind else ""
        body = f"<trk>{sport}<trkseg>{''.join(points)}</trkseg></trk>"
        head = '<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
        return f"{head}{body}</gpx>".encode()

    return make
