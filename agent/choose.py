"""Say × can: what is useful for a step, and what can be done now (after Ahn et al., "Do As I Can", 2022)."""

from dataclasses import dataclass

from ..core.errors import CannotDo, InputError
from ..perception.scene import Scene
from ..robots.robot import RobotInfo
from ..skills.skill import Arguments, Feasibility, Skill
from .mind import Candidate, Mind, Subtask

LONGEST_TABLE = 40
"""How many of the most useful candidates are measured and recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One candidate, weighed.

    Attributes:
        skill: The skill's name.
        arguments: Its arguments.
        say: P(useful | words).
        can: P(feasible | geometry).
        score: Their product.
        reason: Why it can or cannot be done.
    """

    skill: str
    arguments: Arguments
    say: float
    can: float
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All that was weighed for one step.

    Attributes:
        rows: The most useful candidates, best first.
        method: How usefulness was found.
        count: How many candidates there were.
    """

    rows: tuple[Row, ...]
    method: str
    count: int


def weigh(subtask: Subtask, skills: tuple[Skill, ...], scene: Scene, robot: RobotInfo, mind: Mind) -> Table:
    """Weigh every candidate for a step.

    Only candidates that are useful at all are measured for feasibility.

    Args:
        subtask: The step.
        skills: What the robot can do.
        scene: What is there.
        robot: What the robot is made of.
        mind: Who says what is useful.
    """
    by_name = {skill.spec.name: skill for skill in skills}
    listed = [
        Candidate(skill=name, arguments=arguments)
        for name, skill in by_name.items()
        for arguments in skill.candidates(scene)
    ]
    named = mind.candidate(subtask)
    if named is not None and named.skill in by_name and not _among(named, listed):
        listed.append(named)
    candidates = tuple(listed)
    ranking = mind.rank(subtask, candidates, scene)
    assert len(ranking.scores) == len(candidates), (
        f"{mind.name} ranked {len(ranking.scores)} of {len(candidates)}"
    )
    useful = sorted(
        (pair for pair in zip(ranking.scores, candidates, strict=True) if pair[0] > 0.0),
        key=lambda pair: -pair[0],
    )
    rows = [
        _row(say, candidate, _feasibility(by_name[candidate.skill], candidate, scene, robot))
        for say, candidate in useful[:LONGEST_TABLE]
    ]
    rows.sort(key=lambda row: (-row.score, -row.say))
    return Table(rows=tuple(rows), method=ranking.method, count=len(candidates))


def choose(table: Table, skills: tuple[Skill, ...], subtask: Subtask) -> tuple[Skill, Arguments]:
    """Take the best candidate that can be done.

    Args:
        table: What was weighed.
        skills: What the robot can do.
        subtask: The step.

    Returns:
        The skill and its arguments.

    Raises:
        CannotDo: If nothing useful can be done; the text is the most useful candidate's reason.
    """
    if not table.rows:
        known = ", ".join(skill.spec.name for skill in skills)
        raise CannotDo(f"none of the skills ({known}) serves {subtask.text!r}")
    best = table.rows[0]
    if best.score <= 0.0:
        raise CannotDo(max(table.rows, key=lambda row: row.say).reason)
    skill = next(skill for skill in skills if skill.spec.name == best.skill)
    return skill, best.arguments


def _among(named: Candidate, listed: list[Candidate]) -> bool:
    return any(one.skill == named.skill and dict(one.arguments) == dict(named.arguments) for one in listed)


def _row(say: float, candidate: Candidate, can: Feasibility) -> Row:
    return Row(
        skill=candidate.skill,
        arguments=dict(candidate.arguments),
        say=say,
        can=can.probability,
        score=say * can.probability,
        reason=can.reason,
    )


def _feasibility(skill: Skill, candidate: Candidate, scene: Scene, robot: RobotInfo) -> Feasibility:
    """Measure a candidate; a name that the scene lacks makes it infeasible."""
    try:
        return skill.can(scene, candidate.arguments, robot)
    except InputError as error:
        return Feasibility(probability=0.0, reason=str(error))
