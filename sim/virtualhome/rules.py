"""A plan for what a prompt says, and for nothing else: no model, no file, no name of a task."""

from dataclasses import dataclass, replace

from ...core.errors import InputError
from .moves import Moves, start_of, told_as_one
from .search import Fact, Move, State, out_of_reach, search
from .situation import Situation, read_situation

MOST_MOVES = 20_000
"""Most moves among which a way is looked for."""
WIDEST = 60
"""Most things that a deed is tried on where the goals do not name them."""
Step = tuple[str, tuple[str, ...]]
"""An action's name and the numbers of its things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done.

    Attributes:
        steps: In order.
        given_up: What is wanted and nothing leads to, in words.
        why: Why there is no plan; empty where there is one.
    """

    steps: tuple[Step, ...]
    given_up: tuple[str, ...] = ()
    why: str = ""


def make_plan(prompt: str) -> tuple[Situation, Plan]:
    """Make a plan from the text of a prompt.

    Raises:
        InputError: If the prompt has another form.
    """
    situation = read_situation(prompt)
    start = start_of(situation)
    named = {part for goal in situation.goals for part in goal[1:]}
    things, goals = _that_count(situation, named), frozenset(map(told_as_one, situation.goals))
    moves = list(Moves(situation, things, named).all())
    missing = out_of_reach(start, goals, moves)
    if missing:  # Better tried with things that it is not said to fit than not at all.
        moves = list(Moves(situation, things, named, strict=False).all())
        missing = out_of_reach(start, goals, moves)
    goals -= missing
    moves, deeds, undone = _with_deeds(situation, start, goals, moves)
    if len(moves) > MOST_MOVES:
        raise InputError(f"there are {len(moves)} things to do; at most {MOST_MOVES} are searched")
    given_up = tuple(_words(situation, fact) for fact in sorted(missing)) + tuple(undone)
    for part, left in ((goals | deeds, ""), (goals, "what has to be done"), (deeds, "how things are to be")):
        found = search(start, part, moves)
        if found is not None:
            steps = tuple((move.name, move.things) for move in found)
            more = (left,) if left else ()
            return situation, Plan(steps=steps or _anything(situation), given_up=given_up + more)
    return situation, Plan(steps=(), given_up=given_up, why="no plan was found")


def _that_count(situation: Situation, named: set[str]) -> list[str]:
    """Choose the things to think of: what the goals name, what that is in, and all where it may take more."""
    count, size = set(named), -1
    while len(count) > size:
        size = len(count)
        count |= {fact[2] for fact in situation.told if fact[0] == "INSIDE" and fact[1] in count}
    if situation.deeds or any(goal[0] == "HOLDS_LH" for goal in situation.goals):
        count |= set(list(situation.things)[:WIDEST])
    return [thing for thing in situation.things if thing in count]


def _with_deeds(
    situation: Situation, start: State, goals: State, moves: list[Move]
) -> tuple[list[Move], State, list[str]]:
    """Let moves count as the deeds that are wanted, in their order.

    A deed that the list of actions lacks is done to nothing, once everything else is so. One that no move can
    bring about is given up.
    """
    deeds, undone = list(situation.deeds), list[str]()
    while True:
        more = list(moves)
        for number, names in enumerate(deeds):
            before = frozenset({("done", str(number - 1))} if number else set())
            done: Fact = ("done", str(number))
            more += [
                replace(move, needs=move.needs | before, adds=move.adds | {done})
                for move in moves
                if move.name in names
            ]
            if not names & set(situation.actions):
                needs = before | goals
                more += [Move(name=name, needs=needs, adds=frozenset({done})) for name in sorted(names)]
        wanted = [("done", str(number)) for number in range(len(deeds))]
        lacking = out_of_reach(start, wanted, more)
        if not lacking:
            return more, frozenset(wanted[-1:]), undone
        first = min(int(number) for _, number in lacking)
        undone.append(" or ".join(sorted(deeds.pop(first))))


def _anything(situation: Situation) -> tuple[Step, ...]:
    """Give one harmless step: the prompt wants some even where all is as it should be."""
    named = [part for goal in situation.goals for part in goal[1:] if part != situation.me]
    others = named or [thing for thing in situation.things if thing != situation.me]
    return (("WALK", (others[0],)),) if others and "WALK" in situation.actions else ()


def _words(situation: Situation, fact: Fact) -> str:
    parts = [situation.things[part].name if part in situation.things else part for part in fact[1:]]
    return " ".join([parts[0], fact[0], *parts[1:]])
