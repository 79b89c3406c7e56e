"""The dialogue suite: what its judge reads, when its person speaks, and one dialogue as a whole."""

from pathlib import Path

import numpy as np
import pytest
from handsel.agent.events import Event
from handsel.sim.dialogue_judge import ever, holds, judge
from handsel.sim.faults import Stop
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.speaking import WHENS, Said, Speaker, Spoken, latencies
from handsel.sim.suite import Conditions
from handsel.sim.suites.dialogue import KINDS, LAID, SUITE, make, scripts
from handsel.sim.world import World


@pytest.fixture(scope="module")
def world() -> World:
    things = (
        ThingSpec(id="white_bowl", kind="bowl", color="white", x=0.45, y=0.15),
        ThingSpec(id="red_block", kind="block", color="red", x=0.45, y=0.15, on="white_bowl"),
        ThingSpec(id="blue_block", kind="block", color="blue", x=0.45, y=-0.10),
    )
    return World(SceneSpec(name="three", things=things))


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        ("red_block in white_bowl", True),
        ("red_block not in white_bowl", False),
        ("blue_block in white_bowl", False),
        ("blue_block not in white_bowl", True),
        ("blue_block left of white_bowl", True),
        ("blue_block right of white_bowl", False),
        ("white_bowl right of blue_block", True),
        ("blue_block where it was", True),
        ("blue_block held", False),
        ("hand empty", True),
    ],
)
def test_sentences_are_read(world: World, sentence: str, true: bool) -> None:
    assert holds(world, sentence) is true


def test_a_sentence_of_no_form_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="none of the forms"):
        holds(world, "the block is happy")


def test_what_happened_once_has_happened_whatever_came_after() -> None:
    things = (
        ThingSpec(id="white_bowl", kind="bowl", color="white", x=0.45, y=0.15),
        ThingSpec(id="red_block", kind="block", color="red", x=0.45, y=-0.10),
    )
    world = World(SceneSpec(name="two", things=things), image_size=(80, 60))
    world.advance(0.5)
    into = np.array([0.0, 0.25, 0.03])
    assert not ever(world, "red_block in white_bowl")
    world.disturb("red_block", into)
    world.advance(1.0)
    world.disturb("red_block", np.array([0.0, -0.25, 0.03]))
    world.advance(0.5)
    assert not holds(world, "red_block in white_bowl")
    assert ever(world, "red_block in white_bowl")
    task = {"met_at_end": ["hand empty"], "must_not": ["red_block in white_bowl"]}
    assert not judge(world, task)["success"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_dialogue_can_be_laid_said_and_judged(kind: str) -> None:
    task = make(kind, 1, 4)
    names = {thing.id for thing in task.scene.things}
    assert names == {one["id"] for one in scripts()[kind]["things"]}
    assert {line.when for line in task.lines} <= {*WHENS}
    if kind in LAID:
        assert LAID[kind]({thing.id: thing for thing in task.scene.things})
    small = World(task.scene, image_size=(80, 60)) if kind in ("d01", "d08") else None
    if small is not None:
        assert not judge(small, task.to_dict())["success"], "nothing is done by itself"


class Ear:
    """Hears everything, or nothing."""

    def __init__(self, hears: bool = True):
        self.lines: list[str] = []
        self.hears = hears

    def say(self, text: str) -> bool:
        self.lines.append(text)
        return self.hears


def tell(speaker: Speaker, kind: str, time: float = 0.0, **data: object) -> None:
    speaker.on_event(Event(number=0, time=time, wall=0.0, kind=kind, data=data))


def joints(speaker: Speaker, time: float, speed: float) -> None:
    tell(speaker, "joints", time, v=[0.0, speed])


def speaker_of(*whens: str, hears: bool = True) -> tuple[Speaker, Ear]:
    ear = Ear(hears)
    lines = [Said(when=when, text=f"line {number}") for number, when in enumerate(whens)]
    return Speaker(lines=lines, rng=np.random.default_rng(0), hearer=ear), ear


def test_lines_are_said_in_the_motion_that_they_are_for() -> None:
    speaker, ear = speaker_of("holding")
    for index, act in enumerate(("grasp red_block", "release red_block")):
        tell(speaker, "plan", index=index, act=act, duration=2.0)
    tell(speaker, "stage", 0.0, index=0)
    joints(speaker, 1.9, 0.5)
    assert not ear.lines
    tell(speaker, "stage", 3.0, index=1)
    joints(speaker, 3.1, 0.5)
    assert speaker.lines
    joints(speaker, 4.9, 0.5)
    speaker.close()
    assert ear.lines == ["line 0"]


def test_who_was_stopped_for_is_spoken_to_when_the_arm_has_come_to_rest() -> None:
    speaker, ear = speaker_of("idle")
    tell(speaker, "correction", 1.0, rests=True)
    joints(speaker, 1.1, 0.4)
    joints(speaker, 2.5, 0.0)
    joints(speaker, 3.0, 0.0)
    assert speaker.lines
    joints(speaker, 3.4, 0.0)
    speaker.close()
    assert ear.lines == ["line 0"] and speaker.after() is None


def test_what_nobody_heard_is_said_again_and_what_came_too_late_is_told() -> None:
    speaker, _ = speaker_of("just after grasp", "holding", hears=False)
    tell(speaker, "grasped", 1.0, thing="red_block")
    joints(speaker, 1.0, 0.0)
    speaker.close()
    assert speaker.after() == "line 0"
    assert speaker.after() == "line 1" and speaker.late == ["line 1"]


def test_only_stops_of_a_moving_arm_count() -> None:
    spoken = [Spoken(text="a", wall=10.0, heard=True), Spoken(text="b", wall=20.0, heard=False)]
    stops = tuple(
        Stop(wall=wall, time=0.0, speed=speed) for wall, speed in ((9.0, 0.5), (10.04, 0.5), (20.1, 0.5))
    )
    assert latencies(spoken, stops) == [pytest.approx(0.04)]
    assert latencies(spoken, (Stop(wall=10.04, time=0.0, speed=0.0),)) == []


@pytest.mark.slow
def test_the_first_dialogue_ends_as_the_person_wanted(tmp_path: Path) -> None:
    record = SUITE.run(Conditions(suite="dialogue", seed=0, kind="d01"), 0, tmp_path)
    assert record["success"], record["truth"]
    assert record["stops_ms"] and not record["forbidden_touched"]
