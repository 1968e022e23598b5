"""Form retraining, only where the film shows the reason (X15, X16), with feedback that fades (E45, X81)."""

from __future__ import annotations

from medius.evidence import fact
from medius.programme._models import Plan, PlanInput, Retraining, Sentence

__all__ = ["cues_for_run", "feedback_share", "retraining_for"]


def retraining_for(given: PlanInput) -> tuple[Retraining, ...]:
    """Return what to practise: nothing without pain (K27), nothing that the film did not show."""
    if not given.symptomatic:
        return ()
    form = given.form
    found: list[Retraining] = []
    if form.high_drop_or_adduction:
        found.append(
            Retraining(
                kind="cadence",
                cue=Sentence(
                    text="Quicker, shorter steps with the metronome; knees apart, kneecaps straight ahead.",
                    evidence=("X15", "E46"),
                ),
                why=Sentence(
                    text=(
                        "The film shows a large pelvic drop or thigh leaning in. More steps a minute lower it a little; whether that "
                        "helps this pain is not known."
                    ),
                    evidence=("X15", "C13", "M08", "E47"),
                ),
                cadence_now=form.cadence,
            )
        )
    if form.crossing_feet:
        found.append(
            Retraining(
                kind="step-width",
                cue=Sentence(
                    text="Run as if on two rails, one foot each side of a line; about a hand wider.",
                    evidence=("X16", "X80"),
                ),
                why=Sentence(
                    text="The film shows feet that cross the midline. Narrow steps raise the modelled strain of the band.",
                    evidence=("X16", "M04", "K26"),
                ),
            )
        )
    return tuple(found)


def feedback_share(runs_before: int) -> float:
    """Return the share of a run with the beep or the cue: 1 at first, 0 after the last practice run (X81)."""
    rule = fact("X81")
    full, off = rule.number("always_until"), rule.number("off_after")
    return min(1.0, max(0.0, (off - runs_before) / (off - full + 1)))


def cues_for_run(plan: Plan, runs_before: int) -> tuple[Sentence, ...]:
    """Return what to practise in the run after so many runs: one change at a time, the first half the first one."""
    if not plan.retraining:
        return ()
    share, first_part = feedback_share(runs_before), int(fact("X81").number("first_part"))
    chosen = plan.retraining[(runs_before // first_part) % len(plan.retraining)]
    if share <= 0:
        text = "No beep and no cue today: run as it comes."
        return (Sentence(text=text, evidence=("X81", "E45")),)
    often = "all the time" if share >= 1 else f"in {10 * round(10 * share)} % of the minutes, then switch it off"
    if chosen.kind == "step-width":
        return (Sentence(text=f"{chosen.cue.text} Think of it {often}.", evidence=(*chosen.cue.evidence, "X81")),)
    rule = fact("X15")
    more = rule.number("first_step") if runs_before < first_part else rule.number("at_most")
    now = chosen.cadence_now
    goal = (
        f"{more:g} % more steps a minute"
        if now is None
        else f"{round(now * (1 + more / 100))} steps a minute (now {now:.0f})"
    )
    text = f"Metronome at {goal}, {often}. {chosen.cue.text}"
    if runs_before >= first_part:
        text += " If that feels too quick, stay at 5 % more."
    return (Sentence(text=text, evidence=(*chosen.cue.evidence, "X81", "E45")),)
