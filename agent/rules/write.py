"""Program text for one step: fixed patterns over the scene's geometry."""

from collections.abc import Iterator, Sequence

import numpy as np

from ...core.arrays import Float64
from ...core.errors import CannotDo, Retryable
from ...perception.scene import TABLE, Scene, Thing
from . import furniture, places, pushes
from .fits import FLAT
from .state import HAND
from .step import PROGRAMS, Step

VARIANTS = 4
AT_ROOM = 0.025  # how far from coordinates a thing may be set down, [m]


def program(step: Step, scene: Scene, variant: int) -> str:
    """Write the program for a step.

    Args:
        step: What is to be done.
        scene: What is there.
        variant: 0 for the best program, then others.

    Returns:
        Text that ``planners.read`` reads.

    Raises:
        CannotDo: If there is no free place.
        Retryable: If there is no such variant.
        UnknownName: If the scene lacks what the step names.
    """
    if variant >= VARIANTS:
        raise Retryable(f"rules have no other program for {step.text!r}")
    thing = scene.thing(step.thing)
    for name, _ in step.avoid:
        scene.thing(name)
    if step.skill == "push":
        if variant:
            raise Retryable(f"rules have no other program for {step.text!r}")
        return pushes.program(step, scene)
    if step.skill in PROGRAMS:
        if variant:
            raise Retryable(f"rules have no other program for {step.text!r}")
        return furniture.program(step, scene)
    lines = _pick(thing, variant) if step.skill == "pick" else _place(step, scene, thing, variant)
    held = thing.on == HAND
    stages = [] if held else [("stage_1", f"grasp {thing.name}", [f"grasp({thing.name})"])]
    stages.append((f"stage_{len(stages) + 1}", step.text.split(";")[0], [*_on_way(step), *lines]))
    return "\n\n".join(_function(*stage) for stage in _with_avoid(stages, step)) + "\n"


def _function(name: str, purpose: str, lines: Sequence[str]) -> str:
    body = [f'"""{purpose}"""', *lines]
    return "\n".join([f"def {name}():", *(f"    {line}" for line in body)])


def _with_avoid(stages: list[tuple[str, str, list[str]]], step: Step) -> Iterator[tuple[str, str, list[str]]]:
    """Add what holds in every stage: distances and slowness."""
    extra = [f"avoid({name}, {metres(distance)})" for name, distance in step.avoid]
    extra += [f"slow({step.thing}, 1.0, 0.08)"] if step.slowly else []
    for name, purpose, lines in stages:
        yield name, purpose, [*lines[:-1], *extra, lines[-1]]


def metres(value: float) -> str:
    """Write a length with the unit that reads best."""
    return f"cm({value * 100:.4g})" if abs(value) >= 0.01 else f"mm({value * 1000:.4g})"


def _on_way(step: Step) -> list[str]:
    if not step.upright:
        return []
    return [f"along(tilt({step.thing}.bottom, {step.thing}.top) <= degrees(10))"]


def _pick(thing: Thing, variant: int) -> list[str]:
    name = thing.name
    return [
        f"goal(height({name}.bottom) >= height(origin({name}.bottom)) + cm({(12, 10, 8, 6)[variant]}))",
        f"goal(norm(xy({name}.center - origin({name}.center))) <= cm({(5, 8, 12, 15)[variant]}))",
        f"hold({name})",
    ]


def _place(step: Step, scene: Scene, thing: Thing, variant: int) -> list[str]:
    """Write the goals of a placing, release last."""
    if step.relation == "in":
        return _into(thing, scene.thing(step.reference), variant)
    if step.relation == "on" and not _on_table(step, scene):
        return _onto(scene, thing, scene.thing(step.reference), variant)
    spot = _spot(step, scene, thing, variant)
    anchors = [scene.thing(name) for name in step.reference.split(",") if step.relation not in ("at", "on")]
    table = scene.table_at(spot)
    floor = "height(table)" if table == TABLE else f"height({table}.top)"
    return _set_down(thing, spot, anchors, floor, variant)


def _on_table(step: Step, scene: Scene) -> bool:
    return step.relation == "on" and (step.reference == TABLE or scene.thing(step.reference).kind == TABLE)


