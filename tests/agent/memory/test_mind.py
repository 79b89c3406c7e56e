"""What an episode leaves in the memory, and what minds make of it: in later dialogues, about like things."""

from dataclasses import replace

import pytest
from handsel.agent.memory.keeper import Keeper
from handsel.agent.memory.likeness import likeness, normalised
from handsel.agent.memory.mark import MARK
from handsel.agent.memory.memory import Memory
from handsel.agent.memory.mind import RememberingMind
from handsel.agent.memory.past import answer
from handsel.agent.memory.undo import undoing
from handsel.agent.mind import Subtask
from handsel.agent.rules.mind import RulesMind
from handsel.core.errors import Answered, CannotDo
from handsel.perception.scene import Scene
from handsel.skills.foresight import moved_thing, with_thing
from pydrake.math import RigidTransform

from ..players import ScriptedMind
from ..scenes import kitchen, make_scene, make_thing
from .episodes import tell_done

FROM = "red_block from on table, at 0.50 -0.30 m"
PLACED = """def stage_1():
    goal(norm(red_block.center - blue_bowl.center - vec(-0.05, 0.1, 0)) <= mm(5))
"""
IN_BOWL = """def stage_1():
    grasp(red_block)

def stage_2():
    goal(norm(xy(red_block.center - blue_bowl.opening)) <= mm(8))
    release(red_block)
"""


def moved(scene: Scene, name: str, x: float, y: float, on: str = "table", inside: str | None = None) -> Scene:
    thing = scene.thing(name)
    put = moved_thing(thing, RigidTransform(thing.X_WO.rotation(), [x, y, float(thing.center[2])]), on)
    return with_thing(scene, replace(put, inside=inside))


@pytest.fixture
def memory() -> Memory:
    return Memory(None)


def put_in_bowl(memory: Memory, scene: Scene | None = None, **others: object) -> Scene:
    before = scene or kitchen()
    after = moved(before, "red_block", 0.55, 0.15, "blue_bowl", "blue_bowl")
    tell_done(
        [Keeper(memory)],
        "put the red block in the bowl",
        before,
        after,
        **{"subtask": "put red_block in blue_bowl", "program": IN_BOWL} | others,  # type: ignore[arg-type]
        thing="red_block",
        relation="in",
        reference="blue_bowl",
    )
    return after


def test_an_episode_is_kept(memory: Memory) -> None:
    put_in_bowl(memory)
    (past,) = memory.episodes()
    assert (past.outcome, past.subtasks, past.seed) == ("done", ("put red_block in blue_bowl",), 3)
    assert past.said == (
        ("person", "put the red block in the bowl"),
        ("person", "slower"),
        ("robot", "how slow?"),
        ("robot", "it is so"),
    )
    (act,) = memory.moved()
    assert (act.skill, act.thing, act.success) == ("place", "red_block", True)
    assert act.before.place.on == "table" and act.before.place.p_WO[:2] == pytest.approx([0.50, -0.30])
    assert act.after is not None and act.after.place.inside == "blue_bowl"
    place = memory.place_before("red_block")
    assert place is not None and place.p_WO[1] == pytest.approx(-0.30)
    seen = memory.last_seen("red_block")
    assert seen is not None and seen.place.inside == "blue_bowl" and memory.last_seen("elephant") is None


def test_what_stayed_where_it_was_was_not_moved(memory: Memory) -> None:
    tell_done([Keeper(memory)], "x", kitchen(), kitchen(), subtask="s", thing="red_block", success=False)
    assert memory.moved(failed=True) == () and memory.place_before("red_block") is None


def test_what_a_hand_holds_when_it_is_stopped_is_known_to_have_been_taken(memory: Memory) -> None:
    held = moved(kitchen(), "red_block", 0.5, 0.0, "hand")
    tell_done(
        [Keeper(memory)],
        "pick up",
        kitchen(),
        held,
        subtask="pick up red_block",
        skill="pick",
        thing="red_block",
    )
    put_in_bowl(memory, held)
    place = memory.place_before("red_block")
    assert place is not None and place.on == "table" and place.p_WO[1] == pytest.approx(-0.30)


