"""Key points of other tools become a Motion: the right names, the right person, pixels, times; bad files a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from medius.errors import InvalidValueError, MediusError, NothingToMeasureError, UnreadableFileError
from medius.motion._keypoint_names import BODY_25, COCO_17, HALPE_26, common_name
from medius.motion.keypoint_files import read_keypoints
from medius.motion.readers import read_motion

COMMON = {
    "nose",
    *(
        f"{side}_{part}"
        for side in ("left", "right")
        for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
    ),
}


def write(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


def walker(number: int, n_points: int, *, size: float = 300, start: float = 100) -> NDArray[np.float64]:
    """Return one person's points: point k of frame f is at (start + 5 f + k, size · k / n), confidence 0.5 + k / 100."""
    k = np.arange(n_points)
    return np.column_stack([start + 5 * number + k, 50 + size * k / n_points, 0.5 + k / 100])


def flat(points: NDArray[np.float64]) -> list[float]:
    return [float(value) for value in points.ravel()]


def openpose_folder(folder: Path, frames: dict[int, list[NDArray[np.float64]]]) -> Path:
    folder.mkdir()
    for number, people in frames.items():
        entries = [{"person_id": [-1], "pose_keypoints_2d": flat(points)} for points in people]
        write(folder / f"run_{number:012d}_keypoints.json", {"version": 1.3, "people": entries})
    return folder


# --- real files ------------------------------------------------------------------------------------------------------


def test_real_openpose_folder(data: Path) -> None:
    folder = data / "video" / "openpose-side-json"
    motion = read_motion(folder, fps=60, view="side-left")
    assert motion.sizes == {"time": 88, "space": 2, "keypoint": 25}
    assert set(motion["keypoint"].to_numpy()) >= COMMON
    assert motion.attrs["fps"] == 60
    raw = json.loads((folder / "normal_side_000000000030_keypoints.json").read_text())["people"][0]["pose_keypoints_2d"]
    for index, name in ((10, "right_knee"), (19, "left_foot_index"), (21, "left_heel"), (22, "right_foot_index")):
        frame = motion.isel(time=30).sel(keypoint=name)
        x, y, confidence = raw[3 * index : 3 * index + 3]
        if confidence == 0:
            assert np.isnan(frame["position"]).all()
        else:
            assert frame["position"].to_numpy() == pytest.approx([x, y])
        assert float(frame["confidence"]) == pytest.approx(confidence)
    assert motion.isel(time=slice(63, None))["confidence"].max() == 0  # the runner has left the picture
    assert np.isnan(motion.isel(time=70)["position"]).all()


def test_real_file_of_another_network(data: Path) -> None:
    motion = read_motion(data / "video" / "treadmill-side" / "male_side.pose.json")
    assert motion.sizes == {"time": 360, "space": 2, "keypoint": 22}
    assert motion.attrs["view"] == "side-left"
    assert motion.attrs["fps"] == 30
    assert (motion.attrs["width"], motion.attrs["height"]) == (720, 1280)
    assert motion.attrs["source"] == "rtmpose-halpe26"
    assert {"left_foot_index", "right_heel", "mid_hip", "neck", "left_small_toe"} <= set(motion["keypoint"].to_numpy())
    first = motion.isel(time=0).sel(keypoint="left_foot_index")
    assert first["position"].to_numpy() == pytest.approx([304.108, 1223.246])
    assert float(motion["confidence"].max()) == 1.0  # the file goes up to 1.04
    head, foot = (motion["position"].sel(keypoint=name, space="y") for name in ("nose", "left_heel"))
    assert (head < foot).all(), "y points down"


# --- every form --------------------------------------------------------------------------------------------------------

N = 6


