"""Make a plan from what is known of a person. What is not known costs nothing and is said."""

from __future__ import annotations

from medius.evidence import claim, fact
from medius.programme._ladders import build_tracks, fit_tracks
from medius.programme._models import Plan, PlanInput, Sentence
from medius.programme._outlook import race_outlook
from medius.programme._retrain import retraining_for
from medius.programme._running import run_steps
from medius.programme._schedule import planned_days
from medius.record import Side

__all__ = ["make_plan"]


def make_plan(given: PlanInput) -> Plan:
    """Return the six weeks for a person.

    A red flag that nobody has cleared gives a blocked plan without a single exercise (X01). The same input always gives
    the same plan.
    """
    if given.stops:
        return Plan(
            given=given,
            blocked=True,
            notes=(
                Sentence(
                    text="No programme is made: something in the answers must be seen by a clinician first.",
                    evidence=("X01",),
                ),
            ),
        )
    tracks, per_session = fit_tracks(build_tracks(given.equipment), given.minutes)
    plan = Plan(
        given=given,
        tracks=tracks,
        tracks_per_session=per_session,
        runs=run_steps(given),
        days=planned_days(given),
        pre_run=_pre_run(given),
        retraining=retraining_for(given),
        starts_standing=_starts_standing(given),
        first_side=_first_side(given),
        expectation=_expectation(given),
        advice=_advice(given),
        notes=_notes(given),
    )
    return plan.model_copy(update={"notes": (*plan.notes, *race_outlook(plan))})


def _pre_run(given: PlanInput) -> tuple[str, ...]:
    if not given.symptomatic:
        return ()
    return ("it-band-stretch", *(("foam-roller-thigh", "glute-roll") if given.equipment.roller else ()))


def _starts_standing(given: PlanInput) -> bool:
    """Whether standing exercises start at once (X68): little pain, or none."""
    light = fact("X11")
    now, worst = given.pain_now, given.pain_worst
    if not given.symptomatic:
        return True
    if now is None or worst is None:
        return False
    return now <= light.number("go_up_to") and worst <= light.number("hold_up_to")


def _first_side(given: PlanInput) -> Side:
    if given.weak_side is not None:
        return given.weak_side
    return "right" if given.side == "right" else "left"


def _expectation(given: PlanInput) -> tuple[Sentence, ...]:
    if not given.symptomatic:
        return (
            Sentence(
                text=(
                    "Without pain this is general training. It was not shown to prevent injuries in runners; do it because strong "
                    "hips are worth having."
                ),
                evidence=("X84", "E26", "K27"),
            ),
        )
    return (
        Sentence(
            text=(
                "Expect weeks to months: half of injured runners needed more than 8 to 10 weeks, and some of those with this pain up "
                "to 5 months."
            ),
            evidence=("D09", "D10", "S10", "X14"),
        ),
        Sentence(
            text="Better means: pain at least 2 points lower, or the running index (UWRI) at least 5 points, LEFS 9 points higher.",
            evidence=("O01", "O08", "O05"),
        ),
        Sentence(
            text="If neither has happened by week 6 to 8, see a clinician.",
            evidence=("X14",),
        ),
        Sentence(text=claim("six-weeks-of-strengthening").say, evidence=("C04", "E20", "E21", "E23")),
    )


def _advice(given: PlanInput) -> tuple[Sentence, ...]:
    found = [
        Sentence(
            text="Pain while training: up to 2 go on, 3 to 5 stay at this step, over 5 stop. It should not be worse on the next morning.",
            evidence=("X11", "E30", "E33"),
        ),
        Sentence(text="A missed session is missed: never do two for one.", evidence=("X67",)),
    ]
    if given.symptomatic:
        text = (
            "Other training while running is little: cycling, swimming, running in deep water, walking uphill; "
            "whatever keeps pain at 2 or less."
        )
        found.append(Sentence(text=text, evidence=("X75", "X11", "E52")))
        found.append(Sentence(text=claim("downhill").say, evidence=("C09", "D16", "X85")))
        found.append(
            Sentence(
                text=(
                    "Stretching and rolling before a run may feel better for a while. The band is not made longer, and pain comes back "
                    "if strength and running habits do not change."
                ),
                evidence=("C07", "E34", "E35", "E36", "E40"),
            )
        )
    if not given.equipment.weights_kg:
        text = "No weight at hand: the deadlift grows by repetitions only. A dumbbell or kettlebell takes it further."
        found.append(Sentence(text=text, evidence=("E27", "X82")))
    if given.sitting_hours is not None and given.sitting_hours >= fact("X76").number("from_hours"):
        found.append(
            Sentence(
                text=(
                    f"You sit {given.sitting_hours:g} hours a day. {claim('sitting').say} Once an hour: ten hip hikes and ten leg swings "
                    "backwards a side, standing. That sitting weakens the buttocks has not been shown."
                ),
                evidence=("C11", "R20", "R21", "X76"),
            )
        )
    return tuple(found)


def _notes(given: PlanInput) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    if not given.screened:
        text = (
            "The red flags have not been asked. If anything hurts, swells, locks or wakes you at night, stop and answer "
            "medius screen first."
        )
        found.append(Sentence(text=text, evidence=("X01", "D36")))
    if given.side is None and given.pain_worst is None and not given.form.evidence and given.weak_side is None:
        text = (
            "Nothing is known of your knee, your strength or your run yet: this is a general start. Screen, test and film "
            "first to make it yours."
        )
        found.append(Sentence(text=text, evidence=("X04", "X14")))
    if given.pattern is not None and given.pattern.startswith(("not consistent", "cannot")):
        text = f"The answers: {given.pattern}. The exercises do no harm by that, but have somebody examine the knee."
        found.append(Sentence(text=text, evidence=("C12", "X19")))
    if given.weak_side is not None and given.side in ("left", "right") and given.weak_side != given.side:
        text = f"Pain is on the {given.side}, the weaker hip on the {given.weak_side}. Both sides train; the weaker goes first."
        found.append(Sentence(text=text, evidence=("C01", "X08")))
    if (
        not given.symptomatic
        and given.form.evidence
        and (given.form.crossing_feet or given.form.high_drop_or_adduction)
    ):
        text = "The film shows something that stands out, but nothing hurts: running form is left alone."
        found.append(Sentence(text=text, evidence=("K27", "X84")))
    if given.pain_now is not None and given.pain_now > fact("X11").number("hold_up_to"):
        text = "Pain at rest is over 5: the plan waits until it has settled. Log how it is each day."
        found.append(Sentence(text=text, evidence=("X74", "E30")))
    if len(set(given.days)) == 1:
        text = "One day a week is less than the two to three that training studies used; expect it to take longer."
        found.append(Sentence(text=text, evidence=("E27",)))
    return tuple(found)
