"""The fields of a stage on a coarse grid, for those who draw them: nobody plans with these numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64, frozen
from .problem import Problem
from .program import Stage
from .stage_maps import hand_of, surroundings_of, workspace_of
from .value_maps.statements import Statements

CELLS = 22
"""Nodes along each axis: some 5 cm apart over a table."""
NEAR = 0.1
"""Distance from a target at which its affordance has fallen to a third, [m]: so it can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSamples:
    """Fields at the nodes of a grid.

    Attributes:
        lower: The first node, p_W, shape (3,), [m].
        step: Distance of nodes along each axis, shape (3,), [m].
        fields: By name: ``affordance`` (1 at a target), ``avoidance`` (how much nearer than asked, [m]),
            ``speed`` (the limit, [m/s], NaN without one), ``rotation`` (unit vectors, NaN where none is
            said), ``grip`` (the opening, [m], NaN where none is said); shape (CELLS, CELLS, CELLS), of
            ``rotation`` (CELLS, CELLS, CELLS, 3).
    """

    lower: Float64
    step: Float64
    fields: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "lower", frozen(self.lower, (3,)))
        object.__setattr__(self, "step", frozen(self.step, (3,)))


def said_fields(stage: Stage) -> tuple[str, ...]:
    """Name the fields that a stage says something about."""
    said = {
        "affordance": stage.toward,
        "avoidance": (*stage.avoid, *stage.avoid_regions),
        "speed": (*stage.slow, *stage.slow_regions),
        "rotation": stage.face,
        "grip": stage.grip,
    }
    return tuple(name for name, statements in said.items() if statements)


def samples_of(stage: Stage, problem: Problem) -> FieldSamples | None:
    """Sample the fields of a stage; None where it says nothing of places.

    Args:
        stage: The stage as it was written.
        problem: Its problem, as it was solved.
    """
    names = said_fields(stage)
    if not names:
        return None
    situation, kinematics = problem.situation, problem.kinematics
    around = surroundings_of(situation, kinematics)
    said = Statements(stage, around, hand_of(situation, kinematics, 0.0))
    place = kinematics.tool_pose(situation.q).translation()[None]
    workspace = workspace_of(around, kinematics, place)
    axes = [np.linspace(workspace.lower[a], workspace.upper[a], CELLS) for a in range(3)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    of = {
        "affordance": lambda: _affordance(said, nodes),
        "avoidance": lambda: said.avoidance(nodes),
        "speed": lambda: _told(said.speed(nodes)),
        "rotation": lambda: said.rotation(nodes),
        "grip": lambda: said.grip(nodes),
    }
    fields = {name: of[name]() for name in names}
    return FieldSamples(
        lower=workspace.lower,
        step=(workspace.upper - workspace.lower) / (CELLS - 1),
        fields={
            name: values.reshape(CELLS, CELLS, CELLS, *values.shape[1:]) for name, values in fields.items()
        },
    )


def _affordance(said: Statements, nodes: Float64) -> np.ndarray:
    found = np.zeros(len(nodes), np.float32)
    for bound, _, _ in said.targets():
        found = np.maximum(found, np.exp(-np.maximum(bound.distance(nodes), 0.0) / NEAR).astype(np.float32))
    return found


def _told(speed: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(speed), speed, np.nan)
