"""CPU time of the kinematics and collision kernels, Panda among ten things on a table.

Usage: python benchmarks/kernels.py
"""

import time
import timeit
from collections.abc import Callable

import numpy as np
from handsel.robots.collision import CollisionWorld, Obstacle
from handsel.robots.held import HeldShape
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.shapes import Box, Cylinder, Shape, Sphere, Vessel
from pydrake.math import RigidTransform


def at(x: float, y: float, z: float) -> RigidTransform:
    """Place something upright."""
    return RigidTransform([x, y, z])


def things() -> list[Obstacle]:
    """Set a table: a bowl, a can, a ball, seven blocks."""
    shapes: list[Shape] = [
        Vessel(X_WS=at(0.55, 0.2, 0.0), bottom_radius=0.04, top_radius=0.08, height=0.06, wall=0.005),
        Cylinder(X_WS=at(0.45, -0.2, 0.06), radius=0.033, half_length=0.06),
        Sphere(X_WS=at(0.6, -0.1, 0.03), radius=0.03),
    ]
    shapes += [Box(X_WS=at(0.35 + 0.05 * i, 0.35 - 0.1 * i, 0.03), half=np.full(3, 0.025)) for i in range(7)]
    return [Obstacle(name=f"thing_{i}", shapes=(shape,)) for i, shape in enumerate(shapes)]


def microseconds(call: Callable[[], object], share: int = 1) -> float:
    """Give the least CPU time of a call, divided among its configurations, after one to warm up."""
    call()
    number = 20 if share > 1 else 300
    return min(timeit.repeat(call, number=number, repeat=7, timer=time.process_time)) / number / share * 1e6


def main() -> None:
    """Print the table."""
    model = load_model("panda")
    kinematics = Kinematics(model)
    rng = np.random.default_rng(0)
    Q = model.q_look + np.array([0, 0.4, 0, -0.2, 0, 0.2, 0]) + rng.normal(size=(1000, 7)) * 0.15
    q, points = Q[0], rng.normal(size=(10, 3)) * 0.1
    print(f"tool_pose           {microseconds(lambda: kinematics.tool_pose(q)):7.2f} us")
    print(f"tool_poses, batch   {microseconds(lambda: kinematics.tool_poses(Q), 1000):7.2f} us each")
    print(f"jacobian            {microseconds(lambda: kinematics.jacobian(q)):7.2f} us")
    print(f"points_jacobian, 10 {microseconds(lambda: kinematics.points_jacobian(q, points)):7.2f} us")
    print(f"link_poses, batch   {microseconds(lambda: kinematics.link_poses(Q), 1000):7.2f} us each")
    block = HeldShape.of("block", [Box(X_WS=at(0.0, 0.0, 0.0), half=np.full(3, 0.02))])
    for name, held in (("empty hand", None), ("holding a block", block)):
        world = CollisionWorld(kinematics, things(), width=0.04, held=held)

        def gradients(world: CollisionWorld = world) -> None:
            for row in Q[:100]:
                world.distances(row)

        print(name)
        for cap in (0.3, 0.1, 0.05):
            cost = microseconds(lambda world=world, cap=cap: world.clearance(Q, cap=cap), 1000)
            print(f"  clearance, batch, cap {cap:4.2f} {cost:7.2f} us each")
        rows = len(world.rows())
        print(f"  distances, {rows} rows       {microseconds(gradients, 100):7.2f} us each")


if __name__ == "__main__":
    main()
