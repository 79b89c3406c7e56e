"""Programs without what they say of places or of the way, to see what that is worth."""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal, get_args

from .program import Program, Stage

Said = Literal["maps", "constraints"]
"""``maps`` is all that is said of places: ``toward``, ``avoid``, ``slow``, ``face`` and ``grip``;
``constraints`` is what holds along a stage."""
SAID: tuple[Said, ...] = get_args(Said)


def leaving_out(program: Program, parts: Collection[str]) -> Program:
    """Give a program without parts of what it says; its text stays as it was written.

    A stage that only said where the hand goes has nothing left to do and is left out with it.

    Args:
        program: What was read.
        parts: Which of ``Said``; others are nothing that a program says.
    """
    stages = program.stages
    if "constraints" in parts:
        stages = tuple(replace(stage, along=()) for stage in stages)
    if "maps" in parts:
        bare = tuple(_without_maps(stage) for stage in stages)
        # A program is never empty: what only went somewhere stays where it is.
        stages = tuple(stage for stage in bare if _does_something(stage)) or bare[:1]
    return program if stages == program.stages else replace(program, stages=stages)


def _without_maps(stage: Stage) -> Stage:
    return replace(stage, toward=(), avoid=(), avoid_regions=(), slow=(), slow_regions=(), face=(), grip=())


def _does_something(stage: Stage) -> bool:
    return bool(stage.goals or stage.grasps or stage.releases)
