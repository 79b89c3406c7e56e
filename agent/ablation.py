"""Parts of the agent that can be left out, to see what each is worth."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal, Protocol, get_args, runtime_checkable

from ..core.errors import InputError, UnknownName
from .choose import Ablate
from .episode import Limits
from .mind import Mind

Part = Literal["can", "say", "maps", "constraints", "watch", "repair"]
PARTS: tuple[Part, ...] = get_args(Part)
MEANING: Mapping[Part, str] = MappingProxyType(
    {
        "can": "whether a candidate can be done: usefulness alone chooses",
        "say": "how useful a candidate is: feasibility alone chooses among those that serve at all",
        "maps": "what programs say of places: toward, avoid, slow, face and grip are not heard",
        "constraints": "what programs want on the way: nothing has to hold along a stage",
        "watch": "watching while something moves: then no stage is planned anew or gone back to",
        "repair": "another try: nothing is asked for again after a refusal, no step is tried again",
    }
)


@runtime_checkable
class Lacking(Protocol):
    """A mind without some of the parts, so that they cannot be left out."""

    @property
    def lacks(self) -> tuple[Part, ...]:
        """The parts that it does not have."""
        ...


def checked_parts(parts: Iterable[str]) -> tuple[Part, ...]:
    """Give parts in their own order, each once.

    Args:
        parts: Names, in any order.

    Raises:
        UnknownName: If one is none.
        InputError: If both terms of the choice are left out: nothing would be left to choose by.
    """
    named = set(parts)
    for name in sorted(named - set(PARTS)):
        raise UnknownName("part to leave out", name, PARTS)
    if {"can", "say"} <= named:
        raise InputError("without 'can' and 'say' nothing is left to choose by; leave out one of them")
    return tuple(part for part in PARTS if part in named)


def check_mind(mind: Mind, parts: Collection[str]) -> None:
    """See whether a mind has the parts that are to be left out of it.

    Args:
        mind: Whose parts.
        parts: What is left out.

    Raises:
        InputError: If it lacks one of them anyway.
    """
    lacks = mind.lacks if isinstance(mind, Lacking) else ()
    for part in parts:
        if part in lacks:
            raise InputError(f"the mind {mind.name!r} has no {part!r} that could be left out")


def term_left_out(parts: Collection[str]) -> Ablate:
    """Give which term of say × can is left out."""
    return "can" if "can" in parts else "say" if "say" in parts else ""


def limits_without(limits: Limits, parts: Collection[str]) -> Limits:
    """Give the limits of an agent without parts: what is never done has a limit of none.

    Args:
        limits: Those of the whole agent.
        parts: What is left out.
    """
    if "watch" in parts:
        limits = replace(limits, look_every=0, replans=0, backs=0)
    if "repair" in parts:
        limits = replace(limits, writes=1, retries=0, redecompose=0, asks=0)
    return limits
