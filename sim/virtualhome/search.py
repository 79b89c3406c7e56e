"""A way from what holds to what is wanted: best-first search over facts, led by a plan that forgets nothing.

The estimate is the price of a plan for the same problem in which no move removes anything (J. Hoffmann and
B. Nebel, "The FF planning system", 2001). Nothing here knows what a fact or a move means.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

Fact = tuple[str, ...]
State = frozenset[Fact]
WEIGHT = 3
"""How much more the estimate counts than the price so far: plans are found soon and are a little too long."""
LOOKS = 5_000
"""Most states that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move:
    """Something that can be done.

    Attributes:
        name: What it is called.
        things: What it is done to.
        needs: Facts that have to hold before.
        adds: Facts that hold afterwards.
        removes: Facts that hold no more, where it does not add them.
        price: What it costs.
    """

    name: str
    things: tuple[str, ...] = ()
    needs: State = frozenset()
    adds: State = frozenset()
    removes: State = frozenset()
    price: int = 1


def out_of_reach(start: State, goals: Iterable[Fact], moves: Sequence[Move]) -> set[Fact]:
    """Give the goals that could not be met even if no move removed anything."""
    prices, _ = _relaxed(start, moves, _by_need(moves))
    return {goal for goal in goals if goal not in prices}


def search(start: State, goals: State, moves: Sequence[Move], looks: int = LOOKS) -> tuple[Move, ...] | None:
    """Find moves that lead to all goals; the same ones for the same input.

    Args:
        start: What holds.
        goals: What is to hold together at the end.
        moves: What can be done.
        looks: Most states that are looked at.

    Returns:
        The moves in order, or None where none were found.
    """
    by_need, order = _by_need(moves), count()
    first = _estimate(start, goals, moves, by_need)
    if first is None:
        return None
    best, came = {start: 0}, dict[State, tuple[State, Move]]()
    queue = [(WEIGHT * first, next(order), start)]
    closed = set[State]()
    while queue and len(closed) < looks:
        _, _, state = heapq.heappop(queue)
        if state in closed:
            continue
        if goals <= state:
            return _back(state, came)
        closed.add(state)
        for move, after in _next(state, moves):
            price = best[state] + move.price
            if price >= best.get(after, price + 1):
                continue
            left = _estimate(after, goals, moves, by_need)
            if left is None:
                continue
            best[after], came[after] = price, (state, move)
            closed.discard(after)
            heapq.heappush(queue, (price + WEIGHT * left, next(order), after))
    return None


def _next(state: State, moves: Sequence[Move]) -> Iterator[tuple[Move, State]]:
    for move in moves:
        if move.needs <= state and not (move.adds <= state and not move.removes & state - move.adds):
            yield move, (state - move.removes) | move.adds


def _back(state: State, came: dict[State, tuple[State, Move]]) -> tuple[Move, ...]:
    path: list[Move] = []
    while state in came:
        state, move = came[state]
        path.append(move)
    return tuple(reversed(path))


def _by_need(moves: Sequence[Move]) -> dict[Fact, list[int]]:
    """List by fact which moves need it."""
    table: dict[Fact, list[int]] = {}
    for number, move in enumerate(moves):
        for fact in move.needs:
            table.setdefault(fact, []).append(number)
    return table


def _relaxed(
    start: State, moves: Sequence[Move], by_need: dict[Fact, list[int]]
) -> tuple[dict[Fact, int], dict[Fact, int]]:
    """Price every fact as if nothing were ever removed, and say which move brings it about."""
    prices, bringer = dict.fromkeys(start, 0), dict[Fact, int]()
    open_needs = [len(move.needs) for move in moves]
    spent = [move.price for move in moves]
    queue: list[tuple[int, Fact]] = []

    def bring(number: int) -> None:
        for fact in moves[number].adds:
            if spent[number] < prices.get(fact, spent[number] + 1):
                prices[fact], bringer[fact] = spent[number], number
                heapq.heappush(queue, (spent[number], fact))

    for number, needed in enumerate(open_needs):
        if needed == 0:
            bring(number)
    queue += [(0, fact) for fact in start]
    heapq.heapify(queue)
    seen = set[Fact]()
    while queue:
        price, fact = heapq.heappop(queue)
        if fact in seen:
            continue
        seen.add(fact)
        for number in by_need.get(fact, ()):
            open_needs[number] -= 1
            spent[number] += price
            if open_needs[number] == 0:
                bring(number)
    return prices, bringer


def _estimate(
    state: State, goals: State, moves: Sequence[Move], by_need: dict[Fact, list[int]]
) -> int | None:
    """Price a plan in which nothing is ever removed; None where there is none."""
    prices, bringer = _relaxed(state, moves, by_need)
    if not all(goal in prices for goal in goals):
        return None
    wanted, chosen = list(goals), set[int]()
    while wanted:
        number = bringer.get(wanted.pop())
        if number is not None and number not in chosen:
            chosen.add(number)
            wanted += moves[number].needs
    return sum(moves[number].price for number in chosen)
