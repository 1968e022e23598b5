"""One run, measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError
from medius.load._activity import LONGEST_S, Activity, Columns
from medius.load._downhill import DownhillBand, DownhillExposure, gradient_percent, measure_downhill
from medius.load._dynamics import ChannelSummary, summarise_channel
from medius.load._elevation import ElevationProfile, measure_elevation
from medius.load._track import joins, run_distance, running_clock

__all__ = ["METHOD", "MeasuredRun", "RunSummary", "iso_utc", "measure_run", "summary_from_json"]

METHOD = "runs/1"
"""Name and version of the way runs are measured; runs measured by an older one are measured again at import."""

Array = NDArray[np.float64]
PROFILE_STEP_S = 10
_STANDING_M_S = 0.5
_DYNAMICS = ("cadence", "ground_contact_time", "stance_time_balance", "vertical_oscillation", "step_length")
_MEANS = (*_DYNAMICS, "speed", "heart_rate", "temperature", "power")


@dataclass(frozen=True)
class RunSummary:
    """The numbers of one run; None where the file does not carry them.

    Attributes
    ----------
    start
        Unix time of the first sample.
    utc_offset_s
        Local time minus UTC, where the watch says it.
    distance_m, moving_time_s, elapsed_time_s
        Distance; time the watch's timer ran (without a timer: time spent moving); time from start to end.
    ascent_m, descent_m
        Both positive, see `medius.load.measure_elevation`; the device's own totals where it kept no altitude.
    altitude_from_device
        True for FIT files (usually a barometer); False where the altitude may be the satellite's.
    downhill
        Minutes, metres along and steepest minute by gradient band.
    channels
        Mean and drift of every channel that occurs, in the units of `medius.load.CHANNELS`.
    device_*
        What the device itself printed.
    rpe
        Rating of perceived exertion, 0 to 10, where the runner gave one on the watch.
    notes
        What was mended or left out, in sentences.
    """

    start: float
    utc_offset_s: float | None
    sport: str
    sub_sport: str
    format: str
    distance_m: float | None
    moving_time_s: float
    elapsed_time_s: float
    ascent_m: float | None
    descent_m: float | None
    altitude_from_device: bool
    downhill: DownhillExposure | None
    channels: dict[str, ChannelSummary]
    developer_means: dict[str, float]
    n_samples: int
    n_pauses: int
    n_laps: int
    device_distance_m: float | None
    device_timer_s: float | None
    device_elapsed_s: float | None
    device_ascent_m: float | None
    device_descent_m: float | None
    device_cadence_spm: float | None
    rpe: float | None
    damage: str | None
    notes: tuple[str, ...]
    method: str = METHOD

    @property
    def pace_s_per_km(self) -> float | None:
        """Seconds of moving time for each kilometre; None without a distance."""
        return 1000.0 * self.moving_time_s / self.distance_m if self.distance_m else None

    @property
    def richness(self) -> tuple[int, int, int]:
        """Sort key: of two files of one run the one with the higher key is kept (whole, more channels, more samples)."""
        format_rank = {"fit": 2, "tcx": 1}.get(self.format, 0)
        return (int(self.damage is None), 4 * len(self.channels) + format_rank, self.n_samples)

    def mean(self, channel: str) -> float | None:
        """Mean of a channel, or None."""
        summary = self.channels.get(channel)
        return None if summary is None else summary.mean

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `summary_from_json` reads back."""
        return asdict(self)

    def row(self) -> dict[str, Any]:
        """Return what ``medius import --json`` prints for a run."""
        return {
            "start": iso_utc(self.start),
            "distance_m": _rounded(self.distance_m, 2),
            "moving_time_s": _rounded(self.moving_time_s, 3),
            "elapsed_time_s": _rounded(self.elapsed_time_s, 3),
            "ascent_m": _rounded(self.ascent_m, 1),
            "descent_m": _rounded(self.descent_m, 1),
            "cadence_spm": _rounded(self.mean("cadence"), 2),
            "ground_contact_time_ms": _rounded(self.mean("ground_contact_time"), 1),
            "stance_time_balance_percent": _rounded(self.mean("stance_time_balance"), 2),
        }


def summary_from_json(data: dict[str, Any]) -> RunSummary:
    """Read back what `RunSummary.to_json` gave."""
    fields = dict(data)
    downhill = fields["downhill"]
    if downhill is not None:
        bands = tuple(DownhillBand(**band) for band in downhill["bands"])
        fields["downhill"] = DownhillExposure(bands, downhill["steepest_minute_percent"])
    fields["channels"] = {name: ChannelSummary(**channel) for name, channel in fields["channels"].items()}
    fields["notes"] = tuple(fields["notes"])
    return RunSummary(**fields)


@dataclass(frozen=True)
class MeasuredRun:
    """A run with its samples.

    Attributes
    ----------
    summary
        The numbers.
    samples
        The channels of the activity, with developer fields as ``developer:NAME``.
    profile
        Every 10 s of the running clock: ``clock`` s, ``distance`` m, ``altitude`` m (cleaned), ``gradient`` %.
    """

    summary: RunSummary
    samples: Columns
    profile: Columns


