"""From meaning to steps: an instruction tied to a scene."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...core.arrays import Float64
from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import Scene, Thing
from . import fits, places, pushes
from .manners import manners
from .meaning import Clause, Instruction, NounPhrase, Step, Where
from .refer import TABLE, State, find, kind_of

DIRECTIONAL = ("left of", "right of", "in front of", "behind")
MOVE = 0.10  # how far "to the left" goes where no distance is said, [m]
REGION = 0.22  # how far from the middle of the table its sides are, [m]


def ground(instruction: Instruction, scene: Scene) -> tuple[tuple[Step, ...], int]:
    """Turn an instruction into steps over a scene's identifiers.

    Args:
        instruction: One reading.
        scene: What is there.

    Returns:
        The steps, and how many relations said did not narrow anything down.

    Raises:
        InputError: If a phrase has words that mean nothing here.
        CannotDo: If it is impossible, or done already.
        NeedsAnswer: If the person has to choose.
    """
    state = State(scene=scene)
    general = tuple(
        manner for clause in instruction.clauses if clause.verb is None for manner in clause.manners
    )
    steps: list[Step] = []
    unused = list(general)
    for clause in instruction.clauses:
        if clause.verb is None:
            continue
        bare = _clause(clause, state)
        how = manners((*clause.manners, *general), bare, state)
        for step in bare:
            _append(steps, how.applied(step, scene), state)
        unused = [manner for manner in unused if manner not in how.used]
    if unused and any(manner.kind == "upright" for manner in unused):
        raise InputError(
            "what is to be kept upright is not what is moved; say it with the thing that is moved"
        )
    _check_hand(steps)
    return tuple(steps), state.redundant


def _append(steps: list[Step], step: Step, state: State) -> None:
    """Add a step; picking up and putting the same thing down are one."""
    if steps and steps[-1].skill == "pick" and steps[-1].thing == step.thing:
        before = steps.pop()
        avoid = dict(before.avoid) | dict(step.avoid)
        step = replace(
            step,
            slowly=before.slowly or step.slowly,
            upright=before.upright or step.upright,
            avoid=tuple(avoid.items()),
        )
    steps.append(step)


def _check_hand(steps: Sequence[Step]) -> None:
    """Check that nothing is asked of a full hand."""
    for step in steps[:-1]:
        if step.skill == "pick":
            raise CannotDo(
                f"the hand would still hold {step.thing}; say where to put it before the next thing is taken"
            )


def _clause(clause: Clause, state: State) -> list[Step]:
    """Ground one clause, and move things in the state as it will."""
    if clause.verb == "stack":
        steps = _stack(clause, state)
    elif clause.verb == "put":
        assert clause.where is not None
        steps = _put(clause.targets, clause.where, state)
    elif clause.verb == "push":
        assert clause.where is not None
        steps = _push(clause.targets, clause.where, state)
    elif clause.verb == "close":
        steps = [pushes.shut(name, state.scene) for name in _targets(clause.targets, state, ())]
        _speak(state, *(step.thing for step in steps))
    else:
        steps = [_simple(clause.verb or "", name, state) for name in _targets(clause.targets, state, ())]
    names = tuple(step.thing for step in steps)
    state.theme = names
    return steps


def _targets(phrases: Sequence[NounPhrase], state: State, without: Sequence[str]) -> list[str]:
    """Find what is to be moved, each thing once; free and near things of a group come first."""
    names: list[str] = []
    for phrase in phrases:
        found = [name for name in find(phrase, state, (*without, *names)) if name not in names]
        for table in filter(state.is_table, found):
            raise CannotDo(f"{_called(table)} cannot be moved")
        names += found
        state.kind = kind_of(found, state)
        state.colors = phrase.colors or (state.colors if phrase.kind == "one" else ())
    return names


def _simple(verb: str, name: str, state: State) -> Step:
    """Ground pick, remove, put down and put back."""
    thing = state.scene.thing(name)
    fits.must_lift(thing, state)
    held = state.held == name
    _speak(state, name)
    if verb == "pick":
        state.held, state.reference = name, ()
        return Step(skill="pick", thing=name)
    on_table = state.is_table(state.on[name]) and not state.inside[name]
    if verb == "back" and (held or name in state.placed) and state.is_table(thing.on) and not thing.inside:
        step = _at(name, thing.center[:2])
    elif verb == "back" and (held or name in state.placed):
        step = _onto(name, thing)
    elif verb == "back":
        raise CannotDo(f"{name} has not been moved, so there is no place to put it back to")
    elif verb == "down" and held and on_table:
        step = _at(name, thing.center[:2])
    elif on_table and not held and (verb != "remove" or state.on[name] == TABLE):
        raise CannotDo(f"{name} already stands on {_called(state.on[name])}; say where to put it")
    else:
        step = Step(skill="place", thing=name, relation="on", reference=TABLE)
    _moved(state, step)
    return step


def _called(table: str) -> str:
    return "the table" if table == TABLE else table


def _onto(name: str, thing: Thing) -> Step:
    """Put a thing back on or in what carries it now."""
    if thing.inside:
        return Step(skill="place", thing=name, relation="in", reference=thing.inside)
    return Step(skill="place", thing=name, relation="on", reference=thing.on)


def _at(name: str, spot: Float64) -> Step:
    return Step(skill="place", thing=name, relation="at", reference=f"{spot[0]:.3f},{spot[1]:.3f}")


def _speak(state: State, *names: str) -> None:
    state.spoken += [name for name in names if name not in state.spoken]


def _moved(state: State, step: Step) -> None:
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


def _put(targets: Sequence[NounPhrase], where: Where, state: State) -> list[Step]:
    """Ground put: every target to one place."""
    explicit = not any(
        phrase.quantity in ("all", "rest", "a", "count") or phrase.plural for phrase in targets
    )
    if where.relation in ("move", "region"):
        return _shift(_targets(targets, state, ()), where, state)
    if where.relation == "to":
        raise NeedsAnswer("'to' can mean several places; where exactly?", ("in", "on", "next to"))
    if where.relation not in ("in", "on", "next to", "between", *DIRECTIONAL):
        raise CannotDo(
            f"nothing can be put {where.relation} a thing; say in, on, next to, left of, behind or between"
        )
    taken = _pronouned(targets, state)
    before, said = state.kind, targets[-1].kind
    if where.relation == "in":
        state.kind = state.reference_kind or "container"
    elif said not in ("", "one"):
        state.kind = kind_of(taken, state) if taken else said
    references = _references(where, state, taken)
    state.reference_kind = kind_of(references, state)
    state.kind = before
    names = _targets(targets, state, references)
    relation, reference = _relation(where, references)
    both = [name for name in names if name in references]
    if both:
        raise CannotDo(f"{both[0]} cannot be put {relation} itself")
    if not explicit:
        names = [name for name in names if not _done(name, relation, reference, state)] or names
    steps = [
        _place(name, relation, reference, where.distance, state)
        for name in (names if explicit else _ordered(names, references, state))
    ]
    state.reference = tuple(name for name in references if not state.is_table(name))
    _speak(state, *names, *state.reference)
    return steps


def _push(targets: Sequence[NounPhrase], where: Where, state: State) -> list[Step]:
    """Ground push: in a direction, or to another thing."""
    if where.relation == "move":
        return [replace(step, skill="push") for step in _shift(_targets(targets, state, ()), where, state)]
    (reference,) = _references(where, state, _pronouned(targets, state))
    if state.is_table(reference):
        raise CannotDo(f"nothing can be pushed to {_called(reference)}; it stands on it")
    names = _targets(targets, state, (reference,))
    if len(names) != 1:
        raise NeedsAnswer("which one is to be pushed there? one at a time", names)
    step = Step(skill="push", thing=names[0], relation="to", reference=reference)
    _speak(state, names[0], reference)
    _moved(state, step)
    state.reference = (reference,)
    return [step]


def _pronouned(targets: Sequence[NounPhrase], state: State) -> tuple[str, ...]:
    """Names that targets given by a pronoun or a name stand for."""
    names = [state.theme for phrase in targets if phrase.quantity in ("it", "them")]
    return tuple(name for group in names for name in group)


def _references(where: Where, state: State, taken: Sequence[str]) -> tuple[str, ...]:
    """Find what a place is relative to; ``it`` is what suits the relation."""
    names: list[str] = []
    for phrase in where.references:
        if phrase.quantity == "it":
            names.append(_it(where.relation, state, taken))
        elif phrase.quantity == "them" and where.relation == "between" and len(state.theme) == 2:
            names += state.theme
        else:
            names += find(phrase, state, (*taken, *names))
    wanted = 2 if where.relation == "between" else 1
    if len(names) > wanted:
        raise NeedsAnswer(f"which {'two' if wanted == 2 else 'one'} of them?", names)
    if len(names) < wanted:
        raise InputError("not understood: 'between' needs two things, such as 'between the mug and the bowl'")
    return tuple(names)


def _it(relation: str, state: State, taken: Sequence[str]) -> str:
    """Say what ``it`` is where something is to be put relative to it."""
    known = [name for name in (*state.theme, *state.reference) if name not in taken]
    if relation in ("in", "on"):
        known = [name for name in known if _suits(state.scene.thing(name), relation)]
    if len(set(known)) != 1:
        raise NeedsAnswer("what does 'it' stand for?", known or (thing.name for thing in state.scene.things))
    return known[0]


def _suits(thing: Thing, relation: str) -> bool:
    if relation == "in":
        return thing.cavity_radius is not None or thing.kind in (*fits.HOLDERS, *fits.FLAT)
    return thing.kind not in fits.TOPLESS and thing.kind not in fits.HOLDERS


def _relation(where: Where, references: tuple[str, ...]) -> tuple[str, str]:
    return where.relation, ",".join(references)


def _done(name: str, relation: str, reference: str, state: State) -> bool:
    """Say whether a thing is already where it is wanted."""
    if relation == "in":
        return state.inside[name] == reference or (state.on[name] == reference and name not in state.placed)
    if relation == "on":
        return state.on[name] == reference and not (reference == TABLE and state.inside[name])
    return False


def _ordered(names: Sequence[str], references: Sequence[str], state: State) -> list[str]:
    """Order a group: what carries nothing first, then what is near the destination."""
    goal = [state.scene.thing(name).center[:2] for name in references if name != TABLE]
    middle = np.mean(goal, axis=0) if goal else np.zeros(2)

    def depth(name: str) -> int:
        return 1 + max((depth(other) for other in state.carries(name)), default=0)

    def far(name: str) -> float:
        return round(float(np.linalg.norm(state.scene.thing(name).center[:2] - middle)), 3)

    return sorted(names, key=lambda name: (depth(name), far(name), name))


def _place(name: str, relation: str, reference: str, distance: float | None, state: State) -> Step:
    """Ground the placing of one thing, with the checks that need no planner."""
    scene = state.scene
    thing = scene.thing(name)
    fits.must_lift(thing, state)
    if TABLE in reference.split(",") and relation != "on":
        raise CannotDo(f"nothing can be put {relation} the table; say 'on the table'")
    if relation == "in" and scene.thing(reference).kind in fits.FLAT:
        relation = "on"
    if _done(name, relation, reference, state) and state.held != name:
        raise CannotDo(f"{name} is already {relation} {_called(reference)}; nothing is to be done")
    if relation == "in":
        fits.must_hold(thing, scene.thing(reference), state)
    elif relation == "on" and reference != TABLE:
        fits.must_carry(scene.thing(reference), thing, state)
    step = Step(skill="place", thing=name, relation=relation, reference=reference, distance=distance)
    _moved(state, step)
    return step


def _shift(names: Sequence[str], where: Where, state: State) -> list[Step]:
    """Ground moves in a direction and to a side of the table."""
    if len(names) != 1:
        raise NeedsAnswer("which one is to be moved there? one at a time", names)
    scene, name = state.scene, names[0]
    thing = scene.thing(name)
    fits.must_lift(thing, state)
    ways = {
        "left": scene.directions.left,
        "right": scene.directions.right,
        "front": scene.directions.front,
        "behind": scene.directions.behind,
        "middle": np.zeros(3),
    }
    way = ways[where.direction or "middle"]
    if where.relation == "region" and find(where.references[0], state) != (TABLE,):
        raise NeedsAnswer("a side of a thing can mean on it or beside it; where exactly?", ("left of", "on"))
    if where.relation == "move" and where.direction != "middle":
        if name in state.placed:
            raise CannotDo(
                f"{name} is moved earlier in the instruction; say the second move when the first is done"
            )
        spot = thing.center[:2] + (where.distance or MOVE) * way[:2]
        if next(places.near(scene, thing, spot), None) is None or not _free(scene, thing, spot):
            raise CannotDo(f"{name} cannot be moved there: the place is taken or out of reach")
    else:
        middle = (places.REACH_LOWER + places.REACH_UPPER) / 2.0
        spots = places.near(scene, thing, middle + REGION * way[:2], TABLE)
        spot = next(spots, None)
        if spot is None:
            raise CannotDo(f"there is no free place for {name} there")
    step = _at(name, spot)
    _speak(state, name)
    _moved(state, step)
    state.reference = ()
    return [step]


def _free(scene: Scene, thing: Thing, spot: Float64) -> bool:
    """Say whether a thing can stand exactly there, to a grid cell."""
    nearest = next(places.near(scene, thing, spot), None)
    return nearest is not None and float(np.linalg.norm(nearest - spot)) < places.GRID


def _stack(clause: Clause, state: State) -> list[Step]:
    """Ground stacking: one on one, or all into a tower with the biggest below."""
    if clause.where is not None:
        return _put(clause.targets, clause.where, state)
    names = _targets(clause.targets, state, ())
    if len(names) < 2:
        raise NeedsAnswer(
            f"stack {names[0]} on what?", (t.name for t in state.scene.things if t.name != names[0])
        )
    order = _tower(names, state)
    steps: list[Step] = []
    for below, above in pairwise(order):
        if state.on[above] == below:
            continue
        steps.append(_place(above, "on", below, None, state))
    if not steps:
        raise CannotDo(f"{', '.join(order)} are stacked already; nothing is to be done")
    _speak(state, *order)
    state.reference = (order[0],)
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
