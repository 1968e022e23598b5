"""Why nothing, or not all, was counted: what to say at the end of a set."""

from __future__ import annotations

from collections.abc import Sequence

from medius.coach._counter import Counter
from medius.coach._result import Quality, Repetition
from medius.exercises import Exercise
from medius.record import Side

__all__ = ["STEP_BACK", "Notes"]

STEP_BACK = (
    "I cannot see enough of you. Move the phone until your whole body is in the picture; you can count by yourself."
)


_HARDLY = 0.25


class Notes:
    """Remember what stood in the way of counting.

    Attributes
    ----------
    ever_ready
        Whether the start position was ever seen.
    other_side
        Repetitions of the side that was not asked for.
    """

    def __init__(self, item: Exercise, side: Side | None) -> None:
        self._item, self._side = item, side
        self.ever_ready = False
        self.other_side = 0
        self._other_movements = 0
        self._misses: dict[str, int] = {}
        self._ready = self._searching = 0

    def take(self, counters: Sequence[Counter], leader: Counter) -> None:
        """Look at what the counters make of one picture."""
        if not counters[0].sees and not counters[1].sees:
            return
        for counter in counters:
            if counter.aborted == "other_movement":
                self._other_movements += 1
                counter.aborted = ""
            elif counter.aborted in ("too_long", "left_position"):
                self._misses[f"abort:{counter.aborted}"] = self._misses.get(f"abort:{counter.aborted}", 0) + 1
                counter.aborted = ""
        self._ready += leader.phase != "searching"
        self._searching += leader.phase == "searching"
        if leader.phase == "searching" and leader.missing is not None:
            what = leader.missing.say
            self._misses[what] = self._misses.get(what, 0) + 1

    def quality(self, repetitions: Sequence[Repetition]) -> list[Quality]:
        """Return what there is to say about a set that ended with `repetitions`."""
        notes: list[Quality] = []
        title = self._item.title
        sentences = {k: n for k, n in self._misses.items() if not k.startswith("abort:")}
        seen = self._ready + self._searching
        if not repetitions and not self.other_side and self._ready <= _HARDLY * seen:
            why = max(sentences, key=lambda k: sentences[k]) if sentences else STEP_BACK
            rarely = "hardly" if self.ever_ready else "never"
            notes.append(
                Quality(
                    "not_ready",
                    f"The start position of '{title}' was {rarely} seen, so nothing was counted; this may be another exercise. "
                    f"{why}",
                )
            )
        elif not repetitions and not self.other_side:
            other = " Movements were seen, but not of this exercise." if self._other_movements else ""
            notes.append(
                Quality(
                    "no_repetition", f"The start position was seen, but no repetition of '{title}' followed.{other}"
                )
            )
        elif not any(r.counted for r in repetitions) and not self.other_side:
            notes.append(
                Quality("only_partial", f"Movements were seen, but none went far enough to count for '{title}'.")
            )
        if self.other_side:
            asked = self._side
            moved = "right" if asked == "left" else "left"
            notes.append(
                Quality(
                    "wrong_side",
                    f"{self.other_side} repetitions were done with the {moved} side, but {asked} was asked for: "
                    f"they are not counted. Change sides or ask for {moved}.",
                )
            )
        if self._misses.get("abort:too_long"):
            notes.append(
                Quality("unclear_movement", "A movement did not come back to the start position and was not counted.")
            )
        return notes