def _set_down(thing: Thing, spot: Float64, anchors: Sequence[Thing], floor: str, variant: int) -> list[str]:
    """Write that a thing stands at a spot, just above a floor; the spot is told relative to the anchors."""
    name = thing.name
    place = "".join(f" - {anchor.name}.center" for anchor in anchors)
    offset = spot
    if len(anchors) == 2:
        place = f" - ({anchors[0].name}.center + {anchors[1].name}.center) / 2"
    if anchors:
        offset = spot - np.mean([anchor.center[:2] for anchor in anchors], axis=0)
    lines = [
        f"goal(norm(xy({name}.center{place}{_less(offset)})) <= mm(5), tol=cm(1.5))",
        f"goal(height({name}.bottom) <= {floor} + mm({6 + 2 * variant}), tol=cm(1))",
        f"goal(height({name}.bottom) >= {floor} + mm(2), tol=cm(1))",
    ]
    if thing.kind != "ball":
        lines.append(
            f"goal(tilt({name}.bottom, {name}.top) <= degrees({3 if variant < 2 else 6}), tol=degrees(10))"
        )
    return [*lines, f"release({name})"]


def _less(offset: Float64) -> str:
    """Write that an offset is taken away, where there is one."""
    return f" - vec({offset[0]:.4f}, {offset[1]:.4f}, 0)" if np.abs(offset).max() > 5e-5 else ""


def _into(thing: Thing, container: Thing, variant: int) -> list[str]:
    """Write that a thing is let go over an opening: just over the rim, where no wall is in the hand's way."""
    name, holder = thing.name, container.name
    part = "opening" if "opening" in container.parts else "top"
    radius = container.cavity_radius or float(container.size[:2].min()) / 2.0
    depth = float(container.size[2]) + float(thing.size.max())
    low = 0.005 + 0.01 * variant
    opening = f"{holder}.{part}"
    return [
        f"goal(norm(xy({name}.center - {opening})) <= mm(8), tol={metres(radius)})",
        f"goal(height({name}.bottom) <= height({opening}) + {metres(low + 0.015)})",
        f"goal(height({name}.bottom) >= height({opening}) + {metres(low)}, tol={metres(depth)})",
        f"release({name})",
    ]


def _onto(scene: Scene, thing: Thing, support: Thing, variant: int) -> list[str]:
    """Write that a thing stands on another."""
    floor = f"height({support.name}.top)"
    if support.kind in FLAT:
        spot = _nth(places.upon(scene, thing, support), variant, 0.015)
        if spot is None:
            raise CannotDo(f"there is no free place on {support.name} for {thing.name}")
        floor = f"height({support.name}.{'bottom' if support.kind != 'shelf' else 'top'})"
        if support.kind != "shelf":
            floor += f" + {metres(_base(support))}"
        return _set_down(thing, spot, [support], floor, variant)
    return _set_down(thing, support.center[:2], [support], floor, variant)


def _base(support: Thing) -> float:
    """Give the height of what a plate or tray carries above its bottom: it lies below the rim, [m]."""
    return 0.006 if support.kind == "tray" else float(support.size[2]) / 2.0


def _spot(step: Step, scene: Scene, thing: Thing, variant: int) -> Float64:
    """Choose the free spot on the table for a step.

    Raises:
        CannotDo: If there is none.
    """
    spots = _spots(step, scene, thing)
    found = _nth(spots, variant, 0.02)
    if found is None:
        where = f"{step.relation} {step.reference.replace(',', ' and ')}"
        if step.relation == "at" or step.reference == TABLE:
            where = "on the table"
        if variant:
            raise Retryable(
                f"rules have no other program for {step.text!r}: there is no other free place {where}"
            )
        raise CannotDo(f"there is no free place {where} for {thing.name} within reach")
    return found


def _spots(step: Step, scene: Scene, thing: Thing) -> Iterator[Float64]:
    if step.relation == "at":
        wish = np.array([float(value) for value in step.reference.split(",")])
        near = places.near(scene, thing, wish)
        return (spot for spot in near if float(np.linalg.norm(spot - wish)) <= AT_ROOM)
    if step.relation == "on":
        return places.near(scene, thing, thing.center[:2], step.reference)
    if step.relation == "between":
        first, second = (scene.thing(name) for name in step.reference.split(","))
        return places.between(scene, thing, first, second)
    directions = scene.directions
    way = {
        "next to": None,
        "left of": directions.left,
        "right of": directions.right,
        "in front of": directions.front,
        "behind": directions.behind,
    }[step.relation]
    return places.beside(scene, thing, scene.thing(step.reference), way, step.distance)


def _nth(spots: Iterator[Float64], number: int, apart: float) -> Float64 | None:
    """Take the spot of a number among spots that lie well apart."""
    kept: list[Float64] = []
    for spot in spots:
        if all(float(np.linalg.norm(spot - other)) >= apart for other in kept):
            kept.append(spot)
            if len(kept) > number:
                return spot
    return None
