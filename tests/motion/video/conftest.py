"""Clips whose every pixel and time is known, made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
ClipMaker = Callable[..., Path]

TIME_BASE = Fraction(1, 90_000)
_BITS = 8


def has_encoder(name: str) -> bool:
    """Say whether the installed PyAV can write with this encoder."""
    try:
        av.Codec(name, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def picture(number: int, width: int, height: int) -> Planes:
    """Draw a frame: four corners that differ in brightness and colour, its number as eight blocks."""
    luma = np.full((height, width), 120, np.uint8)
    top, left = height // 3, width // 4
    luma[:top, :left], luma[:top, -left:] = 60, 100
    luma[-top:, :left], luma[-top:, -left:] = 160, 210
    edges = np.linspace(0, width, _BITS + 1).astype(int)
    for bit in range(_BITS):
        luma[top:-top, edges[bit] : edges[bit + 1]] = 200 if number >> bit & 1 else 50
    rows, columns = (height + 1) // 2, (width + 1) // 2
    u, v = np.full((rows, columns), 128, np.uint8), np.full((rows, columns), 128, np.uint8)
    u[: rows // 3, : columns // 4], v[: rows // 3, -(columns // 4) :] = 200, 200
    u[-(rows // 3) :, -(columns // 4) :] = 70
    return luma, u, v


def number_in(luma: NDArray[np.uint8]) -> int:
    """Read the number back from an upright picture."""
    height, width = luma.shape
    edges = np.linspace(0, width, _BITS + 1).astype(int)
    middle = luma[height // 2 - height // 12 : height // 2 + height // 12]
    return sum(
        1 << bit
        for bit in range(_BITS)
        if middle[:, edges[bit] + (edges[bit + 1] - edges[bit]) // 4 : edges[bit + 1] - 1].mean() > 125
    )


def _video_frame(planes: Planes, pix_fmt: str) -> av.VideoFrame:
    luma, u, v = planes
    deep = "10" in pix_fmt
    frame = av.VideoFrame(luma.shape[1], luma.shape[0], pix_fmt)
    for plane, values in zip(frame.planes, (luma, u, v), strict=True):
        wide: NDArray[Any] = values.astype(np.uint16) << 2 if deep else values
        padded = np.zeros((values.shape[0], plane.line_size // wide.itemsize), wide.dtype)
        padded[:, : values.shape[1]] = wide
        plane.update(padded.tobytes())
    return frame


@pytest.fixture
def make_clip(tmp_path: Path) -> ClipMaker:
    """Return a function that writes a clip and returns its path."""

    def make(
        name: str = "clip.mp4",
        *,
        codec: str = "libx264",
        size: tuple[int, int] = (320, 240),
        n_frames: int = 20,
        fps: float = 30.0,
        times: Sequence[float] | None = None,
        pix_fmt: str = "yuv420p",
        rotation: tuple[float, bool] | None = None,
        metadata: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
        audio: bool = False,
        color: tuple[int, int] | None = None,
        aspect: Fraction | None = None,
        mux: dict[str, str] | None = None,
        draw: Callable[[int, int, int], Planes] = picture,
    ) -> Path:
        path = tmp_path / name
        seconds = times if times is not None else [k / fps for k in range(n_frames)]
        # AVI counts whole frames only.
        base = Fraction(1, round(fps)) if path.suffix == ".avi" else TIME_BASE
        muxer = {"movflags": "use_metadata_tags", **(mux or {})} if path.suffix in (".mp4", ".mov") else {}
        with av.open(str(path), "w", options=muxer) as container:
            container.metadata.update(metadata or {})
            stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=options)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = pix_fmt
            stream.codec_context.time_base = base
            stream.time_base = base
            if color is not None:
                stream.codec_context.colorspace, stream.codec_context.color_range = color
            if aspect is not None:
                stream.sample_aspect_ratio = aspect
            if rotation is not None:
                stream.set_display_rotation(rotation[0], hflip=rotation[1])
            sound = container.add_stream("aac", rate=8000) if audio else None
            for number, time in enumerate(seconds):
                frame = _video_frame(draw(number, *size), pix_fmt)
                frame.pts, frame.time_base = round(time / float(base)), base
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if sound is not None:
                samples = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
                samples.rate, samples.pts = 8000, 0
                container.mux(sound.encode(samples))
                container.mux(sound.encode(None))
        return path

    return make