def _document(form: str) -> tuple[Any, tuple[str, ...]]:
    people = {form: [walker(f, n) for f in range(N)] for form, n in (("25", 25), ("17", 17), ("26", 26), ("133", 133))}
    names133 = (*COCO_17, *BODY_25[19:])
    documents: dict[str, tuple[Any, tuple[str, ...]]] = {
        "openpose list": ([{"people": [{"pose_keypoints_2d": flat(p)}]} for p in people["25"]], BODY_25),
        "alphapose open": (
            {f"{f}.jpg": {"people": [{"pose_keypoints_2d": flat(p)}]} for f, p in enumerate(people["25"])},
            BODY_25,
        ),
        "coco list": (
            [{"image_id": f, "category_id": 1, "keypoints": flat(p)} for f, p in enumerate(people["17"])],
            COCO_17,
        ),
        "alphapose halpe": (
            [{"image_id": f"{f}.jpg", "keypoints": flat(p), "score": 2.9} for f, p in enumerate(people["26"])],
            HALPE_26,
        ),
        "mmpose": (
            {
                "meta_info": {"keypoint_id2name": {str(k): name for k, name in enumerate(HALPE_26)}},
                "instance_info": [
                    {
                        "frame_id": f + 1,
                        "instances": [{"keypoints": p[:, :2].tolist(), "keypoint_scores": p[:, 2].tolist()}],
                    }
                    for f, p in enumerate(people["26"])
                ],
            },
            HALPE_26,
        ),
        "mmpose wholebody": (
            [
                {
                    "frame_id": f,
                    "instances": [{"keypoints": p[:, :2].tolist(), "keypoint_scores": p[:, 2].tolist()}],
                }
                for f, p in enumerate(people["133"])
            ],
            names133,
        ),
        "arrays": (
            {
                "keypoints": [[p[:, :2].tolist()] for p in people["26"]],
                "scores": [[p[:, 2].tolist()] for p in people["26"]],
            },
            HALPE_26,
        ),
        "arrays of one": ({"keypoints": [p.tolist() for p in people["17"]]}, COCO_17),
    }
    return documents[form]


@pytest.mark.parametrize(
    "form",
    [
        "openpose list",
        "alphapose open",
        "coco list",
        "alphapose halpe",
        "mmpose",
        "mmpose wholebody",
        "arrays",
        "arrays of one",
    ],
)
def test_every_form_gives_its_points_back(tmp_path: Path, form: str) -> None:
    document, names = _document(form)
    motion = read_motion(write(tmp_path / "points.json", document), fps=50)
    assert tuple(motion["keypoint"].to_numpy()) == names
    assert motion["time"].to_numpy() == pytest.approx(np.arange(N) / 50)
    assert motion.attrs["unit"] == "px"
    assert motion.attrs["log"][0]["operation"] == "read_keypoints"
    total = 133 if form == "mmpose wholebody" else len(names)
    expected = np.array([walker(f, total)[: len(names)] for f in range(N)])
    assert motion["position"].to_numpy().transpose(0, 2, 1) == pytest.approx(expected[:, :, :2])
    assert motion["confidence"].to_numpy() == pytest.approx(expected[:, :, 2])


def test_coco_annotations(tmp_path: Path) -> None:
    points = [walker(f, 17) for f in range(3)]
    for frame in points:
        frame[:, 2] = 2
        frame[3, 2] = 1
        frame[4] = 0
    document = {
        "images": [{"id": 901 + f, "file_name": f"{f}.png"} for f in range(4)],
        "annotations": [{"id": f, "image_id": 901 + f, "keypoints": flat(points[f])} for f in range(3)],
        "categories": [{"name": "person", "keypoints": list(COCO_17)}],
    }
    motion = read_motion(write(tmp_path / "points.json", document), fps=10)
    assert motion.sizes["time"] == 4
    assert motion["confidence"].isel(time=0).to_numpy()[[2, 3, 4]].tolist() == [1.0, 0.5, 0.0]
    assert np.isnan(motion["position"].isel(time=0).sel(keypoint=COCO_17[4])).all()
    assert motion["confidence"].isel(time=3).max() == 0


# --- what was not seen -----------------------------------------------------------------------------------------------


