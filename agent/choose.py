"""Say × can: what is useful for a step, and what can be done now (after Ahn et al., "Do As I Can", 2022)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..core.errors import CannotDo, InputError, NeedsAnswer
from ..perception.scene import Scene
from ..robots.robot import RobotInfo
from ..skills.skill import Arguments, Feasibility, Skill
from .already import Already
from .mind import Candidate, Mind, Ranking, Subtask

LONGEST_TABLE = 40
"""How many of the most useful candidates are measured and recorded."""
DONE = "done"
"""What the row is called that says that nothing is left to do."""
Ablate = Literal["", "can", "say"]
"""What is left out of the product, to see what it is worth."""


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
        none: What the answer got that none of them serves.
        least: What an option has to get to remain, where asking is calibrated.
        ablate: What was left out of the product.
    """

    rows: tuple[Row, ...]
    method: str
    count: int
    none: float = 0.0
    least: float | None = None
    ablate: Ablate = ""


def weigh(
    subtask: Subtask,
    skills: tuple[Skill, ...],
    scene: Scene,
    robot: RobotInfo,
    mind: Mind,
    ablate: Ablate = "",
) -> Table:
    """Weigh every candidate for a step.

    Only candidates that are useful at all are measured for feasibility.

    Args:
        subtask: The step.
        skills: What the robot can do.
        scene: What is there.
        robot: What the robot is made of.
        mind: Who says what is useful.
        ablate: ``can`` lets usefulness alone decide, ``say`` feasibility alone; both count where empty.
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
    )[:LONGEST_TABLE]
    rows = [
        _row(say, candidate, _feasibility(by_name[candidate.skill], candidate, scene, robot), ablate)
        for say, candidate in useful
    ]
    if ranking.done > 0.0 and useful:
        rows.append(_done(ranking, by_name, useful[0][1], scene, ablate))
    rows.sort(key=lambda row: (-row.score, -row.say))
    return Table(
        rows=tuple(rows),
        method=ranking.method,
        count=len(candidates),
        none=ranking.none,
        least=ranking.least,
        ablate=ablate,
    )


def choose(table: Table, skills: tuple[Skill, ...], subtask: Subtask) -> tuple[Skill, Arguments]:
    """Take the best candidate that can be done.

    Args:
        table: What was weighed.
        skills: What the robot can do.
        subtask: The step.

    Returns:
        The skill and its arguments; where nothing is left to do, a skill that does nothing and looks.

    Raises:
        CannotDo: If nothing useful can be done; the text is the most useful candidate's reason.
        NeedsAnswer: If asking is calibrated and several that can be done remain.
    """
    best = chosen(table, skills, subtask)
    if best.skill == DONE:
        likeliest = max((row for row in table.rows if row.skill != DONE), key=lambda row: row.say)
        return Already(_named(skills, likeliest.skill), likeliest.arguments), {}
    return _named(skills, best.skill), best.arguments


def chosen(table: Table, skills: tuple[Skill, ...], subtask: Subtask) -> Row:
    """Give the row that is chosen; see ``choose``.

    Raises:
        CannotDo: If nothing useful can be done.
        NeedsAnswer: If asking is calibrated and several that can be done remain.
    """
    known = ", ".join(skill.spec.name for skill in skills)
    if not table.rows:
        raise CannotDo(f"none of the skills ({known}) serves {subtask.text!r}")
    best = table.rows[0]
    if best.score <= 0.0:
        raise CannotDo(max(table.rows, key=lambda row: row.say).reason)
    if table.none > max(row.say for row in table.rows):
        raise CannotDo(f"none of the skills ({known}) does just what {subtask.text!r} says")
    _ask(table, best, subtask)
    return best


def _ask(table: Table, best: Row, subtask: Subtask) -> None:
    """Ask the person where more than one row that can be done remains.

    Raises:
        NeedsAnswer: If so.
    """
    if table.least is None:
        return
    remain = [row for row in table.rows if row.score > 0.0 and (row.say >= table.least or row is best)]
    if len(remain) > 1:
        raise NeedsAnswer(f"Which is meant by {subtask.text!r}?", [_said(row) for row in remain])


def _said(row: Row) -> str:
    """Say a row to the person."""
    if row.skill == DONE:
        return "nothing, it is so already"
    words = [value.replace("_", " ") for value in row.arguments.values()]
    return " ".join([row.skill, *words])


def _named(skills: tuple[Skill, ...], name: str) -> Skill:
    return next(skill for skill in skills if skill.spec.name == name)


def _among(named: Candidate, listed: list[Candidate]) -> bool:
    return any(one.skill == named.skill and dict(one.arguments) == dict(named.arguments) for one in listed)


def _row(say: float, candidate: Candidate, can: Feasibility, ablate: Ablate) -> Row:
    return Row(
        skill=candidate.skill,
        arguments=dict(candidate.arguments),
        say=say,
        can=can.probability,
        score={"": say * can.probability, "can": say, "say": can.probability}[ablate],
        reason=can.reason,
    )


def _done(
    ranking: Ranking, skills: Mapping[str, Skill], likeliest: Candidate, scene: Scene, ablate: Ablate
) -> Row:
    """Weigh that nothing is left to do: how far the most useful candidate's end is so already."""
    try:
        so = skills[likeliest.skill].done(scene, scene, likeliest.arguments)
    except InputError as error:
        so = Feasibility(probability=0.0, reason=str(error))
    return _row(ranking.done, Candidate(skill=DONE, arguments={}), so, ablate)


def _feasibility(skill: Skill, candidate: Candidate, scene: Scene, robot: RobotInfo) -> Feasibility:
    """Measure a candidate; a name that the scene lacks makes it infeasible."""
    try:
        return skill.can(scene, candidate.arguments, robot)
    except InputError as error:
        return Feasibility(probability=0.0, reason=str(error))
