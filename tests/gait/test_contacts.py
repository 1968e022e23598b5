"""Contacts against the force plate of rendered runners, and against runners made of formulas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from medius.gait.contacts import SIDES, Contacts, Stance, find_contacts, running_rhythm
from medius.gait.prepare import prepare_film
from medius.gait.quality import is_walking
from medius.motion import make_motion
from medius.record import Side

from ._rendered import REAR, SIDE, rendered_truth, true_film
from ._synthetic import Runner, mirrored, noisy, slowed

FRAME_RATES = (23.976, 25.0, 30.0, 50.0, 60.0, 120.0, 240.0)


def errors(
    contacts: Contacts, truth: Mapping[Side, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return found less true contact and toe-off of every stance found, seconds, shape (n, 2)."""
    rows = []
    for stance in contacts.stances:
        true = truth[stance.side]
        nearest = true[np.argmin(np.abs(true.mean(axis=1) - stance.midstance))]
        rows.append((stance.initial_contact - nearest[0], stance.toe_off - nearest[1]))
    return np.array(rows)


@pytest.mark.parametrize("name", REAR + SIDE)
def test_true_joints_give_the_contacts_of_the_force_plate(data: Path, name: str) -> None:
    film, truth = true_film(data, name), rendered_truth(data, name)
    true = {side: truth.contacts(side) for side in SIDES}
    for side in SIDES:
        assert len(true[side]) - 1 <= len(film.contacts.of(side)) <= len(true[side])
    off = errors(film.contacts, true)
    assert np.abs(off).max() < 0.025
    assert np.sqrt((off**2).mean(axis=0)).max() < 0.015
    assert 120.0 * film.contacts.stride_frequency == pytest.approx(truth.value("cadence", None), abs=1.0)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("view", ["rear", "front", "side-left", "side-right"])
def test_every_stance_is_found_at_every_frame_rate(view: str, fps: float) -> None:
    run = Runner(view=view, fps=fps)
    contacts = prepare_film(run.motion).contacts
    true = {side: run.contacts(side) for side in SIDES}
    for side in SIDES:
        assert len(true[side]) - 1 <= len(contacts.of(side)) <= len(true[side])
    off = errors(contacts, true)
    assert np.abs(off).max() < (0.016 if fps >= 30 else 0.022)
    # The error is one of definition, the same in every stance: times are not bound to the frames.
    assert off.std(axis=0).max() < (0.003 if fps >= 30 else 0.005)
    assert [stance.initial_contact for stance in contacts.stances] == sorted(
        stance.initial_contact for stance in contacts.stances
    )
    assert all(a.side != b.side for a, b in zip(contacts.stances[:-1], contacts.stances[1:], strict=True))


@settings(max_examples=25, deadline=None)
@given(
    cadence=st.floats(130, 210),
    fps=st.sampled_from([25.0, 29.97, 60.0, 120.0]),
    view=st.sampled_from(["rear", "side-left", "side-right"]),
    first=st.floats(0.05, 0.6),
)
def test_the_rhythm_is_neither_halved_nor_doubled(cadence: float, fps: float, view: str, first: float) -> None:
    run = Runner(view=view, fps=fps, cadence=cadence, contact_s=0.33 * 120 / cadence, first_s=first, seconds=7.0)
    frequency, regularity = running_rhythm(run.motion)
    assert 120.0 * frequency == pytest.approx(cadence, rel=0.01)
    assert regularity > 0.8


@pytest.mark.parametrize("view", ["rear", "side-right"])
def test_a_slower_film_has_the_same_contacts_later(view: str) -> None:
    # Shifts between picture and force plate are in seconds, so only the rhythm scales exactly.
    run = Runner(view=view, fps=120.0)
    fast, slow = running_rhythm(run.motion), running_rhythm(slowed(run.motion, 1.25))
    assert fast[0] == pytest.approx(1.25 * slow[0], rel=1e-3)


@pytest.mark.parametrize("view", ["rear", "side-left", "side-right"])
def test_a_mirror_exchanges_left_and_right(view: str) -> None:
    run = Runner(view=view, first_s=0.3)
    seen, turned = (prepare_film(motion).contacts for motion in (run.motion, mirrored(run.motion)))
    assert [s.side for s in seen.stances] == ["right" if s.side == "left" else "left" for s in turned.stances]
    np.testing.assert_allclose(
        [(s.initial_contact, s.toe_off) for s in seen.stances],
        [(s.initial_contact, s.toe_off) for s in turned.stances],
        atol=1e-9,
    )


