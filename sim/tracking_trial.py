"""One manipulation of ten seconds or more, followed by the tracker and held against the world's truth.

An agent picks a thing up, carries it across the table and sets it down beside
another, with what its perceiver shows it. The truth only chooses the words that
the agent is told, and judges: the tracker gets camera frames five times a
second, joints, and what the agent believes to hold.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..agent.agent import Agent
from ..agent.body import Body
from ..agent.episode import Limits
from ..agent.events import Event
from ..agent.minds import MINDS
from ..core.arrays import Float64
from ..perception.perceiver import PERCEIVERS
from ..perception.scene import Scene
from ..perception.tracking import Tracked, Tracker
from .generator import Wanted, random_scene
from .local import LocalRobot
from .noise import DepthNoise
from .scenes import SceneSpec
from .suite import Record
from .world import World

PERIOD = 0.2  # Between the pictures that are tracked, [s].
LEAST_TIME = 10.0  # [s].
KEPT = 0.015  # A keypoint farther from its own true place than this is another one, [m].
STILL = 0.010  # What truly moved less has not moved, [m].
TOLD = 0.020  # What is tracked to have moved this far is told to have moved, [m].
SAME = 0.05  # A perceived thing this near to a true one is that one, [m].
CARRIED = ("block", "can", "bottle", "mug", "box")
ROUND = ("can", "bottle", "bowl", "plate")


def manipulate(seed: int, number: int, noise: bool) -> Record:
    """Have one thing moved and follow all keypoints.

    Args:
        seed: Seed of the run.
        number: Number of the trial; with the seed it decides everything.
        noise: Whether the cameras' depth is as noisy as a real camera's.

    Returns:
        ``identity``: share of the keypoints that end within 15 mm of, and nearest to, their own true
        place; ``identity_samples``: the same over all moments; ``drift``: distance of each from its
        true place at the end, [m], and ``drift_carried`` those of the thing that was carried;
        ``update_cpu``: processor time of each update with two frames, [s]; ``false_lost`` and
        ``false_moved``: moments at which a thing was wrongly said to be lost, or things that
        were; ``hand_right``: share of the keypoints and moments of the carrying at which it is
        said rightly whether they move with the hand; ``duration`` [s] and what was done.
    """
    spec, words = _draw(seed, number)
    world = World(spec, noise=DepthNoise() if noise else None, seed=spec.seed)
    robot = LocalRobot(world)
    witness = _Witness(world=world, robot=robot, spec=spec, body=Body(robot.info))
    agent = Agent(
        robot,
        MINDS.load("rules")(),
        PERCEIVERS.load("geometric")(),
        seed=spec.seed,
        limits=Limits(look_every=0),
        subscribers=(witness,),
    )
    episode = agent.run(words)
    while world.time < LEAST_TIME:
        robot.advance(PERIOD)
        witness.look()
    return witness.record() | {
        "episode": number,
        "seed": spec.seed,
        "instruction": words,
        "done": episode.success,
        "reason": episode.reason,
        "duration": world.time,
    }


def _draw(seed: int, number: int) -> tuple[SceneSpec, str]:
    """Draw a scene, and words that move a thing far across it."""
    sequence = np.random.SeedSequence([seed, number, 2])
    rng = np.random.default_rng(sequence)
    spec = random_scene(
        rng,
        int(rng.integers(5, 10)),
        required=[Wanted(str(rng.choice(CARRIED)))],
        name=f"tracking-{seed}-{number}",
        seed=int(sequence.generate_state(1)[0]),
    )
    target = spec.things[0]
    goals = [thing for thing in spec.things[1:] if thing.kind != "ball"]
    goal = max(goals or spec.things[1:], key=lambda thing: abs(thing.y - target.y))
    return spec, f"put the {target.color} {target.kind} next to the {goal.color} {goal.kind}"


@dataclass(slots=True, kw_only=True)
class _Witness:
    """Takes pictures while the agent acts, tracks, and judges; it is a ``Subscriber``."""

    world: World
    robot: LocalRobot
    spec: SceneSpec
    body: Body
    tracker: Tracker | None = None
    scene: Scene | None = None
    held: str | None = None
    due: float = 0.0
    start: Mapping[str, RigidTransform] = field(default_factory=dict)
    partner: dict[str, str] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)
    kept: list[Float64] = field(default_factory=list)
    drift: dict[int, float] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)
    by_hand: list[bool] = field(default_factory=list)
    false_lost: int = 0
    false_moved: set[str] = field(default_factory=set)

    def on_event(self, event: Event) -> None:
        """Begin with the first scene; look when it is time to, or when the hand closed or opened."""
        if event.kind == "scene" and self.tracker is None:
            assert event.scene is not None, "a scene comes with its event"
            self._begin(event.scene)
        if event.kind != "joints" or self.tracker is None:
            return
        data: Mapping[str, Any] = event.data
        if data["held"] != self.held:
            self.held = data["held"]
            self.look()
        elif event.time >= self.due - 1e-6:
            self.look()

    def close(self) -> None:
        """Nothing to close."""

    def look(self) -> None:
        """Track to the present, and judge."""
        assert self.tracker is not None, "looking begins with the first scene"
        observation = self.robot.observe(self.robot.info.cameras)
        state = observation.arms[self.body.arm.name]
        balls_W, X_WG = self.body.spheres(state, None), self.body.tool_pose(state)
        began = time.process_time()
        hand = self.body.arm.name
        tracked = self.tracker.update(
            observation.frames,
            robot_spheres_W=balls_W,
            X_WG={hand: X_WG},
            held={} if self.held is None else {hand: self.held},
        )
        self.cpu.append(time.process_time() - began)
        self.due = observation.time + PERIOD
        self._judge(tracked)

    def record(self) -> Record:
        """Sum up."""
        assert self.scene is not None, "there was a first scene"
        drift = list(self.drift.values())
        of = {point.number: point.thing for point in self.scene.keypoints}
        return {
            "keypoints": len(drift),
            "identity": float(self.kept[-1].mean()) if drift else None,
            "identity_samples": float(np.concatenate(self.kept).mean()) if drift else None,
            "drift": drift,
            "drift_carried": [away for number, away in self.drift.items() if of[number] in self.carried],
            "update_cpu": self.cpu,
            "false_lost": self.false_lost,
            "false_moved": len(self.false_moved),
            "hand_right": float(np.mean(self.by_hand)) if self.by_hand else None,
            "carried": sorted(self.carried),
        }

    def _begin(self, scene: Scene) -> None:
        self.scene, self.tracker, self.start = scene, Tracker(scene), self.world.truth()
        for thing in scene.things:
            away = {
                name: float(np.linalg.norm(X_WB.translation() - thing.center))
                for name, X_WB in self.start.items()
            }
            nearest = min(away, key=away.__getitem__)
            if away[nearest] < SAME:
                self.partner[thing.name] = nearest

    def _judge(self, tracked: Tracked) -> None:
        assert self.scene is not None, "judging begins with the first scene"
        truth = self.world.truth()
        moves = {name: _motion(self.spec.thing(name).kind, self.start[name], X) for name, X in truth.items()}
        points = [point for point in self.scene.keypoints if point.thing in self.partner]
        true_p = np.array([moves[self.partner[point.thing]] @ point.p_W for point in points])
        seen_p = np.array([tracked.keypoints[point.number].p_W for point in points])
        away = np.linalg.norm(seen_p[:, None] - true_p[None], axis=2)
        own = np.diag(away)
        self.kept.append((own <= KEPT) & (own <= away.min(axis=1) + 1e-9))
        self.drift = {point.number: float(gap) for point, gap in zip(points, own, strict=True)}
        if self.held is not None:
            self.carried.add(self.held)
            self._judge_hand(tracked, moves)
        for name, thing in tracked.things.items():
            if name not in self.partner:
                continue
            X_WB, begun = truth[self.partner[name]], self.start[self.partner[name]]
            moved = float(np.linalg.norm(X_WB.translation() - begun.translation()))
            where = moves[self.partner[name]] @ self.scene.thing(name).center
            right = float(np.linalg.norm(thing.X_WO.translation() - where)) < KEPT
            self.false_lost += thing.state == "lost" and right
            if name not in self.carried and thing.shift > TOLD and moved < STILL:
                self.false_moved.add(name)

    def _judge_hand(self, tracked: Tracked, moves: Mapping[str, RigidTransform]) -> None:
        """While something is carried: is it said of each keypoint whether it moves with the hand?"""
        assert self.scene is not None, "judging begins with the first scene"
        lifted = {
            name: float(np.linalg.norm(moves[own] @ p_W - p_W)) > 2.0 * STILL
            for name, own in self.partner.items()
            for p_W in (self.scene.thing(name).center,)
        }
        if self.held is not None and lifted.get(self.held):
            self.by_hand += [
                point.moves_with_hand == (lifted[point.thing] and point.thing == self.held)
                for point in tracked.keypoints.values()
                if point.thing in lifted
            ]


def _motion(kind: str, X_WA: RigidTransform, X_WB: RigidTransform) -> RigidTransform:
    """Give the motion X_NW that brings a thing from A to B, without the turn that nobody can see."""
    R = X_WB.rotation() @ X_WA.rotation().inverse()
    if kind == "ball":
        R = RotationMatrix()
    elif kind in ROUND:
        R = _swing(X_WA.rotation().matrix()[:, 2], X_WB.rotation().matrix()[:, 2])
    return RigidTransform(R, X_WB.translation() - R @ X_WA.translation())


def _swing(a_W: Float64, b_W: Float64) -> RotationMatrix:
    """Give the shortest turn from one direction to another (O. Rodrigues)."""
    v, c = np.cross(a_W, b_W), float(a_W @ b_W)
    K = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
    return RotationMatrix.ProjectToRotationMatrix(np.eye(3) + K + K @ K / max(1.0 + c, 1e-9))
