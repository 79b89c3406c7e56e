"""``slow`` in the simulated world: the tool's speed by the robot's own samples, also after a joint."""

from collections.abc import Iterator

import numpy as np
import pytest
from handsel.perception.scene import Scene
from handsel.perception.tracking import Tracked, TrackedThing
from handsel.robots.robot import Motion
from handsel.robots.shapes import distance
from handsel.sim.local import LocalRobot
from handsel.sim.oracle import true_scene
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.world import World
from handsel.skills.arm import kinematics_of
from handsel.skills.programmed import ProgramActivity
from handsel.skills.skill import Context, Done, Failed, Grip, Look, Replace, Submit

from ..agent.players import ScriptedMind
from ..skills.test_programmed import Book

NEAR = 0.12
ALONG = """
def stage_1():
    toward(vec(0.50, -0.22, 0.20))
def stage_2():
    toward(vec(0.50, 0.22, 0.20))
"""
SPEC = SceneSpec(
    name="slow",
    things=(
        ThingSpec(id="green_can", kind="can", color="green", x=0.58, y=0.0),
        ThingSpec(id="red_block", kind="block", color="red", x=0.40, y=-0.30),
    ),
)


class Drive:
    """Carries a program out in a world in this process; a tracker that never errs says where things are."""

    def __init__(self, program: str):
        self.world = World(SPEC, seed=0)
        self.robot = LocalRobot(self.world)
        self.book = Book()
        scene = self.scene()
        context = Context(
            robot=self.robot.info,
            scene=scene,
            subtask="go along",
            program_source=ScriptedMind("x", programs=[program]),
            recorder=self.book,
            rng=np.random.default_rng(0),
        )
        self.activity = ProgramActivity(context, self.robot.observe())
        self.times: list[float] = []
        self.q: list[np.ndarray] = []

    def scene(self) -> Scene:
        return true_scene(SPEC, self.world.truth(), (self.world.frame("front"),))

    def ticks(self) -> Iterator[int]:
        """Go on by one tick at a time, until the program is done; gives the number of the stage."""
        motion: Motion | None = None
        for _ in range(600):
            observation = self.robot.observe()
            trail = observation.trails.get("arm")
            if trail is not None:
                self.times += trail.times.tolist()
                self.q += list(trail.q)
            things = {
                thing.name: TrackedThing(X_WO=thing.X_WO, health=1.0, state="seen", shift=0.0)
                for thing in self.scene().things
            }
            self.activity.notice(Tracked(time=observation.time, things=things, keypoints={}), None)
            action = self.activity.step(observation, None)
            assert not isinstance(action, Failed | Look), action
            match action:
                case Done():
                    return
                case Submit():
                    motion = self.robot.execute(action.trajectory)
                case Replace():
                    assert motion is not None
                    motion = motion.replace(action.trajectory, action.at)
                case Grip():
                    self.robot.grip(action.arm, action.width, action.force)
            self.robot.advance(0.05)
            yield self.book.kinds().count("stage")
        raise AssertionError("it never ended")

    def told(self, kind: str) -> list[dict[str, object]]:
        return [data for one, data in self.book.lines if one == kind]

    def speeds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Times, tool speeds over 10 ms, and how far the tool point then was from where the can is now."""
        kinematics = kinematics_of(self.robot.info.arms[0])
        times, p = np.array(self.times), kinematics.tool_poses(np.array(self.q))[1]
        ahead = np.minimum(np.searchsorted(times, times + 0.01), len(times) - 1)
        together = (times[ahead] - times > 0.008) & (times[ahead] - times < 0.02)
        speed = np.linalg.norm(p[ahead] - p, axis=1)[together] / (times[ahead] - times)[together]
        middle = (p[ahead] + p)[together] / 2.0
        shapes = self.scene().thing("green_can").shapes
        return times[together], speed, np.min([distance(shape, middle) for shape in shapes], axis=0)


def fastest(drive: Drive) -> tuple[float, float]:
    """Largest tool speed near the can, and farther away from it, [m/s]."""
    for _ in drive.ticks():
        pass
    _, speed, away = drive.speeds()
    return float(speed[away <= NEAR].max()), float(speed[away > NEAR + 0.01].max())


@pytest.mark.slow
def test_the_arm_is_as_slow_near_a_thing_as_it_is_told_and_as_fast_elsewhere() -> None:
    free, _ = fastest(Drive(ALONG))
    assert free > 0.32, "without slow it is faster than any of the limits below"
    for limit in (0.3, 0.1):
        drive = Drive(ALONG + f"    slow(green_can, {NEAR}, {limit})\n")
        near, elsewhere = fastest(drive)
        assert 0.7 * limit < near <= 1.05 * limit
        assert elsewhere > 1.2 * limit
        (told,) = drive.told("slow")
        assert told["share"] == pytest.approx(near / limit, abs=0.05) and told["asked"] == limit
        assert isinstance(told["samples"], int) and told["samples"] > 100
        drive.robot.close()


def test_a_joined_motion_is_as_slow() -> None:
    """The can is moved while the arm is on its way: near it the new plan, which is joined in, is slow."""
    limit = 0.1
    drive = Drive(ALONG + f"    slow(green_can, {NEAR}, {limit})\n")
    since = 0
    for stage in drive.ticks():
        since += stage == 2
        if since == 8:
            drive.world.disturb("green_can", np.array([-0.02, 0.05, 0.0]))
    (replan,) = (one for one in drive.told("replan") if one["at"] is not None)
    assert replan["cause"] == "thing_moved" and isinstance(replan["at"], float)
    times, speed, away = drive.speeds()
    near = (away <= NEAR) & (times > replan["at"])
    assert near.sum() > 100 and speed[near].max() <= 1.05 * limit
    (told,) = drive.told("slow")
    assert isinstance(told["share"], float) and 0.5 < told["share"] <= 1.05
