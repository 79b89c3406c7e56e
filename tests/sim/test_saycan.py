"""Household instructions: accepted plans can be done and are judged right, others are not; what can adds."""

from collections.abc import Sequence

import pytest
from handsel.agent.mind import Candidate, Ranking, Subtask
from handsel.core.errors import InputError
from handsel.perception.scene import Scene
from handsel.sim.saycan.cases import Case, ends_of, house_of, read_cases, read_plan
from handsel.sim.saycan.home import YOU, asked_words, read_home, singular
from handsel.sim.saycan.judge import judge, kind_of
from handsel.sim.saycan.run import run_case, sum_up
from handsel.sim.saycan.world import House, identifiers

HOME = read_home()
LINES = [
    (
        "Bring me a soda, please.",
        "find a coke, pick up the coke, bring it to you, put down the coke, done.",
    ),
    (
        "Bring me a soda that is not a coke.",
        "find a pepsi can, pick up the pepsi can, bring it to you, put down the pepsi can, done",
    ),
    (
        "Bring me an apple from the drawer.",
        "go to the drawer, open the drawer, pick up the apple, close the drawer, bring it to you, "
        "put down the apple, done",
    ),
    (
        "Throw all the fruits on the table away.",
        "go to the table, pick up the apple, go to the trash, put down the apple, go to the table, "
        "pick up the banana, go to the trash, put down the banana, done",
    ),
    (
        "Visit the table and the counter.",
        "go to the table, go to the counter, done",
    ),
    (
        "Put the chips in the drawer.",
        "find the bag of chips, pick up the bag of chips, go to the drawer, "
        "put down the bag of chips, open the drawer, pick up the bag of chips, "
        "put down the bag of chips, close the drawer, done",
    ),
    (
        "Throw away two oranges.",
        "find an orange, pick up the orange, go to the trash, put down the orange, find an orange, "
        "pick up the orange, go to the trash, put down the orange, done",
    ),
    (
        "Lift the sponge.",
        "pick up the sponge, done",
    ),
]
"""Written for this test; ``numbered`` gives the form of the published table."""


def numbered(plan: str) -> str:
    return ", ".join(f"{i}. {step}" for i, step in enumerate(plan.split(", "), 1))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, ...]:
    path = tmp_path_factory.mktemp("saycan") / "plans.tsv"
    path.write_text("INPUT\tOUTPUT\n" + "".join(f"{text}\t{numbered(plan)}\n" for text, plan in LINES))
    return read_cases(path, HOME)


def carried_out(case: Case, house: House) -> list[str]:
    """Do the accepted plan; give what could not be done."""
    ids, taken, troubles = identifiers(case.counts), list[str](), []
    for skill, name in case.plans[0]:
        arguments = {"place": name} if skill == "go_to" else {}
        if skill in ("find", "pick_up"):
            near = house.found if house.found in ids[name] and skill == "pick_up" else None
            chosen = near or next((one for one in ids[name] if one not in taken), ids[name][0])
            arguments = {"thing": chosen}
            if skill == "pick_up":
                taken.append(chosen)
        elif skill == "put_down":
            arguments = {"thing": taken[-1]}
        troubles += [house.trouble(skill, arguments)]
        house.do(skill, arguments)
    return [trouble for trouble in troubles if trouble]


def test_accepted_plans_can_be_done_and_are_judged_right(cases: tuple[Case, ...]) -> None:
    for case in cases:
        house = house_of(case, HOME)
        before = dict(house.at)
        assert carried_out(case, house) == [], case.text
        assert judge(case, before, house)[0], case.text
        untouched = house_of(case, HOME)
        assert not judge(case, before, untouched)[0], f"{case.text}: doing nothing is not enough"


def test_kinds(cases: tuple[Case, ...]) -> None:
    assert [kind_of(case.plans[0]) for case in cases] == [
        *("bring", "bring", "bring", "throw away", "go", "put", "throw away", "pick up")
    ]
    assert ends_of(cases[5].plans[0]) == (("bag of chips", "drawer"),), (
        "laid down for a moment is not put there"
    )


def moved(house: House, name: str, place: str) -> House:
    house.moved.append(name)
    house.at[name] = place
    return house


@pytest.mark.parametrize(
    ("number", "thing", "place", "right"),
    [
        (0, "pepsi", YOU, True),
        (0, "water", YOU, False),
        (0, "coke", "table", False),
        (1, "sprite", YOU, True),
        (1, "coke", YOU, False),
        (1, "tea", YOU, False),
        (2, "banana", YOU, False),
        (7, "napkin", "hand", False),
    ],
)
def test_a_thing_stands_for_another_only_where_the_words_do_not_choose(
    cases: tuple[Case, ...], number: int, thing: str, place: str, right: bool
) -> None:
    house = house_of(cases[number], HOME)
    before = dict(house.at)
    assert judge(cases[number], before, moved(house, thing, place))[0] is right


