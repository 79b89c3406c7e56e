"""The skills as LangChain tools: an agent of LangChain's or LangGraph's gets the arm as something to call.

A call is a whole episode: look, plan, move under watch, judge. What comes back is what
happened, in a sentence. Whatever calls the tools understands and breaks down; a mind of
ours still writes the programs.
"""

from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model

from ...core.errors import CannotDo, MissingDependency
from ...perception.scene import Scene
from ...skills.skill import SkillSpec
from ..mind import Candidate, Mind, Ranking, Subtask, Verdict
from ..seen import things_text
from .langchain_chat import REMEDY

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from ..agent import Agent


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
            if parameter.kind == "thing" and not _numbers(value) and set(value.split(",")) - names:
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

    def look() -> str:
        return things_text(agent.look())

    tools: list[BaseTool] = [
        StructuredTool.from_function(
            look, name="look", description="Look at the table: the things on it, their places and sizes."
        )
    ]
    for skill in agent.skills:
        spec = skill.spec
        fields: Any = {
            parameter.name: (str, Field(description=_purpose(parameter))) for parameter in spec.parameters
        }
        if not fields:
            fields = {"what": (str, Field(description="The step in one sentence, naming things."))}
        tools.append(
            StructuredTool.from_function(
                _Call(agent, spec),
                name=spec.name,
                description=spec.purpose,
                args_schema=create_model(f"{spec.name.capitalize()}Arguments", **fields),
            )
        )
    return tools
