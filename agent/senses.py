"""How the agent comes by observations and scenes, and keeps what it believes true to what it does."""

import time

import numpy as np
from pydrake.math import RigidTransform

from ..core.camera import CameraFrame
from ..core.errors import InputError
from ..core.trajectory import JointTrajectory
from ..perception.open_vocabulary.words import words_of
from ..perception.perceiver import Perceiver, Vocabulary
from ..perception.scene import Scene, Thing
from ..perception.standing import KINDS as STANDING
from ..perception.tracking import Tracked, TrackedThing, Tracker
from ..planners.situation import Held
from ..robots.robot import ArmState, Observation, Robot
from ..skills.foresight import moved_thing, with_thing
from .body import Body, in_hand
from .events import Stream
from .plain import scene_json
from .recall import found_again, remembering
from .watch import MOVED

MOST_SAID = 40
"""Words that were said and are still looked for; those said longest ago are forgotten first."""


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
        self._memory: Scene | None = None
        self._furniture: tuple[Thing, ...] = ()
        self._tracker: Tracker | None = None
        self._told: dict[str, float] = {}
        self.tracked: Tracked | None = None
        self.scene: Scene | None = None
        self.cpu: list[float] = []
        self.observation = robot.observe()
        self._own_words = perceiver.words if isinstance(perceiver, Vocabulary) else ()
        self._said: tuple[str, ...] = ()

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

    def listen(self, instruction: str) -> None:
        """Look for what a person speaks of too, where the perceiver finds things by words.

        Args:
            instruction: What was said; what was said before may still be meant by *it*.
        """
        if isinstance(self._perceiver, Vocabulary):
            self._said = tuple(dict.fromkeys((*words_of(instruction), *self._said)))[:MOST_SAID]
            self._perceiver.words = (*self._own_words, *self._said)

    def hold(self, held: Held | None) -> None:
        """Take note of what the hand holds now; what it let go is believed to lie where the hand had it."""
        if self.held is not None and held is None and self.scene is not None:
            X_WO = self.X_WG @ self.held.X_GO
            on = self.scene.table_at(X_WO.translation())
            left = moved_thing(self.scene.thing(self.held.thing), X_WO, on)
            self.scene = with_thing(self.scene, left)
            self._left = left
        changed = (self.held and self.held.thing) != (held and held.thing)
        self.held = held
        if changed and self._tracker is not None:
            # Where the hand is at this moment is where what it took stays in it.
            self._track(())

    def follow(self) -> Tracked | None:
        """Track everything to the pictures of the latest observation; None before the first look.

        What has moved by itself or is gone is told, and the scene is kept to what is tracked.
        """
        if self._tracker is not None and self.observation.frames:
            self._track(self.observation.frames)
            self._keep()
        return self.tracked

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
        self._memory = None if before is None else remembering(before, self._memory)
        if self._memory is not None:
            # A hand on its handle moves a drawer, not the cabinet: that is expected where it was seen.
            for thing in self._furniture:
                self._memory = with_thing(self._memory, thing)
        began = time.process_time()
        scene = self._perceiver.perceive(
            observation.frames,
            robot_spheres_W=self._body.spheres(self.state, self.held),
            previous=self._memory,
        )
        self.cpu.append(time.process_time() - began)
        self._furniture = tuple(thing for thing in scene.things if thing.kind in STANDING)
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
        self._begin_tracking(scene, observation.frames)
        self._tell("scene", {"why": why, "cpu": self.cpu[-1]} | scene_json(scene), scene)
        return scene

    def _begin_tracking(self, scene: Scene, frames: tuple[CameraFrame, ...]) -> None:
        if self._tracker is None:
            self._tracker = Tracker(scene, frames)
        else:
            self._tracker.refresh(scene, frames)
        self._told.clear()
        self._track(())

    def _track(self, frames: tuple[CameraFrame, ...]) -> None:
        assert self._tracker is not None, "tracking begins with a look"
        self.tracked = self._tracker.update(
            frames,
            robot_spheres_W=self._body.spheres(self.state, None),
            X_WG=self.X_WG,
            held=None if self.held is None else self.held.thing,
        )

    def _keep(self) -> None:
        """Tell what moved or was lost, once each, and put what moved where it is now."""
        assert self.tracked is not None and self.scene is not None, "there was a look"
        for thing in self.scene.things:
            now = self.tracked.things.get(thing.name)
            if now is None:
                continue
            if now.state == "lost" and thing.name not in self._told:
                self._told[thing.name] = np.inf
                self._tell("thing_lost", {"thing": thing.name, "X_WO": now.X_WO})
            elif now.state == "seen" and now.shift > self._told.get(thing.name, 0.0) + MOVED:
                self._told[thing.name] = now.shift
                self._tell("thing_moved", {"thing": thing.name, "by": now.shift, "X_WO": now.X_WO})
                self._put(thing, now, thing.on)
            elif now.state == "held":
                self._put(thing, now, "hand" if self._is_held(thing) else thing.on)

    def _put(self, thing: Thing, now: TrackedThing, on: str) -> None:
        assert self.scene is not None, "there was a look"
        self.scene = with_thing(self.scene, moved_thing(thing, now.X_WO, on))

    def _is_held(self, thing: Thing) -> bool:
        return self.held is not None and self.held.thing == thing.name

    def way_to_look(self, rng: np.random.Generator) -> JointTrajectory | str | None:
        """Plan the way to where the cameras see the table; None where the arm stands there."""
        assert self.scene is not None
        if self._body.looks(self.state):
            return None
        return self._body.way_to_look(self.scene, self.state, self.held, rng)

    def _tell(self, kind: str, data: dict[str, object], scene: Scene | None = None) -> None:
        if self.stream is not None:
            self.stream.tell(kind, data, scene)
