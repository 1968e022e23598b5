"""A small clock on the times of the frames."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Stay"]


@dataclass
class Stay:
    """How long something has been so."""

    since: float | None = None

    def lasts(self, now: float, so: bool) -> float:
        """Return for how many seconds it has been so without a break, `now` included; 0 where it is not."""
        if not so:
            self.since = None
            return 0.0
        if self.since is None:
            self.since = now
        return now - self.since
