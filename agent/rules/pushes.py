"""Pushing: what closing means in a scene, and the program of a push."""

from ...core.errors import CannotDo
from ...perception.scene import Scene
from ...skills.push import program as push_program
from .step import Step


def shut(name: str, scene: Scene) -> Step:
    """Give the step that closes a drawer.

    Args:
        name: What is to be closed.
        scene: What is there.

    Raises:
        CannotDo: If it is nothing that closes.
    """
    thing = scene.thing(name)
    if "shut" not in thing.parts:
        raise CannotDo(f"{name} cannot be closed: no drawer's front is seen on it")
    return Step(skill="push", thing=name, relation="shut", reference=name)


def program(step: Step, scene: Scene) -> str:
    """Write the program of a push.

    Args:
        step: What is to be done.
        scene: What is there.

    Raises:
        CannotDo: If the step asks for what a push does not do.
        UnknownName: If the scene lacks what the step names.
    """
    if step.avoid:
        raise CannotDo(f"{step.thing} cannot be pushed and the hand kept away from {step.avoid[0][0]}")
    if step.upright:
        raise CannotDo(f"{step.thing} is only slid; say 'put' for what has to be kept upright")
    return push_program(scene, step.arguments)