def test_a_new_dialogue_knows_what_was_done_before(memory: Memory) -> None:
    after = put_in_bowl(memory)
    mind = RememberingMind(RulesMind(), memory)
    assert texts(mind, "put it back where it was", after) == ["put red_block at 0.500 -0.300"]
    fresh = RememberingMind(RulesMind(), memory)
    assert texts(fresh, "do the same with the blue one", after) == ["put blue_block in blue_bowl"]
    with pytest.raises(CannotDo, match="has not been moved"):
        texts(RememberingMind(RulesMind(), Memory(None)), "put the red block back", after)


def test_a_like_thing_under_the_same_name_is_not_the_same(memory: Memory) -> None:
    put_in_bowl(memory)
    bigger = make_scene(make_thing("red_block", 0.4, 0.0, size=(0.08, 0.08, 0.08)))
    with pytest.raises(CannotDo, match="has not been moved"):
        texts(RememberingMind(RulesMind(), memory), "put the red block back", bigger)


def test_a_place_of_this_dialogue_counts_before_one_of_an_earlier(memory: Memory) -> None:
    after = put_in_bowl(memory)
    mind = RememberingMind(RulesMind(), memory)
    texts(mind, "put the red block on the plate", after)
    on_plate = moved(after, "red_block", 0.65, 0.33, "orange_plate")
    assert texts(mind, "put it back", on_plate) == ["put red_block in blue_bowl"]


def texts(mind: RememberingMind, instruction: str, scene: Scene) -> list[str]:
    return [step.text for step in mind.decompose(instruction, scene, ())]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("which ones have you moved?", "moved, in this order: red_block"),
        ("What have you moved so far", "moved, in this order: red_block"),
        ("what did you do?", "red_block from on table, at 0.50 -0.30 m to in blue_bowl, at 0.55 0.15 m"),
        (
            "what did you move last?",
            "red_block from on table, at 0.50 -0.30 m to in blue_bowl, at 0.55 0.15 m",
        ),
        ("where was the red block before?", "red_block was on table, at 0.50 -0.30 m, before it was moved"),
    ],
)
def test_questions_about_the_past_are_answered(question: str, told: str, memory: Memory) -> None:
    after = put_in_bowl(memory)
    with pytest.raises(Answered) as answered:
        RememberingMind(ScriptedMind("x"), memory).decompose(question, after, ())
    assert str(answered.value) == told


@pytest.mark.parametrize("said", ["move the red block", "which one is moved by you", "where was it", "what"])
def test_other_sentences_go_to_the_mind(said: str, memory: Memory) -> None:
    assert answer(said, memory, put_in_bowl(memory)) == ""


def test_a_program_that_worked_is_offered_for_like_things_and_says_so(memory: Memory) -> None:
    put_in_bowl(memory)
    scene = make_scene(make_thing("green_block", 0.4, 0.1), make_thing("white_bowl", 0.6, 0.1))
    inner = ScriptedMind("x", programs=["mine", "another"])
    mind = RememberingMind(inner, memory, robot="fake")
    text = mind.write("put green_block in white_bowl", scene, ())
    first, _, rest = text.partition("\n")
    assert first.startswith(MARK) and "'put the red block in the bowl'" in first
    assert rest == IN_BOWL.replace("red_block", "green_block").replace("blue_bowl", "white_bowl")
    # Its refusal is nothing that the mind wrote; a second try of the step is the mind's own.
    assert mind.write("put green_block in white_bowl", scene, ("no",)) == "mine"
    assert inner.feedback == [()]
    assert mind.write("put green_block in white_bowl", scene, ()) == "another"


