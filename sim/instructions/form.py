"""Meanings in the form of the data files, and back."""

from collections.abc import Mapping
from typing import Any

from ...agent.rules.deeds import ANY, Deed, How, Meaning, Turn
from ...perception.scene import Scene


def as_json(meaning: Meaning) -> dict[str, Any]:
    """Write a meaning as ``tests/data/instructions/README.md`` tells."""
    if meaning.kind == "do":
        return {"steps": [_step(deed) for deed in meaning.deeds], "order": "given"}
    if meaning.kind == "ask":
        return {"ask": {"about": list(meaning.about)}, "text": meaning.text}
    if meaning.kind == "answer":
        answer = meaning.answer
        return {"answer": list(answer) if isinstance(answer, tuple) else answer}
    if meaning.kind == "nothing":
        return {"nothing": meaning.text}
    return {"not_understood": list(meaning.words), "text": meaning.text}


def _step(deed: Deed) -> dict[str, Any]:
    step: dict[str, Any] = {"do": deed.do, "what": deed.what[0]}
    if deed.do in ("stack", "line_up"):
        step["what"] = list(deed.what)
    if deed.do == "stack":
        step["order_matters"] = deed.ordered
    elif deed.do == "line_up":
        step["order"] = list(deed.what) if deed.ordered else None
    elif deed.do == "swap":
        step["with"] = deed.what[1]
    elif deed.do == "wipe":
        step["with"] = deed.tool or None
    if deed.relation:
        step["relation"] = deed.relation
    if deed.to:
        step["to"] = list(deed.to) if deed.relation == "between" else deed.to[0]
    if deed.direction:
        step["direction"] = deed.direction
    if deed.distance is not None:
        step["distance"] = deed.distance
    how = _how(deed.how)
    if how:
        step["how"] = how
    if deed.what == (ANY,):
        return {"choose": deed.count, "from": list(deed.options), "steps_for_each": step}
    return step


def _how(how: How) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in ("slow", "gentle", "upright"):
        if getattr(how, name):
            told[name] = True
    if how.away:
        told["away_from"] = dict(how.away)
    if how.untouched:
        told["untouched"] = sorted(how.untouched)
    return told


def as_turn(told: Mapping[str, Any], scene: Scene) -> Turn:
    """Read an earlier turn of a dialogue.

    Args:
        told: Its text and its steps.
        scene: What is there now; where moved things stood before is not told, and taken to be the table.
    """
    deeds = tuple(_deed(step) for step in told["steps"])
    names = {name for deed in deeds for name in deed.what} & {thing.name for thing in scene.things}
    places = tuple(
        (t.name, "table", None, float(t.center[0]), float(t.center[1]))
        for t in scene.things
        if t.name in names
    )
    return Turn(deeds=deeds, places=places)


def _deed(step: Mapping[str, Any]) -> Deed:
    if "choose" in step:
        step = step["steps_for_each"]
    what = step.get("what", ())
    to = step.get("to", ())
    return Deed(
        do=step["do"],
        what=(what,) if isinstance(what, str) else tuple(what),
        relation=step.get("relation", ""),
        to=(to,) if isinstance(to, str) else tuple(to),
        direction=step.get("direction") or "",
        distance=step.get("distance"),
        tool=step.get("with") or "" if step["do"] == "wipe" else "",
    )
