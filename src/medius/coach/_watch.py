"""Watch the picture itself: nobody there, somebody else, frozen, gaps, too few frames."""

from __future__ import annotations

from medius.coach._points import Frame, Points
from medius.coach._result import Quality

__all__ = ["Watch"]

_FROZEN_S = 0.6
_GAP_S = 0.7
_JUMP = 1.2
_FEWEST_PER_S = 8.0
_UNSEEN_SHARE = 0.1
_SHAKY = 0.008
_ENOUGH = 10
_NEEDED = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee")


class Watch:
    """Say what is wrong with the stream of frames, at once and at the end.

    Attributes
    ----------
    anybody
        Whether a person was ever seen.
    """

    def __init__(self) -> None:
        self.anybody = False
        self._times: list[float] = []
        self._n = self._unseen = self._jumps = 0
        self._gaps = self._frozen = 0
        self._first = self._last = 0.0
        self._same_since = 0.0
        self._same: tuple[tuple[str, tuple[float, float, float]], ...] = ()
        self._told_frozen = False
        self._place: tuple[float, complex, float] | None = None
        self._outside = 0
        self._shakes: list[float] = []

    def look(self, frame: Frame, points: Points) -> str:
        """Take in a frame; return ``gap``, ``another_person`` or ``""``."""
        now = frame.time_s
        gap = self._n > 0 and now - self._last > _GAP_S
        self._first = now if self._n == 0 else self._first
        self._n, self._last = self._n + 1, now
        seen = all(name in points for name in _NEEDED)
        self.anybody = self.anybody or seen
        self._unseen += not seen
        self._gaps += gap
        self._notice_frozen(frame)
        self._outside += seen and _leaves_the_picture(frame)
        if gap:
            self._place = None
            return "gap"
        return "another_person" if seen and self._jumped(now, frame) else ""

    def rest(self, frame: Frame, points: Points) -> None:
        """Take in a frame in which the person rests: how far the raw points lie from the steadied ones."""
        far = [
            abs(complex(spot[0], -spot[1]) - points[n])
            for n in _NEEDED
            if n in points and (spot := frame.points.get(n)) is not None
        ]
        if len(far) == len(_NEEDED):
            size = abs(points[_NEEDED[0]] + points[_NEEDED[1]] - points[_NEEDED[2]] - points[_NEEDED[3]]) / 2
            self._shakes.append(sum(far) / len(far) / size if size > 0 else 0.0)

    def notes(self) -> list[Quality]:
        """Return what is wrong with the whole stream."""
        found: list[Quality] = []
        if self._n == 0 or not self.anybody:
            return [Quality("nobody", "Nobody was seen whole in the picture, so nothing was counted. " + _PLACE)]
        seconds = self._last - self._first
        if seconds > 0 and (self._n - 1) / seconds < _FEWEST_PER_S:
            rate = (self._n - 1) / seconds
            found.append(
                Quality(
                    "few_frames",
                    f"Only {rate:.0f} pictures a second: fast repetitions may be missed. Close other programs.",
                )
            )
        if self._unseen > _UNSEEN_SHARE * self._n:
            share = self._unseen / self._n
            found.append(Quality("cannot_see", f"The body was not seen whole in {share:.0%} of the pictures. {_PLACE}"))
        if self._frozen:
            found.append(Quality("picture_frozen", "The picture froze; what happened meanwhile was not counted."))
        if self._gaps:
            found.append(Quality("gap", "Pictures were missing for a while; what happened meanwhile was not counted."))
        if self._jumps:
            found.append(
                Quality("another_person", "The person in the picture seems to have changed. Be alone in the picture.")
            )
        if len(self._shakes) >= _ENOUGH and sorted(self._shakes)[len(self._shakes) // 2] > _SHAKY:
            found.append(
                Quality(
                    "unsteady",
                    "The key points shake, so small movements may be miscounted. More light, or come closer.",
                )
            )
        if self._outside > 0.2 * self._n:
            found.append(Quality("out_of_picture", "Parts of the body leave the picture. Move the phone further away."))
        return found

    def _notice_frozen(self, frame: Frame) -> None:
        same = tuple(frame.points.items())
        if not same or same != self._same:
            self._same, self._same_since, self._told_frozen = same, frame.time_s, False
        elif frame.time_s - self._same_since > _FROZEN_S and not self._told_frozen:
            self._frozen += 1
            self._told_frozen = True

    def _jumped(self, now: float, frame: Frame) -> bool:
        """Tell whether the whole trunk was elsewhere a moment ago, further than a person moves."""
        corners = [frame.points[n] for n in _NEEDED[:4] if n in frame.points]
        if len(corners) < 4:
            return False
        place = sum(complex(x, y) for x, y, _ in corners) / 4
        size = (
            abs(
                complex(*corners[0][:2])
                + complex(*corners[1][:2])
                - complex(*corners[2][:2])
                - complex(*corners[3][:2])
            )
            / 2
        )
        before, self._place = self._place, (now, place, size)
        if before is None or now - before[0] > 0.25 or size <= 0:
            return False
        jumped = abs(place - before[1]) > _JUMP * max(size, before[2])
        self._jumps += jumped
        return jumped


_PLACE = "Put the phone two to three metres away, in good light, with the whole body in the picture."


def _leaves_the_picture(frame: Frame) -> bool:
    if frame.width <= 0 or frame.height <= 0:
        return False
    return any(
        not (0 <= x <= frame.width and 0 <= y <= frame.height)
        for name in ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
        if (spot := frame.points.get(name)) is not None
        for x, y, _ in (spot,)
    )
