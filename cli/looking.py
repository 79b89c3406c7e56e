"""What ``handsel look`` does once its imports are paid for."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from ..agent.body import Body
from ..agent.plain import plain, scene_json
from ..agent.report.scene_picture import draw_scene
from ..core.errors import InputError
from ..perception.frame_files import ENDINGS, Snapshot, read_snapshot, write_frames
from ..perception.perceiver import PERCEIVERS
from ..perception.relations import Relation, relations
from ..perception.scene import DistanceField, Scene, Thing
from ..robots.models import load_model
from ..sim.scene_files import find_scene
from ..sim.start import start_world
from .look import Look

TOLD = ("touching", "beside")
"""The relations that the terminal lists: carriers are in the table, directions are seen in the picture."""


def look(command: Look) -> int:
    """Get frames, perceive them, and tell what is there.

    Args:
        command: The arguments.

    Returns:
        0.

    Raises:
        InputError: If there are no frames, or nothing can be measured in them.
    """
    check_places(command)
    perceiver = PERCEIVERS.load(command.perceiver)()
    snapshot = read_snapshot(command.frames) if command.frames else through_robot(command)
    if command.save is not None:
        write_frames(snapshot.frames, command.save, robot_spheres_W=snapshot.robot_spheres_W)
    scene = perceiver.perceive(snapshot.frames, robot_spheres_W=snapshot.robot_spheres_W)
    held = relations(scene)
    if command.plot is not None:
        draw_scene(scene, command.plot)
    if command.json:
        print(json.dumps(answer(command, scene, held)))
    else:
        show(Console(highlight=False), scene, held)
        for what, path in (("picture", command.plot), ("frames", command.save)):
            if path is not None:
                Console(highlight=False, soft_wrap=True).print(f"{what}: {escape(str(path))}")
    return 0


def check_places(command: Look) -> None:
    """Refuse what cannot go on, before a world is started.

    Raises:
        InputError: If there is not exactly one source, or a file cannot be written where it should be.
    """
    if not command.frames and command.scene is None:
        raise InputError(
            "nothing to look at: give files of frames (.npz, or .json with PNG pictures), or --scene NAME to "
            "look through a simulated robot's cameras"
        )
    if command.frames and (command.scene is not None or command.robot is not None):
        raise InputError(
            "--scene and --robot belong to a simulated robot; give either these or files of frames"
        )
    for option, path, endings in (("--plot", command.plot, (".png",)), ("--save", command.save, ENDINGS)):
        if path is None:
            continue
        if path.suffix not in endings:
            raise InputError(f"{option} {str(path)!r}: expected a file that ends in {' or '.join(endings)}")
        if not path.parent.is_dir():
            raise InputError(f"the folder of {option} {str(path)!r} does not exist")


def through_robot(command: Look) -> Snapshot:
    """Look through the cameras of a simulated robot; nothing moves.

    Raises:
        InputError: If there is no such scene or robot.
    """
    assert command.scene is not None
    spec = find_scene(command.scene)
    if command.robot is not None:
        spec = replace(spec, robot=command.robot)
    # A wrong name is told now, not by the world's process later.
    load_model(spec.robot)
    robot, _ = start_world(spec, seed=command.seed, noise=command.noise)
    with robot:
        observation = robot.observe(robot.info.cameras)
        body = Body(robot.info)
        spheres = body.spheres(observation.arms[body.arm.name], None)
    return Snapshot(frames=observation.frames, robot_spheres_W=spheres)


def answer(command: Look, scene: Scene, held: tuple[Relation, ...]) -> dict[str, Any]:
    """Give the one JSON object: the scene as a trace holds it, with relations and space."""
    files = {"plot": command.plot, "save": command.save}
    return {
        "success": True,
        "exit_code": 0,
        **scene_json(scene),
        "trusted": [thing.name for thing in scene.things if thing.trusted],
        "relations": plain(held),
        "space": space(scene.field),
        "files": {name: str(path) for name, path in files.items() if path is not None},
    }


def space(field: DistanceField | None) -> dict[str, float] | None:
    """Give the shares of the workspace that are free, solid and unknown, and the grid's spacing."""
    if field is None:
        return None
    solid = field.distance <= 0.0
    unknown = field.unknown & ~solid
    return {
        "step": field.step,
        "free": round(float(np.mean(~solid & ~unknown)), 6),
        "solid": round(float(solid.mean()), 6),
        "unknown": round(float(unknown.mean()), 6),
    }


def show(console: Console, scene: Scene, held: tuple[Relation, ...]) -> None:
    """Print the scene for a person."""
    console.print(things_table(scene) if scene.things else "nothing is seen on the table")
    for thing in scene.things:
        if said := notes(thing):
            console.print(f"{thing.name}: {said}", markup=False)
        for doubt in thing.doubts:
            console.print(f"[yellow]{escape(thing.name)}: doubtful: {escape(doubt)}[/]")
    for kind in TOLD:
        pairs = [f"{one.subject} and {one.object}" for one in held if one.kind == kind]
        if pairs:
            console.print(f"{kind}: {', '.join(pairs)}", markup=False)
    for plane in scene.planes:
        across = " x ".join(f"{100 * side:.0f}" for side in plane.size)
        console.print(
            f"plane: {plane.name}, {across} cm, at {round(100 * plane.height, 1) + 0.0:.1f} cm", markup=False
        )
    cameras = ", ".join(
        f"{frame.camera} {frame.model.width} x {frame.model.height}" for frame in scene.frames
    )
    console.print(f"keypoints: {len(scene.keypoints)}; cameras: {cameras}; {scene.perceiver}", markup=False)
    shares = space(scene.field)
    if shares is not None:
        console.print(
            f"space: {shares['free']:.0%} free, {shares['solid']:.0%} solid, {shares['unknown']:.0%} unseen"
        )
    for warning in scene.warnings:
        console.print(f"[yellow]warning:[/] {escape(warning)}")


def things_table(scene: Scene) -> Grid:
    """Give one row a thing, left to right as the person sees them."""
    grid = Grid(box=None, pad_edge=False)
    for title in ("thing", "kind", "colour", "place, cm", "size, cm", "on", "sure"):
        grid.add_column(title, overflow="fold")
    for thing in scene.things:
        sure = f"{thing.confidence:.0%}"
        grid.add_row(
            escape(thing.name),
            escape(thing.kind),
            escape(thing.color),
            " ".join(f"{100.0 * number + 0.0:.1f}" for number in thing.center),
            "x".join(f"{100.0 * side:.1f}" for side in thing.size),
            escape(f"in {thing.inside}" if thing.inside else thing.on),
            sure if thing.trusted else f"[yellow]{sure}[/]",
        )
    return grid


def notes(thing: Thing) -> str:
    """Give the parts beyond the basic ones and how it opens."""
    parts = [name for name in thing.parts if name not in ("top", "bottom", "center")]
    way = thing.articulation
    if way is not None and way.kind == "prismatic":
        most = 100.0 * (way.upper - way.lower)
        parts.append(f"slides, open {abs(100.0 * way.lower):.1f} of about {most:.0f} cm")
    return ", ".join(parts)
