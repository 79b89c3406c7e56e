"""The skills as LangChain tools: an agent of LangChain's or LangGraph's gets the arm as something to call.

A call is a whole episode: look, plan, move under watch, judge. What comes back is what
happened, in a sentence. Whatever calls the tools understands and breaks down; a mind of
ours still writes the programs.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, create_model

from ...core.errors import CannotDo, MissingDependency
from ...perception.scene import Scene
from ...skills.skill import Parameter, SkillSpec
from ..mind import Candidate, Mind, Ranking, Subtask, Verdict
from ..model.telling import things_text
from .langchain_chat import REMEDY

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from ..agent import Agent
    from ..episode import Episode


class CalledMind:
    """Does the one step that a tool was called for; another mind writes, judges and explains."""

    def __init__(self, mind: Mind, subtask: Subtask):
        """Take a step.

        Args:
            mind: Who writes the programs.
            subtask: What is done, whatever the instruction says.
        """
        self._mind, self._subtask = mind, subtask

    @property
    def name(self) -> str:
        """Name in traces."""
        return f"tool+{self._mind.name}"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Give the one step.

        Raises:
            CannotDo: If it names a thing that is not there.
        """
        names = {thing.name for thing in scene.things} | {"table"}
        spec = next(one for one in skills if one.name == self._subtask.skill)
        for parameter in spec.parameters:
            value = self._subtask.arguments[parameter.name]
            if parameter.kind == "thing" and not _is_place(value) and set(value.split(",")) - names:
                raise CannotDo(f"there is no {value!r}; there are {', '.join(sorted(names))}")
        return (self._subtask,)

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give the skill that was called."""
        return Candidate(skill=subtask.skill, arguments=subtask.arguments)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Give 1 to what was called, 0 to all else."""
        called = (subtask.skill, dict(subtask.arguments))
        scores = tuple(float((one.skill, dict(one.arguments)) == called) for one in candidates)
        return Ranking(scores=scores, method="called as a tool")

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Have the program written; see ``ProgramSource.write``."""
        return self._mind.write(subtask, scene, feedback)

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Judge as the other mind does."""
        return self._mind.judge(subtask, before, after)

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Explain as the other mind does."""
        return self._mind.explain(subtask, failure)


class Looking:
    """Ends an episode after its first look: nothing was asked for."""

    name = "tool: look"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Ask for nothing.

        Raises:
            CannotDo: Always; the scene is seen by then.
        """
        raise CannotDo("only a look was asked for")


class Tools:
    """An agent's skills, to be called one at a time."""

    def __init__(self, agent: "Agent"):
        """Take an agent.

        Args:
            agent: Who acts; its mind writes the programs.
        """
        self._agent, self._mind = agent, agent.mind

    def look(self) -> str:
        """Look, and list what is there."""
        self._run(Looking(), "look")
        return things_text(self._agent.scene)

    def call(self, spec: SkillSpec, arguments: Mapping[str, str]) -> str:
        """Do one thing, and say what happened.

        Args:
            spec: The skill.
            arguments: Its arguments; ``what``, the step in words, where it has no parameters.
        """
        given = {one.name: arguments[one.name] for one in spec.parameters}
        text = arguments.get("what") or " ".join([spec.name, *given.values()])
        subtask = Subtask(text=text, skill=spec.name, arguments=given)
        episode = self._run(CalledMind(self._mind, subtask), text)
        return f"{episode.outcome}: {episode.reason}"

    def _run(self, mind: Any, text: str) -> "Episode":
        # The same agent all along: it knows what is in its hand.
        self._agent.mind = mind
        try:
            return self._agent.run(text)
        finally:
            self._agent.mind = self._mind


def skill_tools(agent: "Agent") -> "list[BaseTool]":
    """Make a tool of each of an agent's skills, and one that looks.

    Args:
        agent: Who acts; its mind writes the programs.

    Raises:
        MissingDependency: If LangChain is not installed.
    """
    try:
        from langchain_core.tools import StructuredTool
    except ImportError as error:
        raise MissingDependency("LangChain is not installed", REMEDY) from error
    tools = Tools(agent)
    look = "Look at the table: the things on it, their places and sizes."
    made: list[BaseTool] = [StructuredTool.from_function(tools.look, name="look", description=look)]
    for skill in agent.skills:
        spec = skill.spec
        made.append(
            StructuredTool.from_function(
                _caller(tools, spec), name=spec.name, description=spec.purpose, args_schema=_arguments(spec)
            )
        )
    return made


def _caller(tools: Tools, spec: SkillSpec) -> Any:
    def call(**arguments: str) -> str:
        return tools.call(spec, arguments)

    return call


def _arguments(spec: SkillSpec) -> type[BaseModel]:
    fields: Any = {one.name: (_kind(one), Field(description=one.purpose)) for one in spec.parameters}
    if not fields:
        fields = {"what": (str, Field(description="The whole step in one sentence, naming things."))}
    return create_model(f"{spec.name.capitalize()}Arguments", **fields)


def _kind(parameter: Parameter) -> Any:
    return Literal[parameter.choices] if parameter.choices else str


def _is_place(value: str) -> bool:
    """Say whether an argument is a place ``x,y``."""
    try:
        return len([float(part) for part in value.split(",")]) == 2
    except ValueError:
        return False
