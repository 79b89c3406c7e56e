"""Stages that leave no way on are drawn anew before anything moves."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from handsel.planners.solution import Infeasible, Report
from handsel.skills import planning as module
from handsel.skills.planning import REDRAWN, Planning
from handsel.skills.skill import Wait


def counted(calls):
    """Say yes to the sixth stage, and count."""

    def fails(index, draws):
        calls.append(index)
        return index == 5

    return fails


@dataclass(frozen=True)
class Plan:
    """What is drawn for a stage; the first one grasps."""

    index: int
    draw: int
    grasp: str | None


class Drawn(Planning):
    """Plans are drawn one after the other; some stages fail on some draws."""

    def __init__(self, fails):
        self.told, self.fails, self.draws, self.unwanted = [], fails, [], []
        self._do = SimpleNamespace(
            kinematics=None, tell=lambda kind, **what: self.told.append((kind, what["index"], what["begin"]))
        )

    def stage(self, program, index, situation, unwanted=()):  # pyright: ignore[reportIncompatibleMethodOverride]
        self.draws.append(index)
        self.unwanted.append(unwanted)
        if self.fails(index, self.draws):
            reason = f"draw {len(self.draws)}"
            raise Infeasible(f"stage_{index + 1}", Report(constraint="", by=0.0, unit="", text=reason))
        yield Wait()
        return Plan(
            index=index, draw=len(self.draws), grasp=f"grasp {len(self.draws)}" if not index else None
        )


@pytest.fixture
def drawn(monkeypatch):
    """Give stages planned one from another; where one begins names the plan before it."""
    monkeypatch.setattr(module, "after_stage", lambda situation, plan, kinematics: f"after {plan}")

    def run(fails, count=3):
        planning = Drawn(fails)
        script = planning._stages(SimpleNamespace(stages=range(count)), "here")  # pyright: ignore
        try:
            while True:
                next(script)
        except StopIteration as end:
            return planning, end.value

    return run


def test_the_stage_before_is_drawn_first_then_one_farther_back(drawn):
    planning, prepared = drawn(lambda index, draws: index == 2 and draws.count(2) < 3)
    assert planning.told == [("redrawn", 2, 1), ("redrawn", 2, 0)]
    assert planning.draws == [0, 1, 2, 1, 2, 0, 1, 2]
    assert len(prepared.plans) == len(prepared.situations) == 3
    assert prepared.situations[0] == "here"
    assert prepared.situations[2] == f"after {prepared.plans[1]}"


def test_a_grasp_that_leaves_no_way_on_is_not_drawn_again(drawn):
    planning, _ = drawn(lambda index, draws: index == 2 and draws.count(2) < 3)
    assert planning.unwanted == [(), (), (), (), (), ("grasp 1",), ("grasp 1",), ("grasp 1",)]


def test_without_failure_nothing_is_drawn_twice(drawn):
    planning, prepared = drawn(lambda index, draws: False)
    assert planning.draws == [0, 1, 2] and not planning.told and len(prepared.plans) == 3


def test_the_first_reason_is_told_when_no_draw_helps(drawn):
    with pytest.raises(Infeasible, match="stage_3: draw 3"):
        drawn(lambda index, draws: index == 2)


def test_draws_are_bounded(drawn):
    calls = []
    with pytest.raises(Infeasible):
        drawn(counted(calls), count=6)
    assert calls.count(5) == REDRAWN + 1


def test_a_first_stage_that_cannot_be_planned_is_refused_at_once(drawn):
    with pytest.raises(Infeasible, match="stage_1: draw 1"):
        drawn(lambda index, draws: index == 0)
