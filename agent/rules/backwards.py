"""Steps that bring things back to where they stood."""

from ...core.errors import CannotDo
from ..corrections import Talk, Where
from .step import Step


def back_step(name: str, talk: Talk, where: Where | None = None) -> Step:
    """Give the step that brings a thing back.

    Args:
        name: The thing.
        talk: What was taken, and from where.
        where: Where to; where it stood before it was taken last, where None.

    Raises:
        CannotDo: If nobody knows where it stood.
    """
    where = where or talk.last_places.get(name)
    if where is None:
        raise CannotDo(f"{name} was not moved yet, so there is no place to put it back to")
    if where.inside:
        return Step(skill="place", thing=name, relation="in", reference=where.inside)
    known = {thing.name: thing for thing in talk.scene.things}
    if where.on in known and known[where.on].kind != "table":
        return Step(skill="place", thing=name, relation="on", reference=where.on)
    return Step(skill="place", thing=name, relation="at", reference=f"{where.x:.3f},{where.y:.3f}")


def put_back(names: tuple[str, ...], talk: Talk) -> list[Step]:
    """Give the steps of "put it back" and "undo that".

    Args:
        names: What was named; where empty, what is held, else what was moved for the latest instruction
            that moved anything.
        talk: What was taken, and from where.

    Raises:
        CannotDo: If nothing was moved, or nobody knows where something stood.
    """
    if names:
        return [back_step(name, talk, talk.first_places.get(name)) for name in names if _away(name, talk)]
    if talk.held:
        return [back_step(name, talk) for name in talk.held]
    latest = max((one.turn for one in talk.taken), default=None)
    if latest is None or (talk.pending and latest != talk.turn):
        if talk.pending:
            return []
        raise CannotDo("nothing was moved yet, so nothing can be put back")
    moved = dict.fromkeys(one.thing for one in reversed(talk.taken) if one.turn == latest)
    return [back_step(name, talk) for name in moved]


def _away(name: str, talk: Talk) -> bool:
    """Whether a thing is elsewhere than where it stood first, as far as is known."""
    return name in talk.held or name in talk.first_places
