"""How much a grasp holds: the largest load that contact forces within their friction cones can balance.

The contact forces are found by a second-order cone program as in S. Boyd and
B. Wegbreit, "Fast computation of optimal contact forces", IEEE Transactions on
Robotics 23(6), 2007. The measure is that of C. Ferrari and J. Canny, "Planning
optimal grasps", ICRA 1992, with forces bounded finger by finger, asked of the
loads that are expected instead of all wrenches. A soft finger's torsion is
bounded by the ellipsoid of R. Howe and M. Cutkosky, "Practical force-motion
models for sliding manipulation", IJRR 15(6), 1996.

Not covered: bending of the thing, joint torques of the arm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ..core.arrays import Float64, frozen
from .convex import optimum

if TYPE_CHECKING:
    import cvxpy

GRAVITY = 9.81
SHAKEN = 0.5
"""Acceleration that a grasp has to bear beside gravity, in each direction, as a share of gravity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Where fingers press on a thing.

    Attributes:
        p_W: Points of contact, shape (K, 3), [m].
        inward_W: Unit normals into the thing, shape (K, 3).
        fingers: Number of the finger that presses at each point, from 0, shape (K,).
        torsion: Radius at which friction against turning about the normal acts, shape (K,), [m];
            0 for a point, 2/3 of the radius of an evenly pressed disc.
    """

    p_W: Float64
    inward_W: Float64
    fingers: tuple[int, ...]
    torsion: Float64

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "p_W", frozen(self.p_W, (len(self.fingers), 3)))
        object.__setattr__(self, "inward_W", frozen(self.inward_W, (len(self.fingers), 3)))
        object.__setattr__(self, "torsion", frozen(self.torsion, (len(self.fingers),)))


def loads(mass: float, up_W: Sequence[Float64], shaken: float = SHAKEN) -> Float64:
    """List the forces that a held thing has to be kept against.

    Args:
        mass: Its mass, [kg].
        up_W: Directions that are up in the poses in which it is held, as seen from the thing's
            pose at the grasp; each a unit vector, shape (3,).
        shaken: Acceleration borne beside gravity, as a share of it.

    Returns:
        Wrenches at the centre of mass, force rows first, shape (6, 7 * len(up_W)), [N] and [N m].
    """
    directions = np.concatenate([np.zeros((1, 3)), np.eye(3), -np.eye(3)])
    forces = np.concatenate([shaken * directions - up for up in up_W]) * (mass * GRAVITY)
    return np.concatenate([forces.T, np.zeros((3, len(forces)))])


def margin(
    contacts: Contacts, center_W: Float64, wrenches: Float64, *, friction: float, force: float
) -> float:
    """Give how many times the loads a grasp can bear, each of them alone.

    The largest s is sought for which contact forces within the friction cones
    balance s times each load, no finger pressing harder than it can.

    Args:
        contacts: Where the fingers press.
        center_W: Centre of mass, shape (3,), [m].
        wrenches: Loads at the centre of mass, force rows first, shape (6, J), [N] and [N m].
        friction: Coefficient of friction.
        force: Most that one finger presses, [N].

    Returns:
        The factor: 1 holds just so, 0 does not hold at all.
    """
    program = _program(contacts.fingers, wrenches.shape[1])
    # Torques are counted over the grasp's own size, so that rows are alike in size.
    length = max(float(np.linalg.norm(contacts.p_W - center_W, axis=1).max()), 1e-3)
    largest = max(float(np.linalg.norm(wrenches[:3], axis=0).max()), 1e-9)
    rows = np.array([1.0, 1.0, 1.0, 1.0 / length, 1.0 / length, 1.0 / length])
    program.grasp.value = _map(contacts, center_W, friction) * rows[:, None]
    program.loads.value = wrenches * rows[:, None] / largest
    found = optimum(program.problem)
    return 0.0 if found is None else max(found, 0.0) * force / largest


def warm_up() -> None:
    """Load the solver and pose the program of two pads of four points, so that the first grasp need not."""
    side = np.repeat([1.0, -1.0], 4)
    at = np.stack([np.tile([0.01, 0.01, -0.01, -0.01], 2), side, np.tile([0.01, -0.01], 4)], axis=-1)
    inward = np.stack([0.0 * side, -side, 0.0 * side], axis=-1)
    pads = Contacts(p_W=at, inward_W=inward, fingers=(0,) * 4 + (1,) * 4, torsion=np.zeros(8))
    margin(pads, np.zeros(3), loads(1.0, [np.array([0.0, 0.0, 1.0])]), friction=0.5, force=1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Program:
    """The cone program of one number of contacts and loads, canonicalised once.

    Attributes:
        problem: It.
        grasp: Its first parameter, the grasp map, shape (6, 4 K).
        loads: Its second parameter, shape (6, J).
    """

    problem: "cvxpy.Problem"
    grasp: "cvxpy.Parameter"
    loads: "cvxpy.Parameter"


@cache
def _program(fingers: tuple[int, ...], count: int) -> _Program:
    """Pose the cone program: one set of contact forces for each load, one factor for all.

    Friction and torsion radii are columns' lengths in the grasp map and the
    finger's force is the unit, so all cones are the same and the parameters
    enter affinely.
    """
    import cvxpy as cp

    k = len(fingers)
    grasp, wrenches = cp.Parameter((6, 4 * k)), cp.Parameter((6, count))
    forces, factor = cp.Variable((4 * k, count)), cp.Variable()
    pressed = cp.vec(forces[:k], order="F")
    slid = cp.vstack([cp.vec(forces[i * k : (i + 1) * k], order="F") for i in (1, 2, 3)])
    share = np.zeros((max(fingers) + 1, k))
    share[list(fingers), range(k)] = 1.0
    problem = cp.Problem(
        cp.Maximize(factor),
        [grasp @ forces + factor * wrenches == 0, cp.SOC(pressed, slid, axis=0), share @ forces[:k] <= 1],
    )
    return _Program(problem=problem, grasp=grasp, loads=wrenches)


def _map(contacts: Contacts, center_W: Float64, friction: float) -> Float64:
    """Give the wrenches at the centre of mass by normal force, both frictions and torsion; (6, 4 K)."""
    n = contacts.inward_W
    helper = np.where(np.abs(n[:, :1]) < 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    first = np.cross(n, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    arm = contacts.p_W - center_W
    columns = []
    for direction in (n, friction * first, friction * np.cross(n, first)):
        columns.append(np.concatenate([direction.T, np.cross(arm, direction).T]))
    turn = friction * contacts.torsion[:, None] * n
    columns.append(np.concatenate([np.zeros((3, len(n))), turn.T]))
    return np.concatenate(columns, axis=1)
