"""``perception``: scenes of two to twelve things, some touching or stacked, seen once by two cameras.

No agent acts here, so the world lives in this process; what the perceiver gets
is what a robot's cameras give.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...agent.body import Body
from ...perception.perceiver import PERCEIVERS
from ...perception.scene import Scene
from ..generator import Wanted, random_scene
from ..local import LocalRobot
from ..noise import DepthNoise
from ..oracle import true_scene
from ..pairs import join_pair
from ..scenes import SceneSpec
from ..seen import Match, match
from ..statistics import quantile
from ..suite import Conditions, Record, rate
from ..variety import vary
from ..world import World

HOUSEHOLD = ("block", "ball", "can", "bottle", "mug", "bowl", "plate", "box", "tray", "drawer")
LARGE = ("tray", "drawer")
CLOSE = 0.010  # Largest error of a thing's place that counts as found, [m].


@dataclass(frozen=True, slots=True, kw_only=True)
class PerceptionSuite:
    """Counts what is found, named and measured.

    Attributes:
        name: The suite's registered name.
        purpose: What it measures, in a sentence.
    """

    name: str
    purpose: str

    def run(self, conditions: Conditions, number: int, folder: Path) -> Record:
        """See one scene and hold it against the truth."""
        spec, pair = draw(conditions.seed, number)
        world = World(spec, noise=DepthNoise() if conditions.noise else None, seed=spec.seed)
        robot = LocalRobot(world)
        observation = robot.observe(robot.info.cameras)
        body = Body(robot.info)
        spheres = body.spheres(observation.arms[body.arm.name], None)
        perceiver = PERCEIVERS.load(conditions.perceiver)()
        perceiver.perceive(observation.frames, robot_spheres_W=spheres)
        began = time.process_time()
        scene = perceiver.perceive(observation.frames, robot_spheres_W=spheres)
        spent = time.process_time() - began
        truth = true_scene(spec, world.truth(), observation.frames)
        matches = match(truth, scene)
        return _record(number, spec, pair, scene, matches, spent)

    def sum_up(self, records: list[Record]) -> Record:
        """Sum up over things: found once, named right and within 10 mm is a success."""
        things = [thing for record in records for thing in record["things"]]
        found = [thing for thing in things if thing["found"] == 1]
        close = [thing for thing in things if thing["close"]]
        paired = [thing for thing in things if thing["paired"]]
        total = rate(sum(thing["success"] for thing in things), len(things))
        errors = [thing["error"] for thing in close]
        extra = sum(record["extra"] for record in records)
        return {
            "success_rate": total["success_rate"],
            "interval": total["interval"],
            "metrics": {
                "things": len(things),
                "scenes_right": rate(sum(record["success"] for record in records), len(records)),
                "recall": len(found) / len(things),
                "precision": len(found) / max(1, len(found) + extra),
                "told_apart": rate(sum(thing["found"] == 1 for thing in paired), len(paired)),
                "position": {f"p{round(100 * q)}": quantile(errors, q) for q in (0.5, 0.95, 0.99)},
                "size_p95": quantile([thing["size_error"] for thing in close], 0.95),
                "tilt_p95": quantile([thing["tilt"] for thing in close], 0.95),
                "colors": rate(sum(thing["color_right"] for thing in found), len(found)),
                "kinds": rate(sum(thing["kind_right"] for thing in found), len(found)),
                "cpu_median": quantile([record["cpu"] for record in records], 0.5),
                "by_kind": {
                    kind: rate(sum(own), len(own))
                    for kind in HOUSEHOLD
                    if (own := [thing["success"] for thing in things if thing["kind"] == kind])
                },
            },
        }


def draw(seed: int, number: int) -> tuple[SceneSpec, frozenset[str]]:
    """Draw a scene: in half of them one pair of things touches or is stacked.

    Args:
        seed: Seed of the run.
        number: Number of the episode.

    Returns:
        The scene, and the identifiers of the pair that touches; empty where none does.
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


def _record(
    number: int,
    spec: SceneSpec,
    pair: frozenset[str],
    scene: Scene,
    matches: tuple[Match, ...],
    spent: float,
) -> Record:
    things = [one.to_json(CLOSE) | {"paired": one.truth in pair} for one in matches]
    extra = len(scene.things) - sum(thing["found"] for thing in things)
    success = extra == 0 and all(thing["success"] for thing in things)
    wrong = [f"{thing['truth']}: {thing['why']}" for thing in things if not thing["success"]]
    return {
        "episode": number,
        "seed": spec.seed,
        "success": success,
        "cause": "; ".join(wrong) + (f"; {extra} too many" if extra else ""),
        "things": things,
        "extra": extra,
        "warnings": list(scene.warnings),
        "cpu": spent,
    }


SUITE = PerceptionSuite(
    name="perception", purpose="things in a scene are found once, named right and measured to 10 mm"
)
