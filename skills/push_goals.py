"""What a stage wants pushed, and where to: goals over things that no hand holds.

A stage without acts whose goals speak of where a thing is, while nothing holds
it, can only be reached by pushing. What moves is one thing at a time: level and
without turning, or, for what slides in furniture, along its slide.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from ..perception.scene import TABLE, Thing
from ..planners.lift import judge, points_in
from ..planners.problem import bind
from ..planners.program import Program, Relation, Stage
from ..planners.situation import Held, Situation
from .measure import half_width

HANDLE = 0.006
"""Usual half thickness of a handle's bar, [m]."""
SLIDING = ("handle", "front")
"""Parts of furniture that move with its drawer."""
INSIDE = 0.006
"""How far inside of an inequality a push aims, in its row: about how well a push can be aimed, [m]."""
TURNS = 30
"""Steps of the search for the nearest place that will do."""
SHUT = 0.004
"""Rows of what slides are aimed at so well: it is pushed against its end, [m]."""


def pushed(stage: Stage, held: str | None = None) -> tuple[str, ...]:
    """Name the things that only pushing can bring where a stage's goals want them, each once.

    Args:
        stage: The stage.
        held: What a hand holds when it begins.

    Returns:
        Nothing for a stage with acts, or one whose goals speak of the hand or of what it holds.
    """
    if stage.grasps or stage.releases:
        return ()
    refs = [ref for ref in points_in(stage.goals) if ref.when == "now"]
    if any(ref.thing is None or ref.thing == held for ref in refs):
        return ()
    first: list[str] = []
    for relation in stage.goals:
        # The first thing of a relation is the one that it is about; the rest says where.
        spoken = [ref.thing for ref in points_in([relation]) if ref.when == "now" and ref.thing != TABLE]
        first += [name for name in spoken[:1] if name is not None]
    return tuple(dict.fromkeys(first))


def only_pushes(program: Program, held: str | None = None) -> bool:
    """Say whether a program has nothing but stages that push."""
    return all(pushed(stage, held) for stage in program.stages)


def about(stage: Stage, name: str) -> tuple[Relation, ...]:
    """List the goals of a stage that are about a thing that is to be pushed."""
    return tuple(one for one in stage.goals if name in pushed(replace(stage, goals=(one,))))


def reached(stage: Stage, name: str, situation: Situation) -> bool:
    """Say whether a thing is where a stage wants it, by the goals' tolerances."""
    return all(met.met for met in judge(about(stage, name), situation.point))


def wanted(stage: Stage, thing: Thing, situation: Situation) -> Float64:
    """Give the least shift of a thing after which a stage's goals hold for it.

    Gauss-Newton steps on the goals' rows, by the shift's free directions; inequalities are
    aimed at from inside, as a push does not end to the millimetre.

    Args:
        stage: The stage.
        thing: What is pushed.
        situation: Where everything is.

    Returns:
        The shift in the world, shape (3,), [m]; the best found where none does all of it.
    """
    slides = thing.articulation is not None and thing.articulation.kind == "prismatic"
    points: Mapping[str, Float64] = thing.parts
    if slides:
        points = {part: p_W for part, p_W in thing.parts.items() if part in SLIDING}
    virtual = Held(thing=thing.name, X_GO=thing.X_WO, shapes=(), points=points, width=0.0)
    rules = bind(about(stage, thing.name), replace(situation, held=virtual))
    ways = free_ways(thing)
    J = np.zeros((6, len(ways)))
    J[3:] = ways.T
    inside = SHUT if slides else INSIDE
    eye, value = np.eye(3), np.zeros(len(ways))
    for _ in range(TURNS):
        shift = value @ ways
        r, slope = rules.differentiate(eye, shift, J)
        aim = np.where(rules.equal, r, r + np.where(r > -inside, inside, 0.0))
        active = rules.equal | (r > -inside)
        if np.abs(aim[active]).max(initial=0.0) < 1e-4:
            break
        value = value - np.linalg.lstsq(slope[active], aim[active], rcond=1e-6)[0]
        if slides:
            assert thing.articulation is not None
            value = np.clip(value, thing.articulation.lower - inside, thing.articulation.upper)
    return np.asarray(value @ ways)


def free_ways(thing: Thing) -> Float64:
    """Give the unit directions in which a thing can be pushed, shape (k, 3)."""
    if thing.articulation is not None and thing.articulation.kind == "prismatic":
        return np.array([thing.articulation.axis_W])
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def back_of(thing: Thing, way_W: Float64) -> Float64:
    """Give the point where a thing is touched to be pushed in a level direction, p_W, shape (3,), [m].

    Args:
        thing: What is pushed.
        way_W: Unit direction of the push, shape (3,).
    """
    if thing.articulation is not None and "handle" in thing.parts:
        return thing.parts["handle"] - HANDLE * way_W
    return thing.center - half_width(thing, way_W) * way_W
