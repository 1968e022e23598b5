"""What to do next, in the order to do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medius.evidence import fact
from medius.screen._catalogue import catalogue
from medius.screen._conditions import Values
from medius.screen._result import Note, OpenFlag, Pattern, RedFlag, Risk, Score, Strength

__all__ = ["next_steps"]


def next_steps(
    values: Values,
    red_flags: Sequence[RedFlag],
    open_flags: Sequence[OpenFlag],
    patterns: Sequence[Pattern],
    risk: Sequence[Risk],
    strength: Strength,
    scores: Sequence[Score],
) -> tuple[Note, ...]:
    """Return the next steps. While a red flag stands uncleared, the only step is to be seen."""
    uncleared = [flag for flag in red_flags if flag.cleared_by is None]
    if uncleared:
        seen = [Note(code=flag.id, text=flag.message, evidence=flag.evidence) for flag in uncleared]
        return (*seen, _advice("be_seen"))
    if open_flags:
        questions = dict.fromkeys(name for flag in open_flags for name in flag.questions)
        return (_advice("answer_first", questions=", ".join(questions)),)
    return (
        *_about_injury(values),
        *_about_patterns(values, patterns),
        *_about_risk(values, risk),
        *_about_strength(strength),
        *(() if any(score.code in ("uwri", "lefs") for score in scores) else (_advice("scores"),)),
    )


def _advice(code: str, **words: str) -> Note:
    item = catalogue().advice[code]
    return Note(code=code, text=item.text.format(**words) if words else item.text, evidence=item.evidence)


def _about_injury(values: Values) -> Iterator[Note]:
    days = values.get("days_since_injury")
    if isinstance(days, float) and days > fact("D39").number("days_since_injury_at_most"):
        yield _advice("old_injury")


def _about_patterns(values: Values, patterns: Sequence[Pattern]) -> Iterator[Note]:
    fitting = [pattern for pattern in patterns if pattern.verdict == "consistent with"]
    unclear = [pattern for pattern in patterns if pattern.verdict == "cannot tell" and pattern.for_]
    if values.get("character") == "stiff_muscles" and not fitting:
        yield _advice("stiff_muscles")
    elif not fitting and not unclear and "regions" in values:
        yield _advice("none_fits")
    if len(fitting) > 1:
        yield _advice("several_fit")
    for pattern in unclear:
        yield _advice("more_to_tell", pattern=pattern.name, how=pattern.to_tell)
    if any(pattern.code == "itbs" for pattern in fitting):
        yield _advice("leave_out_downhill")
        yield _advice("expect_weeks")


def _about_risk(values: Values, risk: Sequence[Risk]) -> Iterator[Note]:
    unknown = {item.code for item in risk if item.status == "unknown"}
    if "posture" in unknown:
        yield _advice("film")
    if unknown & {"single_run_spike", "long_distance", "downhill"}:
        yield _advice("watch")


def _about_strength(strength: Strength) -> Iterator[Note]:
    if len(strength.hip_abduction) < 2:
        yield _advice("measure_strength")
    elif strength.side_difference is not None and strength.side_difference.repeat:
        yield _advice("repeat_strength")
