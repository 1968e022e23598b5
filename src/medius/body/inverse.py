"""Inverse kinematics: markers or joint centres in, joint angles out.

Every frame is a weighted least-squares problem, solved for many frames at once by damped Gauss-Newton steps with the
exact (geometric) derivatives of every marker by every coordinate, inside the limits of the joints (Lu & O'Connor 1999,
J Biomech 32:129: global optimisation). A coarse pass over every few frames gives the starting point of the fine pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import xarray as xr

from medius.body.functions import Bools, Floats
from medius.body.kinematics import evaluate, to_internal
from medius.body.rotation import turned, turned_about
from medius.body.skeleton import GROUND, Degree, Joint, Landmark, Skeleton, is_fixed
from medius.errors import InvalidValueError, NothingToMeasureError

__all__ = ["InverseKinematics", "inverse_kinematics"]

_CHUNK = 400
_COARSE_STEP = 8
_COARSE_STEPS, _FINE_STEPS = 30, 12
_TOLERANCE = 1e-5
"""Largest movement (radians, metres) at which a frame counts as solved."""

_GAIN = 1e-6
"""Relative gain of the cost at which a frame counts as solved."""


@dataclass(frozen=True)
class InverseKinematics:
    """What inverse kinematics found.

    Attributes
    ----------
    angles
        (time, coordinate), degrees and metres, in the order of ``coordinates``; NaN where a frame had too few markers.
    coordinates
        Names of the columns.
    residual
        Root mean square distance of the weighted markers, metres, (time,).
    at_limit
        Share of frames in which each coordinate sits at a limit, (coordinate,).
    markers
        The markers that were used.
    """

    angles: Floats
    coordinates: tuple[str, ...]
    residual: Floats
    at_limit: Floats
    markers: tuple[str, ...]

    def __getitem__(self, coordinate: str) -> Floats:
        """Return the column of one coordinate."""
        return self.angles[:, self.coordinates.index(coordinate)]


@dataclass(frozen=True)
class _Axis:
    """A degree of freedom as the solver sees it: which column drives it, and which run of markers hangs below it."""

    degree: Degree
    column: int
    shift: bool
    markers: slice


def inverse_kinematics(
    skeleton: Skeleton,
    motion: xr.Dataset,
    *,
    landmarks: Mapping[str, Landmark] | None = None,
    weights: Mapping[str, float] | None = None,
    start: Floats | None = None,
) -> InverseKinematics:
    """Find the joint angles that put the skeleton's landmarks nearest to what was seen.

    Parameters
    ----------
    skeleton
        The skeleton, scaled to the person. Locked coordinates stay at their default.
    motion
        Markers in metres, x forwards, y up, z right.
    landmarks
        Marker name to the point on the skeleton it stands for. Default: the skeleton's own landmarks of the same name.
    weights
        Marker name to weight of its squared distance (1 where not named; 0 leaves it out).
    start
        First guess (coordinate,), degrees and metres. Default: the standing pose.

    Raises
    ------
    InvalidValueError
        If the motion is not 3-D in metres.
    NothingToMeasureError
        If fewer than three markers of the skeleton are in the motion.
    """
    if motion.attrs.get("unit") != "m" or motion.sizes.get("space") != 3:
        raise InvalidValueError("Inverse kinematics needs a 3-D motion in metres.")
    marks = skeleton.landmarks if landmarks is None else landmarks
    given = weights or {}
    present = set(motion.keypoint.to_numpy().tolist())
    order = tree_order(skeleton)
    usable = (n for n in marks if n in present and given.get(n, 1.0) > 0)
    names = tuple(sorted(usable, key=lambda n: order[marks[n].segment]))
    if len(names) < 3:
        raise NothingToMeasureError(
            f"Only {len(names)} of the skeleton's {len(marks)} landmarks are among the markers; it takes three and more."
        )
    solver = _Solver(skeleton, [marks[n] for n in names], np.array([given.get(n, 1.0) for n in names]))
    observed = motion.position.sel(keypoint=list(names)).to_numpy().transpose(0, 2, 1)
    values, residual = solver.solve(observed, start)
    bounds = solver.low, solver.high
    touching = (values <= bounds[0] + 1e-9) | (values >= bounds[1] - 1e-9)
    degrees = values / to_internal(skeleton, np.ones((1, values.shape[1])))
    return InverseKinematics(degrees, skeleton.coordinate_names, residual, touching[:, :].mean(axis=0), names)


def tree_order(skeleton: Skeleton) -> dict[str, int]:
    """Give the segments numbers so that each one and all that hangs on it have numbers in one run."""
    children: dict[str, list[str]] = {}
    for joint in skeleton.joints:
        children.setdefault(joint.parent, []).append(joint.child)
    order: dict[str, int] = {}
    waiting = list(reversed(children.get(GROUND, [])))
    while waiting:
        name = waiting.pop()
        order[name] = len(order)
        waiting += reversed(children.get(name, []))
    return order


class _Solver:
    """Vectorised damped Gauss-Newton for one skeleton and one list of markers."""

    def __init__(self, skeleton: Skeleton, marks: list[Landmark], weights: Floats) -> None:
        self.skeleton, self.marks = skeleton, marks
        self.root_weight = np.sqrt(weights)
        self.joints = skeleton.chain(sorted({m.segment for m in marks}))
        unit = to_internal(skeleton, np.ones((1, len(skeleton.coordinates))))[0]
        self.low = np.array([c.low for c in skeleton.coordinates]) * unit
        self.high = np.array([c.high for c in skeleton.coordinates]) * unit
        self.start = skeleton.defaults * unit
        self.unit = unit
        below = self._markers_below()
        self.axes = [self._axes_of(j, below[j.child]) for j in self.joints]
        driven = sorted(
            {a.column for axes in self.axes for a in axes if a.column >= 0 and a.markers.stop > a.markers.start}
        )
        self.free = np.array([c for c in driven if not skeleton.coordinates[c].locked], dtype=int)
        rooted = [c for j in self.joints if j.parent == GROUND for d in j.shifts for c in self._column(d)]
        self.root_shift = rooted

    def _column(self, degree: Degree) -> list[int]:
        return [] if degree.coordinate is None else [self.skeleton.coordinate_names.index(degree.coordinate)]

    def _markers_below(self) -> dict[str, slice]:
        """Run of markers on a segment and all that hangs on it; the markers are in the order of `tree_order`."""
        order = tree_order(self.skeleton)
        places = np.array([order[m.segment] for m in self.marks])
        last = {j.child: order[j.child] for j in self.joints}
        for joint in reversed(self.joints):
            if joint.parent != GROUND:
                last[joint.parent] = max(last[joint.parent], last[joint.child])
        return {
            name: slice(int(np.searchsorted(places, order[name])), int(np.searchsorted(places, end, side="right")))
            for name, end in last.items()
        }

    def _axes_of(self, joint: Joint, markers: slice) -> list[_Axis]:
        shifts = [(d, True) for d in joint.shifts]
        turns = [(d, False) for d in joint.rotations]
        result = []
        for degree, shift in (*shifts, *turns):
            value = degree.function(np.zeros(1))[0]
            if is_fixed(degree.function) and not value.any():
                continue
            column = self._column(degree)
            result.append(_Axis(degree, column[0] if column else -1, shift, markers))
        return result

    def solve(self, observed: Floats, start: Floats | None) -> tuple[Floats, Floats]:
        """Solve all frames; return internal values (time, coordinate) and residual (time,)."""
        count = observed.shape[0]
        seen = np.asarray(np.isfinite(observed).all(axis=2), dtype=np.bool_)
        usable = np.flatnonzero(seen.sum(axis=1) >= 3)
        values = np.full((count, len(self.low)), np.nan)
        residual = np.full(count, np.nan)
        if usable.size == 0:
            raise NothingToMeasureError("No frame has three or more markers that the skeleton knows.")
        base = self.start if start is None else np.asarray(start, dtype=np.float64) * self.unit
        coarse = np.unique(np.append(usable[::_COARSE_STEP], usable[-1]))
        guess = np.tile(base, (coarse.size, 1))
        self._place_root(guess, observed[coarse], seen[coarse])
        solved = self._chunks(guess, observed[coarse], seen[coarse], _COARSE_STEPS)[0]
        fine = np.stack([np.interp(usable, coarse, solved[:, c]) for c in range(solved.shape[1])], axis=1)
        values[usable], residual[usable] = self._chunks(fine, observed[usable], seen[usable], _FINE_STEPS)
        return values, residual

    def _place_root(self, guess: Floats, observed: Floats, seen: Bools) -> None:
        """Shift the first guess so that the middle of the model's markers meets the middle of those seen."""
        if not self.root_shift:
            return
        model, _ = self._markers_and_derivatives(guess, derivatives=False)
        weight = seen[..., None].astype(float)
        gap = np.where(seen[..., None], observed - model, 0.0).sum(axis=1) / np.maximum(weight.sum(axis=1), 1.0)
        guess[:, self.root_shift] += gap[:, : len(self.root_shift)]

    def _chunks(self, guess: Floats, observed: Floats, seen: Bools, steps: int) -> tuple[Floats, Floats]:
        """Solve pieces of the recording side by side; the heavy parts of NumPy let two threads run at once."""

        def piece(first: int) -> tuple[Floats, Floats]:
            part = slice(first, first + _CHUNK)
            return self._iterate(guess[part], observed[part], seen[part], steps)

        with ThreadPoolExecutor(max_workers=2) as pool:
            results = list(pool.map(piece, range(0, guess.shape[0], _CHUNK)))
        return np.concatenate([r[0] for r in results]), np.concatenate([r[1] for r in results])

    def _iterate(self, values: Floats, observed: Floats, seen: Bools, steps: int) -> tuple[Floats, Floats]:
        """Damped Gauss-Newton: a step that makes a frame worse is taken back and damped; frames leave when they rest."""
        values = np.clip(values, self.low, self.high)
        weight = self.root_weight * seen
        clean = np.where(seen[..., None], observed, 0.0)
        damping = np.full(values.shape[0], 1e-5)
        active = np.arange(values.shape[0])
        error, slopes = self._weighted(values, clean, weight)
        cost = (error**2).sum(axis=1)
        for _ in range(steps):
            proposal = self._step(values[active], error, slopes, damping[active])
            new_error, new_slopes = self._weighted(proposal, clean[active], weight[active])
            new_cost = (new_error**2).sum(axis=1)
            better = new_cost <= cost[active]
            small = (cost[active] - new_cost < _GAIN * cost[active]) | (
                np.abs(proposal - values[active]).max(axis=1) < _TOLERANCE
            )
            values[active[better]] = proposal[better]
            cost[active[better]] = new_cost[better]
            damping[active] = np.where(better, damping[active] * 0.1, np.minimum(damping[active] * 100.0, 1e6))
            stay = ~(better & small)
            error, slopes = np.where(better[:, None], new_error, error)[stay], _choose(better, new_slopes, slopes)[stay]
            active = active[stay]
            if active.size == 0:
                break
        total = np.maximum((weight**2).sum(axis=1), 1e-12)
        return values, np.sqrt(cost / total)

    def _weighted(self, values: Floats, clean: Floats, weight: Floats) -> tuple[Floats, Floats]:
        """Weighted errors (time, 3·marker) and the weighted slopes of the markers (time, coordinate, 3·marker)."""
        model, slopes = self._markers_and_derivatives(values, derivatives=True)
        slopes *= weight[:, None, :, None]
        error = (clean - model) * weight[..., None]
        return error.reshape(values.shape[0], -1), slopes.reshape(*slopes.shape[:2], -1)

    def _step(self, values: Floats, error: Floats, slopes: Floats, damping: Floats) -> Floats:
        normal = slopes @ np.swapaxes(slopes, 1, 2)
        gradient = (slopes @ error[..., None])[..., 0]
        held = self._held(values, gradient)
        diagonal = np.arange(len(self.free))
        gradient[held] = 0.0
        normal[held] = 0.0
        np.swapaxes(normal, 1, 2)[held] = 0.0
        normal[:, diagonal, diagonal] += damping[:, None] * (normal[:, diagonal, diagonal] + 1e-9) + 1e-12
        normal[:, diagonal, diagonal] += held
        step = np.linalg.solve(normal, gradient[..., None])[..., 0]
        result = values.copy()
        result[:, self.free] += np.clip(step, -0.6, 0.6)
        return np.clip(result, self.low, self.high)

    def _held(self, values: Floats, gradient: Floats) -> Bools:
        """Coordinates at a limit that the gradient would push further out."""
        now = values[:, self.free]
        low, high = self.low[self.free], self.high[self.free]
        return np.asarray(((now <= low) & (gradient < 0)) | ((now >= high) & (gradient > 0)), dtype=np.bool_)

    def _markers_and_derivatives(self, values: Floats, *, derivatives: bool) -> tuple[Floats, Floats]:
        """Marker positions (time, marker, 3) and their slopes by each free coordinate (time, coordinate, marker, 3)."""
        count = values.shape[0]
        frames: dict[str, tuple[Floats, Floats]] = {GROUND: (np.eye(3)[None], np.zeros((1, 3)))}
        drives: list[tuple[_Axis, Floats, Floats, Floats]] = []
        for joint, axes in zip(self.joints, self.axes, strict=True):
            rotation, origin = frames[joint.parent]
            origin = rotation @ np.asarray(joint.parent_location) + origin
            if joint.turns_parent:
                rotation = turned(rotation, joint.parent_turn)
            for axis in axes:
                amount, slope = evaluate(axis.degree, self.skeleton, values)
                direction = rotation @ np.asarray(axis.degree.axis)
                if derivatives and axis.column >= 0:
                    drives.append((axis, direction, origin, slope))
                if axis.shift:
                    origin = origin + amount[:, None] * direction
                else:
                    rotation = turned_about(rotation, np.asarray(axis.degree.axis), amount)
            if joint.turns_child:
                rotation = turned(rotation, joint.child_turn.T)
            frames[joint.child] = rotation, origin - rotation @ np.asarray(joint.child_location)
        model = np.empty((count, len(self.marks), 3))
        for index, mark in enumerate(self.marks):
            rotation, origin = frames[mark.segment]
            model[:, index] = rotation @ np.asarray(mark.location) + origin
        slopes = np.zeros((count, len(self.free) if derivatives else 0, len(self.marks), 3))
        if derivatives:
            self._fill_slopes(slopes, model, drives)
        return model, slopes

    def _fill_slopes(self, slopes: Floats, model: Floats, drives: list[tuple[_Axis, Floats, Floats, Floats]]) -> None:
        where = {int(c): i for i, c in enumerate(self.free)}
        for axis, direction, origin, slope in drives:
            if axis.column not in where or axis.markers.start == axis.markers.stop:
                continue
            markers = axis.markers
            push = direction * slope[:, None]
            if axis.shift:
                slopes[:, where[axis.column], markers] += push[:, None]
            else:
                arm = model[:, markers] - origin[:, None]
                slopes[:, where[axis.column], markers] += _cross(push[:, None], arm)


def _choose(better: Bools, new: Floats, old: Floats) -> Floats:
    return new if better.all() else np.where(better[:, None, None], new, old)


def _cross(a: Floats, b: Floats) -> Floats:
    """Cross product over the last axis (several times faster than `numpy.cross` for small last axes)."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)
