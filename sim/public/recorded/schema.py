"""What a reader may answer: words out of closed lists, bounded, and no number anywhere."""

import re
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ....core.errors import InputError
from ..unnamed.describing import Color, How, Role, Shape, Size, Sort

LONGEST = 2**16
"""Longest answer that is read, [characters]."""
Verb = Literal[
    "press",
    "push",
    "pull",
    "open",
    "close",
    "turn",
    "carry",
    "insert",
    "unplug",
    "hammer",
    "lid",
    "reach",
]
VERBS: tuple[str, ...] = get_args(Verb)
Manner = Literal[
    "up",
    "down",
    "top",
    "sideways",
    "clockwise",
    "counter",
    "revolving",
    "left",
    "right",
    "away",
    "toward",
]
_COUNTS = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|half|quarter|percent|pixels?|degrees?|cm|mm|met(er|re)s?)\b"
)


def _words_only(text: str) -> str:
    if found := _COUNTS.search(text.lower()):
        raise ValueError(f"{found[0]!r} says a quantity; only words without numbers and measures are taken")
    return text


Name = Annotated[str, Field(pattern=r"^[a-z]+( [a-z]+){0,3}$", max_length=40), AfterValidator(_words_only)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ToldRelation(_Form):
    """Where a thing is to another."""

    how: How
    of: Name


class ToldThing(_Form):
    """One thing in the picture."""

    name: Name
    role: Role
    sort: Sort
    colors: list[Color] = Field(default_factory=list, max_length=3)
    shape: Shape = "any"
    size: Size = "any"
    relations: list[ToldRelation] = Field(default_factory=list, max_length=4)


class ToldStep(_Form):
    """One step of the program."""

    verb: Verb
    thing: Name
    place: Name | None = None
    source: Name | None = None
    tool: Name | None = None
    around: Name | None = None
    manners: list[Manner] = Field(default_factory=list, max_length=3)


class Answer(_Form):
    """All that a reader answered to one prompt."""

    things: list[ToldThing] = Field(min_length=1, max_length=10)
    steps: list[ToldStep] = Field(min_length=1, max_length=4)
    note: Annotated[str, Field(max_length=200), AfterValidator(_words_only)] = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """See whether every name that is used is told of, once."""
        names = [thing.name for thing in self.things]
        if len(set(names)) < len(names):
            raise ValueError("two things have one name")
        known = {*names, "hand"}
        for thing in self.things:
            for relation in thing.relations:
                if relation.of not in known or relation.of == thing.name:
                    raise ValueError(
                        f"{thing.name!r} is {relation.how} {relation.of!r}, which is no other thing"
                    )
        for step in self.steps:
            for name in (step.thing, step.place, step.source, step.tool, step.around):
                if name is not None and name not in known:
                    raise ValueError(f"a step is about {name!r}, which is not among the things")
        return self


def read_answer(text: str) -> Answer:
    """Read an answer.

    Args:
        text: JSON; a fence of backquotes around it is taken off.

    Raises:
        InputError: If it is none; the text says where and why.
    """
    if len(text) > LONGEST:
        raise InputError(f"an answer has at most {LONGEST} characters; this one has {len(text)}")
    bare = re.sub(r"^\s*```(json)?\s*|\s*```\s*$", "", text)
    try:
        return Answer.model_validate_json(bare)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"the answer is refused at {where or 'its beginning'}: {first['msg']}") from error
