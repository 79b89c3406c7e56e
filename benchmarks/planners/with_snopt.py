"""The same sub-goals given to SNOPT, for comparison: the compiled rows and cost with their exact slopes."""

import numpy as np
from handsel.planners.free_hand.kernel import FIRM, angle_between, near, rows, turned
from handsel.planners.free_hand.problem import HandProblem
from pydrake.autodiffutils import ExtractValue, InitializeAutoDiff
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.solvers import MathematicalProgram, SnoptSolver


class _Posed:
    """Rows and cost as functions of a turn and a shift from a start."""

    def __init__(self, hand: HandProblem, R: np.ndarray, p: np.ndarray):
        self.d, self.R, self.p = hand.data, R, p
        self.values, self.slopes = hand.data.constants.copy(), np.zeros((hand.data.code.size, 6))

    def at(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pose, and the map from slopes by world turns to slopes by x."""
        R = self.R.copy()
        turned(R, *x[:3])
        a = float(np.linalg.norm(x[:3]))
        K = np.array([[0, -x[2], x[1]], [x[2], 0, -x[0]], [-x[1], x[0], 0]])
        h, s = ((1 - np.cos(a)) / a**2, (a - np.sin(a)) / a**3) if a > 1e-6 else (0.5, 1 / 6)
        J = np.eye(6)
        J[:3, :3] += h * K + s * K @ K
        return R, self.p + x[3:], J

    def rows(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and their slopes."""
        R, p, J = self.at(x)
        rows(self.d, R, p, self.values, self.slopes)
        return self.values[self.d.outputs].copy(), self.slopes[self.d.outputs] @ J

    def cost(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Cost and slope; the jumps at the grid's border have none."""
        R, p, J = self.at(x)
        d, g = self.d, np.zeros(6)
        margin, by_near, by_shift, by_turn, by_approach, least = d.weights
        short, missing = near(d, R, p, margin, least, g, True)
        g *= by_near
        off = p - d.p
        length, angle = float(np.linalg.norm(off)), angle_between(R, d.R)
        if length > 1e-9:
            g[3:] += by_shift * off / length
        if angle > 1e-9:
            M = R @ d.R.T
            axis = np.array([M[2, 1] - M[1, 2], M[0, 2] - M[2, 0], M[1, 0] - M[0, 1]])
            g[:3] += by_turn * axis / max(float(np.linalg.norm(axis)), 1e-12)
        g[:3] -= by_approach * np.cross(R[:, 2], d.toward)
        value = by_near * short + by_shift * length + by_turn * angle
        return value + by_approach * (1.0 - float(R[:, 2] @ d.toward)) + FIRM * missing, g @ J


def solve_with_snopt(hand: HandProblem, rng: np.random.Generator, starts: int) -> RigidTransform | None:
    """Give the cheapest feasible pose of several starts, the first at the present pose."""
    d = hand.data
    low = np.where(d.equal == 1, 0.0, -np.inf)
    best: tuple[float, RigidTransform | None] = (np.inf, None)
    for number in range(starts):
        R, p = d.R.copy(), d.p.copy()
        if number:
            turned(R, *rng.standard_normal(3))
            p = np.clip(p + 0.1 * rng.standard_normal(3), d.lower, d.upper)
        posed = _Posed(hand, R, p)
        prog = MathematicalProgram()
        x = prog.NewContinuousVariables(6)
        prog.AddBoundingBoxConstraint(np.r_[[-4.0] * 3, d.lower - p], np.r_[[4.0] * 3, d.upper - p], x)

        def row_values(a: np.ndarray, posed: _Posed = posed) -> np.ndarray:
            return InitializeAutoDiff(*posed.rows(ExtractValue(a).ravel())).ravel()

        def cost(a: np.ndarray, posed: _Posed = posed) -> object:
            value, slope = posed.cost(ExtractValue(a).ravel())
            return InitializeAutoDiff(np.array([value]), slope[None]).ravel()[0]

        prog.AddConstraint(row_values, low, np.zeros(len(low)), x)
        prog.AddCost(cost, x)
        y = SnoptSolver().Solve(prog, np.full(6, 1e-3), None).GetSolution(x)
        values, _ = posed.rows(y)
        broken = np.where(d.equal == 1, np.abs(values), np.maximum(values, 0.0)).max()
        value, _ = posed.cost(y)
        if broken <= 1e-5 and value < best[0]:
            S, s, _ = posed.at(y)
            best = value, RigidTransform(RotationMatrix.ProjectToRotationMatrix(S), s)
    return best[1]
