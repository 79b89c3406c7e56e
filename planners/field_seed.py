"""The way of a field as a way of the arm: joint positions along it, mended where the arm does not fit.

A field's way is free for a ball around the tool point. The arm is led along it by inverse kinematics; what is
free of that is kept, stretches that are not are searched for in joint space, and the whole is shortened
without coming nearer to anything than the field's way did.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from . import expressions as ex
from .facing import TURN
from .passage import Passage
from .path import between, connect, free_edge, shorten
from .problem import Problem
from .program import Toward
from .reach import reach, rotation_error
from .stage_maps import hand_of, radii, surroundings_of, workspace_of
from .value_maps.answers import FieldPath, Unreachable
from .value_maps.maps import ValueMaps
from .value_maps.statements import Statements

SPACING = 0.03
"""Distance of tool points along a field's way that the arm is brought to, [m]."""
ROOMIER = 0.02
"""How much more room than has to be a way keeps where the field's way had it, [m]."""
STRETCHES = 3
"""Stretches in which an arm may leave the field's way; with more the way is not its own any more."""
ALONG, MENDED = "field", "field, mended by trees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A way between two configurations, from a field.

    Attributes:
        transit: Joint positions, shape (N, n), [rad].
        method: ``field``, or how it was mended.
    """

    transit: Float64
    method: str


def field_ways(problem: Problem, start: Float64, end: Float64) -> Iterator[FieldPath | Unreachable]:
    """Find ways of the hand between two configurations, for a wide hand first, then for slimmer ones.

    Args:
        problem: The stage's problem.
        start: First configuration, shape (n,), [rad].
        end: Last configuration, shape (n,), [rad].
    """
    kinematics, situation = problem.kinematics, problem.situation
    p_WG = kinematics.tool_poses(np.array([start, end]))[1]
    around = surroundings_of(situation, kinematics)
    there = Toward(target=ex.constant(tuple(p_WG[1].tolist()), "m"))
    stage = replace(problem.stage, toward=(there,))
    for radius in radii(kinematics, situation.held):
        hand = hand_of(situation, kinematics, radius)
        maps = ValueMaps.build(around, stage, workspace_of(around, kinematics, p_WG), hand)
        yield maps.plan(p_WG[0])


def seeds(
    problem: Problem, passage: Passage, start: Float64, end: Float64, rng: np.random.Generator
) -> Iterator[Seed]:
    """Offer ways of the arm along the field's ways.

    Args:
        problem: The stage's problem.
        passage: What is allowed between the two configurations.
        start: First configuration, shape (n,), [rad].
        end: Last configuration, shape (n,), [rad].
        rng: The only source of chance.
    """
    tried: list[Float64] = []
    for found in field_ways(problem, start, end):
        if isinstance(found, Unreachable) or any(_alike(found.p_WG, other) for other in tried):
            continue
        tried.append(found.p_WG)
        led = led_along(problem, found.sampled(SPACING), start, end)
        if led is None:
            continue
        mended = _mended(passage, led, rng, problem.settings.tree_nodes)
        if mended is None:
            continue
        method = ALONG if mended is led else MENDED
        short = shorten(_roomier(passage, mended), mended, rng, problem.settings.shortcuts)
        yield Seed(transit=short, method=method)


def led_along(problem: Problem, p_WG: Float64, start: Float64, end: Float64) -> Float64 | None:
    """Bring the arm to tool points one after the other.

    The hand turns evenly from how it is at the start to how it is at the end, but where ``face`` says more.

    Args:
        problem: The stage's problem.
        p_WG: Tool points, the first and the last those of the two configurations, shape (N, 3), [m].
        start: First configuration, shape (n,), [rad].
        end: Last configuration, shape (n,), [rad].

    Returns:
        Joint positions, both ends included, shape (M, n), or None where the arm cannot follow.
    """
    kinematics = problem.kinematics
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p_WG, axis=0), axis=1))])
    share = lengths / max(float(lengths[-1]), 1e-9)
    R_one, R_two = (kinematics.tool_pose(q).rotation() for q in (start, end))
    turn = rotation_error(R_one.matrix(), R_two.matrix())
    turned = [_turn(one * turn) @ R_one for one in share]
    if problem.maps is not None and problem.stage.face:
        turned = _faced(problem.maps, turned, p_WG, lengths)
    led, missed = [start], 0
    for R_WG, p, s in zip(turned[1:-1], p_WG[1:-1], share[1:-1], strict=True):
        wish = led[-1] + np.clip(start + s * (end - start) - led[-1], -0.1, 0.1)
        found = reach(kinematics, RigidTransform(R_WG, p), led[-1], problem.lower, problem.upper, wish)
        if found is None:
            # A point that the arm does not reach is left out; the edge across it is checked like any other.
            missed += 1
            continue
        led.append(found)
    return None if 2 * missed > len(p_WG) else np.array([*led, end])


def _turn(vector: Float64) -> RotationMatrix:
    angle = float(np.linalg.norm(vector))
    return RotationMatrix() if angle < 1e-9 else RotationMatrix(AngleAxis(angle, vector / angle))


def _faced(
    maps: Statements, turned: list[RotationMatrix], p_WG: Float64, lengths: Float64
) -> list[RotationMatrix]:
    """Point the hand where it is said, turning to it before a place is come to where it is said."""
    wanted = maps.rotation(p_WG).astype(np.float64)
    said = np.flatnonzero(~np.isnan(wanted[:, 0]))
    if not len(said):
        return turned
    found = []
    for R_WG, at in zip(turned, lengths, strict=True):
        near = said[int(np.argmin(np.abs(lengths[said] - at)))]
        share = max(0.0, 1.0 - abs(float(lengths[near] - at)) / TURN)
        ends = min(at, float(lengths[-1]) - at)
        # The ends are turned as they are: from there the hand turns to what is said.
        share = min(share, 2.0 * ends / TURN)
        z, aim = R_WG.matrix()[:, 2], wanted[near]
        axis = np.cross(z, aim)
        sine, cosine = float(np.linalg.norm(axis)), float(z @ aim)
        if sine < 1e-6:
            axis, sine = R_WG.matrix()[:, 0], 1.0 if cosine < 0.0 else 0.0
            angle = np.pi if cosine < 0.0 else 0.0
        else:
            angle = float(np.arctan2(sine, cosine))
        found.append(_turn(share * angle * axis / max(sine, 1e-9)) @ R_WG)
    return found


def _mended(passage: Passage, led: Float64, rng: np.random.Generator, most_nodes: int) -> Float64 | None:
    """Search for the stretches of a way that are not free; the way itself where all of it is."""
    free = passage.slack(led) >= 0.0
    if not (free[0] and free[-1]):
        return None
    whole: list[Float64] = [led[0]]
    broken, at = 0, 0
    nodes = np.flatnonzero(free)
    for node in nodes[1:]:
        if node == at + 1 and free_edge(passage, led[at], led[node]):
            whole.append(led[node])
        else:
            broken += 1
            found = None if broken > STRETCHES else _across(passage, led, at, int(node), rng, most_nodes)
            if found is None:
                return None
            whole.extend(found[1:])
        at = int(node)
    return led if not broken else np.array(whole)


def _across(
    passage: Passage, led: Float64, one: int, two: int, rng: np.random.Generator, most_nodes: int
) -> Float64 | None:
    return connect(passage, led[one], led[two], rng, most_nodes=most_nodes // STRETCHES)


def _roomier(passage: Passage, way: Float64) -> Passage:
    """Ask for as much room as a way has, up to ``ROOMIER`` more than has to be."""
    least = min(float(passage.slack(between(a, b)).min()) for a, b in pairwise(way))
    return replace(passage, required=passage.required + float(np.clip(least, 0.0, ROOMIER)))


def _alike(one: Float64, other: Float64) -> bool:
    return one.shape == other.shape and bool(np.abs(one - other).max() < SPACING / 2.0)
