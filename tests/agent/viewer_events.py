"""A run told by hand, for tests of what draws it."""

from dataclasses import replace
from typing import Any

import numpy as np
from handsel.agent.events import Event, Stream
from handsel.agent.plain import scene_json
from handsel.perception.scene import Keypoint
from handsel.planners.field_data import written
from handsel.robots.models import load_model
from pydrake.math import RigidTransform

from .players import Notes
from .scenes import make_scene, make_thing

PROGRAM = '''def stage_1():
    """grasp it"""
    grasp(red_block)

def stage_2():
    """to the bowl"""
    goal(norm(xy(red_block.center) - xy(blue_bowl.center)) <= cm(2))
    along(height(red_block.bottom) >= cm(1))
    avoid(blue_bowl, cm(10))
    release(red_block)
'''
BLOCK, BOWL = np.array([0.45, -0.2, 0.02]), np.array([0.55, 0.2, 0.03])
GRIP = RigidTransform([0.0, 0.0, 0.0])


def told() -> tuple[Event, ...]:
    """Tell of a block that is brought to a bowl, in a straight line."""
    notes, clock = Notes(), [0.0]
    stream = Stream([notes], lambda: clock[0])
    arm: dict[str, Any] = {"name": "arm", "model": "panda", "X_WR": RigidTransform(), "joints": []}
    stream.record("begin", instruction="put the red block in the blue bowl", robot={"arms": [arm]})
    stream.tell("scene", {"why": "to begin"} | scene_json(scene()))
    stream.record("choice", subtask="put red_block in blue_bowl")
    stream.record("program", text=PROGRAM, number=1)
    way = np.linspace(BLOCK, [*BOWL[:2], 0.2], 9)
    for index, acts in enumerate(("grasp red_block", "release red_block")):
        stream.record(
            "plan", index=index, stage=f"stage_{index + 1}", purpose=f"do {acts}", act=acts, relations=[],
            p_WG={"arm": way},
        )  # fmt: skip
    fields = {"avoidance": written(avoidance()), "speed": written(np.full((8, 8, 8), np.nan))}
    stream.record("fields", index=1, lower=np.array([0.3, -0.1, 0.0]), step=np.full(3, 0.07), fields=fields)
    for index, held in enumerate((None, "red_block")):
        stream.record("stage", index=index, name=f"stage_{index + 1}", purpose="")
        for p in way if held else way[:1]:
            clock[0] += 0.25
            q = load_model("panda").q_look
            stream.record("joints", arm="arm", q=q, v=q, width=0.04, X_WG=RigidTransform(p), held=held)
    stream.record("verdict", subtask="", success=True, reason="it is in the bowl", by="geometry")
    return tuple(notes.events)


def scene() -> Any:
    """A block and a bowl, the block's center numbered."""
    things = make_scene(make_thing("red_block", *BLOCK[:2]), make_thing("blue_bowl", *BOWL[:2]))
    return replace(things, keypoints=(Keypoint(number=1, thing="red_block", part="center", p_W=BLOCK),))


def avoidance() -> np.ndarray:
    """Say 20 cm around the bowl's middle, on an 8 x 8 x 8 grid."""
    lower, step = np.array([0.3, -0.1, 0.0]), 0.07
    nodes = lower + step * np.stack(np.meshgrid(*[np.arange(8)] * 3, indexing="ij"), axis=-1)
    return np.maximum(0.2 - np.linalg.norm(nodes - BOWL, axis=-1), 0.0)
