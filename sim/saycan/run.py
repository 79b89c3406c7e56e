"""Let a mind carry household instructions out in words: it breaks down, then chooses by say × can."""

from collections.abc import Iterator, Sequence
from typing import Any

from ...agent.choose import DONE, Ablate, chosen, weigh
from ...agent.mind import Mind
from ...core.errors import HandselError
from ..suite import total
from .cases import Case, house_of
from .home import Home
from .judge import judge, kind_of
from .skills import ROBOT, Told, specs


def run_case(case: Case, home: Home, mind: Mind, ablate: Ablate = "") -> dict[str, Any]:
    """Run one instruction.

    Args:
        case: The instruction.
        home: Where it is said.
        mind: Who understands and weighs.
        ablate: What is left out of say × can.

    Returns:
        A record: ``episode`` (its line), ``instruction``, ``kind``, ``success``, ``cause``, ``words``,
        ``steps``, ``stuck``, ``tables``.
    """
    house = house_of(case, home)
    before = dict(house.at)
    skills = tuple(Told(spec, house) for spec in specs(home))
    done: list[str] = []
    tables: list[dict[str, Any]] = []
    stuck = ""
    try:
        for subtask in mind.decompose(case.text, house.scene(), tuple(skill.spec for skill in skills)):
            table = weigh(subtask, skills, house.scene(), ROBOT, mind, ablate)
            tables.append(
                {
                    "step": subtask.text,
                    "method": table.method,
                    "rows": [
                        {"do": f"{row.skill} {' '.join(row.arguments.values())}".strip()}
                        | {"say": row.say, "can": row.can, "score": row.score}
                        for row in table.rows[:5]
                    ],
                }
            )
            row = chosen(table, skills, subtask)
            if row.skill == DONE:
                continue
            house.do(row.skill, row.arguments)
            done.append(f"{row.skill}({', '.join(row.arguments.values())})")
    except HandselError as error:
        stuck = f"{type(error).__name__}: {error}"
    right, words = judge(case, before, house)
    return {
        "episode": case.number,
        "instruction": case.text,
        "kind": kind_of(case.plans[0]),
        "success": right and not stuck,
        "cause": "" if right and not stuck else stuck or words,
        "words": words,
        "steps": done,
        "stuck": stuck,
        "tables": tables,
    }


def run_cases(cases: Sequence[Case], home: Home, mind: Mind, ablate: Ablate = "") -> Iterator[dict[str, Any]]:
    """Run all instructions, each in a house of its own."""
    for case in cases:
        yield run_case(case, home, mind, ablate)


def sum_up(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sum records up: plan success, by kind as well."""
    return {
        "instructions": len(records),
        **total(records, sorted({record["kind"] for record in records})),
        "stuck": sum(bool(record["stuck"]) for record in records),
    }
