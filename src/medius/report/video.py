"""The annotated video: the runner with skeleton and pelvis line, and the angle live with its uncertainty band.

VP9 in WebM, which every current browser plays (see ``docs/decisions/report-annotated-video.md``). Drawing and encoding
work on a shrunken picture that never leaves YUV, so a frame costs about as much as decoding it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError, OutputError
from medius.report._draw import SKELETON, Point, draw_pelvis_line, draw_person, is_seen
from medius.report._panel import PANEL_HEIGHT, YUV, Panel, to_yuv
from medius.report.overlay import Overlay, Picture

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import OutputContainer
    from av.video.stream import VideoStream

__all__ = ["AnnotatedVideoWriter"]

LONG_SIDE = 640
_OPTIONS = {
    "deadline": "realtime",
    "cpu-used": "8",
    "lag-in-frames": "0",
    "crf": "34",
    "b": "0",
    "g": "120",
}


class AnnotatedVideoWriter:
    """Writes a small annotated video; the file appears only when everything went well.

    Parameters
    ----------
    path
        Where the finished ``.webm`` goes. While writing, the file has ``.part`` added to its name.
    width, height
        Size of the frames that will be handed in, as displayed.
    fps
        Their rate in 1/s.
    ranges
        Lower and upper end of each graph by label, in the unit of the reading. Default −10 to 10.
    lines
        Pairs of key-point names to join.
    max_fps
        Rate of the video at most. Of 60 frames a second every second one is drawn and encoded.

    Raises
    ------
    OutputError
        If the file cannot be written.
    InvalidValueError
        If size or rate are not possible, or a frame has another size.

    Examples
    --------
    >>> with AnnotatedVideoWriter("rear.webm", 720, 1280, 60.0) as video:  # doctest: +SKIP
    ...     video.write(picture, Overlay(points=points))
    """

    def __init__(
        self,
        path: str | Path,
        width: int,
        height: int,
        fps: float,
        *,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        lines: Sequence[tuple[str, str]] = SKELETON,
        max_fps: float = 30.0,
    ) -> None:
        if width < 2 or height < 2 or not (math.isfinite(fps) and fps > 0):
            raise InvalidValueError(f"A video of {width}×{height} at {fps} frames a second is not possible.")
        self._path = Path(path)
        self._part = self._path.with_name(self._path.name + ".part")
        self._size = (height, width)
        scale = min(1.0, LONG_SIDE / max(width, height))
        self._small = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
        self._scale = self._small[0] / width, self._small[1] / height
        self._out_fps = fps / max(1, round(fps / max_fps))
        self._fps = fps
        self._lines = lines
        self._panel = Panel(self._small[0], self._out_fps, ranges or {})
        self._count = 0
        self._slot = -1
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None

    def __enter__(self) -> Self:
        """Open the file."""
        import av
        from av.video.reformatter import ColorRange, Colorspace

        try:
            self._part.write_bytes(b"")
            self._container = av.open(str(self._part), "w", format="webm", options={"fflags": "+bitexact"})
            rate = Fraction(self._out_fps).limit_denominator(1001)
            self._stream = self._container.add_stream("libvpx-vp9", rate=rate, options=dict(_OPTIONS))
        except OSError as error:
            self._discard()
            raise self._cannot(error) from error
        context = self._stream.codec_context
        context.width, context.height = self._small[0], self._small[1] + PANEL_HEIGHT
        context.pix_fmt = "yuv420p"
        context.thread_count = 1
        # BT.709, limited range.
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        context.color_primaries = context.color_trc = 1
        return self

    def wants(self, time_s: float | None = None) -> bool:
        """Whether the next frame (at ``time_s``) will be drawn, or is left out to keep to ``max_fps``."""
        return self._slot_of(time_s) > self._slot

    def _slot_of(self, time_s: float | None) -> int:
        seconds = self._count / self._fps if time_s is None else time_s
        return math.floor(seconds * self._out_fps + 0.25)

    def write(self, frame: NDArray[np.uint8] | Picture, overlay: Overlay, time_s: float | None = None) -> None:
        """Draw and encode the next frame, unless it is one to leave out (see `wants`).

        Parameters
        ----------
        frame
            RGB, uint8, shape (height, width, 3), or planes of YUV 4:2:0 (faster). It is not changed.
        overlay
            What to draw.
        time_s
            Seconds from the first frame; default: from the frame rate.
        """
        if self._stream is None or self._container is None:
            raise OutputError("A frame can be written only inside the 'with' block.")
        wanted, slot = self.wants(time_s), self._slot_of(time_s)
        self._count += 1
        if not wanted:
            return
        self._slot = slot
        canvas = np.empty((self._small[1] + PANEL_HEIGHT, self._small[0], 3), dtype=np.uint8)
        self._shrink(frame, canvas[: self._small[1]])
        self._draw(canvas, overlay)
        try:
            self._container.mux(self._stream.encode(self._to_frame(canvas, slot)))
        except OSError as error:
            raise self._cannot(error) from error

    def _shrink(self, frame: NDArray[np.uint8] | Picture, out: NDArray[np.uint8]) -> None:
        """Fill `out` with the frame in YUV 4:4:4."""
        if isinstance(frame, np.ndarray):
            if frame.shape != (*self._size, 3):
                raise InvalidValueError(f"A frame of shape {frame.shape} came into a video of {self._size}.")
            to_yuv(_resize(frame, self._small), out)
            return
        if frame.luma.shape != self._size:
            raise InvalidValueError(f"A frame of shape {frame.luma.shape} came into a video of {self._size}.")
        planes = [_resize(plane, self._small) for plane in (frame.luma, frame.chroma_u, frame.chroma_v)]
        cv2.merge(planes, dst=out)

    def _draw(self, canvas: NDArray[np.uint8], overlay: Overlay) -> None:
        picture = canvas[: self._small[1]]
        placed = {name: self._move(point) for name, point in overlay.points.items() if is_seen(point)}
        draw_person(picture, placed, self._lines, YUV, 2)
        stickers = overlay.stickers or {}
        if all(is_seen(stickers.get(side)) for side in ("left", "right")):
            draw_pelvis_line(picture, self._move(stickers["left"]), self._move(stickers["right"]), YUV, 2)
        self._panel.draw(canvas[self._small[1] :], overlay.readings)

    def _move(self, point: Point) -> Point:
        return float(point[0]) * self._scale[0], float(point[1]) * self._scale[1]

    def _to_frame(self, canvas: NDArray[np.uint8], slot: int) -> VideoFrame:
        from av import VideoFrame

        height, width = canvas.shape[:2]
        planar = np.empty((height * 3 // 2, width), dtype=np.uint8)
        y, u, v = cv2.split(canvas)
        planar[:height] = y
        quarter = height // 2, width // 2
        chroma = planar[height:].reshape(2, *quarter)
        for plane, out in ((u, chroma[0]), (v, chroma[1])):
            cv2.resize(plane, quarter[::-1], dst=out, interpolation=cv2.INTER_AREA)
        frame = VideoFrame.from_ndarray(planar, format="yuv420p")
        frame.pts, frame.time_base = slot, 1 / Fraction(self._out_fps).limit_denominator(1001)
        return frame

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file and give it its name, or remove it."""
        if kind is not None or self._container is None or self._stream is None:
            self._discard()
            return
        try:
            if self._slot >= 0:
                self._container.mux(self._stream.encode(None))
            self._container.close()
            self._container = None
            if self._slot >= 0:
                self._part.replace(self._path)
        except OSError as problem:
            raise self._cannot(problem) from problem
        finally:
            self._discard()

    def _discard(self) -> None:
        """Close and remove what is not finished."""
        if self._container is not None:
            with contextlib.suppress(OSError, ValueError):
                self._container.close()
            self._container = None
        self._stream = None
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _cannot(self, error: OSError) -> OutputError:
        return OutputError(
            f"Cannot write {self._path}: {error.strerror or 'the system refused'}. Choose another folder."
        )


def _resize(image: NDArray[np.uint8], size: tuple[int, int]) -> Any:
    if image.shape[1::-1] == size:
        return image
    # Averaging is needed only where pixels would be skipped.
    shrinks = image.shape[1] >= 1.9 * size[0]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