@pytest.mark.parametrize(
    ("step", "scene"),
    [
        ("put green_block on white_bowl", (("green_block", None), ("white_bowl", None))),
        ("put green_ball in white_bowl", (("green_ball", None), ("white_bowl", None))),
        ("put green_block in white_bowl", (("green_block", (0.08, 0.08, 0.08)), ("white_bowl", None))),
        ("put green_block in white_bowl; slowly", (("green_block", None), ("white_bowl", None))),
    ],
)
def test_no_program_is_offered_for_another_thing(step: str, scene: tuple, memory: Memory) -> None:
    put_in_bowl(memory)
    things = [make_thing(name, 0.4, 0.2 * i, size=size) for i, (name, size) in enumerate(scene)]
    assert memory.programs_like(step, make_scene(*things)) == ()


def test_a_program_of_another_robot_or_that_failed_since_is_not_offered(memory: Memory) -> None:
    put_in_bowl(memory)
    step = "put red_block in blue_bowl"
    assert len(memory.programs_like(step, kitchen(), "fake")) == 1
    assert memory.programs_like(step, kitchen(), "other") == ()
    put_in_bowl(memory, success=False)
    assert memory.programs_like(step, kitchen(), "fake") == ()


def test_a_measured_place_counts_only_where_everything_lies_as_then(memory: Memory) -> None:
    text = (
        "def stage_1():\n    goal(norm(red_block.center - blue_bowl.center - vec(-0.05, 0.1, 0)) <= mm(5))\n"
    )
    put_in_bowl(memory, program=text)
    step = "put red_block in blue_bowl"
    assert [one.text for one in memory.programs_like(step, kitchen())] == [text]
    assert memory.programs_like(step, moved(kitchen(), "yellow_ball", 0.6, -0.3)) == ()
    put_in_bowl(memory, program=text.replace("vec(-0.05, 0.1, 0)", "vec(0, 0.0, cm(3))"))
    assert len(memory.programs_like(step, moved(kitchen(), "yellow_ball", 0.6, -0.3))) == 1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("carefully bring a_block to b_bowl", "carefuly bring the a_block to b_bowl", True),
        ("put a_block left of b_bowl", "put a_block right of b_bowl", False),
        ("put a_block in b_bowl", "put a_block on b_bowl", False),
        ("move a_block 10 cm", "move a_block 12 cm", False),
        ("stack a_block on b_bowl", "unstack a_block on b_bowl", False),
        ("put a_block on b_bowl", "put b_bowl on a_block", True),
        ("put a_block on a_block", "put a_block on b_bowl", False),
    ],
)
def test_likeness(one: str, other: str, alike: bool) -> None:
    def words(text: str) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(word for word in text.split() if "_" in word))
        return normalised(text, names)

    assert (likeness(words(one), words(other)) >= 90.0) == alike


def test_undoing_goes_backwards(memory: Memory) -> None:
    put_in_bowl(memory)
    assert [step.text for step in undoing(memory.moved())] == ["put red_block at 0.500 -0.300"]
    tower = moved(kitchen(), "red_block", 0.40, -0.10, "green_block")
    tell_done(
        [Keeper(memory)],
        "put it on the plate",
        tower,
        moved(tower, "red_block", 0.65, 0.33, "orange_plate"),
        subtask="put red_block on orange_plate",
        thing="red_block",
        relation="on",
        reference="orange_plate",
    )
    assert [step.text for step in undoing(memory.moved(after=1))] == ["put red_block on green_block"]
    assert undoing(()) == ()


def test_a_wrapped_mind_keeps_what_else_it_can_do(memory: Memory) -> None:
    class Louder(ScriptedMind):
        said = ""

        def shout(self, words: str) -> str:
            self.said = words.upper()
            return self.said

    inner = Louder("x")
    mind = RememberingMind(inner, memory)
    assert mind.shout("hi") == "HI" and mind.said == "HI"  # type: ignore[attr-defined]
    twice = RememberingMind(mind, memory)
    assert twice.mind is mind and twice.shout("ho") == "HO" == inner.said  # type: ignore[attr-defined]
    assert not hasattr(RememberingMind(ScriptedMind("x"), memory), "shout")
    assert mind.decompose("x", kitchen(), ()) == (Subtask(text="x"),)
