"""Frames from files: what two RGB-D cameras saw, kept, read again and understood.

Any camera's frames will do that are written like these: colours, depth in metres, intrinsics and the camera's
pose (docs/perception.md). Here a simulated robot takes them; `handsel look FILE` does the rest from a shell.

Usage:
    python examples/04_look_at_saved_frames.py
    python examples/04_look_at_saved_frames.py my_frames.npz
"""

import sys
import tempfile
from pathlib import Path

from handsel.agent.body import Body
from handsel.perception.frame_files import read_snapshot, write_frames
from handsel.perception.geometric import GeometricPerceiver
from handsel.perception.relations import relations
from handsel.sim.start import start_world


def take(path: Path) -> None:
    """Save one frame of each camera, and where the arm is, so that it is not taken for a thing."""
    robot, _ = start_world("kitchen", seed=0, noise=True)
    with robot:
        seen = robot.observe(robot.info.cameras)
        body = Body(robot.info)
        write_frames(seen.frames, path, robot_spheres_W=body.spheres(seen.arms["arm"], None))


def show(path: Path) -> int:
    """Print the things in saved frames and how they stand to each other."""
    snapshot = read_snapshot([path])
    scene = GeometricPerceiver().perceive(snapshot.frames, robot_spheres_W=snapshot.robot_spheres_W)
    for thing in scene.things:
        print(f"{thing.name:<14} at {thing.center.round(3)} m, sure to {thing.confidence:.0%}")
    for relation in relations(scene):
        if relation.kind in ("on", "inside", "touching", "behind"):
            print(f"{relation.subject} {relation.kind} {relation.object}")
    return 0 if scene.things else 1


def main(*paths: str) -> int:
    """Look at a file of frames, or at one made on the spot."""
    if paths:
        return show(Path(paths[0]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kitchen.npz"
        take(path)
        return show(path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
