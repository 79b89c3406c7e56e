"""Whether a plan that a model made can be used: its skills, arguments and identifiers have to exist."""

from ...core.errors import CannotDo, NeedsAnswer
from ...perception.scene import Scene
from ...skills.skill import Parameter, SkillSpec
from ..mind import Subtask
from .forms import PlanAnswer, StepAnswer


def taken(answer: PlanAnswer) -> tuple[Subtask, ...]:
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


def trouble(answer: PlanAnswer, scene: Scene, skills: tuple[SkillSpec, ...]) -> str:
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
        wrong = _argument_trouble(step, specs[step.skill], scene)
        if wrong:
            return f"step {number}: {wrong}"
    return ""


def _argument_trouble(step: StepAnswer, spec: SkillSpec, scene: Scene) -> str:
    wanted = [parameter.name for parameter in spec.parameters]
    given = {argument.name: argument.value for argument in step.arguments}
    if sorted(argument.name for argument in step.arguments) != sorted(wanted):
        return f"{spec.name} takes the arguments {', '.join(wanted) or 'none'}, each once"
    relation = given.get("relation", "")
    for parameter in spec.parameters:
        wrong = _value_trouble(parameter, given[parameter.name], relation, scene)
        if wrong:
            return wrong
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