def test_what_is_taken_at_a_place_was_there(cases: tuple[Case, ...]) -> None:
    house = house_of(cases[3], HOME)
    on_table = {name for name, place in house.at.items() if place == "table"}
    assert on_table == {"apple", "banana"}, "the table holds what the plan takes there and nothing else"
    before = dict(house.at)
    moved(moved(house, "apple", "trash"), "orange_1", "trash")
    assert not judge(cases[3], before, house)[0], "the orange was not on the table"


def test_can() -> None:
    house = House(home=HOME, at={"apple": "drawer", "coke": "counter", "tea": "table"}, robot="counter")
    assert house.trouble("pick_up", {"thing": "coke"}) == ""
    assert "not near" in house.trouble("pick_up", {"thing": "tea"})
    assert "closed" in house.trouble("find", {"thing": "apple"})
    assert "not at the drawer" in house.trouble("open_drawer", {})
    house.do("pick_up", {"thing": "tea"})
    assert house.held == "", "what cannot be done changes nothing"
    house.do("pick_up", {"thing": "coke"})
    assert house.held == "coke" and "holds coke" in house.trouble("pick_up", {"thing": "tea"})
    house.do("go_to", {"place": "drawer"})
    assert "holds coke" in house.trouble("open_drawer", {})
    house.do("put_down", {"thing": "coke"})
    house.do("open_drawer", {})
    assert house.trouble("pick_up", {"thing": "apple"}) == "" and house.is_so("open_drawer", {})
    assert house.trouble("bring_to_you", {}) == "the hand is empty"


def test_words() -> None:
    assert [singular(word) for word in ("fruits", "chips", "glass", "apple")] == [
        "fruit",
        "chips",
        "glass",
        "apple",
    ]
    assert "soda" in asked_words("Bring me sodas", HOME) and asked_words("Park!", HOME) == frozenset()
    assert HOME.name_of("the coke can") == "coke" and HOME.name_of("a water bottle") == "water"
    with pytest.raises(InputError, match="line 1: 'dance' is no step"):
        read_plan("1. dance, 2. done", HOME, "line 1")


class Planner:
    """Says a plan; what is useful is what it named, and a little of everything."""

    name = "planner"

    def __init__(self, steps: Sequence[tuple[str, dict[str, str]]], doubt: float = 0.0):
        self._steps, self._doubt = steps, doubt

    def decompose(self, instruction: str, scene: Scene, skills: object) -> tuple[Subtask, ...]:
        return tuple(
            Subtask(text=skill, skill=skill, arguments=arguments) for skill, arguments in self._steps
        )

    def candidate(self, subtask: Subtask) -> Candidate:
        return Candidate(skill=subtask.skill, arguments=subtask.arguments)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        named = self.candidate(subtask)
        return Ranking(
            scores=tuple(1.0 if one == named else self._doubt for one in candidates), method="told"
        )


BRING = [
    ("find", {"thing": "coke"}),
    ("pick_up", {"thing": "coke"}),
    ("bring_to_you", {}),
    ("put_down", {"thing": "coke"}),
]


def test_a_mind_s_plan_is_carried_out_and_counted(cases: tuple[Case, ...]) -> None:
    good = run_case(cases[0], HOME, Planner(BRING))  # type: ignore[arg-type]
    assert good["success"] and good["steps"][0] == "find(coke)" and good["tables"][0]["rows"][0]["can"] == 1.0
    far = [(skill, {"thing": "tea"} if arguments else {}) for skill, arguments in BRING[1:]]
    bad = run_case(cases[2], HOME, Planner(far))  # type: ignore[arg-type]
    assert not bad["success"] and "CannotDo" in bad["stuck"]
    summary = sum_up([good, bad])
    assert summary["success_rate"] == 0.5 and summary["by_kind"]["bring"]["success_rate"] == 0.5


def test_without_can_what_cannot_be_done_is_chosen_and_nothing_happens(cases: tuple[Case, ...]) -> None:
    plan = [("pick_up", {"thing": "apple"}), ("bring_to_you", {})]
    with_can = run_case(cases[2], HOME, Planner(plan, doubt=1e-3))  # type: ignore[arg-type]
    without = run_case(cases[2], HOME, Planner(plan, doubt=1e-3), "can")  # type: ignore[arg-type]
    assert with_can["steps"][0] != "pick_up(apple)", "an infeasible skill is never chosen"
    assert without["steps"][0] == "pick_up(apple)" and without["words"] == "nothing was moved"
