"""The robot's side of the house: a curve that is too fast, one that is followed, and a stop.

Whatever moves is behind the same few methods: a simulated arm, a fake one as here, an arm of LeRobot's, one
of your own. A curve ends at rest; what does not begin where the arm is, or is too fast, is refused.

Usage:
    python examples/06_move_an_arm_yourself.py
    python examples/06_move_an_arm_yourself.py sim:empty
"""

import sys

import numpy as np
from handsel.core.errors import RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.registry import open_robot
from handsel.robots.robot import Robot


def curve(robot: Robot, turn: float, duration: float) -> JointTrajectory:
    """Give a turn of the first joint, [rad], from where the arm stands."""
    arm = robot.info.arms[0]
    q = robot.observe().arms[arm.name].q
    end = q + turn * np.eye(len(q))[0]
    still = np.zeros((2, len(q)))
    return JointTrajectory(
        arm=arm.name,
        joint_names=arm.joint_names,
        times=np.array([0.0, duration]),
        q=np.stack([q, end]),
        v=still,
    )


def main(name: str = "fake") -> int:
    """Move, and stop halfway."""
    with open_robot(name) as robot:
        arm = robot.info.arms[0].name
        try:
            robot.execute(curve(robot, 0.5, 0.05))
        except RobotError as refusal:
            print(f"refused: {refusal}")
        motion = robot.execute(curve(robot, 0.5, 2.0))
        for tick in range(12):
            robot.advance(0.1)
            sensed = robot.observe()
            state = sensed.motions.get(motion.number, "at rest")
            print(f"{sensed.time:.1f} s  {sensed.arms[arm].q[0]:+.3f} rad  {state}")
            if tick == 5:
                robot.stop()
        return 0 if abs(robot.observe().arms[arm].v[0]) < 0.05 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
