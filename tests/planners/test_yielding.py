"""What gives of an ``avoid``: found by asking a stage that can say how near it has to come."""

import pytest
from handsel.planners.program import Avoid, AvoidRegion, Program, Region, Stage
from handsel.planners.solution import Infeasible, Report
from handsel.planners.yielding import (
    TRIES,
    Avoidance,
    Yielded,
    asking_no_more,
    most_asked,
    notes_of,
    yielding,
)


def named(act: Avoidance) -> str:
    return act.thing if isinstance(act, Avoid) else act.region.text


def region(text: str, distance: float) -> AvoidRegion:
    return AvoidRegion(region=Region(kind="half", thing="table", text=text), distance=distance)


class Corridor:
    """A stage that can keep at most so far from each thing, and comes so near where nobody asks."""

    def __init__(self, most: dict[str, float], plain: float = 0.01, possible: bool = True):
        self.most, self.plain, self.possible = most, plain, possible
        self.asked: list[dict[str, float]] = []

    def attempt(self, stage: Stage, probing: bool) -> dict[str, float]:
        asked = {named(act): act.distance for act in (*stage.avoid, *stage.avoid_regions)}
        self.asked.append(asked)
        if not self.possible or any(self.most[thing] < distance for thing, distance in asked.items()):
            constraint = "avoid" if asked else "reach"
            others = ("line 3, x <= 1, by 2 cm", "the hand and wall, which lack 4 mm")
            raise Infeasible("s", Report(constraint=constraint, by=0.1, unit="m", text="no", others=others))
        return asked

    def kept(self, found: dict[str, float], act: Avoidance) -> float:
        return max(found.get(named(act), -1.0), self.plain)

    def run(self, *regions: AvoidRegion, **asked: float) -> tuple[dict[str, float], tuple[Yielded, ...]]:
        avoid = tuple(Avoid(thing=thing, distance=distance) for thing, distance in asked.items())
        stage = Stage(name="s", purpose="", avoid=avoid, avoid_regions=regions)
        return yielding(stage, self.attempt, self.kept)


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


def test_a_region_is_entered_no_deeper_than_it_has_to_be_and_that_is_said() -> None:
    corridor = Corridor({"left": -0.03, "wall": 0.3}, plain=-0.10)
    found, (one,) = corridor.run(region("left", 0.0), wall=0.2)
    assert found["wall"] == 0.2, "what can be kept stays"
    assert -0.03 - 0.10 / 2**TRIES <= one.kept <= -0.03 and one.region
    assert one.text.startswith(f"avoid(left) cannot be kept: the hand goes {-100 * one.kept:.1f} cm into it")


def test_a_region_with_a_distance_gives_of_the_distance_first() -> None:
    _, (one,) = Corridor({"left": 0.04}, plain=-0.05).run(region("left", 0.10))
    assert 0.02 < one.kept <= 0.04
    assert one.text.startswith("avoid(left, 0.1) cannot be kept:") and "less" in one.text


def test_stages_ask_no_more_than_one_of_them_does() -> None:
    first = Stage(name="1", purpose="", avoid=(Avoid(thing="cup", distance=0.1),))
    both = (region("left", 0.02), region("right", 0.0))
    second = Stage(name="2", purpose="", avoid=(Avoid(thing="cup", distance=0.3),), avoid_regions=both)
    things, regions = most_asked((first, second))
    assert things == (Avoid(thing="cup", distance=0.3),) and regions == both
    limited = Stage(name="x", purpose="", avoid=(), avoid_regions=(region("left", -0.01),))
    less = asking_no_more(Program(text="", stages=(first, second)), limited)
    assert less.stages[0].avoid == () == less.stages[1].avoid
    assert less.stages[1].avoid_regions == (region("left", -0.01),)


def test_a_stage_is_told_only_of_what_it_asks_itself() -> None:
    told = (Yielded(thing="cup", asked=0.3, kept=0.2), Yielded(thing="cup", asked=0.3, kept=0.05))
    stage = Stage(name="1", purpose="", avoid=(Avoid(thing="cup", distance=0.1),))
    assert notes_of(told, stage) == (told[1].text,)
