"""The mind of a language model, in its first form: it breaks down, it names skills, it writes programs.

Whatever it says is checked against the scene and the skills before it counts.
An answer that cannot be used goes back with the reason, a bounded number of
times; then the instruction is refused, and nothing has moved.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..core.errors import CannotDo, NeedsAnswer, Retryable
from ..perception.scene import Scene
from ..prompts import Prompt, render
from ..skills.skill import Parameter, SkillSpec
from .language.budget import Budget, Budgeted
from .language.errors import BadAnswer
from .language.model import LanguageModel, Message
from .mind import Candidate, Ranking, Subtask, Verdict
from .seen import directions_text, held_text, picture, things_text

TRIES = 3
"""How often a plan is asked for."""
CALLS = 24
"""How many answers one instruction may take."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArgumentAnswer(_Strict):
    """One argument of a step."""

    name: str = Field(max_length=30)
    value: str = Field(max_length=80)


class StepAnswer(_Strict):
    """One step."""

    text: str = Field(max_length=200)
    skill: str = Field(max_length=30)
    arguments: list[ArgumentAnswer] = Field(max_length=6)


class PlanAnswer(_Strict):
    """Steps, a question or a refusal."""

    kind: Literal["steps", "question", "refusal"]
    steps: list[StepAnswer] = Field(max_length=24)
    message: str = Field(max_length=300)
    options: list[str] = Field(max_length=12)


class ModelMind:
    """Understands and writes through a language model; geometry alone judges."""

    def __init__(self, model: LanguageModel, *, calls: int = CALLS):
        """Think with a model.

        Args:
            model: Who answers.
            calls: How many answers one instruction may take, where the model has no budget of its own.
        """
        self._model = model if isinstance(model, Budgeted) else Budgeted(model, Budget(calls=calls))

    @property
    def name(self) -> str:
        """Name in traces."""
        return f"model:{self._model.name}"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down; see ``Mind.decompose``.

        Raises:
            NeedsAnswer: If the model asks the person.
            CannotDo: If the model refuses, or gives no usable plan.
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        self._model.begin()
        prompt = render(
            "decompose",
            skills="\n".join(_described(spec) for spec in skills),
            things=things_text(scene),
            instruction=instruction.replace('"""', "'''"),
        )
        messages = self._opened(prompt, scene)
        reason = ""
        for _ in range(TRIES):
            try:
                answer = self._model.complete_as(messages, PlanAnswer)
            except BadAnswer as error:
                reason = str(error)
                continue
            reason = _trouble(answer, scene, skills)
            if not reason:
                return _taken(answer)
            told = f"That plan cannot be used: {reason}. Answer again with the whole JSON object."
            messages = (
                *messages,
                Message(role="assistant", text=answer.model_dump_json()),
                Message(role="user", text=told),
            )
        raise CannotDo(f"{self._model.name} gave no usable plan in {TRIES} tries: {reason}")

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give what the model named with the step."""
        if not subtask.skill:
            return None
        return Candidate(skill=subtask.skill, arguments=subtask.arguments)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Give 1 to the candidate that the model named with the step, 0 to all others."""
        scores = tuple(
            float(one.skill == subtask.skill and dict(one.arguments) == dict(subtask.arguments))
            for one in candidates
        )
        return Ranking(scores=scores, method=f"named by {self.name}")

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write a program; see ``ProgramSource.write``.

        Raises:
            Retryable: If the model's answer is none.
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        told = "\n".join(f"- {report}" for report in feedback)
        prompt = render(
            "write",
            things=things_text(scene),
            directions=directions_text(scene),
            held=held_text(scene),
            subtask=subtask,
            feedback=f"Earlier programs for this step were refused, oldest first:\n{told}"
            if feedback
            else "",
        )
        try:
            return self._model.complete(self._opened(prompt, scene))
        except BadAnswer as error:
            raise Retryable(str(error)) from error

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Leave the judgement to geometry."""
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return f"Could not {subtask.text.rstrip('.')}: {failure.rstrip('.')}."

    def _opened(self, prompt: Prompt, scene: Scene) -> tuple[Message, ...]:
        shown = picture(scene) if self._model.capabilities.pictures else None
        return (
            Message(role="system", text=prompt.system),
            Message(role="user", text=prompt.user, pictures=() if shown is None else (shown,)),
        )


def _described(spec: SkillSpec) -> str:
    lines = [f"- {spec.name}: {spec.purpose}"]
    for parameter in spec.parameters:
        choices = f" One of: {', '.join(parameter.choices)}." if parameter.choices else ""
        lines.append(f"  - {parameter.name}: {parameter.purpose}.{choices}")
    return "\n".join(lines)


def _taken(answer: PlanAnswer) -> tuple[Subtask, ...]:
    """Take a checked answer at its word.

    Raises:
        NeedsAnswer: If it is a question.
        CannotDo: If it is a refusal.
    """
    match answer.kind:
        case "question":
            raise NeedsAnswer(answer.message, answer.options)
        case "refusal":
            raise CannotDo(answer.message)
    return tuple(
        Subtask(
            text=" ".join(step.text.split()),
            skill=step.skill,
            arguments={argument.name: argument.value for argument in step.arguments},
        )
        for step in answer.steps
    )


def _trouble(answer: PlanAnswer, scene: Scene, skills: tuple[SkillSpec, ...]) -> str:
    """Say why an answer cannot be used; nothing where it can."""
    if answer.kind != "steps":
        readable = answer.message.strip() and answer.message.isprintable()
        return "" if readable else f"a {answer.kind} needs a readable message"
    if not answer.steps:
        return "it has no steps"
    specs = {spec.name: spec for spec in skills}
    for number, step in enumerate(answer.steps, start=1):
        if step.skill not in specs:
            return f"step {number}: there is no skill {step.skill!r}; there are {', '.join(specs)}"
        if not step.text.strip() or not step.text.isprintable():
            return f"step {number}: its text is empty or cannot be read"
        trouble = _argument_trouble(step, specs[step.skill], scene)
        if trouble:
            return f"step {number}: {trouble}"
    return ""


def _argument_trouble(step: StepAnswer, spec: SkillSpec, scene: Scene) -> str:
    wanted = [parameter.name for parameter in spec.parameters]
    given = {argument.name: argument.value for argument in step.arguments}
    if sorted(argument.name for argument in step.arguments) != sorted(wanted):
        return f"{spec.name} takes the arguments {', '.join(wanted) or 'none'}, each once"
    relation = given.get("relation", "")
    for parameter in spec.parameters:
        trouble = _value_trouble(parameter, given[parameter.name], relation, scene)
        if trouble:
            return trouble
    return ""


def _value_trouble(parameter: Parameter, value: str, relation: str, scene: Scene) -> str:
    if parameter.kind == "relation":
        known = ", ".join(parameter.choices)
        return "" if value in parameter.choices else f"{parameter.name} is {value!r}; it is one of {known}"
    parts = value.split(",")
    if parameter.name == "reference" and relation == "at":
        return "" if len(parts) == 2 and all(map(_is_number, parts)) else f"{value!r} is no place 'x,y'"
    if parameter.name == "reference" and relation == "on" and value == "table":
        return ""
    count = 2 if parameter.name == "reference" and relation == "between" else 1
    names = [thing.name for thing in scene.things]
    if len(parts) != count or any(part not in names for part in parts):
        wanted = "two identifiers 'a,b'" if count == 2 else "an identifier"
        return f"{parameter.name} is {value!r}; expected {wanted} out of {', '.join(names)}"
    return ""


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 10.0
    except ValueError:
        return False
