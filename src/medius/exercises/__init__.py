"""Exercise definitions as data, and the mannequin that shows them.

One TOML file per exercise holds everything: what it is for, joint angles by phase, tempo, faults with cues, what the coach
counts by, and the facts it rests on. Pictures are drawn from those joint angles through the one skeleton.
"""

from medius.exercises._catalogue import exercise, exercises, load_exercises
from medius.exercises._coaching import Coaching, Condition, Fault, Measured, Sign, Signal, Target
from medius.exercises._draw import animate, draw, draw_key_pictures
from medius.exercises._models import Activation, Exercise, Muscle, Phase, Placement, Prop, Tempo, Variant, View
from medius.exercises._page import render_exercises_page
from medius.exercises._pose import PosedBody, joint_angles_over_time, key_times, pose

__all__ = [
    "Activation",
    "Coaching",
    "Condition",
    "Exercise",
    "Fault",
    "Measured",
    "Muscle",
    "Phase",
    "Placement",
    "PosedBody",
    "Prop",
    "Sign",
    "Signal",
    "Target",
    "Tempo",
    "Variant",
    "View",
    "animate",
    "draw",
    "draw_key_pictures",
    "exercise",
    "exercises",
    "joint_angles_over_time",
    "key_times",
    "load_exercises",
    "pose",
    "render_exercises_page",
]
