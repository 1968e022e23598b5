"""What the annotated video draws on one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from medius.record import Side
from medius.report._draw import Point

__all__ = ["Overlay", "Picture", "Reading"]


class Picture(Protocol):
    """A decoded frame as planes (`medius.motion.pose.Picture` is one): YUV 4:2:0, 8 bit, as displayed."""

    @property
    def luma(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def chroma_u(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def chroma_v(self) -> NDArray[np.uint8]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Reading:
    """One live number.

    Attributes
    ----------
    label
        Short name: ``Pelvis, right side down``. One graph per label.
    value
        In ``unit``; None or NaN where it cannot be given now.
    half_width
        Half of the 95 % band around the value, same unit; 0 draws none.
    unit
        As in observations: ``deg``.
    side
        Colours the graph; may change from frame to frame (the leg in stance).
    """

    label: str
    value: float | None
    half_width: float = 0.0
    unit: str = "deg"
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn on one frame.

    Attributes
    ----------
    points
        Key points by name, pixels of the full-size frame.
    stickers
        Pelvis stickers by side, or None; both are needed for the line.
    readings
        Live numbers, at most two; the same labels in every frame.
    """

    points: Mapping[str, Point] = field(default_factory=dict)
    stickers: Mapping[Side, Point] | None = None
    readings: Sequence[Reading] = ()
