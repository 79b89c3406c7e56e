"""One hand-over in a world with two arms, camera only: seen, planned, carried out, judged by the truth."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ..agent.body import Body
from ..core.errors import HandselError
from ..perception.geometric import GeometricPerceiver
from ..perception.scene import Scene
from ..skills.skill import Done, Failed, Grip, Submit, Wait
from ..skills.two_hands import TwoHands
from .catalogue import KINDS
from .local import LocalRobot
from .noise import DepthNoise
from .scenes import TWO_ARMS, SceneSpec, ThingSpec
from .world import World

PROGRAM = Path(__file__).resolve().parents[1] / "examples" / "programs" / "hand_over.txt"
"""Where the program lies in a source tree; the bottle's name is put in for ``bottle``."""
TICK = 0.05
PATIENCE = 120.0
"""Robot time after which a hand-over has failed, [s]."""
GOAL, AIM = np.array([0.5, -0.2]), 0.05
"""Where the program sets the thing down, and how far off it may stand, [m]."""
UPRIGHT = np.radians(10.0)
GIVEN = 4
"""Number of the stage that sets the thing down; from the third stage (2) to it, it hangs in the air."""
PAIR_STREAM = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVerdict:
    """How a hand-over went.

    Attributes:
        success: Whether it passed from hand to hand off the table and stands where it should.
        reason: Why, in words.
        touched: How long after it was to hang between the hands it still touched the table, [s]; 0 for never.
    """

    success: bool
    reason: str
    touched: float


@dataclass(slots=True)
class _Notes:
    """Takes note of when each stage began."""

    robot: LocalRobot
    began: dict[int, float] = field(default_factory=dict)

    def record(self, kind: str, **data: object) -> None:
        """Note a stage's time."""
        if kind == "stage" and isinstance(data["index"], int):
            self.began[data["index"]] = self.robot.observe().time


def pair_scene(seed: int) -> SceneSpec:
    """Draw a scene: a bottle within the left arm's reach."""
    rng = np.random.default_rng([seed, PAIR_STREAM])
    size = {name: float(rng.uniform(*span)) for name, span in KINDS["bottle"].sizes.items()}
    color = str(rng.choice(["red", "green", "blue", "yellow", "orange", "purple"]))
    bottle = ThingSpec(
        id=f"{color}_bottle",
        kind="bottle",
        color=color,
        x=float(rng.uniform(0.40, 0.58)),
        y=float(rng.uniform(0.14, 0.30)),
        size=size,
        mass=float(rng.uniform(0.12, 0.22)),
    )
    return SceneSpec(name=f"pair-{seed}", things=(bottle,), arms=TWO_ARMS, seed=seed)


def look(robot: LocalRobot, bodies: tuple[Body, ...]) -> Scene:
    """See the table through the robot's cameras, its own arms taken out."""
    observation = robot.observe(robot.info.cameras)
    balls = [body.spheres(observation.arms[body.arm.name], None) for body in bodies]
    return GeometricPerceiver().perceive(observation.frames, robot_spheres_W=np.concatenate(balls))


def hand_over(seed: int, program: Path = PROGRAM) -> PairVerdict:
    """Do one hand-over.

    Args:
        seed: Seed of the scene, the cameras' noise and all chance.
        program: The program's file.
    """
    world = World(pair_scene(seed), seed=seed, noise=DepthNoise())
    with LocalRobot(world) as robot:
        bodies = tuple(Body(replace(robot.info, arms=(arm,))) for arm in robot.info.arms)
        notes = _Notes(robot)
        try:
            scene = look(robot, bodies)
            (thing,) = (one for one in scene.things if one.size[2] > 0.1)
            text = program.read_text(encoding="utf-8").replace("bottle", thing.name)
            rng = np.random.default_rng([seed, PAIR_STREAM, 1])
            activity = TwoHands(text, scene, robot.info, notes, rng, robot.observe())
            touch, failed = _carry_out(robot, world, activity, notes)
        except (HandselError, ValueError) as error:
            return PairVerdict(success=False, reason=f"{type(error).__name__}: {error}", touched=0.0)
        if failed is not None:
            return PairVerdict(success=False, reason=f"{failed.cause}: {failed.reason}", touched=touch)
        robot.advance(0.5)
    return _judged(world, touch)


def _carry_out(
    robot: LocalRobot, world: World, activity: TwoHands, notes: _Notes
) -> tuple[float, Failed | None]:
    """Act until it is done; gives when the table was last touched while the thing was to be in the air."""
    touched = 0.0
    while True:
        action = activity.step(robot.observe())
        if isinstance(action, Done):
            return touched, None
        if isinstance(action, Failed):
            robot.stop()
            return touched, action
        for one in action:
            match one:
                case Submit():
                    robot.execute(one.trajectory)
                case Grip():
                    robot.grip(one.arm, one.width, one.force)
                case Wait():
                    robot.advance(one.charge or 0.0)
        robot.advance(TICK)
        if 2 in notes.began and GIVEN not in notes.began:
            # From the meeting on until it is set down: the table may not be touched.
            touched = max(touched, _last_touch(world) - notes.began[2])
        if world.time > PATIENCE:
            return touched, Failed(cause="late", reason=f"not done after {PATIENCE:.0f} s")


def _last_touch(world: World) -> float:
    """Give when the thing last touched the table, [s]."""
    name = world.scene.things[0].id
    return max((one.last for one in world.contacts() if {one.a, one.b} == {name, "table"}), default=-np.inf)


def _judged(world: World, touched: float) -> PairVerdict:
    thing = world.scene.things[0]
    X_WB = world.truth()[thing.id]
    off = float(np.linalg.norm(X_WB.translation()[:2] - GOAL))
    tilt = float(np.arccos(np.clip(X_WB.rotation().matrix()[2, 2], -1.0, 1.0)))
    where = f"{100 * off:.1f} cm off, tilted by {np.degrees(tilt):.0f} degrees"
    if touched > 0.0:
        return PairVerdict(
            success=False, reason=f"it touched the table between the hands; {where}", touched=touched
        )
    return PairVerdict(success=bool(off <= AIM and tilt <= UPRIGHT), reason=where, touched=touched)
