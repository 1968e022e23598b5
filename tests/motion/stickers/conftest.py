"""Clips whose stickers are where we put them: drawn from nothing, or painted onto the rendered runners."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Color = tuple[float, float, float]

COLORS: dict[str, Color] = {
    "white": (245, 245, 245),
    "yellow": (250, 225, 40),
    "green": (60, 220, 70),
    "orange": (255, 140, 30),
    "blue": (40, 90, 230),
    "red": (225, 35, 40),
    "magenta": (255, 60, 200),
}
POINTS = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")


@dataclass(frozen=True)
class Picture:
    """Planar YUV 4:2:0, the least that the finder asks for."""

    index: int
    time_s: float
    luma: Bytes
    chroma_u: Bytes
    chroma_v: Bytes


@dataclass(frozen=True)
class Clip:
    """Frames, the four body points (frame, 4, 2) and the true centres of left and right sticker (frame, 2, 2)."""

    frames: list[Picture]
    points: Floats
    truth: Floats


def decode(source: Path | io.BytesIO, n: int | None = None) -> Iterator[Picture]:
    """Yield the planes of a video."""
    with av.open(str(source) if isinstance(source, Path) else source, mode="r") as container:
        for index, frame in enumerate(container.decode(video=0)):
            if n is not None and index >= n:
                break
            planes = [np.frombuffer(bytes(p), np.uint8).reshape(-1, p.line_size) for p in frame.planes]
            h, w = frame.height, frame.width
            yield Picture(
                index,
                float(frame.time or 0.0),
                planes[0][:h, :w],
                planes[1][: (h + 1) // 2, : (w + 1) // 2],
                planes[2][: (h + 1) // 2, : (w + 1) // 2],
            )


def to_planes(rgb: Bytes, index: int, fps: float) -> Picture:
    """Turn one RGB picture of even size into planes, without compression."""
    h, w, _ = rgb.shape
    luma, u, v = cv2.split(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV), dtype=np.uint8))
    u, v = (cv2.resize(plane, (w // 2, h // 2), interpolation=cv2.INTER_AREA) for plane in (u, v))
    return Picture(index, index / fps, *(np.asarray(plane, dtype=np.uint8) for plane in (luma, u, v)))


def compress(pictures: Iterable[Bytes], fps: int, crf: int) -> list[Picture]:
    """Send RGB pictures through H.264 and back."""
    memory = io.BytesIO()
    with av.open(memory, "w", format="mp4") as out:
        stream: Any = None
        for rgb in pictures:
            if stream is None:
                stream = out.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
                stream.height, stream.width, stream.pix_fmt = *rgb.shape[:2], "yuv420p"
            out.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        out.mux(stream.encode())
    memory.seek(0)
    return list(decode(memory))


def paint_disc(picture: Bytes, centres: Floats, radius: float, color: Color, *, squeeze: float = 0.85) -> None:
    """Paint an ellipse with soft edges, in place; several centres (n, 2) are blurred into one."""
    places = np.atleast_2d(centres)
    middle = places.mean(axis=0)
    x0, y0, size = int(middle[0] - 2 * radius - 4), int(middle[1] - 2 * radius - 4), int(4 * radius + 9)
    part = picture[max(y0, 0) : y0 + size, max(x0, 0) : x0 + size]
    y, x = np.mgrid[0 : part.shape[0], 0 : part.shape[1]] + 0.5
    away = [np.hypot((x + max(x0, 0) - place[0]) / squeeze, y + max(y0, 0) - place[1]) for place in places]
    alpha = np.mean([np.clip(radius - a + 0.5, 0, 1) for a in away], axis=0)[..., None]
    part[:] = np.round(part * (1 - alpha) + np.array(color) * alpha).astype(np.uint8)


Extra = Callable[[Bytes, Floats, int], None]
"""Draws something more: picture, true centres of the stickers (2, 2), number of the frame."""


def draw_clip(
    colors: tuple[str | None, str | None] = ("yellow", "yellow"),
    *,
    shirt: Color = (60, 90, 160),
    n: int = 60,
    fps: int = 60,
    radius: float = 6.0,
    half: float = 42.0,
    front: bool = False,
    extra: Extra | None = None,
    crf: int | None = None,
    noise: float = 3.0,
) -> Clip:
    """Draw a runner from behind: a trunk that bounces 20 px and tilts 6 degrees, two stickers that do the same."""
    rng = np.random.default_rng(4)
    grain = rng.normal(0, noise, (7, 400, 320, 3)).round().astype(np.int16)
    pictures, points, truth = [], [], []
    for i in range(n):
        t = i / fps
        angle = np.radians(6) * np.sin(2 * np.pi * 1.4 * t)
        pelvis = np.array([160.0 + 6 * np.sin(2 * np.pi * 1.4 * t), 260.0 + 10 * np.sin(2 * np.pi * 2.8 * t)])
        level, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        rgb = np.full((400, 320, 3), (150, 145, 140), dtype=np.uint8)
        rgb[::40] = (110, 105, 100)
        shoulders = [pelvis + np.array([side * 62.0, -190.0]) for side in (-1, 1)]
        corners = [*shoulders, pelvis + 58 * level, pelvis - 58 * level]
        cv2.fillConvexPoly(rgb, np.round(corners).astype(np.int32), shirt)
        corners = [pelvis + side * 58 * level for side in (-1, 1)] + [
            pelvis + side * 64 * level + 120 * down for side in (1, -1)
        ]
        cv2.fillConvexPoly(rgb, np.round(corners).astype(np.int32), (30, 30, 34))
        centres = np.stack([pelvis - half * level - 15 * down, pelvis + half * level - 15 * down])
        for centre, color in zip(centres, colors, strict=True):
            if color is not None:
                paint_disc(rgb, centre, radius, COLORS[color])
        if extra is not None:
            extra(rgb, centres, i)
        pictures.append(np.clip(rgb + grain[i % len(grain)], 0, 255).astype(np.uint8))
        sides = np.array([[-38, 25], [38, 25], [-50, -165], [50, -165]], dtype=np.float64)
        points.append((pelvis + sides + rng.normal(0, 3, (4, 2)))[[1, 0, 3, 2] if front else [0, 1, 2, 3]])
        truth.append(centres[::-1] if front else centres)
    frames = [to_planes(p, i, fps) for i, p in enumerate(pictures)] if crf is None else compress(pictures, fps, crf)
    return Clip(frames, np.array(points), np.array(truth))


def rendered_truth(video: Path) -> dict[str, Any]:
    """Read the truth that lies beside a rendered clip."""
    plain = video.with_suffix(".json")
    if plain.exists():
        return dict(json.loads(plain.read_text()))
    return dict(json.loads(gzip.decompress(video.with_suffix(".json.gz").read_bytes())))


def rendered_points(truth: dict[str, Any], n: int) -> Floats:
    """Return hips and shoulders as a pose network sees them: true joints, hips drawn inwards, with error, (n, 4, 2)."""
    joints = truth["frames"]["joints_2d_px"]
    points = np.array([joints[k][:n] for k in ("hip_l", "hip_r", "shoulder_l", "shoulder_r")]).transpose(1, 0, 2)
    middle = points[:, :2].mean(axis=1, keepdims=True)
    points[:, :2] = middle + (points[:, :2] - middle) * 0.77
    return points + np.random.default_rng(7).normal(0, 6, points.shape) + (0.0, -3.0)


def rendered_clip(video: Path, n: int, joints: tuple[str, str] = ("sticker_l", "sticker_r")) -> Clip:
    """Read the first `n` frames of a rendered clip, with simulated key points and the true places of two joints."""
    truth = rendered_truth(video)
    places = truth["frames"]["joints_2d_px"]
    frames = list(decode(video, n))
    true = np.array([places[k][: len(frames)] for k in joints]).transpose(1, 0, 2)
    return Clip(frames, rendered_points(truth, len(frames)), true)


def painted_clip(
    video: Path,
    n: int,
    color: str | None,
    *,
    radius: float = 7.0,
    wide: bool = True,
    crf: int = 23,
    shutter: float = 0.5,
    extra: Extra | None = None,
) -> Clip:
    """Paint stickers over the true PSIS (or twice as far apart) of a rendered clip, blurred by movement, and compress."""
    truth = rendered_truth(video)
    places = truth["frames"]["joints_2d_px"]
    psis = np.array([places[k][: n + 1] for k in ("psis_l", "psis_r")]).transpose(1, 0, 2)
    middle = psis.mean(axis=1, keepdims=True)
    centres = middle + (psis - middle) * (2.1 if wide else 1.0)

    def pictures() -> Iterator[Bytes]:
        with av.open(str(video)) as container:
            for i, frame in enumerate(container.decode(video=0)):
                if i >= n:
                    return
                rgb = np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
                if extra is not None:
                    extra(rgb, psis[i], i)
                if color is not None:
                    step = (centres[i + 1] - centres[max(i - 1, 0)]) / 2
                    shares = np.linspace(-shutter / 2, shutter / 2, 5)[:, None]
                    for side in range(2):
                        paint_disc(rgb, centres[i, side] + shares * step[side], radius, COLORS[color])
                yield rgb

    frames = compress(pictures(), int(truth["fps"]), crf)
    return Clip(frames, rendered_points(truth, len(frames)), centres[: len(frames)])


def line_angle(points: Floats) -> Floats:
    """Return the angle of the line left to right in degrees, positive when the picture's right end is lower."""
    apart = points[:, 1] - points[:, 0]
    apart = apart * np.sign(np.nanmedian(apart[:, 0]))
    return np.asarray(np.degrees(np.arctan2(apart[:, 1], apart[:, 0])))


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Clip]:
    """Draw a clip (`draw_clip`)."""
    return draw_clip


@pytest.fixture(scope="session")
def painted(data: Path) -> Callable[..., Clip]:
    """Paint stickers onto a rendered clip named by its path in ``rendered`` (`painted_clip`)."""
    return lambda name, *args, **options: painted_clip(data / "rendered" / f"{name}.mp4", *args, **options)


@pytest.fixture(scope="session")
def rendered(data: Path) -> Callable[..., Clip]:
    """Read a rendered clip named by its path in ``rendered`` (`rendered_clip`)."""
    return lambda name, *args, **options: rendered_clip(data / "rendered" / f"{name}.mp4", *args, **options)
