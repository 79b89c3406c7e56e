"""The seam of skills: a frozen specification, feasibility, and an activity that steps.

The agent owns the only loop. A skill never waits: its activity is asked for the
next action at every observation, and says when it is done and why it failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from ..core.causes import Cause
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.leaving_out import Said
from ..planners.program import Program
from ..planners.situation import Held
from ..robots.robot import Observation, RobotInfo
from .stage_ends import EndMet

Arguments = Mapping[str, str]
WRITES = 3
"""How often a program is written for one try of a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument of a skill.

    Attributes:
        name: The argument's name.
        kind: ``thing`` takes an identifier of the scene; ``relation`` one of ``choices``.
        purpose: What it means, for prompts and help.
        choices: The words allowed where the kind is ``relation``.
    """

    name: str
    kind: Literal["thing", "relation"]
    purpose: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillSpec:
    """What prompts, help and the choice know of a skill.

    Attributes:
        name: The skill's registered name.
        purpose: One sentence, starting with a verb.
        parameters: Its arguments, in order.
    """

    name: str
    purpose: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """How likely a skill can be done now.

    Attributes:
        probability: 0 to 1; 0 is never chosen.
        reason: Why, in a sentence; for 0, what stands in the way.
    """

    probability: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Start this motion now."""

    trajectory: JointTrajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Join this motion onto the running one at a robot time, [s]."""

    trajectory: JointTrajectory
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grip:
    """Move an arm's fingers toward an opening, [m], with a largest force, [N]."""

    arm: str
    width: float
    force: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Begin all of these in one tick: arms that move together start together."""

    actions: tuple[Submit | Grip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Let time pass; ``charge`` is thinking time that a lock-step clock has to be told of, [s]."""

    charge: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Ask for a fresh scene; it comes with the next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The motion has ended as planned; whether it worked is for the judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It cannot go on.

    Attributes:
        cause: A word from a closed list, for counting.
        reason: A sentence for people and models.
    """

    cause: Cause
    reason: str


Action = Submit | Replace | Grip | Together | Wait | Look | Done | Failed


class ProgramSource(Protocol):
    """Whoever writes program text."""

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write a program for a subtask.

        Args:
            subtask: One step in words.
            scene: What is there.
            feedback: Refusals and infeasibility reports of earlier tries, oldest first.

        Returns:
            Program text; it is read, never executed.
        """
        ...


class Recorder(Protocol):
    """Takes note of what a skill decided; the agent turns it into events."""

    def record(self, kind: str, **data: object) -> None:
        """Note one thing.

        Args:
            kind: A word for the kind of event.
            data: Numbers, words, arrays, poses and plain dataclasses; the recorder makes them JSON.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an activity works with.

    Attributes:
        robot: What the robot is made of.
        scene: What is there now.
        subtask: The step in words.
        program_source: Whoever writes programs.
        recorder: Takes note of decisions.
        rng: The only source of chance.
        held: What each hand holds when the skill is started, by hand; empty hands are left out.
        begun: What was there when the step was first begun, where it is tried again with something in a hand.
        pace: How fast to move, as a share of the usual; above 1 is faster.
        replans: How often one stage is planned anew before the activity gives up on it.
        backs: How often one run of a program goes back to a stage.
        writes: How often a program is written until one can be read and planned.
        left_out: Which of ``planners.leaving_out.Said`` a program is carried out without.
    """

    robot: RobotInfo
    scene: Scene
    subtask: str
    program_source: ProgramSource
    recorder: Recorder
    rng: np.random.Generator
    held: Mapping[str, Held] = field(default_factory=dict)
    begun: Scene | None = None
    pace: float = 1.0
    replans: int = 6
    backs: int = 2
    writes: int = WRITES
    left_out: frozenset[Said] = frozenset()


class Activity(Protocol):
    """One run of a skill."""

    @property
    def held(self) -> Mapping[str, Held]:
        """What each hand holds now, as far as the skill knows; empty hands are left out."""
        ...

    @property
    def attends(self) -> tuple[str, ...]:
        """Things that have to stay where the scene has them, for whoever watches."""
        ...

    @property
    def program(self) -> Program | None:
        """The program that is carried out, where there is one; its goals serve the judge."""
        ...

    def notice(self, tracked: Tracked | None, trouble: Failed | None) -> bool:
        """Take note, before each step, of where everything is and of what went wrong.

        Args:
            tracked: Where everything is, or None where nothing is tracked.
            trouble: What whoever watches objects to, or None.

        Returns:
            Whether the activity goes on in spite of the trouble, since it deals with it itself.
        """
        ...

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        """Say what to do next.

        Args:
            observation: What the robot senses now.
            scene: A fresh scene, where one was looked at since the last step.
        """
        ...


@runtime_checkable
class EndsMeasured(Protocol):
    """What an activity may be besides: one that measures where its program's stages end."""

    @property
    def ends(self) -> Mapping[int, tuple[EndMet, ...]]:
        """What each stage that came to its end said of it, measured then, by the stage's number from 0."""
        ...


class Skill(Protocol):
    """Something the robot can do."""

    @property
    def spec(self) -> SkillSpec:
        """What the skill is."""
        ...

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """List the arguments that make sense in a scene."""
        ...

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say how likely it can be done now."""
        ...

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Begin; nothing moves until the activity is stepped."""
        ...

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Judge from geometry whether it happened: probability that it did, and the measured reason."""
        ...
