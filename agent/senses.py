"""How the agent comes by observations and scenes, and keeps what it believes true to what it does."""

import time
from collections.abc import Mapping

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
from ..planners.program import Program
from ..planners.situation import Held
from ..robots.robot import Observation, Robot
from ..skills.foresight import moved_thing, with_thing
from ..skills.looking import kept_until_rest
from .bodies import Bodies, carried_once
from .body import in_hand
from .events import Stream
from .plain import scene_json
from .recall import found_again, remembering
from .staying import with_staying
from .watch import MOVED

MOST_SAID = 40
"""Words that were said and are still looked for; those said longest ago are forgotten first."""


class Senses:
    """Joints, pictures, and the scene that is made of them."""

    def __init__(self, robot: Robot, perceiver: Perceiver, bodies: Bodies):
        """Sense through a robot's cameras and joints.

        Args:
            robot: Who is asked.
            perceiver: Who sees.
            bodies: The arms, which the perceiver must not take for things.
        """
        self._robot, self._perceiver, self._bodies = robot, perceiver, bodies
        self.stream: Stream | None = None
        self.held: Mapping[str, Held] = {}
        self._left: dict[str, Thing] = {}
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
    def X_WG(self) -> Mapping[str, RigidTransform]:
        """Pose of every tool, by arm."""
        return self._bodies.tool_poses(self.observation.arms)

    def sense(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Observe, and tell of the joints of each arm."""
        self.observation = self._robot.observe(cameras)
        for arm, X_WG in self.X_WG.items():
            state, held = self.observation.arms[arm], self.held.get(arm)
            self._tell(
                "joints",
                {
                    "arm": arm,
                    "q": state.q,
                    "v": state.v,
                    "width": state.width,
                    "X_WG": X_WG,
                    "held": None if held is None else held.thing,
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

    def hold(self, held: Mapping[str, Held]) -> None:
        """Take note of what the hands hold now; what none holds any more is believed to lie where it was.

        Args:
            held: What each hand holds; empty hands are left out.
        """
        kept = {one.thing for one in held.values()}
        for hand, one in carried_once(self.held).items():
            if one.thing not in kept and self.scene is not None:
                X_WO = self.X_WG[hand] @ one.X_GO
                on = self.scene.table_at(X_WO.translation())
                left = moved_thing(self.scene.thing(one.thing), X_WO, on)
                self.scene = with_thing(self.scene, left)
                self._left[left.name] = left
        changed = _things(self.held) != _things(held)
        self.held = dict(held)
        if changed and self._tracker is not None:
            # Where the hands are at this moment is where what they took stays in them.
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
        if self.held and len(cameras) > 1:
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
        balls_W = self._bodies.spheres(observation.arms, self.held)
        scene = self._perceiver.perceive(observation.frames, robot_spheres_W=balls_W, previous=self._memory)
        if before is not None:
            self._track(observation.frames)
            assert self.tracked is not None, "it has just been tracked"
            held = frozenset(_things(self.held).values())
            scene = with_staying(scene, before, self.tracked.things, balls_W, held)
        self.cpu.append(time.process_time() - began)
        self._furniture = tuple(thing for thing in scene.things if thing.kind in STANDING)
        if before is not None:
            scene = self._with_held(scene, before)
        for name, left in self._left.items():
            again = found_again(scene, left) if all(thing.name != name for thing in scene.things) else None
            scene = scene if again is None else with_thing(scene, again)
        self._left = {}
        self.scene = scene
        self._begin_tracking(scene, observation.frames)
        self._tell("scene", {"why": why, "cpu": self.cpu[-1]} | scene_json(scene), scene)
        return scene

    def _with_held(self, scene: Scene, before: Scene) -> Scene:
        """Put what is held where its hand has it; what is still seen at its old place is not held."""
        for hand, one in carried_once(self.held).items():
            shown = in_hand(scene, one, before, self.X_WG[hand])
            if shown is None:
                self.held = {name: held for name, held in self.held.items() if held.thing != one.thing}
            scene = shown or scene
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
            robot_spheres_W=self._bodies.spheres(self.observation.arms, {}),
            X_WG=self.X_WG,
            held=_things(carried_once(self.held)),
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
        return thing.name in _things(self.held).values()

    def ways_to_look(
        self, rng: np.random.Generator, after: Program | None = None
    ) -> tuple[JointTrajectory, ...] | str:
        """Plan the way to where the cameras see the table; no motions where the arms stand there.

        Args:
            rng: The only source of chance.
            after: What was carried out: what it keeps away from is kept away from until the arms are at
                rest, and what of that cannot be is told.
        """
        assert self.scene is not None
        keeping = kept_until_rest(after)
        ways = self._bodies.ways_to_look(self.scene, self.observation.arms, self.held, rng, keeping)
        if isinstance(ways, str):
            return ways
        for note in ways.notes:
            self._tell("note", {"text": note})
        return ways.motions

    def _tell(self, kind: str, data: dict[str, object], scene: Scene | None = None) -> None:
        if self.stream is not None:
            self.stream.tell(kind, data, scene)


def _things(held: Mapping[str, Held]) -> dict[str, str]:
    """Name what each hand holds."""
    return {hand: one.thing for hand, one in held.items()}
