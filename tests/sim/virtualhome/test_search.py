"""Plans lead from what holds to what is wanted, every step of them can be done, and none are made up."""

from itertools import pairwise

import numpy as np
import pytest
from handsel.sim.virtualhome.search import Move, out_of_reach, search


def end_of(start, moves):
    """Do moves one by one."""
    for move in moves:
        assert move.needs <= start, f"{move.name} cannot be done"
        start = (start - move.removes) | move.adds
    return start


def reachable(start, moves):
    """Give every state there is, by looking everywhere."""
    seen, queue = {start}, [start]
    while queue:
        state = queue.pop()
        for move in moves:
            after = (state - move.removes) | move.adds
            if move.needs <= state and after not in seen:
                seen.add(after)
                queue.append(after)
    return seen


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_is_found_just_where_there_is_one(seed):
    rng = np.random.default_rng(seed)
    facts = [(str(number),) for number in range(7)]

    def some(most):
        return frozenset(facts[i] for i in rng.choice(7, rng.integers(0, most + 1), replace=False))

    moves = [
        Move(name=str(i), needs=some(2), adds=some(2), removes=some(2), price=int(rng.integers(1, 4)))
        for i in range(6)
    ]
    start, goals = some(3), some(3)
    found = search(start, goals, moves)
    there = any(goals <= state for state in reachable(start, moves))
    assert (found is not None) == there
    if found is not None:
        assert goals <= end_of(start, found)
        assert search(start, goals, moves) == found
    if out_of_reach(start, goals, moves):
        assert not there


def test_the_next_but_one_room_is_two_steps_away():
    doors = [*pairwise("abcdef"), *(pair[::-1] for pair in pairwise("abcdef"))]
    moves = [
        Move(
            name=f"{one}{other}",
            needs=frozenset({(one,)}),
            adds=frozenset({(other,)}),
            removes=frozenset({(one,)}),
        )
        for one, other in doors
    ]
    found = search(frozenset({("b",)}), frozenset({("e",)}), moves)
    assert found is not None and [move.name for move in found] == ["bc", "cd", "de"]
    assert search(frozenset({("b",)}), frozenset({("e",), ("a",)}), moves, looks=100) is None
    assert out_of_reach(frozenset({("b",)}), [("z",), ("e",)], moves) == {("z",)}
