"""The goal of what was understood: how everything ends, in the predicates of the tasks.

Only the meaning of the instruction is read, as it was tied to the scene. Which predicate and which
region stand for "in the basket" is a matter of the benchmark's words, told once for each category below.
"""

from collections.abc import Iterable, Mapping

from ...agent.rules.deeds import ANY, Deed
from .layout import Laid
from .tasks import Fact, Task

WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "basket": {"in": ("In", "contain_region"), "on": ("In", "contain_region")},
    "tray": {"in": ("In", "contain_region"), "on": ("In", "contain_region")},
    "microwave": {"in": ("In", "heating_region"), "on": ("On", "top_side")},
    "cabinet": {"on": ("On", "top_side")},
    "stove": {"on": ("On", "cook_region")},
    "rack": {"on": ("On", "top_region"), "in": ("On", "top_region")},
    "shelf": {
        "on": ("In", "top_region"),
        "in": ("In", "top_region"),
        "under": ("In", "bottom_region"),
        "on top": ("On", "top_side"),
    },
}
"""Predicate and region for a relation to a thing of a kind; elsewhere it is ``On`` the thing itself."""
SIDES: Mapping[str, tuple[str, ...]] = {
    "left of": ("left",),
    "right of": ("right",),
    "in front of": ("front",),
    "behind": ("back", "behind"),
}
"""How regions of the ground beside a thing end."""
STATES: Mapping[str, str] = {"open": "Open", "close": "Close", "turn_on": "Turnon", "turn_off": "Turnoff"}
OPPOSITE = {"Open": "Close", "Close": "Open", "Turnon": "Turnoff", "Turnoff": "Turnon"}


def goal_of(deeds: Iterable[Deed], laid: Laid) -> frozenset[Fact]:
    """Give what holds once everything that was understood is done.

    Args:
        deeds: What is to be done, in order.
        laid: The scene that the deeds speak of.

    Returns:
        Predicates; what none stands for is told by its own words, and equals no goal.
    """
    where: dict[str, Fact] = {}
    states: dict[str, Fact] = {}
    for deed in deeds:
        if deed.do in STATES:
            name = laid.regions.get(deed.what[0], deed.what[0])
            states[name] = (STATES[deed.do], name)
        elif deed.do == "stack":
            for below, above in zip(deed.what, deed.what[1:], strict=False):
                where[above] = _at(above, "on", below, laid)
        elif deed.what == (ANY,) or deed.to == (ANY,) or deed.do not in ("put", "push", "pull"):
            for name in deed.what:
                where[name] = (deed.do, name, *deed.to)
        else:
            for name in deed.what:
                relation = "on top" if deed.top and deed.relation == "on" else deed.relation
                where[name] = _at(name, relation, ",".join(deed.to), laid)
    return frozenset((*where.values(), *states.values()))


def _at(name: str, relation: str, other: str, laid: Laid) -> Fact:
    """Write that a thing is in a relation to another one."""
    if other in laid.regions:
        return ("In" if relation == "in" else relation, name, laid.regions[other])
    if relation in SIDES:
        return ("On", name, f"{SIDES[relation][0]} of {other}")
    kind = next((thing.kind for thing in laid.scene.things if thing.name == other), "").split(" ")[-1]
    words = WORDS.get(kind, {})
    predicate, region = words.get(relation) or words.get(relation.removesuffix(" top"), ("", ""))
    relation = relation.removesuffix(" top")
    if predicate:
        return (predicate, name, f"{other}_{region}")
    return ("On" if relation in ("in", "on") else relation, name, other)


def told(task: Task) -> frozenset[Fact]:
    """Give the goal of a task, with regions of the ground beside a thing in words.

    Args:
        task: The task.
    """
    return frozenset(_plain(fact, task) for fact in task.goal)


def _plain(fact: Fact, task: Task) -> Fact:
    region = task.on_ground(fact[2]) if fact[0] == "On" and len(fact) == 3 else None
    if region is None:
        return fact
    for side in (side for sides in SIDES.values() for side in sides):
        stem = region.removesuffix("_" + side)
        kinds = {**task.fixtures, **task.objects}
        found = [name for name, kind in kinds.items() if (kind == stem or kind.endswith("_" + stem))]
        if stem != region and len(found) == 1:
            side = next(sides[0] for sides in SIDES.values() if side in sides)
            return (fact[0], fact[1], f"{side} of {found[0]}")
    return fact


def standing(task: Task) -> frozenset[Fact]:
    """Give what of the tasks' states holds from the start: what a goal has that nobody asks for."""
    return frozenset(fact for fact in task.init if fact[0] in OPPOSITE)
