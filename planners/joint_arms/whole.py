"""A whole program of several arms, planned before anything moves."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ...robots.arm_group import ArmGroup
from ..program import Program
from ..settings import Settings
from ..solution import Infeasible
from .plan import ArmsPlan, plan_arms_stage
from .situation import ArmsSituation

REDRAWN = 4
"""How often stages that leave no way on are drawn anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """Stages are planned anew.

    Attributes:
        index: The stage that could not be planned.
        begin: The first one that is planned anew.
        reason: What stood in its way.
    """

    index: int
    begin: int
    reason: str


def plan_program(
    program: Program,
    first: int,
    situation: ArmsSituation,
    group: ArmGroup,
    rng: np.random.Generator,
    settings: Settings,
) -> Generator[ArmsPlan | Redrawn, None, list[ArmsPlan]]:
    """Plan every stage from where the one before it leaves things, and tell of each.

    A stage looks ahead at the ends of those after it, not at the ways to them. Where one of them cannot
    be planned, those before it are drawn anew: one at first, then one more each time.

    Args:
        program: The program.
        first: The stage to begin with.
        situation: Where that begins.
        group: The arms.
        rng: The only source of chance.
        settings: The planner's numbers.

    Returns:
        A plan for each stage from the first.

    Raises:
        Infeasible: If one of them cannot be planned; as it was said first.
    """
    plans: list[ArmsPlan] = []
    refused: Infeasible | None = None
    again = 0
    while first + len(plans) < len(program.stages):
        index = first + len(plans)
        begin = plans[-1].after if plans else situation
        try:
            plan = plan_arms_stage(program, index, begin, group, rng, settings)
        except Infeasible as refusal:
            refused = refused or refusal
            again += 1
            if again > REDRAWN or not plans:
                raise refused from None
            del plans[-again:]
            yield Redrawn(index=index, begin=first + len(plans), reason=str(refusal))
        else:
            plans.append(plan)
            yield plan
    return plans
