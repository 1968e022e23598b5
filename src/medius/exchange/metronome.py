"""A metronome as a sound file, for runs in which the cadence is practised."""

from __future__ import annotations

import io
import wave

import numpy as np

from medius.errors import InvalidValueError

__all__ = ["render_metronome"]

_RATE = 22050
_CLICK_S = 0.03
_TONES_HZ = (1320.0, 990.0)


def render_metronome(steps_per_minute: float, minutes: float = 5.0) -> bytes:
    """Return a WAV file (mono, 16 bit) with one click a step, higher on every other one.

    Raises
    ------
    InvalidValueError
        If the cadence is not between 100 and 240 steps a minute, or the length not between 0 and 60 minutes.
    """
    if not 100 <= steps_per_minute <= 240:
        raise InvalidValueError(f"{steps_per_minute:g} steps a minute is no running cadence. Give 100 to 240.")
    if not 0 < minutes <= 60:
        raise InvalidValueError(f"A metronome of {minutes:g} minutes cannot be made. Give 60 at most.")
    sound = np.zeros(round(60 * minutes * _RATE), dtype=np.float64)
    t = np.arange(round(_CLICK_S * _RATE)) / _RATE
    clicks = [0.6 * np.sin(2 * np.pi * tone * t) * np.exp(-t / 0.008) for tone in _TONES_HZ]
    starts = np.round(np.arange(0.0, 60 * minutes - _CLICK_S, 60.0 / steps_per_minute) * _RATE).astype(int)
    for number, start in enumerate(starts):
        sound[start : start + t.size] += clicks[number % 2][: sound.size - start]
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes((32767 * np.clip(sound, -1, 1)).astype("<i2").tobytes())
    return target.getvalue()
