"""Did it happen? Geometry first, then the program's goals, then the mind; a motion's end proves nothing."""

from collections.abc import Callable, Mapping

import numpy as np

from ..core.arrays import Float64
from ..core.errors import UnknownName
from ..perception.scene import Scene
from ..planners.lift import judge as measure
from ..planners.lift import points_in
from ..planners.program import PointRef, Program, Relation
from ..skills.skill import Arguments, Skill
from ..skills.stage_ends import EndMet
from .mind import Mind, Subtask, Verdict

Ends = Mapping[int, tuple[EndMet, ...]]
"""What stages said of their ends, measured then, by the stage's number from 0."""
SURE = 0.5
"""A geometric probability on either side of this is a verdict; exactly this is none."""


def judge(
    subtask: Subtask,
    skill: Skill,
    arguments: Arguments,
    program: Program | None,
    before: Scene,
    after: Scene,
    mind: Mind,
    ends: Ends | None = None,
) -> Verdict:
    """Judge one step.

    Args:
        subtask: The step.
        skill: What was done for it.
        arguments: With which arguments.
        program: The program that was carried out, where there was one.
        before: What was seen before.
        after: What is seen now.
        mind: Who is asked where geometry cannot tell.
        ends: What stages said of their ends, measured when they ended, by their number; None where
            whoever carried the program out does not measure that.
    """
    found = skill.done(before, after, arguments)
    if found.probability != SURE:
        return Verdict(success=found.probability > SURE, reason=found.reason, by="geometry")
    if program is not None:
        verdict = judge_goals(program, before, after, ends)
        if verdict is not None:
            return verdict
    said = mind.judge(subtask, before, after)
    if said is not None:
        return said
    return Verdict(
        success=False,
        reason=f"nothing that can be seen tells whether it happened: {found.reason}",
        by="geometry",
    )


def judge_goals(program: Program, before: Scene, after: Scene, ends: Ends | None = None) -> Verdict | None:
    """Measure the goals of a program's last stages where things lie now, and take in how stages ended.

    A later stage may undo what an earlier one reached, so of each thing only the
    last stage that speaks of it counts. Goals of the empty hand, and of where
    things were when a stage began, cannot be seen afterwards and are left out.
    Where the hand itself was to be (``toward``, ``face``, ``grip``) was measured when
    the stage ended; of every stage that counts.

    Args:
        program: What was carried out.
        before: What was seen before.
        after: What is seen now.
        ends: What stages said of their ends, measured then, by their number; None where nobody did.

    Returns:
        The verdict, or None where nothing can be measured.
    """
    missing = [] if ends is None else _never_ended(program, ends)
    if missing:
        return Verdict(success=False, reason=f"{'; '.join(missing)}", by="geometry")
    goals = _last_goals(program)
    found = [one for number in sorted(ends or {}) for one in (ends or {})[number]]
    if not goals and not found:
        return None
    try:
        measured = measure(goals, _places(before, after)) if goals else ()
    except UnknownName as error:
        return Verdict(success=False, reason=f"cannot be seen any more: {error}", by="geometry")
    rows = [(met.relation.text, met.residual, met.relation.tolerance, met.met) for met in measured]
    rows += [(one.text, one.residual, one.tolerance, one.met) for one in found]
    text, residual, tolerance, _ = max(rows, key=lambda row: row[1] / max(row[2], 1e-9))
    words = f"of {len(rows)} goals {sum(met for *_, met in rows)} hold; "
    words += f"nearest to failing: {text} by {residual:.4f} of {tolerance:.4f}"
    return Verdict(success=all(met for *_, met in rows), reason=words, by="geometry")


def _never_ended(program: Program, ends: Ends) -> list[str]:
    """Name the stages that went toward something and never came to their end."""
    return [
        f"{stage.name} never came to its end: {' and '.join(one.text for one in stage.toward)}"
        for number, stage in enumerate(program.stages)
        if stage.toward and number not in ends
    ]


def _last_goals(program: Program) -> tuple[Relation, ...]:
    chosen: list[Relation] = []
    settled: set[str] = set()
    for stage in reversed(program.stages):
        spoken: set[str] = set()
        for relation in stage.goals:
            refs = points_in([relation])
            moving = {ref.thing for ref in refs if ref.thing is not None and ref.when == "now"}
            if (
                any(ref.thing is None or ref.when == "start" for ref in refs)
                or not moving
                or moving & settled
            ):
                continue
            chosen.append(relation)
            spoken |= {name for name in moving if name is not None}
        settled |= spoken
    return tuple(chosen)


def _places(before: Scene, after: Scene) -> Callable[[PointRef], Float64]:
    def place(ref: PointRef) -> Float64:
        scene = before if ref.when == "origin" else after
        assert ref.thing is not None, "goals of the hand were left out"
        if ref.thing == "table":
            middle = (scene.table.lower + scene.table.upper) / 2.0
            return np.array([*middle, scene.table.height])
        thing = scene.thing(ref.thing)
        if ref.part not in thing.parts:
            raise UnknownName(f"part of {thing.name}", ref.part, thing.parts)
        return thing.parts[ref.part]

    return place
