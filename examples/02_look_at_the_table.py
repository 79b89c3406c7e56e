"""What the robot believes is in front of it.

Takes one RGB-D picture with each camera, turns them into a scene, and prints every thing with its place, its
size and the parts that programs can name. Nothing moves.

Usage:
    python examples/02_look_at_the_table.py
    python examples/02_look_at_the_table.py kitchen
"""

import sys

import numpy as np
from handsel.perception.geometric import GeometricPerceiver
from handsel.robots.robot import Robot
from handsel.sim.start import start_world


def arm_spheres(robot: Robot) -> np.ndarray:
    """Cover the arm with balls (x, y, z, radius), so that it is not taken for a thing."""
    from handsel.agent.body import Body

    return Body(robot.info).spheres(robot.observe().arms["arm"], None)


def main(scene_name: str = "default") -> int:
    """Print the scene."""
    robot, _ = start_world(scene_name, seed=0)
    with robot:
        frames = robot.observe(robot.info.cameras).frames
        scene = GeometricPerceiver().perceive(frames, robot_spheres_W=arm_spheres(robot))
    for thing in scene.things:
        x, y, z = thing.center
        size = " x ".join(f"{100 * side:.1f}" for side in thing.size)
        print(
            f"{thing.name:<14} at ({x:.3f}, {y:+.3f}, {z:.3f}) m, {size} cm, parts: {', '.join(thing.parts)}"
        )
    return 0 if scene.things else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
