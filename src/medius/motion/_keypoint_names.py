"""Names of key points: one vocabulary for all sources, and the orders in which other tools write them."""

from __future__ import annotations

import re

__all__ = ["BODY_25", "COCO_17", "HALPE_26", "OPENPOSE_COCO_18", "common_name", "names_by_count"]

COCO_17 = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
"""Order of COCO's 17 points (Lin 2014)."""

HALPE_26 = (
    *COCO_17, "head", "neck", "mid_hip", "left_foot_index", "right_foot_index", "left_small_toe", "right_small_toe",
    "left_heel", "right_heel",
)  # fmt: skip
"""Order of Halpe's 26 body points (Fang 2022): COCO's 17 and nine more."""

BODY_25 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye",
    "left_eye", "right_ear", "left_ear", "left_foot_index", "left_small_toe", "left_heel", "right_foot_index",
    "right_small_toe", "right_heel",
)  # fmt: skip
"""Order of OpenPose's BODY_25 (Cao 2019)."""

OPENPOSE_COCO_18 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
    "right_ear", "left_ear",
)  # fmt: skip
"""Order of OpenPose's older 18 points."""

_COCO_WHOLEBODY_FEET = (
    "left_foot_index", "left_small_toe", "left_heel", "right_foot_index", "right_small_toe", "right_heel",
)  # fmt: skip

_OPENPOSE = {25: BODY_25, 18: OPENPOSE_COCO_18}
_OTHERS = {
    17: COCO_17,
    23: (*COCO_17, *_COCO_WHOLEBODY_FEET),
    26: HALPE_26,
    133: (*COCO_17, *_COCO_WHOLEBODY_FEET),
    136: HALPE_26,
}
"""Face and hands, which follow the body in 133 (COCO-WholeBody) and 136 (Halpe) points, are left out."""

_PARTS = "eye|ear|shoulder|elbow|wrist|hip|knee|ankle|heel"
_SYNONYMS = {
    "hip": "mid_hip",
    "pelvis": "mid_hip",
    "root": "mid_hip",
    "midhip": "mid_hip",
    "hip_center": "mid_hip",
    "head_top": "head",
    "left_big_toe": "left_foot_index",
    "right_big_toe": "right_foot_index",
    "left_bigtoe": "left_foot_index",
    "right_bigtoe": "right_foot_index",
    "left_smalltoe": "left_small_toe",
    "right_smalltoe": "right_small_toe",
}


def names_by_count(count: int, *, openpose: bool) -> tuple[str, ...] | None:
    """Return the names of the first points of a set of `count`, or None for a set that is not known."""
    return (_OPENPOSE if openpose else {**_OPENPOSE, **_OTHERS}).get(count)


def common_name(name: str) -> str:
    """Translate the name of a key point, however another tool spells it, into the common vocabulary.

    ``LBigToe``, ``l_big_toe``, ``left_big_toe`` and ``big_toe_left`` all become ``left_foot_index``. A name without a
    common one is only spelled the common way.
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    words = re.sub(r"[\s\-.]+", "_", words).lower().strip("_")
    for letter, side in (("l", "left"), ("r", "right")):
        words = re.sub(rf"^({letter}|{side})_", f"{side}_", words)
        words = re.sub(rf"^{letter}({_PARTS})$", rf"{side}_\1", words)
        words = re.sub(rf"^(.+)_({letter}|{side})$", rf"{side}_\1", words)
    return _SYNONYMS.get(words, words)