def test_missing_points_and_frames(tmp_path: Path) -> None:
    people = {f: [walker(f, 25)] for f in (4, 5, 7, 8)}
    people[5][0][11] = 0
    people[8] = []
    folder = openpose_folder(tmp_path / "run", people)
    (folder / "run_000000000006_keypoints.json").write_text('{"version": 1.3, "peo')
    (folder / "notes.json").write_text("{}")
    motion = read_motion(folder, fps=25)
    assert motion["time"].to_numpy() == pytest.approx(np.arange(5) / 25)  # frames 4 … 8
    seen = motion["position"].notnull().all("space")
    assert seen.sum("keypoint").to_numpy().tolist() == [25, 24, 0, 25, 0]
    assert (motion["confidence"].where(~seen, 0) == 0).all()
    assert motion.attrs["log"][0]["unreadable_frames"] == 1


def test_confidence_above_one_is_clipped(tmp_path: Path) -> None:
    points = [walker(f, 26) for f in range(3)]
    for frame in points:
        frame[:, 2] = 1.04
    document = [{"image_id": f, "keypoints": flat(p)} for f, p in enumerate(points)]
    assert (read_motion(write(tmp_path / "a.json", document), fps=25)["confidence"] == 1).all()


# --- whom ------------------------------------------------------------------------------------------------------------


def test_the_one_who_fills_the_clip_is_chosen(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    frames: dict[int, list[NDArray[np.float64]]] = {}
    for number in range(40):
        runner = walker(number, 25, size=400, start=100)
        crowd = [runner]
        if number > 5:
            crowd.append(walker(-number, 25, size=150, start=420))  # a smaller one crosses behind, the other way
        if 10 < number < 16:
            crowd.append(walker(0, 25, size=600, start=900))  # a large one stands in front for a moment
        if number in (20, 21, 22):
            crowd.remove(runner)
        frames[number] = [crowd[k] for k in rng.permutation(len(crowd))]
    folder = openpose_folder(tmp_path / "run", frames)
    motion = read_motion(folder, fps=25)
    x = motion["position"].sel(space="x", keypoint="nose").to_numpy()
    assert np.isnan(x[20:23]).all()
    seen = np.isfinite(x)
    assert seen.sum() == 37
    assert x[seen] == pytest.approx(100 + 5 * np.flatnonzero(seen))
    assert motion.attrs["log"][0]["people"] == 3
    other = read_motion(folder, fps=25, person=2)
    assert float(other["position"].sel(space="y").max() - other["position"].sel(space="y").min()) == pytest.approx(144)
    with pytest.raises(InvalidValueError, match="give 1 to 3"):
        read_motion(folder, fps=25, person=4)


def test_numbers_of_people_in_the_file_are_believed(tmp_path: Path) -> None:
    document = []
    for number in range(10):  # two of one size change places from frame to frame: only the numbers tell
        for track in (1, 2):
            start = 100 if (number + track) % 2 else 600
            entry = {"image_id": number, "idx": track, "keypoints": flat(walker(0, 17, start=start))}
            document.append(entry)
    motion = read_motion(write(tmp_path / "a.json", document), fps=25)
    x = motion["position"].sel(space="x", keypoint="nose").to_numpy()
    assert set(np.abs(np.diff(x))) == {500.0}


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("LBigToe", "left_foot_index"),
        ("l_big_toe", "left_foot_index"),
        ("left_big_toe", "left_foot_index"),
        ("big_toe_left", "left_foot_index"),
        ("RSmallToe", "right_small_toe"),
        ("Rknee", "right_knee"),
        ("Hip", "mid_hip"),
        ("MidHip", "mid_hip"),
        ("Left Shoulder", "left_shoulder"),
        ("leftShoulder", "left_shoulder"),
        ("Nose", "nose"),
        ("Neck", "neck"),
        ("right_ear", "right_ear"),
        ("REar", "right_ear"),
        ("rib", "rib"),
        ("left_lumbar", "left_lumbar"),
    ],
)
def test_spellings(spelled: str, name: str) -> None:
    assert common_name(spelled) == name


@given(st.sampled_from(sorted({*BODY_25, *COCO_17, *HALPE_26})))
def test_common_names_stay(name: str) -> None:
    assert common_name(name) == name


