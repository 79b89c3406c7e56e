"""Opening and pouring: programs that no skill of their own covers, in the words of the relation tasks."""

from ...core.errors import CannotDo
from ...perception.scene import Scene
from .step import Step

PULL = 0.10  # How far a drawer is pulled open, where it can come so far, [m].
LEAST_PULL = 0.02  # A drawer that can come out by less counts as open, [m].
LEVEL, POURED = 4, 125  # On the way; tilted over so that loose grains run out, [degrees].


def check(step: Step, scene: Scene) -> None:
    """Check that what is asked is there to be moved so.

    Raises:
        CannotDo: If it is not.
    """
    thing = scene.thing(step.thing)
    if step.skill == "open":
        joint = thing.articulation
        if joint is None or not {"handle", "front"} <= thing.parts.keys():
            raise CannotDo(f"{thing.name} cannot be opened: no part of it is seen that opens by a handle")
        if joint.upper < LEAST_PULL:
            raise CannotDo(f"{thing.name} is open already, as far as it comes")
    elif "opening" not in thing.parts or "opening" not in scene.thing(step.reference).parts:
        lacking = thing.name if "opening" not in thing.parts else step.reference
        raise CannotDo(
            f"nothing can be poured from {step.thing} into {step.reference}: {lacking} has no opening"
        )


def program(step: Step, scene: Scene) -> str:
    """Write the program of a step that opens or pours.

    Args:
        step: What is to be done.
        scene: What is there.

    Raises:
        CannotDo: If what is named has not the parts for it.
        UnknownName: If the scene lacks it.
    """
    check(step, scene)
    if step.skill == "open":
        joint = scene.thing(step.thing).articulation
        assert joint is not None
        text = _OPEN.replace("CM", f"{100.0 * min(PULL, joint.upper):.3g}")
    else:
        text = _POUR
    slowly = f"    slow({step.thing}, 1, 0.08)\n" if step.slowly else ""
    avoid = "".join(f"    avoid({name}, {distance:.3f})\n" for name, distance in step.avoid)
    text = text.replace("EXTRA\n", slowly + avoid)
    return text.replace("SOURCE", step.thing).replace("TARGET", step.reference)


_OPEN = """OUT = direction(xy(SOURCE.center), xy(SOURCE.handle))
STANDS_OUT = origin(SOURCE.handle) - origin(SOURCE.front)

def stage_1():
    \"\"\"grasp the handle\"\"\"
    grasp(SOURCE.handle)

def stage_2():
    \"\"\"pull it straight out; the front comes along and does not turn\"\"\"
    goal(SOURCE.handle == origin(SOURCE.handle) + cm(CM) * vec(OUT[0], OUT[1], 0), tol=cm(3))
    along(norm(cross(SOURCE.handle - origin(SOURCE.handle), vec(OUT[0], OUT[1], 0))) <= mm(4))
    along(norm(SOURCE.handle - SOURCE.front - STANDS_OUT) <= mm(12))
EXTRA
    release(SOURCE)
"""

_POUR = f"""def over(above):
    \"\"\"the opening above the middle of the target's, so many metres\"\"\"
    goal(xy(SOURCE.opening) == xy(TARGET.opening), tol=cm(1.5))
    goal(height(SOURCE.opening) == height(TARGET.opening) + above, tol=cm(1.5))

def stage_1():
    \"\"\"grasp it so that it can be tilted\"\"\"
    grasp(SOURCE)

def stage_2():
    \"\"\"bring it over the target, level and unhurried\"\"\"
    along(tilt(SOURCE.bottom, SOURCE.top) <= degrees({LEVEL}))
    slow(TARGET, 1, 0.25)
EXTRA
    over(norm(SOURCE.top - SOURCE.bottom) + cm(4))

def stage_3():
    \"\"\"tilt it over, the opening stays above the target, and near: what falls far spills\"\"\"
    goal(tilt(SOURCE.bottom, SOURCE.top) == degrees({POURED}))
    over(cm(5.5))
    along(norm(xy(SOURCE.opening) - xy(TARGET.opening)) <= cm(3))
    along(height(SOURCE.opening) - height(TARGET.opening) <= norm(SOURCE.top - SOURCE.bottom) + cm(7))
    slow(TARGET, 1, 0.1)

def stage_4():
    \"\"\"turn it up again\"\"\"
    goal(tilt(SOURCE.bottom, SOURCE.top) <= degrees(3))
    over(norm(SOURCE.top - SOURCE.bottom) + cm(4))
    along(norm(xy(SOURCE.opening) - xy(TARGET.opening)) <= cm(4))

def stage_5():
    \"\"\"set it down where it stood\"\"\"
    along(tilt(SOURCE.bottom, SOURCE.top) <= degrees(8))
    goal(SOURCE.bottom == origin(SOURCE.bottom) + vec(0, 0, mm(2)), tol=cm(2))
    goal(tilt(SOURCE.bottom, SOURCE.top) <= degrees(3))
    release(SOURCE)
"""
