"""What can hold or carry what: refusals that need no planner."""

import numpy as np

from ...core.errors import CannotDo
from ...perception.scene import TABLE, Thing
from .deeds import Deed
from .places import Footprint
from .state import State

FLAT = ("plate", "tray", "shelf")  # carriers of several things
HOLDERS = ("bowl", "mug", "drawer")
TOPLESS = {"ball": "it is round", "bottle": "its top is too small"}
FILLING = 0.6  # share of a container's volume that loose things may take


def must_hold(thing: Thing, container: Thing, state: State) -> None:
    """Check that a thing fits into a container with what is in it already.

    Raises:
        CannotDo: If it does not.
    """
    radius = container.cavity_radius
    if radius is None:
        raise CannotDo(
            f"{container.name} is a {container.kind} and cannot hold anything; nothing can be put in it"
        )
    sides = np.sort(thing.size)
    across = float(
        sides[1] if thing.kind in ("ball", "can", "bottle", "mug", "bowl") else np.hypot(*sides[:2])
    )
    if across > 2.0 * radius:
        raise CannotDo(
            f"{thing.name} is {across * 100:.1f} cm wide and does not fit into {container.name}, "
            f"whose opening is {radius * 200:.1f} cm wide"
        )
    depth = float(container.size[2])
    room = FILLING * np.pi * radius**2 * max(depth, float(thing.size[2]))
    inside = [state.scene.thing(name) for name in state.carries(container.name) if name != thing.name]
    wanted = sum(_volume(other) for other in (*inside, thing))
    if inside and wanted > room:
        names = ", ".join(other.name for other in inside)
        raise CannotDo(f"{container.name} is full: with {names} in it there is no room for {thing.name}")


def is_trouble(thing: Thing, deed: Deed, state: State) -> bool:
    """Say whether a thing cannot be lifted, or not be put where it is wanted."""
    try:
        must_lift(thing, state)
        if deed.relation == "in":
            must_hold(thing, state.scene.thing(deed.to[0]), state)
        elif deed.relation == "on":
            must_carry(state.scene.thing(deed.to[0]), thing, state)
    except CannotDo:
        return True
    return deed.relation in ("in", "on") and deed.to[0] in (state.on[thing.name], state.inside[thing.name])


def _volume(thing: Thing) -> float:
    share = {"ball": np.pi / 6.0, "can": np.pi / 4.0, "bottle": np.pi / 4.0}.get(thing.kind, 1.0)
    return float(np.prod(thing.size)) * share


def must_carry(support: Thing, thing: Thing, state: State) -> None:
    """Check that a thing can be set down on another.

    Raises:
        CannotDo: If it cannot stay there.
    """
    if support.kind in TOPLESS:
        raise CannotDo(f"nothing can be put on {support.name}: {TOPLESS[support.kind]}")
    if support.kind in HOLDERS or (support.cavity_radius is not None and support.kind not in FLAT):
        raise CannotDo(
            f"{support.name} is open at the top; say 'in {support.name}' to put {thing.name} into it"
        )
    base, sole = Footprint.of(support), Footprint.of(thing)
    if support.kind == TABLE:
        if sole.half.min() > base.half.min():
            raise CannotDo(f"{thing.name} is too wide to stand on {support.name}")
        return
    if support.kind in FLAT:
        if sole.half.min() > 0.95 * base.half.min():
            raise CannotDo(f"{thing.name} is too wide to stand on {support.name}")
        loads = [state.scene.thing(name) for name in state.carries(support.name) if name != thing.name]
        taken = sum(float(np.prod(Footprint.of(load).half)) for load in (*loads, thing))
        if loads and taken > FILLING * float(np.prod(base.half)):
            names = ", ".join(load.name for load in loads)
            raise CannotDo(f"{support.name} is full: with {names} on it there is no room for {thing.name}")
        return
    loads = [name for name in state.carries(support.name) if name != thing.name]
    if loads:
        raise CannotDo(f"{loads[0]} already stands on {support.name}; take it off first")
    if sole.half.min() > 1.7 * base.half.min():
        raise CannotDo(f"{support.name} is too small to carry {thing.name}")


def must_lift(thing: Thing, state: State) -> None:
    """Check that nothing stands on a thing that is to be moved.

    Raises:
        CannotDo: If something does.
    """
    loads = state.carries(thing.name)
    if loads:
        word = "lies in" if thing.cavity_radius is not None else "stands on"
        raise CannotDo(f"{loads[0]} {word} {thing.name}; take it away first")
