"""Who answers a prompt: the rules, or a language model that is shown the prompt alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...agent.language.budget import Budgeted
from ...agent.language.errors import BadAnswer, OverBudget, TooLong
from ...agent.language.model import Message
from ...agent.minds import MODEL
from ...core.errors import InputError
from .answers import read_answer, write_answer
from .goal_answers import read_goals, write_goals
from .interpreting import interpret, lines_of
from .rules import make_plan
from .situation import read_situation
from .wishes import read_wish

NO_ANSWER = "{}"
"""What is handed in where there is none: a plan of a wrong form, no goal at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a mind made of a prompt.

    Attributes:
        text: The plan, or the goals, in the package's form.
        given_up: What is wanted and was left out, in words.
        why: Why there is none; empty where there is one.
    """

    text: str
    given_up: tuple[str, ...] = ()
    why: str = ""


Planner = Callable[[str], Answer]


def plan_by_rules(prompt: str) -> Answer:
    """Let the rules make a plan."""
    try:
        situation, plan = make_plan(prompt)
    except InputError as error:
        return Answer(text=NO_ANSWER, why=str(error))
    return Answer(text=write_answer(situation, plan.steps), given_up=plan.given_up, why=plan.why)


def goals_by_rules(prompt: str) -> Answer:
    """Let the rules say what a wish wants."""
    try:
        goals = interpret(read_wish(prompt))
    except InputError as error:
        return Answer(text=NO_ANSWER, why=str(error))
    return Answer(text=write_goals(goals), why="" if any(lines_of(goals)) else "no verb is known")


RULES = {"actions": plan_by_rules, "goals": goals_by_rules, "descriptions": goals_by_rules}


def by_model(model: Budgeted, kind: str) -> Planner:
    """Let a language model answer: one question each, no second try.

    Raises:
        LanguageModelError: By the planner, if the model cannot be asked at all.
    """

    def plan(prompt: str) -> Answer:
        model.begin()
        try:
            said = model.complete((Message(role="user", text=prompt),))
            if kind != "actions":
                return Answer(text=write_goals(read_goals(said)))
            situation = read_situation(prompt)
            return Answer(text=write_answer(situation, read_answer(said, situation)))
        except (InputError, BadAnswer, OverBudget, TooLong) as error:
            return Answer(text=NO_ANSWER, why=str(error))

    return plan


def make_planner(mind: str, kind: str, record: Path | None = None) -> Planner:
    """Make a planner.

    Args:
        mind: ``rules`` or ``model:NAME@URL``, as ``agent.minds`` names them.
        kind: What it is asked for, of ``package.KINDS``.
        record: File to write the conversations with a language model to.

    Raises:
        InputError: If there is no such mind here, or nothing to record.
        MissingDependency: If what a model needs is not installed.
    """
    if mind.startswith(MODEL):
        from ...agent.language.models import make_model

        return by_model(make_model(mind.removeprefix(MODEL), pictures=False, record=record), kind)
    if record is not None:
        raise InputError(f"--record writes what a language model says, and {mind!r} has none")
    if mind != "rules":
        raise InputError(f"virtualhome is planned by --mind rules or --mind model, not by {mind!r}")
    return RULES[kind]
