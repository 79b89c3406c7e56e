"""Hand-overs in a world with two arms, camera only: seen, planned, carried out, judged by the truth.

The agent's loop has one arm; here ``skills.two_hands`` carries the given program out.
"""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..agent.body import Body
from ..core.errors import HandselError
from ..perception.perceiver import PERCEIVERS
from ..perception.scene import Scene
from ..skills.skill import Done, Failed, Grip, Submit, Wait
from ..skills.two_hands import PLAN_CHARGE, TwoHands
from .catalogue import KINDS
from .local import LocalRobot
from .noise import DepthNoise
from .oracle import OraclePerceiver
from .relation_judges import judge
from .scenes import TWO_ARMS, SceneSpec, ThingSpec
from .suite import Conditions, Record
from .tasks import Task
from .world import World

PROGRAM = Path(__file__).resolve().parents[1] / "examples" / "programs" / "hand_over.txt"
"""Where the program lies in a source tree; the bottle's name is put in for ``bottle``."""
DRIVER = "two_hands"
TICK = 0.05
PATIENCE = 120.0
"""Robot time after which a hand-over has failed, [s]."""
TALL = 0.1
"""What is handed over is the one thing seen that is taller, [m]."""
PAIR_STREAM = 7


@dataclass(slots=True)
class Course:
    """What is noted while a hand-over goes on.

    Attributes:
        robot: Whose clock counts.
        look_cpu: Processor time of the look at the scene, [s].
        plan_cpu: Processor time of each stage's plan, [s].
        began: When each stage began, [s].
        redrawn: Why stages were planned anew before anything moved.
    """

    robot: LocalRobot
    look_cpu: float = 0.0
    plan_cpu: list[float] = field(default_factory=list)
    began: dict[int, float] = field(default_factory=dict)
    redrawn: list[str] = field(default_factory=list)

    def record(self, kind: str, **data: Any) -> None:
        """Note a stage's time, or what its plan took."""
        match kind:
            case "stage":
                self.began[int(data["index"])] = self.robot.observe().time
            case "redrawn":
                self.redrawn.append(str(data["reason"]))
            case "plan":
                self.plan_cpu.append(float(sum(data["cpu"].values())))


def pair_scene(rng: np.random.Generator) -> SceneSpec:
    """Draw a scene: a bottle within the left arm's reach."""
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
    return SceneSpec(name="pair", things=(bottle,), arms=TWO_ARMS)


def run_hand_over(
    task: Task, conditions: Conditions, number: int, folder: Path, program: Path = PROGRAM
) -> Record:
    """Run one hand-over and judge it; a video is kept where it failed.

    Args:
        task: Whose scene has two arms and one tall thing.
        conditions: Noise, error of the cameras and perceiver count; the program is given, so no mind does.
        number: The episode's number.
        folder: Where its files go.
        program: The program's file.

    Returns:
        A record with the fields that other tasks' records have, and ``driver``.
    """
    start = time.monotonic()
    world = World(
        task.scene,
        seed=task.scene.seed,
        noise=DepthNoise() if conditions.noise else None,
        camera_error=conditions.camera_error,
    )
    with LocalRobot(world) as robot:
        course = Course(robot)
        reason = _hand_over(world, robot, course, conditions, program)
        robot_time = world.time
    verdict = judge(world, task.to_dict())
    if not verdict["success"]:
        from .video import write_video  # The encoder is slow to load.

        write_video(world, folder / "video.mp4")
    return {
        "episode": number,
        "seed": task.scene.seed,
        "kind": task.kind,
        "driver": DRIVER,
        "instruction": task.instruction,
        "success": bool(verdict["success"]),
        "believed": not reason,
        "cause": "" if verdict["success"] else reason or "believed done",
        "truth": verdict["reason"],
        **{key: verdict[key] for key in ("collisions", "collided", "wrong_touched", "touched")},
        # Every end that is gone to is proven, or there is no plan; nothing is planned anew once it moves.
        "violations": 0,
        "over_charge": sum(cpu > PLAN_CHARGE for cpu in course.plan_cpu),
        "replans": [],
        "redrawn": course.redrawn,
        "plan_cpu": [course.look_cpu + cpu for cpu in course.plan_cpu],
        "robot_time": robot_time,
        "causes": [reason.partition(":")[0]] if reason else [],
        "wall": round(time.monotonic() - start, 3),
    }


def look(world: World, robot: LocalRobot, perceiver: str) -> Scene:
    """See the table through the robot's cameras, its own arms taken out."""
    bodies = [Body(replace(robot.info, arms=(arm,))) for arm in robot.info.arms]
    observation = robot.observe(robot.info.cameras)
    balls = np.concatenate([body.spheres(observation.arms[body.arm.name], None) for body in bodies])
    sees = (
        OraclePerceiver(world.scene, world.truth) if perceiver == "oracle" else PERCEIVERS.load(perceiver)()
    )
    return sees.perceive(observation.frames, robot_spheres_W=balls)


def _hand_over(world: World, robot: LocalRobot, course: Course, conditions: Conditions, program: Path) -> str:
    """See, plan and act; gives why it was not done, nothing where it is believed done."""
    try:
        began = time.process_time()
        scene = look(world, robot, conditions.perceiver)
        course.look_cpu = time.process_time() - began
        tall = [one for one in scene.things if one.size[2] > TALL]
        if len(tall) != 1:
            return f"seen: {len(tall)} tall things where one stands"
        text = program.read_text(encoding="utf-8").replace("bottle", tall[0].name)
        rng = np.random.default_rng([world.scene.seed, PAIR_STREAM])
        failed = _carry_out(robot, TwoHands(text, scene, robot.info, course, rng, robot.observe()))
    except HandselError as error:
        return f"{type(error).__name__}: {error}"
    return "" if failed is None else f"{failed.cause}: {failed.reason}"


def _carry_out(robot: LocalRobot, activity: TwoHands) -> Failed | None:
    """Act until it is done; gives what failed, if anything did."""
    while True:
        observation = robot.observe()
        action = activity.step(observation)
        if isinstance(action, Done):
            return None
        if not isinstance(action, Failed) and observation.time > PATIENCE:
            action = Failed(cause="late", reason=f"not done after {PATIENCE:.0f} s")
        if isinstance(action, Failed):
            robot.stop()
            return action
        for one in action:
            match one:
                case Submit():
                    robot.execute(one.trajectory)
                case Grip():
                    robot.grip(one.arm, one.width, one.force)
                case Wait():
                    robot.advance(one.charge or 0.0)
        robot.advance(TICK)
