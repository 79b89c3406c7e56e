"""Putting back what an episode moved: the steps that lead to where things were before it."""

from collections.abc import Sequence

from ...core.errors import CannotDo, InputError
from ...perception.scene import TABLE
from ..rules.step import Step
from .records import HAND, Act


def undoing(acts: Sequence[Act]) -> tuple[Step, ...]:
    """Give the steps that put things back, what was moved last first.

    Args:
        acts: What one episode moved, in its order.

    Raises:
        CannotDo: If something of it cannot be put back.
    """
    first: dict[str, Act] = {}
    last: dict[str, int] = {}
    for act in acts:
        first.setdefault(act.thing, act)
        last[act.thing] = act.number
    return tuple(_back(first[name]) for name in sorted(first, key=lambda name: -last[name]))


def _back(act: Act) -> Step:
    place, name = act.before.place, act.thing
    done = _skill(act)
    if done == "open":
        return Step(skill="push", thing=name, relation="shut", reference=name)
    if done == "pour":
        raise CannotDo(f"what was poured from {name} cannot be put back")
    if place.on == HAND:
        return Step(skill="pick", thing=name)
    if place.inside:
        return Step(skill="place", thing=name, relation="in", reference=place.inside)
    if place.on == TABLE or place.on.startswith(f"{TABLE}_"):
        x, y = place.p_WO[:2]
        return Step(skill="place", thing=name, relation="at", reference=f"{x:.3f},{y:.3f}")
    return Step(skill="place", thing=name, relation="on", reference=place.on)


def _skill(act: Act) -> str:
    try:
        return Step.read(act.subtask).skill
    except InputError:
        return act.skill
