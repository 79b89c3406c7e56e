"""Two arms side by side and things for both, for planners: no camera, no simulator."""

import numpy as np
from handsel.perception.scene import Scene, Thing
from handsel.planners.joint_arms.situation import ArmsSituation, HandState, begin_arms
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read
from handsel.planners.situation import Held
from handsel.robots.arm_group import ArmGroup
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.shapes import Box
from pydrake.math import RigidTransform, RollPitchYaw

from .tabletop import _thing, pose

HANDS = ("left", "right")
APART = 0.35


def two_pandas() -> ArmGroup:
    model = load_model("panda")
    return ArmGroup(
        {
            name: Kinematics(model, RigidTransform([0.0, y, 0.0]))
            for name, y in zip(HANDS, (APART, -APART), strict=True)
        }
    )


def tray(name: str, x: float, y: float, z: float = 0.0) -> Thing:
    """A board, 40 cm across, with a bar to hold at either side."""
    X_WO = pose(x, y, z + 0.015)
    left, right = X_WO @ np.array([0.0, 0.22, 0.055]), X_WO @ np.array([0.0, -0.22, 0.055])
    parts = {"handle_left": left, "handle_right": right, "top": X_WO @ np.array([0.0, 0.0, 0.067])}
    shapes = (
        Box(X_WS=X_WO, half=np.array([0.10, 0.20, 0.015])),
        Box(X_WS=RigidTransform(left), half=np.array([0.05, 0.01, 0.012])),
        Box(X_WS=RigidTransform(right), half=np.array([0.05, 0.01, 0.012])),
    )
    return _thing(name, "tray", X_WO, (0.2, 0.4, 0.03), shapes, parts)


def bar(
    name: str, x: float, y: float, length: float = 0.20, side: float = 0.03, yaw: float = 0.0, z: float = 0.0
) -> Thing:
    X_WO = pose(x, y, z + side / 2.0, yaw)
    half = np.array([length, side, side]) / 2.0
    ends = {"head": X_WO @ np.array([half[0], 0.0, 0.0]), "tail": X_WO @ np.array([-half[0], 0.0, 0.0])}
    return _thing(name, "box", X_WO, (length, side, side), (Box(X_WS=X_WO, half=half),), ends)


def program(table: Scene, text: str, held: dict[str, str] | None = None) -> Program:
    return read(text, Vocabulary.of(table, HANDS, held or {}))


def resting(group: ArmGroup, table: Scene) -> ArmsSituation:
    hands = {
        name: HandState(q=kinematics.model.q_look, width=0.08) for name, kinematics in group.arms.items()
    }
    return begin_arms(table, hands, group)


def down(x: float, y: float, z: float, yaw: float = 0.0) -> RigidTransform:
    return RigidTransform(RollPitchYaw(np.pi, 0.0, yaw), [x, y, z])


def holding(
    group: ArmGroup, table: Scene, thing: str, tools: dict[str, RigidTransform], width: float
) -> ArmsSituation:
    """Let hands hold a thing where it is, as if they had just closed on it."""
    from handsel.planners.reach import reach

    hands = {}
    for name, kinematics in group.arms.items():
        model = kinematics.model
        if name not in tools:
            hands[name] = HandState(q=model.q_look, width=0.08)
            continue
        q = reach(kinematics, tools[name], model.q_look, model.lower, model.upper)
        assert q is not None, f"{name} reaches"
        held = Held.at(table.thing(thing), kinematics.tool_pose(q), width)
        hands[name] = HandState(q=q, width=width, held=held)
    return begin_arms(table, hands, group)
