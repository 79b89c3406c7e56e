"""``perception``: scenes of two to twelve things, some touching or stacked, seen by two cameras.

No agent acts here, so the world lives in this process; what the perceiver gets
is what a robot's cameras give. Every scene is seen as it is, once more with one
degradation in turn, and once more with the cameras' poses told wrongly; every
tenth number is also a manipulation during which keypoints are tracked.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...agent.body import Body
from ...core.arrays import Float64
from ...core.camera import CameraFrame
from ...core.errors import HandselError
from ...perception.perceiver import PERCEIVERS, Perceiver
from ...perception.scene import Scene, Thing
from ..camera_error import CameraError, misplaced
from ..degradations import CLOTH, DEGRADATIONS, degrade, with_cloth
from ..generator import Wanted, random_scene
from ..local import LocalRobot
from ..noise import DepthNoise
from ..oracle import true_scene
from ..pairs import join_pair
from ..perception_summary import CLOSE, sum_up
from ..scenes import SceneSpec
from ..seen import match, pair_up
from ..suite import Conditions, Record, kind_at
from ..true_parts import TruePart, true_parts
from ..variety import vary
from ..world import World

HOUSEHOLD = ("block", "ball", "can", "bottle", "mug", "bowl", "plate", "box", "tray", "drawer")
LARGE = ("tray", "drawer")
MISPLACED: CameraError = (0.005, float(np.radians(0.5)))
DEGRADED_STREAM = 2  # Chance of degradations, apart from that which draws the scene.
EVERY = 10  # Scenes for each manipulation: one costs as much as ten scenes.


@dataclass(frozen=True, slots=True, kw_only=True)
class PerceptionSuite:
    """Counts what is found, named and measured.

    Attributes:
        name: The suite's registered name.
        purpose: What it measures, in a sentence.
        mind: Named in the summary, though nobody acts but in the manipulations, which have their own.
    """

    name: str
    purpose: str
    mind: str = "rules"

    def run(self, conditions: Conditions, number: int, folder: Path) -> Record:
        """See one scene in every way and hold what is seen against the truth.

        Raises:
            InputError: If a kind of task is asked for.
        """
        kind_at(self, number, conditions.kind)
        spec, pair = draw(conditions.seed, number)
        view = look(spec, conditions)
        perceiver = PERCEIVERS.load(conditions.perceiver)()
        perceiver.perceive(view.frames, robot_spheres_W=view.spheres)
        began = time.process_time()
        scene = perceiver.perceive(view.frames, robot_spheres_W=view.spheres)
        spent = time.process_time() - began
        rng = np.random.default_rng([conditions.seed, number, DEGRADED_STREAM])
        name = DEGRADATIONS[number % len(DEGRADATIONS)]
        if name == CLOTH:
            worse = look(with_cloth(spec, rng), conditions)
        else:
            worse = view.having(degrade(name, view.frames, rng))
        off = view.having(misplaced(view.frames, MISPLACED, rng))
        return (
            _judged(number, view, pair, scene)
            | {"cpu": spent, "degraded": {"name": name} | _degraded(worse, scene, perceiver)}
            | {"misplaced": _misplaced(off, scene, perceiver)}
            | {"tracking": None if number % EVERY else _tracked(conditions, number)}
        )

    def sum_up(self, records: list[Record]) -> Record:
        """Sum up over things; see ``perception_summary``."""
        return sum_up(records, HOUSEHOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the cameras give of a scene, and the truth about it.

    Attributes:
        spec: The scene as it was built.
        frames: The frames.
        spheres: Balls that cover the robot, in the world, shape (N, 4), [m].
        truth: The true scene.
        parts: Parts of the true things that are judged, by name.
    """

    spec: SceneSpec
    frames: tuple[CameraFrame, ...]
    spheres: Float64
    truth: Scene
    parts: dict[str, tuple[TruePart, ...]]

    def having(self, frames: tuple[CameraFrame, ...]) -> "View":
        """Give the same scene in other frames."""
        return replace(self, frames=frames)


def look(spec: SceneSpec, conditions: Conditions) -> View:
    """Build a scene's world and look at it.

    Args:
        spec: What is in it.
        conditions: How the cameras are.
    """
    world = World(
        spec,
        noise=DepthNoise() if conditions.noise else None,
        camera_error=conditions.camera_error,
        seed=spec.seed,
    )
    robot = LocalRobot(world)
    observation = robot.observe(robot.info.cameras)
    body = Body(robot.info)
    poses = world.truth()
    return View(
        spec=spec,
        frames=observation.frames,
        spheres=body.spheres(observation.arms[body.arm.name], None),
        truth=true_scene(spec, poses, observation.frames),
        # No two things of a drawn scene share kind and colour, so the name is the identifier.
        parts={
            thing.id: true_parts(
                thing, poses[thing.id], world.opening(thing.id) if thing.kind == "drawer" else 0.0
            )
            for thing in spec.things
        },
    )