def test_orders_have_all_common_points() -> None:
    assert set(BODY_25) >= COMMON
    assert set(HALPE_26) >= COMMON
    assert len(set(BODY_25)) == 25
    assert len(set(HALPE_26)) == 26
    assert len(set(COCO_17)) == 17


# --- refusals --------------------------------------------------------------------------------------------------------


def points_of(n_points: int, n_frames: int = 3) -> list[dict[str, Any]]:
    return [{"image_id": f, "keypoints": flat(walker(f, n_points))} for f in range(n_frames)]


def test_the_frame_rate_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", points_of(17))
    with pytest.raises(InvalidValueError, match="--fps 60, or fps=60"):
        read_motion(path)
    for impossible in (0.0, -30.0, float("nan"), float("inf")):
        with pytest.raises(InvalidValueError, match="frame rate"):
            read_motion(path, fps=impossible)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (points_of(19), "19 key points"),
        (points_of(17, 1), "single frame"),
        ([*points_of(17), *points_of(26)], "different numbers"),
        ([{"image_id": f, "keypoints": [1.0, 2.0]} for f in range(3)], "no triples"),
        ([{"image_id": f, "keypoints": "text"} for f in range(3)], "cannot be read as key points"),
        ({"keypoints": 7}, "cannot be read as key points"),
        ({"keypoints": []}, "no people"),
        ({"instance_info": [{"instances": 3}]}, "cannot be read as key points"),
        ({"schema": "gaitlab.pose/v1", "frames": []}, "cannot be read as key points"),
        ({"schema": "gaitlab.pose/v1", "keypoint_names": ["nose"], "frames": [[[1, 2, 1]] * 2]}, "1 key points"),
        ({"people": [{"pose_keypoints_2d": [0.0] * 75}]}, "single frame"),
        ([{"image_id": f * 10**9, "keypoints": flat(walker(f, 17))} for f in range(3)], "numbers its frames"),
    ],
)
def test_odd_documents(tmp_path: Path, document: Any, sentence: str) -> None:
    with pytest.raises(UnreadableFileError, match=sentence):
        read_keypoints(write(tmp_path / "a.json", document), fps=30)


def test_shares_of_the_picture_are_not_pixels(tmp_path: Path) -> None:
    document = [{"image_id": f, "keypoints": flat(walker(f, 17) / 1000)} for f in range(3)]
    with pytest.raises(InvalidValueError, match="keypoint_scale 0"):
        read_motion(write(tmp_path / "a.json", document), fps=30)


def test_nobody(tmp_path: Path) -> None:
    document = [{"image_id": f, "keypoints": [0.0] * 51} for f in range(3)]
    with pytest.raises(NothingToMeasureError, match="no person"):
        read_motion(write(tmp_path / "a.json", document), fps=30)


def test_cut_off_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(points_of(17))[:-100])
    with pytest.raises(UnreadableFileError, match="not whole JSON"):
        read_motion(path, fps=30)


def test_other_json_and_other_folders(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="not a kind of file"):
        read_motion(write(tmp_path / "settings.json", {"colour": "green"}))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableFileError, match="folder empty"):
        read_motion(tmp_path / "empty")
    write(tmp_path / "empty" / "1.json", {"colour": "green"})
    with pytest.raises(UnreadableFileError, match="folder empty"):
        read_motion(tmp_path / "empty", fps=30)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-5, 5) | st.sampled_from(["a", "1.jpg"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["people", "pose_keypoints_2d", "keypoints", "image_id", "instances", "instance_info", "frames",
                         "keypoint_scores", "annotations", "images", "schema", "keypoint_names", "scores", "fps"]),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON_VALUES)
def test_no_document_ends_in_a_stack_trace(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    path = write(tmp_path_factory.mktemp("any") / "a.json", document)
    try:
        read_keypoints(path, fps=30)
    except MediusError as error:
        assert len(str(error)) > 20  # noqa: PT017 - any outcome but another exception is right
