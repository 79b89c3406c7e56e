"""What gives of an ``avoid``: found by asking a stage that can say how near it has to come."""

import pytest
from handsel.planners.program import Avoid, Stage
from handsel.planners.solution import Infeasible, Report
from handsel.planners.yielding import TRIES, Yielded, yielding


class Corridor:
    """A stage that can keep at most so far from each thing, and comes so near where nobody asks."""

    def __init__(self, most: dict[str, float], plain: float = 0.01, possible: bool = True):
        self.most, self.plain, self.possible = most, plain, possible
        self.asked: list[dict[str, float]] = []

    def attempt(self, stage: Stage, probing: bool) -> dict[str, float]:
        asked = {act.thing: act.distance for act in stage.avoid}
        self.asked.append(asked)
        if not self.possible or any(self.most[thing] < distance for thing, distance in asked.items()):
            constraint = "avoid" if asked else "reach"
            others = ("line 3, x <= 1, by 2 cm", "the hand and wall, which lack 4 mm")
            raise Infeasible("s", Report(constraint=constraint, by=0.1, unit="m", text="no", others=others))
        return asked

    def kept(self, found: dict[str, float], thing: str) -> float:
        return max(found.get(thing, 0.0), self.plain)

    def run(self, **asked: float) -> tuple[dict[str, float], tuple[Yielded, ...]]:
        avoid = tuple(Avoid(thing=thing, distance=distance) for thing, distance in asked.items())
        return yielding(Stage(name="s", purpose="", avoid=avoid), self.attempt, self.kept)


def test_what_can_be_kept_is_asked_once() -> None:
    corridor = Corridor({"wall": 0.3})
    assert corridor.run(wall=0.2) == ({"wall": 0.2}, ())
    assert len(corridor.asked) == 1


@pytest.mark.parametrize("most", [0.05, 0.11, 0.19, 0.35])
def test_most_of_what_can_be_kept_is_kept(most: float) -> None:
    corridor = Corridor({"wall": most})
    _, (one,) = corridor.run(wall=0.4)
    assert one.asked == 0.4
    assert most - (0.4 - 0.01) / 2**TRIES <= one.kept <= most
    assert one.instead == ("line 3, x <= 1, by 2 cm",)
    assert f"{100 * one.kept:.1f} cm are" in one.text and "line 3" in one.text


def test_only_what_stands_in_the_way_gives() -> None:
    corridor = Corridor({"wall": 0.3, "cup": 0.08})
    found, (one,) = corridor.run(wall=0.25, cup=0.2)
    assert one.thing == "cup" and 0.05 < one.kept <= 0.08
    assert found["wall"] == 0.25


def test_both_give_where_one_is_not_enough() -> None:
    _, told = Corridor({"wall": 0.1, "cup": 0.08}).run(wall=0.25, cup=0.2)
    assert [one.thing for one in told] == ["wall", "cup"]


def test_what_cannot_be_done_anyway_says_why_without_the_avoid() -> None:
    with pytest.raises(Infeasible) as refused:
        Corridor({"wall": 0.1}, possible=False).run(wall=0.2)
    assert refused.value.report.constraint == "reach"
    with pytest.raises(Infeasible):
        Corridor({}, possible=False).run()