def draw(seed: int, number: int) -> tuple[SceneSpec, frozenset[str]]:
    """Draw a scene: in half of them two or three things touch or are stacked.

    Args:
        seed: Seed of the run.
        number: Number of the episode.

    Returns:
        The scene, and the identifiers of what touches; empty where nothing does.
    """
    sequence = np.random.SeedSequence([seed, number, 1])
    rng = np.random.default_rng(sequence)
    count = int(rng.integers(2, 13))
    # Trays and drawers need room: one at most, and fewer things beside it.
    large = [Wanted(str(rng.choice(LARGE)))] if count <= 8 and rng.random() < 0.4 else []
    kinds = tuple(kind for kind in HOUSEHOLD if kind not in LARGE)
    scene = random_scene(
        rng,
        max(count, len(large)),
        kinds=kinds,
        required=large,
        name=f"perception-{seed}-{number}",
        seed=int(sequence.generate_state(1)[0]),
    )
    scene = vary(scene, rng)
    return join_pair(scene, rng) if rng.random() < 0.5 else (scene, frozenset())


def _judged(number: int, view: View, pair: frozenset[str], scene: Scene) -> Record:
    """Judge the scene as it is."""
    matches = match(view.truth, scene, view.parts, view.frames)
    trusted = {thing.name for thing in scene.things if thing.trusted}
    things = [
        one.to_json(CLOSE) | {"paired": one.truth in pair, "trusted": one.seen in trusted} for one in matches
    ]
    extra = len(scene.things) - sum(thing["found"] for thing in things)
    wrong = [f"{thing['truth']}: {thing['why']}" for thing in things if not thing["success"]]
    return {
        "episode": number,
        "seed": view.spec.seed,
        "success": extra == 0 and not wrong,
        "cause": "; ".join([*wrong, *([f"{extra} too many"] if extra else [])]),
        "things": things,
        "extra": extra,
        "warnings": list(scene.warnings),
    }


def _degraded(view: View, plain: Scene, perceiver: Perceiver) -> Record:
    """Judge what is said to be sure where the view is worse than usual."""
    known = {_form(warning) for warning in plain.warnings}
    record: Record = {"things": len(view.truth.things), "found": 0, "seen": 0, "accepted": [], "refused": ""}
    try:
        scene = perceiver.perceive(view.frames, robot_spheres_W=view.spheres)
    except HandselError as error:
        # Told instead of guessed: a warning, and nothing that could be wrong.
        return record | {"refused": str(error), "warned": True, "warnings": []}
    partner = {j: i for i, j in pair_up(view.truth.things, scene.things).items()}
    record |= {"found": len(partner), "seen": len(scene.things)}
    record["accepted"] = [
        _against_truth(thing, view.truth.things[partner[j]] if j in partner else None, view.truth)
        for j, thing in enumerate(scene.things)
        if thing.trusted
    ]
    warned = any(_form(warning) not in known for warning in scene.warnings)
    return record | {"warned": warned, "warnings": list(scene.warnings)}


def _against_truth(thing: Thing, partner: Thing | None, truth: Scene) -> Record:
    """Hold an accepted thing against its true one; what is none, against the nearest there is."""
    others = [partner] if partner else list(truth.things)
    error = min(float(np.linalg.norm(thing.center - other.center)) for other in others)
    return {"seen": thing.name, "error": error, "kind_right": bool(partner and partner.kind == thing.kind)}


def _misplaced(view: View, plain: Scene, perceiver: Perceiver) -> Record:
    """Judge the places where the cameras are not where they are said to be."""
    scene = perceiver.perceive(view.frames, robot_spheres_W=view.spheres)
    matches = [one.to_json(CLOSE) for one in match(view.truth, scene)]
    known = {_form(warning) for warning in plain.warnings}
    return {
        "things": len(matches),
        "errors": [one["error"] for one in matches if one["found"] == 1],
        "right": sum(one["success"] for one in matches),
        "warned": any(_form(warning) not in known for warning in scene.warnings),
    }


def _tracked(conditions: Conditions, number: int) -> Record:
    """Track keypoints over a manipulation."""
    from ..tracking_trial import manipulate  # An agent with its planner takes a second to load.

    return manipulate(conditions.seed, number, conditions.noise)


def _form(warning: str) -> str:
    """Give a warning without its numbers: what kind of warning it is."""
    return "".join(letter for letter in warning if not letter.isdigit())


SUITE = PerceptionSuite(
    name="perception", purpose="things in a scene are found once, named right and measured to 10 mm"
)