def iso_utc(moment: float) -> str:
    """Return Unix time as ISO 8601 in UTC, whole seconds."""
    return datetime.fromtimestamp(round(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def measure_run(activity: Activity) -> MeasuredRun:
    """Measure one running activity.

    Raises
    ------
    InvalidValueError
        If its times cannot be those of a run.
    """
    time = activity.samples["time"]
    clock = running_clock(activity)
    if clock[-1] > LONGEST_S:
        raise InvalidValueError("its samples span more than a week, which is no run; the clock of the watch was wrong")
    distance, notes = run_distance(activity)
    moving = _moving(clock, distance)
    profile = _elevation(activity, clock)
    if profile is None and "altitude" in activity.samples and activity.device.descent_m is None:
        notes.append("The recorded altitude is always 0 or too sparse, so ascent and descent are not given.")
    seconds = np.arange(0.0, np.floor(clock[-1]) + 1.0)
    along = None if distance is None else np.interp(seconds, clock, distance)
    moving_time, elapsed, more = _times(activity, clock, distance)
    channels = {}
    for name in _MEANS:
        if name in activity.samples:
            values = activity.samples[name]
            counted = moving & (values > 0) if name in _DYNAMICS else moving
            channel = summarise_channel(clock, values, moving=counted)
            if channel is not None:
                channels[name] = channel
    device = activity.device
    summary = RunSummary(
        start=float(time[0]),
        utc_offset_s=activity.utc_offset_s,
        sport=activity.sport,
        sub_sport=activity.sub_sport,
        format=activity.format,
        distance_m=_total_distance(distance, device.distance_m),
        moving_time_s=moving_time,
        elapsed_time_s=elapsed,
        ascent_m=device.ascent_m if profile is None else profile.ascent_m,
        descent_m=device.descent_m if profile is None else profile.descent_m,
        altitude_from_device=activity.format == "fit",
        downhill=None if profile is None or along is None else measure_downhill(profile, along),
        channels=channels,
        developer_means=_means(activity.developer, moving),
        n_samples=int(time.size),
        n_pauses=len(activity.pauses),
        n_laps=len(activity.laps),
        device_distance_m=device.distance_m,
        device_timer_s=device.timer_s,
        device_elapsed_s=device.elapsed_s,
        device_ascent_m=device.ascent_m,
        device_descent_m=device.descent_m,
        device_cadence_spm=device.cadence_spm,
        rpe=device.rpe,
        damage=activity.damage,
        notes=(*activity.notes, *notes, *more),
    )
    developer = {f"developer:{name}": column for name, column in activity.developer.items()}
    return MeasuredRun(summary, {**activity.samples, **developer}, _profile(seconds, along, profile))


def _moving(clock: Array, distance: Array | None) -> NDArray[np.bool_]:
    if distance is None or distance[-1] <= 0 or distance.size < 2:
        return np.ones(clock.size, dtype=bool)
    speed = np.diff(distance) / np.diff(clock)
    return np.append(speed, speed[-1]) > _STANDING_M_S


def _elevation(activity: Activity, clock: Array) -> ElevationProfile | None:
    altitude = activity.samples.get("altitude")
    if altitude is None:
        return None
    return measure_elevation(clock, altitude, joins(activity), from_device=activity.format == "fit")


def _total_distance(distance: Array | None, device: float | None) -> float | None:
    if distance is None:
        return device if device is not None and device >= 0 else None
    return float(distance[-1])


def _times(activity: Activity, clock: Array, distance: Array | None) -> tuple[float, float, list[str]]:
    """Return moving time, elapsed time, and a sentence where the device's own cannot be."""
    time, device = activity.samples["time"], activity.device
    span = float(time[-1] - time[0])
    elapsed, notes = span, []
    if device.elapsed_s is not None and 0 < device.elapsed_s <= LONGEST_S:
        elapsed = device.elapsed_s
    timer = device.timer_s
    if timer is not None and not (0 < timer <= max(elapsed, span) + 2.0):
        notes.append(f"The recorded timer time ({timer:.0f} s) does not fit the run, so it was taken from the samples.")
        timer = None
    if timer is not None:
        return timer, max(elapsed, timer), notes
    if activity.format == "fit" or distance is None:
        return float(clock[-1]), elapsed, notes
    step = np.diff(clock)
    speed = np.diff(distance) / np.maximum(step, 1e-6)
    return float(step[speed > _STANDING_M_S].sum()), elapsed, notes


def _means(columns: Columns, moving: NDArray[np.bool_]) -> dict[str, float]:
    means = {}
    for name, column in columns.items():
        used = column[moving & np.isfinite(column)]
        if used.size and name.lower() != "distance":
            means[name] = float(used.mean())
    return means


def _profile(seconds: Array, along: Array | None, profile: ElevationProfile | None) -> Columns:
    columns = {"clock": seconds[::PROFILE_STEP_S]}
    if along is not None:
        columns["distance"] = along[::PROFILE_STEP_S]
    if profile is not None:
        columns["altitude"] = profile.altitude[::PROFILE_STEP_S]
        if along is not None:
            columns["gradient"] = gradient_percent(profile.altitude, along)[::PROFILE_STEP_S]
    return columns
