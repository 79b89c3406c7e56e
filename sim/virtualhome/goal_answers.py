"""Goals in the package's form: a JSON object of three lists of objects."""

import json
import re

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...core.errors import InputError
from .answers import LONGEST_ANSWER
from .interpreting import Goals

_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class NodeGoal(_Entry):
    """A state of a thing."""

    name: str = Field(max_length=60)
    state: str = Field(max_length=30)


class EdgeGoal(_Entry):
    """A relation between things."""

    from_name: str = Field(max_length=60)
    relation: str = Field(max_length=30)
    to_name: str = Field(max_length=60)


class ActionGoal(_Entry):
    """Something that has to be done."""

    action: str = Field(max_length=30)


class GoalAnswer(_Entry):
    """What a model says."""

    nodes: list[NodeGoal] = Field(alias="node goals", default=[], max_length=60)
    edges: list[EdgeGoal] = Field(alias="edge goals", default=[], max_length=60)
    actions: list[ActionGoal] = Field(alias="action goals", default=[], max_length=60)


def write_goals(goals: Goals) -> str:
    """Write goals as the package reads them."""
    return json.dumps(
        {
            "node goals": [{"name": name, "state": state} for name, state in goals.nodes],
            "edge goals": [
                {"from_name": one, "relation": relation, "to_name": other}
                for one, relation, other in goals.edges
            ],
            "action goals": [{"action": action, "description": ""} for action in goals.actions],
        }
    )


def read_goals(text: str) -> Goals:
    """Read a model's answer: the object in single or double quotes, in a fence or not, and nothing else.

    Raises:
        InputError: If it is too long or of another form.
    """
    if len(text) > LONGEST_ANSWER:
        raise InputError(f"the answer has {len(text)} characters; at most {LONGEST_ANSWER} are read")
    told = text.strip()
    fenced = _FENCED.fullmatch(told)
    told = fenced[1] if fenced else told
    try:
        json.loads(told)
    except (ValueError, RecursionError):
        told = told.replace("'", '"')  # The prompt's own examples have single quotes.
    try:
        answer = GoalAnswer.model_validate_json(told)
    except ValidationError as error:
        raise InputError(f"the answer has not the form that was asked for: {error}") from error
    return Goals(
        nodes=[(one.name, one.state) for one in answer.nodes],
        edges=[(one.from_name, one.relation, one.to_name) for one in answer.edges],
        actions=[one.action for one in answer.actions],
    )
