"""Scripted minds, perceivers, skills and activities for tests of the loop."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from handsel.agent.events import Event
from handsel.agent.mind import Candidate, Ranking, Subtask, Verdict
from handsel.core.trajectory import JointTrajectory
from handsel.perception.scene import Scene
from handsel.perception.tracking import Tracked
from handsel.planners.program import Program
from handsel.planners.situation import Held
from handsel.robots.fake import PANDA
from handsel.robots.models import load_model
from handsel.robots.robot import Observation, RobotInfo
from handsel.skills.skill import (
    Action,
    Arguments,
    Context,
    Done,
    Failed,
    Feasibility,
    SkillSpec,
    Wait,
)


def q_look() -> tuple[float, ...]:
    """Where the panda looks from."""
    return tuple(float(q) for q in load_model("panda").q_look)


def stroke(start: Sequence[float] | None = None, by: float = 0.1, duration: float = 1.0) -> JointTrajectory:
    """Turn the last joint."""
    q = np.array([start or q_look()] * 2, dtype=float)
    q[1, -1] += by
    return JointTrajectory(
        arm="arm", joint_names=PANDA, times=np.array([0.0, duration]), q=q, v=np.zeros((2, 7))
    )


class ScriptedPerceiver:
    """Shows the scenes of a list, the last one again and again."""

    name = "scripted"

    def __init__(self, *scenes: Scene):
        self._scenes = list(scenes)
        self.spheres: list[np.ndarray] = []

    def perceive(
        self, frames: object, *, robot_spheres_W: np.ndarray, previous: Scene | None = None
    ) -> Scene:
        self.spheres.append(robot_spheres_W)
        scene = self._scenes.pop(0) if len(self._scenes) > 1 else self._scenes[0]
        return replace(scene, frames=frames)


class ScriptedMind:
    """Says what it was told to, or raises it."""

    name = "scripted"

    def __init__(self, *steps: str | Exception, programs: Iterable[str | Exception] = ()):
        self._steps, self._programs = steps, list(programs)
        self.feedback: list[tuple[str, ...]] = []

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        for step in self._steps:
            if isinstance(step, Exception):
                raise step
        return tuple(Subtask(text=step) for step in self._steps if isinstance(step, str))

    def candidate(self, subtask: Subtask) -> Candidate | None:
        return None

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        said = [float(subtask.text.startswith(one.skill)) for one in candidates]
        return Ranking(scores=tuple(said), method="by the first word")

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        self.feedback.append(feedback)
        program = self._programs.pop(0)
        if isinstance(program, Exception):
            raise program
        return program

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        return f"could not {subtask.text}: {failure}"


class ScriptedActivity:
    """Gives its actions one a step; waits while something moves."""

    def __init__(self, actions: Sequence[Action], held: Held | None, attends: tuple[str, ...]):
        self._actions, self._held, self.attends = list(actions), held, attends
        self.program: Program | None = None

    @property
    def held(self) -> dict[str, Held]:
        return {} if self._held is None else {"arm": self._held}

    def notice(self, tracked: Tracked | None, trouble: Failed | None) -> bool:
        return False

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        if "running" in observation.motions.values():
            return Wait()
        return self._actions.pop(0) if self._actions else Done()


@dataclass
class ScriptedSkill:
    """A skill whose runs, feasibility and verdicts are written down."""

    name: str
    actions: Callable[[], Sequence[Action]] = tuple
    feasible: Feasibility = field(default_factory=lambda: yes("it may"))
    verdicts: list[Feasibility] = field(default_factory=lambda: [yes("it happened")])
    held: Held | None = None
    attends: tuple[str, ...] = ()
    starts: int = 0
    contexts: list[Context] = field(default_factory=list)

    @property
    def spec(self) -> SkillSpec:
        return SkillSpec(name=self.name, purpose=f"Do {self.name}.")

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        return ({},)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        return self.feasible

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> ScriptedActivity:
        self.starts += 1
        self.contexts.append(context)
        return ScriptedActivity(self.actions(), self.held, self.attends)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        return self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]


def yes(reason: str) -> Feasibility:
    return Feasibility(probability=0.9, reason=reason)


def no(reason: str) -> Feasibility:
    return Feasibility(probability=0.1, reason=reason)


def failing(cause: str, reason: str) -> Failed:
    return Failed(cause=cause, reason=reason)  # type: ignore[arg-type]


@dataclass
class Notes:
    """A subscriber that keeps every event."""

    events: list[Event] = field(default_factory=list)
    closed: int = 0

    def on_event(self, event: Event) -> None:
        self.events.append(event)

    def close(self) -> None:
        self.closed += 1

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]
