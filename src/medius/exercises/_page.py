"""The page of all exercises, made from the definitions."""

from __future__ import annotations

from medius.exercises._catalogue import exercises
from medius.exercises._models import Exercise

__all__ = ["render_exercises_page"]

_KINDS = {
    "lying": "Lying",
    "standing": "Standing",
    "loaded": "Harder",
    "pre-run": "Before a run",
    "test": "Test",
}

_HEAD = """# Exercises

Made from `src/medius/exercises/definitions/*.toml` by `python -m scripts.docs`; change the definitions, not this page.

Each definition holds everything about its exercise: purpose, start, movement, joint angles by phase, tempo, faults with a
cue for each, easier and harder ways, equipment, when to stop, what the camera counts by, and the facts it rests on. The
pictures, the animation, the repetition counter, the form rules and the handout are made from it. To add an exercise, add a
file; the tests read every file there is.

```python
from medius.exercises import animate, draw_key_pictures, exercise

clamshell = exercise("clamshell")
svg = animate(clamshell, "front", "left")  # an endless SVG of one repetition, left side working
pictures = draw_key_pictures(clamshell)  # {("closed", "front"): "<svg …", …}
```

Angles are those of the house skeleton (`medius.body`), in degrees; `_work`, `_other` and `_both` stand for the sides. Muscle
activity is in percent of the greatest voluntary contraction, mean ± standard deviation over people: it ranks exercises and
promises nothing (E08, X13). Ids: `medius evidence ID`.
"""


def render_exercises_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for kind, title in _KINDS.items():
        parts.append(f"\n## {title}\n")
        parts += [_section(item) for item in exercises().values() if item.kind == kind]
    return "".join(parts)


def _section(item: Exercise) -> str:
    tempo = item.tempo
    lines = [f"\n### {item.title} (`{item.name}`)\n", f"\n{item.purpose}\n"]
    lines += [f"\n- **Start**: {item.start}", f"\n- **Do**: {item.movement}", f"\n- **Feel**: {item.feel}"]
    lines.append("\n- **Muscles**: " + ", ".join(f"{m.name} ({m.role})" for m in item.muscles))
    if item.activation:
        spread = [
            f"{a.muscle} {a.percent_mvic:g}{'' if a.sd is None else f' ± {a.sd:g}'} % ({', '.join(a.evidence)})"
            for a in item.activation
        ]
        lines.append(f"\n- **Activity**: {'; '.join(spread)}")
    lines.append(f"\n- **Tempo**: {tempo.out:g} s out, {tempo.hold:g} s hold, {tempo.back:g} s back")
    if item.equipment:
        lines.append(f"\n- **Needs**: {', '.join(item.equipment)}")
    for word, ways in (("Easier", item.easier), ("Harder", item.harder)):
        lines += [f"\n- **{word}** ({way.name}): {way.how}" for way in ways]
    for fault in item.faults:
        lines.append(f"\n- **Fault** `{fault.id}`: {fault.looks} Cue: “{fault.cue}” ({', '.join(fault.evidence)})")
    lines.append(f"\n- **Stop if**: {'; '.join(item.stop_if)}")
    if item.honest:
        lines.append(f"\n- {item.honest}")
    lines.append(f"\n- **Evidence**: {', '.join(item.evidence)}\n")
    return "".join(lines)
