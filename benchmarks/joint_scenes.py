"""Scenes for an arm among obstacles, in which a goal and a way to it are known to exist.

A start, a goal configuration and a free polyline between them are drawn first,
by rejection and without the planner's search. Only then is the problem posed,
from where the hand or the thing in it is at the goal.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.planners.problem import Problem, build
from handsel.planners.reach import reach
from handsel.planners.read import Vocabulary, read
from handsel.planners.room import Room
from handsel.planners.settings import Settings
from handsel.planners.situation import Held, Situation, places
from handsel.robots.kinematics import Kinematics
from handsel.robots.shapes import Box, Cylinder, Shape, distance
from pydrake.math import RigidTransform, RollPitchYaw, RotationMatrix

FREE = 0.016
"""Distance that the drawn goal and way keep, [m]; the planner keeps 12 mm where it can, 4 mm always."""
MARGIN = 0.05
"""Distance of drawn configurations from the joints' limits, [rad]."""
UPRIGHT = 10.0
"""Tilt that is allowed where something is carried upright, [degrees]; what is drawn keeps 8."""
STEP = 0.02
VIAS = 4
TRIES = 40
GOALS = 4
"""Goals that are drawn before other obstacles are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """A scene with a problem that has an answer.

    Attributes:
        problem: What is asked.
        q_goal: Joint positions from which it was posed, shape (7,), [rad].
        way: A free polyline to them, shape (N, 7), [rad].
        kind: What the goal asks for.
        upright: Whether what is held stays upright on the way.
        blocked: Whether the straight edge in joint space is not free.
    """

    problem: Problem
    q_goal: np.ndarray
    way: np.ndarray
    kind: str
    upright: bool
    blocked: bool


def draw(number: int, rng: np.random.Generator, kinematics: Kinematics) -> Drawn:
    """Draw a scene: every second carries upright; of the others every second holds something.

    In two of three the straight edge to the goal is blocked.
    """
    upright = number % 2 == 1
    holding = upright or number % 4 == 2
    blocked = number % 3 != 0
    while True:
        things = _obstacles(rng)
        carried = _carried(rng) if holding else None
        found = _configurations(things, carried, upright, blocked, rng, kinematics)
        if found is None:
            continue
        situation, q_goal, way = found
        kind, lines = _relations(situation, q_goal, upright, rng, kinematics)
        text = "def stage_1():\n" + "".join(f"    {line}\n" for line in lines)
        if carried is not None:
            text = "def stage_1():\n    grasp(carried)\n\n" + text.replace("stage_1", "stage_2")
            text += "    hold(carried)\n"
        stage = read(text, Vocabulary.of(situation.scene)).stages[-1]
        problem = build(stage, situation, kinematics, Settings())
        return Drawn(problem=problem, q_goal=q_goal, way=way, kind=kind, upright=upright, blocked=blocked)


def _thing(name: str, shape: Shape, size: tuple[float, float, float], X_WO: RigidTransform) -> Thing:
    half = np.array([0.0, 0.0, size[2] / 2.0])
    parts = {"center": X_WO.translation(), "top": X_WO @ half, "bottom": X_WO @ -half}
    return Thing(
        name=name,
        kind="thing",
        color="gray",
        X_WO=X_WO,
        size=np.array(size),
        cloud=np.zeros((0, 3)),
        parts=parts,
        shapes=(shape,),
        cavity_radius=None,
    )


def _box(name: str, size: tuple[float, float, float], X_WO: RigidTransform) -> Thing:
    return _thing(name, Box(X_WS=X_WO, half=np.array(size) / 2.0), size, X_WO)


def _can(name: str, radius: float, height: float, X_WO: RigidTransform) -> Thing:
    shape = Cylinder(X_WS=X_WO, radius=radius, half_length=height / 2.0)
    return _thing(name, shape, (2 * radius, 2 * radius, height), X_WO)


def _obstacles(rng: np.random.Generator) -> list[Thing]:
    """Draw 4 to 10 things: boxes, walls, cans, and at most two boards overhead."""
    things: list[Thing] = []
    boards = int(rng.integers(0, 3))
    for i in range(int(rng.integers(4, 11))):
        name = f"thing_{i}"
        x, y = rng.uniform([0.3, -0.5], [0.75, 0.5])
        turn = RotationMatrix.MakeZRotation(rng.uniform(0.0, np.pi))
        if i < boards:
            at = RigidTransform(turn, [x, y, rng.uniform(0.4, 0.75)])
            things.append(_box(name, (rng.uniform(0.2, 0.4), rng.uniform(0.15, 0.3), 0.02), at))
            continue
        match int(rng.integers(3)):
            case 0:
                a, b, c = rng.uniform([0.05, 0.05, 0.05], [0.16, 0.16, 0.25])
                things.append(_box(name, (a, b, c), RigidTransform(turn, [x, y, c / 2.0])))
            case 1:
                length, height = rng.uniform([0.2, 0.12], [0.4, 0.35])
                things.append(_box(name, (length, 0.02, height), RigidTransform(turn, [x, y, height / 2.0])))
            case _:
                radius, height = rng.uniform([0.03, 0.1], [0.05, 0.3])
                things.append(_can(name, radius, height, RigidTransform(turn, [x, y, height / 2.0])))
    return things


def _carried(rng: np.random.Generator) -> tuple[Thing, Held]:
    """Draw a thing in the hand: a block, a can or a bar, held from above or from the side."""
    choice = int(rng.integers(3))
    height = (0.045, rng.uniform(0.09, 0.14), rng.uniform(0.14, 0.2))[choice]
    X_WO = RigidTransform([0.0, 0.0, height / 2.0])
    if choice == 1:
        thing, width = _can("carried", 0.028, height, X_WO), 0.056
    else:
        thing, width = _box("carried", (0.04, 0.04, height), X_WO), 0.04
    sideways = choice > 0 and rng.random() < 0.5
    X_OG = RigidTransform(
        RollPitchYaw(0.0, np.pi / 2.0 if sideways else np.pi, 0.0),
        [0.0, 0.0, 0.0 if sideways else height / 2.0 - 0.02],
    )
    return thing, Held.at(thing, X_WO @ X_OG, width)


def _configurations(
    things: list[Thing],
    carried: tuple[Thing, Held] | None,
    upright: bool,
    blocked: bool,
    rng: np.random.Generator,
    kinematics: Kinematics,
) -> tuple[Situation, np.ndarray, np.ndarray] | None:
    """Draw a start, a goal beside or behind something, and a way; None where these obstacles allow none."""
    held = None if carried is None else carried[1]
    scene = Scene(
        time=0.0,
        things=tuple(things if carried is None else [*things, carried[0]]),
        table=Table(height=0.0, lower=np.array([0.25, -0.55]), upper=np.array([0.85, 0.55])),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="analytic",
    )
    q_home, width = kinematics.model.q_home, 0.08 if held is None else held.width

    def situated(q: np.ndarray) -> Situation:
        start = places(scene, "arm", kinematics.tool_pose(q), held)
        return Situation(scene=scene, q=q, hand="arm", width=width, held=held, start=start, origin=start)

    room = Room.around(situated(q_home), kinematics, width=width)
    posed = _Posed(kinematics, room, held, upright, rng)
    pool = posed.pool()
    if len(pool) < 4:
        return None
    start = pool[0]
    for _ in range(GOALS):
        goal = posed.beside(things)
        if goal is None:
            return None
        edge = posed.edge(start, goal, keep=False)
        is_blocked = bool((room.clearance(edge) < 0.004).any())
        if is_blocked != blocked or np.linalg.norm(goal - start) < 0.8:
            continue
        way = posed.polyline(start, goal, pool[1:])
        if way is not None:
            return situated(start), goal, way
    return None


class _Posed:
    """Draws configurations that are free, and upright where they have to be."""

    def __init__(
        self,
        kinematics: Kinematics,
        room: Room,
        held: Held | None,
        upright: bool,
        rng: np.random.Generator,
    ):
        self.kinematics, self.room, self.held, self.upright, self.rng = kinematics, room, held, upright, rng
        self.lower, self.upper = kinematics.model.lower + MARGIN, kinematics.model.upper - MARGIN
        self.up_G = np.array([0.0, 0.0, -1.0])
        if held is not None:
            axis = held.points["top"] - held.points["bottom"]
            self.up_G = axis / np.linalg.norm(axis)

    def tilts(self, Q: np.ndarray) -> np.ndarray:
        up = self.kinematics.tool_poses(Q)[0] @ self.up_G
        return np.degrees(np.arctan2(np.hypot(up[:, 0], up[:, 1]), up[:, 2]))

    def fine(self, Q: np.ndarray) -> bool:
        if not ((self.lower <= Q).all() and (self.upper >= Q).all()):
            return False
        if self.upright and self.tilts(Q).max() > UPRIGHT - 2.0:
            return False
        return bool((self.room.clearance(Q[:: max(1, len(Q) // 16)]) >= FREE).all()) and bool(
            (self.room.clearance(Q) >= FREE).all()
        )

    def turned(self) -> RotationMatrix:
        """Draw how the hand is turned: by any yaw, and tilted little, or as it comes."""
        rng = self.rng
        lean = np.radians(rng.uniform(0.0, 6.0) if self.upright else rng.uniform(0.0, 75.0))
        about = rng.uniform(-np.pi, np.pi)
        turn = RotationMatrix.MakeZRotation(about)
        tilt = turn @ RotationMatrix.MakeXRotation(lean) @ turn.inverse()
        yaw = RotationMatrix.MakeZRotation(rng.uniform(-np.pi, np.pi))
        z = self.up_G
        x = np.cross(z, [0.0, 1.0, 0.0] if abs(z[1]) < 0.9 else [1.0, 0.0, 0.0])
        x /= np.linalg.norm(x)
        upright_WG = RotationMatrix(np.array([x, np.cross(z, x), z]))
        return tilt @ yaw @ upright_WG

    def at(self, p_W: np.ndarray) -> np.ndarray | None:
        """Draw a free configuration with the tool at a point."""
        model, rng = self.kinematics.model, self.rng
        begin = model.q_home + rng.normal(scale=0.5, size=model.n)
        begin[0] = np.arctan2(p_W[1], p_W[0]) + rng.normal(scale=0.3)
        q = reach(self.kinematics, RigidTransform(self.turned(), p_W), begin, self.lower, self.upper)
        return q if q is not None and self.fine(q[None]) else None

    def pool(self) -> list[np.ndarray]:
        """Draw free configurations anywhere, upright where they have to be."""
        model, rng, found = self.kinematics.model, self.rng, []
        for _ in range(4 * TRIES):
            q = model.q_home + rng.normal(scale=0.6, size=model.n)
            q[0] += rng.uniform(-0.6, 0.6)
            if self.upright:
                q = self.righted(q)
            if self.fine(q[None]):
                found.append(q)
            if len(found) == 12:
                break
        return found

    def righted(self, q: np.ndarray) -> np.ndarray:
        """Turn a configuration until what is held is upright, or nearly so."""
        for _ in range(8):
            up = self.kinematics.tool_pose(q).rotation().matrix() @ self.up_G
            if up[2] > np.cos(np.radians(UPRIGHT - 4.0)):
                break
            J = self.kinematics.jacobian(q)[:3]
            slope = np.array([J[1] * up[2] - J[2] * up[1], J[2] * up[0] - J[0] * up[2]])
            # Upside down the way up is as far as it is long.
            want = -0.8 * up[:2] if up[2] > 0.0 else -1.2 * up[:2] / max(np.hypot(up[0], up[1]), 1e-6)
            q = q + np.linalg.lstsq(slope, want, rcond=1e-6)[0]
        return q

    def beside(self, things: list[Thing]) -> np.ndarray | None:
        """Draw a free configuration with the tool beside or behind something, lower than its top."""
        rng = self.rng
        for _ in range(TRIES):
            thing = things[int(rng.integers(len(things)))]
            side = ([0.0, 1.0], [0.0, -1.0], [1.0, 0.0])[int(rng.integers(3))]
            p_W = thing.center + np.array([0.0, 0.0, rng.uniform(-0.05, 0.1)])
            p_W[2] = max(p_W[2], 0.05)
            want = rng.uniform(0.04, 0.12)
            while min(float(distance(shape, p_W)) for shape in thing.shapes) < want:
                p_W[:2] += 0.01 * np.array(side)
            if not 0.25 < np.hypot(p_W[0], p_W[1]) < 0.8:
                continue
            q = self.at(p_W)
            if q is not None:
                return q
        return None

    def edge(self, one: np.ndarray, two: np.ndarray, keep: bool) -> np.ndarray:
        """Sample the straight edge; where it has to be, each sample is turned back upright."""
        count = max(2, int(np.ceil(np.linalg.norm(two - one) / STEP)) + 1)
        Q = one + np.linspace(0.0, 1.0, count)[:, None] * (two - one)
        if keep and self.upright:
            for i in np.flatnonzero(self.tilts(Q) > UPRIGHT - 3.0):
                Q[i] = self.righted(Q[i])
            if np.abs(np.diff(Q, axis=0)).max() > 0.15:
                return np.array([one, np.full_like(one, np.inf)])  # it jumps
        return Q

    def polyline(self, start: np.ndarray, goal: np.ndarray, pool: list[np.ndarray]) -> np.ndarray | None:
        """Try ways over 0 to 4 free points in between; the first that is free all along."""
        for turn in range(TRIES):
            chosen = self.rng.choice(len(pool), min(turn, 1 + turn % VIAS, len(pool)), replace=False)
            vias = [start, *(pool[i] for i in chosen), goal]
            parts = []
            for one, two in pairwise(vias):
                middle = (one + two) / 2.0
                if float(self.room.clearance(middle[None])[0]) < 0.0:
                    break
                part = self.edge(one, two, keep=True)
                if not self.fine(part):
                    break
                parts.append(part)
            if len(parts) == len(vias) - 1:
                return np.concatenate(parts)
        return None


def _relations(
    situation: Situation, q: np.ndarray, upright: bool, rng: np.random.Generator, kinematics: Kinematics
) -> tuple[str, list[str]]:
    """Write relations that hold at the goal."""
    X_WG, held = kinematics.tool_pose(q), situation.held
    lines = [f"along(tilt(carried.bottom, carried.top) <= degrees({UPRIGHT:g}))"] if upright else []
    part = "bottom" if rng.random() < 0.5 else "center"
    point = "ee" if held is None else f"carried.{part}"
    x, y, z = X_WG.translation() if held is None else X_WG @ held.points[part]
    at = f"goal(norm({point} - vec({x:.4f}, {y:.4f}, {z:.4f})) <= mm(3))"
    kinds = ["near", "region", "exact"]
    if held is not None:
        kinds = ["near", "region", "axis", "axis", "tilt", "ends"]
    kind = kinds[int(rng.integers(len(kinds)))]
    if kind == "exact":
        return kind, [*lines, f"goal({point} == vec({x:.4f}, {y:.4f}, {z:.4f}))"]
    if kind == "near":
        return kind, [*lines, at]
    if kind == "region":
        dx, dy = rng.uniform(-0.015, 0.015, 2)
        return kind, [
            *lines,
            f"goal(norm(xy({point}) - vec({x + dx:.4f}, {y + dy:.4f})) <= cm(3))",
            f"goal(height({point}) >= {z - 0.02:.4f})",
            f"goal(height({point}) <= {z + 0.02:.4f})",
        ]
    assert held is not None
    top, bottom = X_WG @ held.points["top"], X_WG @ held.points["bottom"]
    u, v, w = (top - bottom) / np.linalg.norm(top - bottom)
    if kind == "axis":
        facing = f"goal(angle(carried.top - carried.bottom, vec({u:.4f}, {v:.4f}, {w:.4f})) <= degrees(3))"
        return kind, [*lines, at, facing]
    tilt = np.degrees(np.arctan2(np.hypot(u, v), w))
    if kind == "tilt":
        exactly = tilt > 12.0 and rng.random() < 0.5
        bound = f"== degrees({tilt:.3f})" if exactly else f"<= degrees({tilt + 2:.3f})"
        return kind, [*lines, at, f"goal(tilt(carried.bottom, carried.top) {bound})"]
    ends = [
        f"goal(norm(carried.{name} - vec({p[0]:.4f}, {p[1]:.4f}, {p[2]:.4f})) <= mm(4))"
        for name, p in (("top", top), ("bottom", bottom))
    ]
    return kind, [*lines, *ends]
