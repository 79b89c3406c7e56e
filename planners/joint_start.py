"""The posture in which an arm begins a problem file: its joints, or some that reach its pose and are free."""

from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from ..core.errors import InputError
from ..robots.kinematics import Kinematics
from .answers import Failure
from .joint_stage import stick_figure
from .joint_state import room_of
from .problem_file import ProblemFile
from .problem_state import ProblemState
from .program import Stage
from .reach import reach
from .settings import Settings
from .solution import Report

STARTS = 24
"""Postures from which the start's pose is tried to be reached."""
SPREAD = 0.8
"""Standard deviation of these postures around the arm's rest, [rad]."""
AGREE_LENGTH, AGREE_ANGLE = 1e-3, 1e-2
"""How far the start's joints may be from the start's pose, [m] and [rad]."""


def begin(
    stage: Stage,
    state: ProblemState,
    kinematics: Kinematics,
    width: float,
    settings: Settings,
    rng: np.random.Generator,
) -> Float64 | Failure:
    """Find the arm's posture at the start.

    Args:
        stage: The first stage.
        state: What is where.
        kinematics: The arm.
        width: Opening of the fingers, [m].
        settings: The planner's numbers.
        rng: Draws postures to search from.

    Returns:
        Joint positions, shape (n,), [rad], or why there are none.

    Raises:
        InputError: If the file's joints do not fit the arm or the start's pose.
    """
    model = kinematics.model
    if state.file.joints is not None:
        return _given(state.file, kinematics)
    room = room_of(replace(stage, avoid=()), state, kinematics, width)
    best: tuple[float, Float64] | None = None
    for turn in range(STARTS):
        posture = (model.q_home, model.q_look)[turn] if turn < 2 else None
        if posture is None:
            posture = model.q_home + rng.normal(scale=SPREAD, size=model.n)
        q = reach(kinematics, state.X_WG, posture, model.lower, model.upper)
        if q is None:
            continue
        free = room.nearest(q)[0]
        if free >= settings.clearance:
            return q
        if best is None or free > best[0]:
            best = (free, q)
    if best is None:
        text = "the arm cannot reach the start's pose: move [base], or give [start] another pose"
        return Failure(
            stage=stage, report=Report(constraint="start", by=0.0, unit="", text=text), state=state
        )
    if best[0] >= 0.0:
        return best[1]
    near = room.nearest(best[1])[1]
    text = f"the arm is not free at the start: {near} overlap by {-1000 * best[0]:.0f} mm at best"
    return Failure(
        stage=stage,
        report=Report(constraint="start", by=-best[0], unit="m", text=f"{text}; move [base] or the start"),
        state=state,
        X_WG=state.X_WG,
        q=best[1],
        arm=stick_figure(kinematics, best[1]),
    )


def _given(file: ProblemFile, kinematics: Kinematics) -> Float64:
    """Take the joints that the file gives.

    Raises:
        InputError: If they do not fit the arm, its limits or the start's pose.
    """
    model, q = kinematics.model, file.joints
    assert q is not None, "only given joints are checked"
    if q.shape != (model.n,):
        raise InputError(f"[start] joints are {len(q)} numbers, and {model.name} has {model.n} joints")
    if (q < model.lower).any() or (q > model.upper).any():
        bad = int(np.argmax(np.maximum(model.lower - q, q - model.upper)))
        limits = f"{model.lower[bad]:.3f} to {model.upper[bad]:.3f}"
        raise InputError(
            f"[start] joints: {model.joint_names[bad]} is {q[bad]:.3f} rad, its limits are {limits}"
        )
    off = file.X_WG.inverse() @ kinematics.tool_pose(q)
    length, angle = float(np.linalg.norm(off.translation())), off.rotation().ToAngleAxis().angle()
    if length > AGREE_LENGTH or angle > AGREE_ANGLE:
        raise InputError(
            f"[start] joints put the tool {1000 * length:.0f} mm and {np.degrees(angle):.1f} degrees from the"
            " start's position and quaternion: make them agree, or leave joints out"
        )
    return q
