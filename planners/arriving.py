"""A stage that goes toward something: where its fields lead, as the arm can."""

from dataclasses import replace

import numpy as np

from ..robots.kinematics import Kinematics
from .moving import move_stage
from .program import Stage
from .settings import Settings
from .situation import Situation
from .solution import Infeasible
from .stage_plan import Clock, StagePlan, refuse
from .toward import Arrival, arrivals, can_end


def arrive_stage(
    stage: Stage,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    clock: Clock,
    most_short: float = np.inf,
) -> StagePlan:
    """Plan a stage that goes toward something, and may let go there.

    Args:
        stage: What is asked.
        situation: Where it begins.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.
        clock: Adds up where the time goes.
        most_short: How far from the place it may end at most, where the arm cannot be there, [m].

    Raises:
        Infeasible: If there is no way, with what closes it; or if the arm can be at none of the places.
    """
    text = " and ".join(one.text for one in stage.toward)
    with clock.part("fields"):
        ends, closed = arrivals(stage, situation, kinematics)
    if closed is not None:
        raise refuse(stage, text, closed.reason)
    first: Arrival | None = None
    refusal: Infeasible | None = None
    for arrival in ends:
        if arrival.short > most_short:
            break
        first = first or arrival
        with clock.part("subgoal"):
            fits = can_end(arrival, situation, kinematics, rng, settings)
        if not fits:
            continue
        try:
            plan = move_stage(arrival.stage, situation, kinematics, rng, settings, clock)
        except Infeasible as reason:
            refusal = refusal or reason
            continue
        notes = (*arrival.notes, *plan.path.notes)
        path = replace(plan.path, notes=tuple(dict.fromkeys(notes)))
        return replace(plan, path=path, short=arrival.short)
    if refusal is not None:
        raise refusal
    if most_short < np.inf:
        raise refuse(stage, text, f"the arm cannot be within {100 * most_short:.0f} cm of it")
    assert first is not None, "where there is a way, it ends somewhere"
    return move_stage(first.stage, situation, kinematics, rng, settings, clock)
