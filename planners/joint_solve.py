"""A problem file solved for an arm: sub-goals and timed motions in joint space, stage after stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from .answers import Failure, finite, head, places_table, pose, reaching, relation_rows, yielded_table
from .free_hand.problem import check_surfaces
from .joint_stage import Done, after, do_stage, failure, stick_figure
from .joint_start import begin
from .joint_state import ArmState, check_points
from .problem_file import ProblemFile
from .problem_state import ProblemState
from .program import Program
from .settings import Settings
from .solution import Infeasible


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmStage(Done):
    """What was found for one stage.

    Attributes:
        state: Where everything is at its end.
        width: Opening of the fingers then, [m].
    """

    state: ProblemState
    width: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmAnswer:
    """What was found for a problem file and an arm.

    Attributes:
        file: The problem.
        kinematics: The arm, where it stands.
        program: The file's program.
        q: Joint positions at the start, shape (n,), [rad]; None where there are none.
        stages: Answers of the stages that can be done, in order.
        failed: The stage that cannot be done, and why; None where all can.
        seed: What the random numbers came from.
    """

    file: ProblemFile
    kinematics: Kinematics
    program: Program
    q: Float64 | None
    stages: tuple[ArmStage, ...]
    failed: Failure | None
    seed: int

    def proves(self) -> bool:
        """Tell whether every stage was solved and measures itself as right; a path exists only proven."""
        return self.failed is None and all(one.solution.proves() for one in self.stages)

    def table(self) -> dict[str, Any]:
        """Give everything as plain values, ready for JSON."""
        model = self.kinematics.model
        first: Mapping[str, Any] = head(self.file.name, model.name, self.seed, self.proves(), self.failed)
        return {
            **first,
            "joint_names": list(model.joint_names),
            "start": None if self.q is None else {"joints": self.q.tolist(), "arm": _stick(self, self.q)},
            "stages": [_table_of(self, one) for one in self.stages],
        }


def solve_joints(
    file: ProblemFile, kinematics: Kinematics, *, seed: int = 0, settings: Settings | None = None
) -> ArmAnswer:
    """Solve a problem file for an arm.

    Args:
        file: The problem; its ``X_WB`` is where the arm has to stand.
        kinematics: The arm, standing there.
        seed: Where the random numbers come from; the same seed gives the same answer.
        settings: The planner's numbers.

    Returns:
        The answer, also where a stage cannot be done: then it says why.

    Raises:
        InputError: If the start's joints do not fit the arm or the start's pose.
        Retryable: If the program cannot be read.
        CannotDo: If it asks for what cannot be solved for an arm without a world.
        UnknownName: If it speaks of a point that the file does not have.
    """
    settings = settings or Settings()
    program, state = file.program(), ProblemState.first(file)
    rng = np.random.default_rng(seed)
    gripper = kinematics.model.gripper
    width = 0.0 if gripper is None else gripper.max_width
    around = state.closed(state.X_WG, width, gripper)
    begun = begin(reaching(program.stages[0], file.hand), state, kinematics, around, settings, rng)
    stages: list[ArmStage] = []
    failed = begun if isinstance(begun, Failure) else None
    if not isinstance(begun, Failure):
        origin = {**state.places, (None, file.hand): np.array(file.X_WG.translation())}
        arm = ArmState(state=state, q=begun, width=around, origin=origin)
        failed = _stages(program, arm, kinematics, width, rng, settings, stages)
    return ArmAnswer(
        file=file,
        kinematics=kinematics,
        program=program,
        q=None if isinstance(begun, Failure) else begun,
        stages=tuple(stages),
        failed=failed,
        seed=seed,
    )


def _stages(
    program: Program,
    arm: ArmState,
    kinematics: Kinematics,
    width: float,
    rng: np.random.Generator,
    settings: Settings,
    done: list[ArmStage],
) -> Failure | None:
    """Do one stage after the other, and add them to a list; the one that cannot be done is given."""
    for written in program.stages:
        stage = reaching(written, arm.state.file.hand)
        check_points(stage, arm.state)
        check_surfaces(stage, arm.state.standing)
        try:
            found = do_stage(stage, arm, kinematics, rng, settings)
        except Infeasible as error:
            return failure(stage, arm, kinematics, settings, error)
        arm = after(stage, arm, kinematics, found.path.trajectory.q[-1], width)
        done.append(
            ArmStage(
                solution=found.solution,
                path=found.path,
                yielded=found.yielded,
                cpu_s=found.cpu_s,
                state=arm.state,
                width=arm.width,
            )
        )
    return None


def _stick(answer: ArmAnswer, q: Float64) -> list[list[float]]:
    return stick_figure(answer.kinematics, q).tolist()


def _table_of(answer: ArmAnswer, one: ArmStage) -> dict[str, Any]:
    solution, path = one.solution, one.path
    problem, trajectory = solution.problem, path.trajectory
    kinematics = problem.kinematics
    q = trajectory.q[-1]
    return {
        "stage": problem.stage.name,
        "purpose": problem.stage.purpose,
        "pose": pose(kinematics.tool_pose(q)),
        "joints": q.tolist(),
        "cost": solution.cost,
        "violation": solution.violation,
        "clearance_m": finite(solution.clearance),
        "between": solution.between,
        "limit_margin_rad": float(np.minimum(q - kinematics.model.lower, kinematics.model.upper - q).min()),
        "relations": relation_rows(problem.stage, solution.met),
        "yielded": yielded_table(one.yielded),
        "fingers_m": one.width,
        "keypoints": places_table(one.state.places),
        "arm": _stick(answer, q),
        "way": {
            "poses": [pose(kinematics.tool_pose(at)) for at in trajectory.q],
            "times_s": trajectory.times.tolist(),
            "joints": trajectory.q.tolist(),
            "velocities": trajectory.v.tolist(),
            "duration_s": trajectory.duration,
            "method": path.method,
            "violation": path.violation,
            "clearance_m": finite(path.clearance),
            "limit_margin_rad": path.limit_margin,
            "speed_share": path.speed_share,
            "acceleration_share": path.acceleration_share,
            "jerk_share": path.jerk_share,
            "samples": path.samples,
            "notes": list(path.notes),
        },
        "cpu_s": {"subgoal": one.cpu_s[0], "way": one.cpu_s[1]},
    }
