"""The ladders of exercises, from easy to hard, as the equipment allows.

Order: X13. Doses: X63 (own judgement beside E12, E19, E27). Weights: E27, X70, X82.
"""

from __future__ import annotations

from medius.evidence import fact
from medius.exercises import exercise
from medius.programme._models import Equipment, Step, Track

__all__ = ["LOADED", "WARM_UP_MIN", "build_tracks", "fit_tracks", "next_weight"]

LOADED = "weight"
"""Name of the variant with a weight in the hand."""

WARM_UP_MIN = 3.0
"""Minutes before the first exercise."""

_MOST_REPETITIONS = 10
_FEWEST_REPETITIONS = 6


def build_tracks(equipment: Equipment) -> tuple[Track, ...]:
    """Return the ladders, those that matter most first when time is short."""
    tracks = [_deadlift(equipment)]
    if equipment.step:
        drop = _steps("pelvic-drop", (2, 8), (2, 10), (3, 10), (3, 12))
        tracks.append(
            Track(
                name="pelvis",
                title="Pelvis level, standing",
                steps=(
                    *drop,
                    *_steps("step-down", (2, 8), (3, 8), (3, 10)),
                    *_steps("single-leg-squat", (2, 6), (3, 6), (3, 8)),
                ),
                evidence=("X13", "X63", "E03", "E04", "E15", "E19"),
            )
        )
    else:
        squat = (*_steps("split-squat", (2, 8), (3, 8), (3, 10)), *_steps("single-leg-squat", (2, 6), (3, 6), (3, 8)))
        tracks.append(Track(name="pelvis", title="Pelvis level, standing", steps=squat, evidence=("X13", "X63", "E01")))
    lifts = _steps("side-lying-hip-abduction", (2, 8), (2, 10), (2, 12), (3, 12))
    tracks.append(
        Track(
            name="side-lift",
            title="Outer hip, lying",
            steps=(*lifts, *_steps("side-plank-abduction", (2, 5), (2, 6), (3, 6), (3, 8))),
            evidence=("X13", "X63", "E01", "E02", "E13", "E19"),
        )
    )
    tracks.append(_clamshell(equipment))
    bridges = (
        *_steps("bridge", (2, 10), (3, 12)),
        *_steps("single-leg-bridge", (2, 8), (3, 8), (3, 10)),
    )
    tracks.append(Track(name="bridge", title="Buttocks, lying", steps=bridges, evidence=("X13", "X63", "E06")))
    return tuple(tracks)


def _clamshell(equipment: Equipment) -> Track:
    steps = list(_steps("clamshell", (2, 10), (2, 12), (3, 12)))
    if equipment.band:
        steps += _steps("clamshell", (3, 10), (3, 12), variant="band")
        steps += _steps("lateral-band-walk", (2, 10), (3, 10), (3, 12))
    return Track(
        name="clamshell", title="Outer hip, opening", steps=tuple(steps), evidence=("X13", "X63", "E01", "E11", "E12")
    )


def _deadlift(equipment: Equipment) -> Track:
    steps = list(_steps("single-leg-deadlift", (2, 6), (2, 8), (3, 8)))
    weights = sorted(set(equipment.weights_kg))
    if not weights:
        steps += _steps("single-leg-deadlift", (3, 10))
    weight: float | None = _first_weight(weights) if weights else None
    first = 6
    while weight is not None:
        steps += _steps(
            "single-leg-deadlift",
            *((3, count) for count in range(first, _MOST_REPETITIONS + 1, 2)),
            variant=LOADED,
            load_kg=weight,
        )
        found = next_weight(weights, weight, steps[-1].repetitions)
        weight, first = found if found else (None, first)
    return Track(
        name="deadlift",
        title="Hip hinge on one leg",
        steps=tuple(steps),
        evidence=("X13", "X63", "X69", "X70", "X82", "E01", "E05", "E17", "E27"),
    )


def fit_tracks(tracks: tuple[Track, ...], minutes: float) -> tuple[tuple[Track, ...], int]:
    """Fit ladders to the minutes of a session; return them and how many of them one session holds.

    Each ladder has the same share of the time, whatever is trained beside it, so that a step back on one never makes room
    for more of another. Where not even one fits, its sets are cut.
    """
    longest = max(step.minutes for track in tracks for step in track.steps)
    count = min(max(int((minutes - WARM_UP_MIN) / longest), 1), len(tracks))
    share = (minutes - WARM_UP_MIN) / count
    return tuple(track.model_copy(update={"steps": _cut(track.steps, share)}) for track in tracks), count


def _cut(steps: tuple[Step, ...], share: float) -> tuple[Step, ...]:
    """Keep what fits, with fewer sets where that is still a step forward; weights end where a whole set would be lost."""
    found: list[Step] = []
    for step in steps:
        sets = next((n for n in range(step.sets, 0, -1) if _with_sets(step, n).minutes <= share), 0)
        if sets < step.sets and step.load_kg > 0:
            break
        if sets == 0:
            continue
        cut, before = _with_sets(step, sets), found[-1] if found else None
        same = before is not None and before.exercise == cut.exercise and before.variant == cut.variant
        if (
            before is None
            or not same
            or cut.sets * cut.repetitions > before.sets * before.repetitions
            or cut.load_kg > 0
        ):
            found.append(cut)
    return tuple(found) or (_with_sets(steps[0].model_copy(update={"repetitions": _FEWEST_REPETITIONS - 1}), 1),)


def _with_sets(step: Step, sets: int) -> Step:
    return step.model_copy(update={"sets": sets})


def _first_weight(weights: list[float]) -> float:
    at_most = fact("X82").number("first_weight_at_most")
    return max((w for w in weights if w <= at_most), default=weights[0])


def next_weight(weights: list[float], now: float, repetitions: int) -> tuple[float, int] | None:
    """Return the next heavier weight and its repetitions, or None if every one is too large a step.

    Up to 10 % heavier keeps up to ten repetitions (E27); more than that only with so many fewer repetitions that weight
    times repetitions grows by 10 % at most (X70).
    """
    heavier = [w for w in weights if w > now]
    if not heavier:
        return None
    weight = heavier[0]
    raise_at_most = fact("E27").quantity("load_increase").high or 0.0
    if weight <= now * (1 + raise_at_most / 100):
        return weight, 8
    growth = 1 + fact("X70").number("volume_load_growth") / 100
    count = int(growth * now * repetitions / weight)
    return (weight, count) if count >= _FEWEST_REPETITIONS else None


def _steps(name: str, *doses: tuple[int, int], variant: str = "", load_kg: float = 0.0) -> tuple[Step, ...]:
    item = exercise(name)
    rest = fact("X63").number("rest")
    return tuple(
        Step(
            exercise=name,
            variant=variant,
            sets=sets,
            repetitions=count,
            hold_s=item.tempo.hold,
            out_s=item.tempo.out,
            back_s=item.tempo.back,
            rest_s=rest,
            load_kg=load_kg,
            both_sides=item.sided,
        )
        for sets, count in doses
    )
