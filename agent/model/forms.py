"""The forms that a model's answers have to fit; every string is bounded, nothing may be added."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A form without further entries."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SeenThing(Strict):
    """What one measured thing really is."""

    identifier: str = Field(max_length=80)
    name: str = Field(max_length=60)
    doubt: str = Field(max_length=200)


class NamedPoint(Strict):
    """A name for a numbered point."""

    point: str = Field(max_length=100)
    name: str = Field(max_length=30)


class LookAnswer(Strict):
    """What the picture shows of the measured things."""

    things: list[SeenThing] = Field(max_length=40)
    points: list[NamedPoint] = Field(max_length=20)
    missed: list[str] = Field(max_length=12)


class ArgumentAnswer(Strict):
    """One argument of a step."""

    name: str = Field(max_length=30)
    value: str = Field(max_length=80)


class StepAnswer(Strict):
    """One step."""

    text: str = Field(max_length=400)
    skill: str = Field(max_length=30)
    arguments: list[ArgumentAnswer] = Field(max_length=6)


class PlanAnswer(Strict):
    """Steps, a question or a refusal."""

    thought: str = Field(max_length=800)
    kind: Literal["steps", "question", "refusal"]
    steps: list[StepAnswer] = Field(max_length=24)
    message: str = Field(max_length=300)
    options: list[str] = Field(max_length=12)


class VerdictAnswer(Strict):
    """Whether a step happened."""

    thought: str = Field(max_length=800)
    happened: Literal["yes", "no", "unclear"]
    reason: str = Field(max_length=300)
