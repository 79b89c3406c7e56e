"""A problem as numbers: its hard rows and its wishes at joint positions, each with the exact derivative.

Wishes are: move little, stay near a comfortable posture, keep level what is
level, stay away from the edge of what a relation allows.
"""

import numpy as np

from ..core.arrays import Float64
from .goal_kernel import Task, descend, distances, evaluate
from .problem import Problem, Rules
from .tape import CONSTANT, INPUT

INSIDE = 1000.0
INSIDE_LENGTH, INSIDE_ANGLE = 0.015, 0.05


class Evaluator:
    """A problem as functions of the joints.

    Attributes:
        problem: The problem.
        margin: Distance from obstacles to keep, [m]; None where distances do not count.
    """

    def __init__(self, problem: Problem, margin: float | None = None):
        """Take a problem.

        Args:
            problem: The problem.
            margin: Distance from obstacles to keep, [m]; None where distances do not count.
        """
        self.problem = problem
        self.margin = margin
        self._task = _task(problem)
        self._packed, self._allowed = problem.room.packed(problem.touching)

    def rows(self, q: Float64) -> tuple[Float64, Float64]:
        """Give the hard rows: relations, the wanted tool pose, distances; (m,) and their Jacobian (m, n)."""
        q = _writable(q)
        r, dr, *_ = evaluate(self._task, q)
        if self.margin is None:
            return r, dr
        d, dd = distances(self._packed, self._allowed, q)
        return np.concatenate([r, d]), np.concatenate([dr, dd])

    def bounds(self) -> tuple[Float64, Float64]:
        """Give the lower and upper bounds of the rows, (m,) each."""
        posed = np.zeros(6 if self._task.posed else 0)
        low, high = np.where(self._task.equal, 0.0, -np.inf), np.zeros(len(self._task.equal))
        count = 0 if self.margin is None else len(self._allowed)
        return (
            np.concatenate([low, posed, np.full(count, self.margin or 0.0)]),
            np.concatenate([high, posed, np.full(count, np.inf)]),
        )

    def wishes(self, q: Float64) -> tuple[float, Float64]:
        """Give the cost of joint positions, and its gradient (n,)."""
        _, _, cost, gradient, *_ = evaluate(self._task, _writable(q))
        return float(cost), gradient

    def descend(self, start: Float64, roomy: float) -> Float64:
        """Go from a start to where every row holds and the wishes are met best nearby, as far as that goes.

        Args:
            start: Joint positions, shape (n,), [rad].
            roomy: Distance from obstacles that is wished, [m].
        """
        margin = -np.inf if self.margin is None else self.margin
        return descend(self._task, self._packed, self._allowed, _writable(start), margin, roomy)[0]


def _writable(values: Float64) -> Float64:
    """Copy, since numba compiles for read-only arrays too."""
    return np.array(values, dtype=np.float64, order="C")


def _task(problem: Problem) -> Task:
    """Put a problem's relations one after the other onto one tape."""
    kinematics, model = problem.kinematics, problem.kinematics.model
    rules = [one for one in problem.rules if one.relations]
    depth = [np.where(one.angular, INSIDE_ANGLE, INSIDE_LENGTH) for one in rules]
    equal = _joined([one.equal for one in rules], np.bool_)
    lengths = _joined(depth, np.float64)
    before = np.cumsum([0, *(len(one.equal) for one in rules)])
    bent = [one.bent + start for one, start in zip(rules, before, strict=False)]
    X_WK = problem.X_WG
    return Task(
        *kinematics.chain,
        *_tapes(rules),
        moving=_joined([one.points.moving for one in rules], np.bool_),
        place=np.concatenate([np.zeros((0, 3)), *(one.points.place for one in rules)]),
        equal=equal,
        depth=lengths,
        weight=np.where(equal, 0.0, INSIDE * (INSIDE_LENGTH / np.maximum(lengths, 1e-9)) ** 2),
        bent=_joined(bent, np.int64),
        posed=X_WK is not None,
        R_WK=np.eye(3) if X_WK is None else _writable(X_WK.rotation().matrix()),
        p_WK=np.zeros(3) if X_WK is None else _writable(X_WK.translation()),
        up_G=_writable(problem.upright_G),
        q_now=_writable(problem.situation.q),
        q_home=_writable(model.q_home),
        lower=_writable(problem.lower),
        upper=_writable(problem.upper),
    )


def _tapes(
    rules: list[Rules],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Join tapes: steps and inputs are numbered on; rows first, then what bends them."""
    steps = inputs = 0
    code, first, second, constants = [], [], [], []
    outputs: list[np.ndarray] = []
    for tapes in ([one.residuals.tape for one in rules], [one.bends for one in rules]):
        inputs = 0
        for tape in tapes:
            operand = (tape.code != INPUT) & (tape.code != CONSTANT)
            code.append(tape.code)
            first.append(tape.first + np.where(operand, steps, np.where(tape.code == INPUT, inputs, 0)))
            second.append(tape.second + np.where(operand, steps, 0))
            constants.append(tape.constants)
            outputs.append(tape.outputs + steps)
            steps, inputs = steps + len(tape.code), inputs + 3 * len(tape.points)
    whole = [_joined(parts, np.int64) for parts in (code, first, second, outputs)]
    return whole[0], whole[1], whole[2], _joined(constants, np.float64), whole[3]


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind)
