"""From an analysis to what a report shows, and the pictures that go with it."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from medius.evidence import fact
from medius.gait.session import FilmResult, join_films, measure_filmed, measure_keypoints
from medius.motion.filmed import FilmOptions, read_film
from medius.motion.pose import BLAZEPOSE_KEYPOINTS, FakeEstimator
from medius.report import render_report
from medius.report.build import build_report
from medius.report.key_frames import _Drawing, key_frames, write_annotated_video
from medius.report.model import ReportData

synthetic: Any = importlib.import_module("tests.gait._synthetic")
rendered: Any = importlib.import_module("tests.gait._rendered")
EVENTS = ("initial contact", "midstance", "toe-off")


def from_points(view: str, *, height: bool = True, **changes: Any) -> FilmResult:
    """Measure a made-up runner."""
    run = synthetic.Runner(view=view, **changes)
    return measure_keypoints(
        run.motion, path=Path(f"folder/{view}.json"), sha256=view[0] * 64, height_m=run.height_m if height else None
    )


def build(*films: FilmResult, height_m: float | None = 1.75) -> ReportData:
    """Build the report of some films."""
    return build_report(join_films(films, height_m=height_m), with_pictures=False)


@pytest.fixture(scope="module")
def filmed(data: Path) -> FilmResult:
    """Two seconds and a half of a rendered runner with stickers and a rolled camera, key points from the true joints."""
    name = "run-rear/rear03"
    points = rendered.true_joints(data, name)["position"].transpose("time", "keypoint", "space").to_numpy()
    clip = data / "rendered" / f"{name}.mp4"
    seen = read_film(clip, FilmOptions(seconds=2.5), estimator=FakeEstimator(points, BLAZEPOSE_KEYPOINTS))
    return measure_filmed(seen, height_m=1.84)


def test_a_report_holds_what_was_measured() -> None:
    films = (from_points("rear"), from_points("side-left"))
    shown = build(*films)
    assert shown.observations == join_films(films).observations
    assert [one.view for one in shown.inputs] == ["rear", "side-left"]
    assert shown.person.height_m == 1.75
    assert {measure.code for measure in shown.measures} >= {o.code for o in shown.observations}
    assert shown.key_frames == ()
    for value in shown.stride_values:
        assert np.isfinite(value.value)
        assert 0 <= value.time_s <= 8
    for curve in shown.curves:
        assert curve.percent.shape == (101,)
        assert curve.side is not None
    assert {curve.code for curve in shown.curves} >= {"thigh_frontal_angle", "knee_flexion_peak_stance"}


def test_the_summary_says_the_numbers_and_what_is_missing() -> None:
    text = " ".join(sentence.text for sentence in build(from_points("rear"), from_points("side-left")).summary)
    assert "168" in text
    assert "Pelvic drop: not measurable without stickers." in text
    assert "uncertain" in text


def test_a_side_view_alone_does_not_speak_of_stickers() -> None:
    shown = build(from_points("side-left"))
    assert not any("stickers" in sentence.text for sentence in shown.summary)
    assert any("from behind" in sentence.text for sentence in shown.next_steps)


def test_nothing_measured_is_said_first() -> None:
    shown = build(from_points("rear", seconds=1.0, height=False), height_m=None)
    assert "Nothing could be measured" in shown.summary[0].text
    assert {n.code for n in shown.quality} >= {"no-height", "much-too-short"}
    assert shown.not_measurable
    assert all(part.reason for part in shown.not_measurable)


def test_every_id_in_the_report_has_its_fact() -> None:
    shown = build(from_points("rear"), from_points("side-left"))
    known = {one.id for one in shown.evidence}
    used = [i for o in shown.observations for i in o.evidence]
    for group in (shown.summary, shown.caveats, shown.findings, shown.next_steps):
        for item in group:
            assert item.evidence, item
            used += item.evidence
    assert set(used) <= known
    for one in shown.evidence:
        assert one.statement == fact(one.id).statement
        assert one.citation
        assert one.certainty


def test_a_failed_file_is_told() -> None:
    analysis = join_films([from_points("rear")], failures=("side.mp4 is empty (0 bytes). Copy it again.",))
    shown = build_report(analysis, with_pictures=False)
    assert any("side.mp4 is empty" in note.message for note in shown.quality)


def test_the_order_of_films_does_not_change_the_numbers() -> None:
    one, two = from_points("rear"), from_points("side-left")
    assert build(one, two).observations == build(two, one).observations


def test_the_same_analysis_gives_the_same_bytes() -> None:
    made = [render_report(build(from_points("rear"), from_points("side-left"))) for _ in range(2)]
    assert made[0] == made[1]


def test_key_frames_show_both_feet_at_the_three_moments(filmed: FilmResult) -> None:
    pictures = key_frames(filmed)
    assert [(p.side, p.event) for p in pictures] == [(side, event) for side in ("left", "right") for event in EVENTS]
    for side in ("left", "right"):
        times = [p.time_s for p in pictures if p.side == side]
        assert times == sorted(times)
        stance = min(filmed.film.contacts.of(side), key=lambda s: abs(s.initial_contact - times[0]))
        assert times[0] == pytest.approx(stance.initial_contact, abs=0.6 / 60)
        assert times[1] == pytest.approx(stance.midstance, abs=0.6 / 60)
        assert times[2] == pytest.approx(stance.toe_off, abs=0.6 / 60)
    assert all(p.view == "rear" for p in pictures)
    assert all(p.image.std() > 10 for p in pictures)


def test_drawn_points_lie_on_the_person_although_the_camera_was_rolled(filmed: FilmResult, data: Path) -> None:
    # Measured points are turned level; for drawing they have to lie in the picture again, 3 degrees away.
    true = rendered.true_joints(data, "run-rear/rear03")["position"]
    drawing = _Drawing(filmed)
    for frame in (40, 75, 110):
        points = drawing.points(frame / 60.0)
        for name in ("left_knee", "right_ankle", "left_shoulder", "right_wrist"):
            place = true.sel(keypoint=name)[frame].to_numpy()
            assert np.hypot(*(np.array(points[name]) - place)) < 12.0, name
        stickers = drawing.stickers(frame / 60.0)
        assert stickers is not None
        truth = rendered.rendered_truth(data, "run-rear/rear03").raw["frames"]["joints_2d_px"]
        for side in ("left", "right"):
            assert np.hypot(*(np.array(stickers[side]) - truth[f"sticker_{side[0]}"][frame])) < 4.0


def test_without_a_film_there_are_no_pictures(tmp_path: Path) -> None:
    result = from_points("rear")
    assert key_frames(result) == []
    write_annotated_video(result, tmp_path / "none.webm")
    assert list(tmp_path.iterdir()) == []


def test_a_film_without_steps_has_no_key_frames(filmed: FilmResult) -> None:
    contacts = replace(filmed.film.contacts, stances=())
    assert key_frames(replace(filmed, film=replace(filmed.film, contacts=contacts))) == []


@pytest.mark.slow
def test_the_annotated_film_is_as_long_as_what_was_measured(filmed: FilmResult, tmp_path: Path) -> None:
    done: list[int] = []
    write_annotated_video(filmed, tmp_path / "annotated.webm", done.append)
    with av.open(str(tmp_path / "annotated.webm")) as film:
        frames = list(film.decode(video=0))
        assert film.streams.video[0].codec_context.name in ("vp9", "libvpx-vp9", "vp8")
    last = float(frames[-1].time or 0.0)
    assert last == pytest.approx(2.5, abs=0.15)
    assert done == sorted(done)
    assert (tmp_path / "annotated.webm").stat().st_size < 3_000_000