@pytest.mark.parametrize("view", ["rear", "side-right"])
def test_noise_of_a_network_moves_contacts_by_milliseconds(view: str) -> None:
    run = Runner(view=view)
    off = errors(prepare_film(noisy(run.motion, 2.0)).contacts, {side: run.contacts(side) for side in SIDES})
    assert off.std(axis=0).max() < 0.012


@pytest.mark.parametrize("view", ["rear", "side-right"])
@pytest.mark.parametrize("lost", ["points", "frames"])
def test_no_stance_is_made_up_inside_a_gap(view: str, lost: str) -> None:
    gap = (3.0, 4.0)
    run = Runner(view=view)
    motion = run.motion
    time = motion["time"].to_numpy()
    inside = (time >= gap[0]) & (time < gap[1])
    if lost == "points":
        motion = motion.copy(deep=True)
        motion["position"][inside] = np.nan
        motion["confidence"][inside] = 0.0
    else:
        motion = motion.isel(time=~inside)
    contacts = prepare_film(motion).contacts
    assert len(contacts.stances) >= 14
    for stance in contacts.stances:
        assert stance.toe_off < gap[0] + 0.06 or stance.initial_contact > gap[1] - 0.06, stance
        assert not stance.stride_time > 1.3 * run.period
    off = errors(contacts, {side: run.contacts(side) for side in SIDES})
    assert np.abs(off).max() < 0.05


@pytest.mark.parametrize("view", ["rear", "side-right"])
def test_somebody_who_stands_or_jumps_has_no_contacts(view: str) -> None:
    run = Runner(view=view)
    still = run.motion.isel(time=slice(0, 1))
    position = np.repeat(still["position"].to_numpy(), 300, axis=0)
    assert _contacts(noisy(_like(run.motion, position), 0.5)).stances == ()
    jump = 80.0 * np.sin(2 * np.pi * 1.5 * np.arange(300) / 60.0)
    jumping = position + np.where(np.arange(2) == 1, jump[:, None], 0.0)[:, :, None]
    assert _contacts(noisy(_like(run.motion, jumping), 0.5)).stances == ()


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.6])
def test_a_film_shorter_than_a_stride_has_no_contacts(seconds: float) -> None:
    assert _contacts(Runner(seconds=seconds).motion).stances == ()


@pytest.mark.parametrize("cadence", [100.0, 110.0, 120.0])
def test_walking_is_recognised_from_the_side(cadence: float) -> None:
    run = Runner(view="side-left", cadence=cadence, contact_s=0.62 * 120 / cadence)
    film = prepare_film(run.motion)
    assert is_walking(film)
    assert film.contacts.duty_factor == pytest.approx(0.62, abs=0.03)


def test_walking_is_recognised_from_behind() -> None:
    assert is_walking(prepare_film(Runner(view="rear", cadence=110.0, contact_s=0.65).motion))


@pytest.mark.parametrize("view", ["rear", "side-right"])
def test_running_is_never_taken_for_walking(view: str) -> None:
    for cadence in (145.0, 170.0, 200.0):
        run = Runner(view=view, cadence=cadence, contact_s=0.38 * 120 / cadence)
        assert not is_walking(prepare_film(run.motion))


def test_a_stance_knows_its_middle_and_length() -> None:
    stance = Stance("left", 1.0, 1.25, 0.7)
    assert (stance.midstance, stance.duration) == (1.125, 0.25)
    contacts = Contacts((stance, Stance("right", 1.35, 1.6, float("nan"))), "by hand", 1 / 0.7)
    assert contacts.of("left") == (stance,)
    assert contacts.duty_factor == pytest.approx(0.25 / 0.7)
    assert np.isnan(Contacts((), "by hand", float("nan")).duty_factor)


def _contacts(motion: xr.Dataset) -> Contacts:
    return find_contacts(prepare_film(motion).motion)


def _like(motion: xr.Dataset, position: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> xr.Dataset:
    return make_motion(
        position,
        time=np.arange(len(position)) / 60.0,
        keypoints=motion["keypoint"].to_numpy().tolist(),
        unit="px",
        view=motion.attrs["view"],
        attrs={"width": motion.attrs["width"], "height": motion.attrs["height"]},
    )
