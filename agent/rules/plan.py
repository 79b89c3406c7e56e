"""From deeds to steps: what skills can do of what the person wants, with checks that need no planner."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...core.arrays import Float64
from ...core.errors import CannotDo
from ...perception.scene import TABLE, Scene, Thing
from . import fits, furniture, places, pushes, rows
from .deeds import ANY, Deed, Meaning, Turn
from .refer import easiest
from .spatial import direction
from .state import State
from .step import Step
from .ways import applied

MOVE = 0.10  # How far "to the left" goes where no distance is said, [m].
REGION = 0.22  # How far from the middle of the table its sides are, [m].


def plan(meaning: Meaning, scene: Scene, turns: tuple[Turn, ...] = ()) -> tuple[Step, ...]:
    """Turn deeds into steps.

    Args:
        meaning: What is to be done.
        scene: What is there.
        turns: Earlier turns of the dialogue, oldest first.

    Raises:
        CannotDo: If something of it cannot be done, or is done already; nothing of it is done then.
    """
    state = State(scene=scene, turns=turns)
    steps: list[Step] = []
    many = {group for group in (deed.group for deed in meaning.deeds)
            if sum(other.group == group for other in meaning.deeds) > 1}  # fmt: skip
    for deed in meaning.deeds:
        for one in _chosen(deed, state):
            for step in _PLANS[one.do](one, state, deed.group in many):
                steps.append(applied(one.how, step, scene))
    for step in steps[:-1]:
        if step.skill == "pick":
            raise CannotDo(
                f"the hand would still hold {step.thing}; say where to put it before the next thing is taken"
            )
    return tuple(steps)


def _chosen(deed: Deed, state: State) -> list[Deed]:
    """Choose where the person leaves it open: what is easiest to take."""
    scene = state.scene
    if deed.to == (ANY,):
        (goal, *_) = easiest([scene.thing(name) for name in deed.places], state)
        deed = replace(deed, to=(goal.name,), places=())
    if deed.what != (ANY,):
        return [deed]
    order = easiest([scene.thing(name) for name in deed.options], state)
    names = [thing.name for thing in order if not fits.is_trouble(thing, deed, state)] or [
        t.name for t in order
    ]
    return [replace(deed, what=(name,), count=0, options=()) for name in names[: deed.count]]


def moved(state: State, step: Step) -> None:
    """Note what a step changes."""
    name, reference = step.thing, step.reference
    state.held = None
    state.placed[name] = (step.relation, reference)
    state.on[name] = reference
    if step.relation == "at":
        state.on[name] = state.scene.table_at(np.array([float(value) for value in reference.split(",")]))
    elif step.relation not in ("in", "on"):
        state.on[name] = state.table_under(reference.split(",")[0])
    state.inside[name] = reference if step.relation == "in" else None
    state.speak(name, *(other for other in reference.split(",") if state.known(other)))


def at(name: str, spot: Float64) -> Step:
    """Make the step that sets a thing down at a place of the table, shape (2,), [m]."""
    return Step(skill="place", thing=name, relation="at", reference=f"{spot[0]:.3f},{spot[1]:.3f}")


def _pick(deed: Deed, state: State, many: bool) -> list[Step]:
    fits.must_lift(state.scene.thing(deed.what[0]), state)
    state.held = deed.what[0]
    state.speak(deed.what[0])
    return [Step(skill="pick", thing=deed.what[0])]


def _put(deed: Deed, state: State, many: bool) -> list[Step]:
    name = deed.what[0]
    if deed.relation == "under":
        raise CannotDo(f"{name} cannot be put under {deed.to[0]}: the arm does not reach under things yet")
    fits.must_lift(state.scene.thing(name), state)
    if deed.relation == "at":
        return [_to_place(name, deed.to[0], state)]
    if deed.relation == "back":
        return [_back(name, state)]
    if deed.relation == "on table":
        return [_on_table(name, state)]
    return [place(name, deed.relation, ",".join(deed.to), deed.distance, state, many)]


def place(
    name: str, relation: str, reference: str, distance: float | None, state: State, many: bool = False
) -> Step:
    """Plan the placing of one thing, with the checks that need no planner.

    Raises:
        CannotDo: If it does not fit there, or is there already.
    """
    scene = state.scene
    thing = scene.thing(name)
    fits.must_lift(thing, state)
    on, inside = state.on[name], state.inside[name]
    there = inside == reference or (on == reference and (relation == "on" or name not in state.placed))
    if relation in ("in", "on") and there and state.held != name and not many:
        raise CannotDo(f"{name} is already {relation} {reference}; nothing is to be done")
    if relation == "in":
        fits.must_hold(thing, scene.thing(reference), state)
    elif (relation == "on" and not state.is_table(reference)) or (relation == "on" and reference != TABLE):
        fits.must_carry(scene.thing(reference), thing, state)
    step = Step(skill="place", thing=name, relation=relation, reference=reference, distance=distance)
    moved(state, step)
    return step


def _on_table(name: str, state: State) -> Step:
    thing = state.scene.thing(name)
    held = state.held == name
    if held and state.is_table(state.on[name]) and not state.inside[name]:
        step = at(name, thing.center[:2])
    elif state.on[name] == TABLE and not state.inside[name] and not held:
        raise CannotDo(f"{name} is already on the table; nothing is to be done")
    else:
        step = Step(skill="place", thing=name, relation="on", reference=TABLE)
    moved(state, step)
    return step


def _back(name: str, state: State) -> Step:
    """Put a thing back where it was before it was moved, or stands while the hand has it."""
    before = state.place_before(name)
    thing = state.scene.thing(name)
    on, inside, x, y = before or (thing.on, thing.inside, float(thing.center[0]), float(thing.center[1]))
    if inside:
        step = Step(skill="place", thing=name, relation="in", reference=inside)
    elif state.is_table(on):
        step = at(name, np.array([x, y]))
    else:
        step = Step(skill="place", thing=name, relation="on", reference=on)
    moved(state, step)
    return step


def _to_place(name: str, said: str, state: State) -> Step:
    """Plan a place of the table: a side, a corner, the middle."""
    if " of " in said:
        raise CannotDo(f"things cannot be put on the {said} yet; say on which thing, or beside which")
    scene = state.scene
    thing = scene.thing(name)
    ways = [direction({"far": "behind"}.get(word, word), state)[:2] for word in _WAYS if word in said.split()]
    middle = (places.REACH_LOWER + places.REACH_UPPER) / 2.0
    wish = middle + REGION * np.sum(ways, axis=0) if ways else middle
    wish = np.clip(wish, places.REACH_LOWER + 0.03, places.REACH_UPPER - 0.03)
    spots = (
        spot
        for room in (places.FINGER_ROOM, places.TIGHT_ROOM)
        for spot in places.near(scene, thing, wish, TABLE)
        if _apart(spot, name, state, room)
    )
    spot = next(spots, None)
    if spot is None:
        raise CannotDo(f"there is no free place for {name} there")
    step = at(name, spot)
    moved(state, step)
    return step


_WAYS = ("left", "right", "near", "far")


def _apart(spot: Float64, name: str, state: State, least: float) -> bool:
    """Say whether a spot is so far clear of where earlier steps set things down, [m]."""
    radius = places.Footprint.of(state.scene.thing(name)).radius
    for other, (relation, reference) in state.placed.items():
        if relation == "at" and other != name:
            taken = np.array([float(value) for value in reference.split(",")])
            room = radius + places.Footprint.of(state.scene.thing(other)).radius + least
            if float(np.linalg.norm(spot - taken)) < room:
                return False
    return True


def _shift(deed: Deed, state: State, many: bool) -> list[Step]:
    """Plan a move in a direction."""
    scene, name = state.scene, deed.what[0]
    thing = scene.thing(name)
    fits.must_lift(thing, state)
    if name in state.placed:
        raise CannotDo(
            f"{name} is moved earlier in the instruction; say the second move when the first is done"
        )
    spot = thing.center[:2] + (deed.distance or MOVE) * direction(deed.direction, state)[:2]
    if not _free(scene, thing, spot):
        raise CannotDo(f"{name} cannot be moved there: the place is taken or out of reach")
    step = at(name, spot)
    moved(state, step)
    return [step]


def _free(scene: Scene, thing: Thing, spot: Float64) -> bool:
    """Say whether a thing can stand exactly there, to a grid cell."""
    nearest = next(places.near(scene, thing, spot), None)
    return nearest is not None and float(np.linalg.norm(nearest - spot)) < places.GRID


def _push(deed: Deed, state: State, many: bool) -> list[Step]:
    """Plan a push: by so much, to another thing; else the thing is taken and set down."""
    if deed.direction:
        return [replace(step, skill="push") for step in _shift(deed, state, many)]
    if deed.relation in ("next to", "to"):
        step = Step(skill="push", thing=deed.what[0], relation="to", reference=deed.to[0])
        moved(state, step)
        return [step]
    if deed.relation == "at":
        return [replace(_to_place(deed.what[0], deed.to[0], state), skill="push")]
    if deed.relation in ("on", "on table", "back"):
        raise CannotDo(
            f"{deed.what[0]} is only slid over the table; say 'put' for where it has to be lifted to"
        )
    return _put(deed, state, many)


def _close(deed: Deed, state: State, many: bool) -> list[Step]:
    return [pushes.shut(deed.what[0], state.scene)]


def _open(deed: Deed, state: State, many: bool) -> list[Step]:
    step = Step(skill="open", thing=deed.what[0])
    furniture.check(step, state.scene)
    return [step]


def _pour(deed: Deed, state: State, many: bool) -> list[Step]:
    step = Step(skill="pour", thing=deed.what[0], relation="in", reference=deed.to[0])
    furniture.check(step, state.scene)
    return [step]


def _swap(deed: Deed, state: State, many: bool) -> list[Step]:
    """Plan a swap: the first aside, the second to the first one's place, the first to the second one's."""
    scene = state.scene
    a, b = (scene.thing(name) for name in deed.what)
    for thing in (a, b):
        fits.must_lift(thing, state)
        if not state.is_table(thing.on) or thing.inside:
            raise CannotDo(f"{thing.name} does not stand on the table; only what stands there can be swapped")
    aside = next(places.near(scene, a, a.center[:2], None), None)
    aside = next((s for s in places.near(scene, a, (a.center + b.center)[:2] / 2.0)
                  if all(_clear(s, a, t) for t in (a, b))), aside)  # fmt: skip
    if aside is None or not all(_clear(aside, a, thing) for thing in (a, b)):
        raise CannotDo(f"there is no free place to set {a.name} aside while {b.name} is moved")
    steps = [at(a.name, aside), at(b.name, a.center[:2]), at(a.name, b.center[:2])]
    for step in steps:
        moved(state, step)
    return steps


def _clear(spot: Float64, thing: Thing, other: Thing) -> bool:
    room = places.Footprint.of(thing).radius + places.Footprint.of(other).radius + places.TIGHT_ROOM
    return float(np.linalg.norm(spot - other.center[:2])) >= room


def _stack(deed: Deed, state: State, many: bool) -> list[Step]:
    order = list(deed.what) if deed.ordered else _tower(deed.what, state)
    steps = [_to_place(order[0], deed.to[0], state)] if deed.relation == "at" else []
    steps += [
        place(above, "on", below, None, state) for below, above in pairwise(order) if state.on[above] != below
    ]
    if not steps:
        raise CannotDo(f"{', '.join(order)} are stacked already; nothing is to be done")
    return steps


def _tower(names: Sequence[str], state: State) -> list[str]:
    """Order things for a tower: biggest below, what carries nothing on top, else as they were said."""
    scene = state.scene

    def key(name: str) -> tuple[bool, float, int]:
        thing = scene.thing(name)
        half = places.Footprint.of(thing).half
        open_top = thing.kind in fits.TOPLESS or thing.kind in fits.HOLDERS
        return (
            open_top,
            -round(float(np.sqrt(half[0] * half[1])) / 0.003),
            0 if state.is_table(state.on[name]) else 1,
        )

    order = sorted(names, key=key)
    topless = [name for name in order if scene.thing(name).kind in (*fits.TOPLESS, *fits.HOLDERS)]
    if len(topless) > 1:
        raise CannotDo(f"{' and '.join(topless)} cannot both be on top, and neither can carry the other")
    return order


def _line_up(deed: Deed, state: State, many: bool) -> list[Step]:
    for name in deed.what:
        fits.must_lift(state.scene.thing(name), state)
    steps = [at(name, spot) for name, spot in rows.row(deed, state)]
    for step in steps:
        moved(state, step)
    return steps


def _wipe(deed: Deed, state: State, many: bool) -> list[Step]:
    raise CannotDo(f"{deed.what[0]} cannot be wiped: the arm has no skill for wiping yet")


def _turn(deed: Deed, state: State, many: bool) -> list[Step]:
    way = deed.do.removeprefix("turn_")
    raise CannotDo(f"{deed.what[0]} cannot be turned {way}: the arm has no skill for knobs and switches yet")


def _hand_over(deed: Deed, state: State, many: bool) -> list[Step]:
    raise CannotDo(
        f"{deed.what[0]} cannot be handed over: the arm does not see people yet; say 'pick up {deed.what[0]}'"
    )


_PLANS: dict[str, Callable[[Deed, State, bool], list[Step]]] = {
    "pick": _pick, "put": _put, "move": _shift, "push": _push, "pull": _push, "close": _close, "open": _open,
    "pour": _pour, "swap": _swap, "stack": _stack, "line_up": _line_up, "wipe": _wipe,
    "hand_over": _hand_over, "turn_on": _turn, "turn_off": _turn,
}  # fmt: skip
