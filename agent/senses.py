"""How the agent comes by observations and scenes, and keeps what it believes true to what it does."""

import time

import numpy as np
from pydrake.math import RigidTransform

from ..core.errors import InputError
from ..core.trajectory import JointTrajectory
from ..perception.perceiver import Perceiver
from ..perception.scene import Scene, Thing
from ..planners.situation import Held
from ..robots.robot import ArmState, Observation, Robot
from ..skills.foresight import moved_thing, with_thing
from .body import Body, in_hand
from .events import Stream
from .plain import scene_json
from .recall import found_again


class Senses:
    """Joints, pictures, and the scene that is made of them."""

    def __init__(self, robot: Robot, perceiver: Perceiver, body: Body):
        """Sense through a robot's cameras and joints.

        Args:
            robot: Who is asked.
            perceiver: Who sees.
            body: The arm, which the perceiver must not take for a thing.
        """
        self._robot, self._perceiver, self._body = robot, perceiver, body
        self.stream: Stream | None = None
        self.held: Held | None = None
        self._left: Thing | None = None
        self.scene: Scene | None = None
        self.cpu: list[float] = []
        self.observation = robot.observe()

    @property
    def time(self) -> float:
        """Robot time of the latest observation, [s]."""
        return self.observation.time

    @property
    def state(self) -> ArmState:
        """Joints and fingers, as observed last."""
        return self.observation.arms[self._body.arm.name]

    @property
    def X_WG(self) -> RigidTransform:
        """Pose of the tool."""
        return self._body.tool_pose(self.state)

    def sense(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Observe, and tell of the joints."""
        self.observation = self._robot.observe(cameras)
        state = self.state
        self._tell(
            "joints",
            {
                "q": state.q,
                "v": state.v,
                "width": state.width,
                "X_WG": self.X_WG,
                "held": None if self.held is None else self.held.thing,
            },
        )
        return self.observation

    def hold(self, held: Held | None) -> None:
        """Take note of what the hand holds now; what it let go is believed to lie where the hand had it."""
        if self.held is not None and held is None and self.scene is not None:
            left = moved_thing(self.scene.thing(self.held.thing), self.X_WG @ self.held.X_GO, "table")
            self.scene = with_thing(self.scene, left)
            self._left = left
        self.held = held

    def look(self, why: str) -> Scene:
        """Perceive from where the arm stands.

        Args:
            why: What for, in words.

        Raises:
            InputError: If nothing can be measured in the pictures.
        """
        cameras = self._robot.info.cameras
        if self.held is not None and len(cameras) > 1:
            # What is held fills the wrist camera's view.
            cameras = tuple(name for name in cameras if name != "wrist")
        observation = self.sense(cameras)
        if not observation.frames:
            raise InputError(f"the robot {self._robot.info.name!r} has no camera to see with")
        before = self.scene
        began = time.process_time()
        scene = self._perceiver.perceive(
            observation.frames,
            robot_spheres_W=self._body.spheres(self.state, self.held),
            previous=before,
        )
        self.cpu.append(time.process_time() - began)
        if self.held is not None and before is not None:
            shown = in_hand(scene, self.held, before, self.X_WG)
            if shown is None:
                self.held = None
            scene = shown or scene
        if self._left is not None and all(thing.name != self._left.name for thing in scene.things):
            again = found_again(scene, self._left)
            scene = scene if again is None else with_thing(scene, again)
        self._left = None
        self.scene = scene
        self._tell("scene", {"why": why, "cpu": self.cpu[-1]} | scene_json(scene), scene)
        return scene

    def way_to_look(self, rng: np.random.Generator) -> JointTrajectory | str | None:
        """Plan the way to where the cameras see the table; None where the arm stands there."""
        assert self.scene is not None
        if self._body.looks(self.state):
            return None
        return self._body.way_to_look(self.scene, self.state, self.held, rng)

    def _tell(self, kind: str, data: dict[str, object], scene: Scene | None = None) -> None:
        if self.stream is not None:
            self.stream.tell(kind, data, scene)
