"""``toward`` as a stage's end: a place that the fields lead to becomes a goal of the tool point.

Of a region any free place will do: the one that the field leads to comes first, then others that lie apart
from those that the arm could not be at. Where the arm cannot be at a point itself, since something stands
there, it goes as near as it can, and that is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from . import expressions as ex
from . import subgoal
from .approaching import BACK
from .facing import FACING
from .problem import build
from .program import PointRef, Relation, Stage
from .settings import Settings
from .situation import Situation
from .stage_maps import hand_of, radii, surroundings_of, workspace_of
from .value_maps.answers import FieldPath, Unreachable
from .value_maps.maps import ValueMaps
from .value_maps.statements import Statements

AT = 0.005
"""Tolerance of the place, [m]: half the thickness of what is "above" something."""
PLACES = 5
"""Places of a region that are tried."""
SHORT = (0.03, 0.06, 0.10, 0.15)
"""Distances from a point that the arm cannot be at, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A stage whose end is a place that fields lead to.

    Attributes:
        stage: The stage with goals for it.
        short: How far from the place it may end, [m].
        notes: What is not as it was asked for, one sentence each.
    """

    stage: Stage
    short: float = 0.0
    notes: tuple[str, ...] = ()


def arrivals(
    stage: Stage, situation: Situation, kinematics: Kinematics
) -> tuple[Iterator[Arrival], Unreachable | None]:
    """Say where a stage that goes toward something can end.

    Args:
        stage: What is asked.
        situation: Where it begins.
        kinematics: The arm.

    Returns:
        Its ends, the nearest to what is asked first; or why there is no way to any.
    """
    around = surroundings_of(situation, kinematics)
    p_WG = kinematics.tool_pose(situation.q).translation()
    said = Statements(stage, around, hand_of(situation, kinematics, 0.0))
    p_WQ = np.array([p_WG, *(bound.centre for bound, _, _ in said.targets())])
    workspace = workspace_of(around, kinematics, p_WQ)
    found: FieldPath | Unreachable | None = None
    maps = None
    for radius in radii(kinematics, situation.held):
        maps = ValueMaps.build(around, stage, workspace, hand_of(situation, kinematics, radius))
        found = maps.plan(p_WG)
        if isinstance(found, FieldPath):
            break
    assert maps is not None and found is not None, "a hand has a radius"
    if isinstance(found, Unreachable):
        return iter(()), found
    return _ends(stage, situation.hand, said, maps, found), None


def _ends(stage: Stage, hand: str, said: Statements, maps: ValueMaps, found: FieldPath) -> Iterator[Arrival]:
    end = found.p_WG[-1]
    for p_W in _spread(end, maps.targets):
        yield Arrival(stage=_at(stage, hand, said, p_W, 0.0))
    text = " and ".join(one.text for one in stage.toward)
    for short in SHORT:
        note = f"{text}: the arm cannot be there; it goes to within {100 * short:.0f} cm"
        yield Arrival(stage=_at(stage, hand, said, end, short), short=short, notes=(note,))


def _spread(end: Float64, places: Float64) -> Iterator[Float64]:
    """Give the end, then places far from all that were given."""
    given = [end]
    yield end
    for _ in range(min(PLACES, len(places)) - 1):
        away = np.min([np.linalg.norm(places - one, axis=1) for one in given], axis=0)
        if away.max() < AT:
            return
        given.append(places[int(away.argmax())])
        yield given[-1]


def _at(stage: Stage, hand: str, said: Statements, p_W: Float64, short: float) -> Stage:
    """Give a stage the goal of being at a place, or within a distance of it, facing what is said there."""
    tool = ex.Point(PointRef(thing=None, part=hand))
    place = ex.constant(tuple(float(value) for value in p_W), "m")
    text = " and ".join(one.text for one in stage.toward)
    line = stage.line
    if short > 0.0:
        reach = ex.constant(short, "m")
        near = Relation(
            left=ex.distance(tool, place), op="<=", right=reach, tolerance=AT, line=line, text=text
        )
    else:
        near = Relation(left=tool, op="==", right=place, tolerance=AT, line=line, text=text)
    goals = [near]
    aim = said.rotation(p_W[None])[0].astype(np.float64)
    if not np.isnan(aim[0]):
        back = ex.Point(PointRef(thing=None, part=hand + BACK))
        along = ex.angle(tool - back, ex.constant(tuple(aim.tolist()), "ratio"))
        goals.append(
            Relation(
                left=along,
                op="<=",
                right=ex.constant(FACING / 2.0, "rad"),
                tolerance=0.02,
                line=line,
                text="face()",
            )
        )
    return replace(stage, goals=(*stage.goals, *goals))


def can_end(
    arrival: Arrival,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
) -> bool:
    """Tell whether the arm can be where a stage is to end, by a quick look.

    Args:
        arrival: The stage.
        situation: Where it begins.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.
    """
    problem = build(arrival.stage, situation, kinematics, settings)
    return any(one.proves() for one in subgoal.attempts(problem, rng, 1, quick=True))
