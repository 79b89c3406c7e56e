"""What is left out is really left out, and what is not there cannot be."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.ablation import PARTS, check_mind, checked_parts, limits_without
from handsel.agent.agent import Agent
from handsel.agent.choose import weigh
from handsel.agent.episode import Limits
from handsel.agent.idle_mind import IdleMind
from handsel.agent.mind import Candidate, Ranking, Subtask
from handsel.agent.minds import make_mind
from handsel.agent.random_mind import RandomMind
from handsel.agent.watch import Blindfold, Watch
from handsel.core.errors import CannotDo, InputError, UnknownName
from handsel.perception.scene import Scene
from handsel.perception.tracking import Tracked, TrackedThing
from handsel.planners.read import Vocabulary, read
from handsel.robots.fake import FakeRobot
from handsel.skills.registry import make_skills
from handsel.skills.skill import Feasibility, Submit
from pydrake.math import RigidTransform

from .players import ScriptedMind, ScriptedPerceiver, ScriptedSkill, no, q_look, stroke, yes
from .scenes import kitchen

IMPOSSIBLE = Feasibility(probability=0.0, reason="the arm is too short")


def agent_with(*skills: ScriptedSkill, mind: object = None, ablate: tuple[str, ...] = ()) -> Agent:
    return Agent(
        FakeRobot(q_start=q_look()),
        mind or ScriptedMind("wave"),  # type: ignore[arg-type]
        ScriptedPerceiver(kitchen()),
        skills=skills,
        ablate=ablate,  # type: ignore[arg-type]
    )


def skill(name: str, *verdicts: Feasibility, feasible: Feasibility | None = None) -> ScriptedSkill:
    return ScriptedSkill(
        name,
        actions=lambda: [Submit(trajectory=stroke())],
        verdicts=list(verdicts) or [yes("it happened")],
        feasible=feasible or yes("it may"),
    )


class Torn(ScriptedMind):
    """Finds waving useful, and nodding a little."""

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        scores = tuple(0.9 if one.skill == "wave" else 0.2 for one in candidates)
        return Ranking(scores=scores, method="told")


def test_parts_have_one_order_and_unknown_ones_are_refused() -> None:
    assert checked_parts(["repair", "maps", "maps"]) == ("maps", "repair")
    with pytest.raises(UnknownName, match="did you mean 'maps'"):
        checked_parts(["map"])
    with pytest.raises(InputError, match="nothing is left to choose by"):
        checked_parts(["can", "say"])


def test_without_can_the_infeasible_is_begun() -> None:
    wave = skill("wave", feasible=IMPOSSIBLE)
    assert agent_with(wave).run("wave").outcome == "refused" and wave.starts == 0
    assert agent_with(wave, ablate=("can",)).run("wave").success and wave.starts == 1


def test_without_say_the_more_feasible_is_begun() -> None:
    for parts, begun in ((), "wave"), (("say",), "nod"):
        skills = skill("wave", feasible=no("hardly")), skill("nod")
        skills[0].feasible = replace(skills[0].feasible, probability=0.5)
        agent_with(*skills, mind=Torn("greet"), ablate=parts).run("greet")
        assert [one.name for one in skills if one.starts] == [begun]


def test_without_repair_nothing_is_tried_again() -> None:
    verdicts = no("nothing moved"), yes("it moved")
    assert agent_with(skill("wave", *verdicts)).run("wave").success
    wave = skill("wave", *verdicts)
    assert agent_with(wave, ablate=("repair",)).run("wave").outcome == "failed" and wave.starts == 1
    assert wave.contexts[0].writes == 1


def test_programs_are_carried_out_without_what_is_left_out() -> None:
    wave = skill("wave")
    agent_with(wave, ablate=("constraints", "maps", "watch")).run("wave")
    assert wave.contexts[0].left_out == {"maps", "constraints"}


def test_without_watch_no_trouble_is_seen_and_no_camera_looks_on_the_way() -> None:
    lost = TrackedThing(X_WO=RigidTransform(), health=0.9, state="lost", shift=0.0)
    now = Tracked(time=0.0, things={"red_block": lost}, keypoints={})
    seen = FakeRobot().observe()
    assert Watch(["arm"]).check(seen, {}, ("red_block",), now) is not None
    assert Blindfold(["arm"]).check(seen, {}, ("red_block",), now) is None
    limits = limits_without(Limits(), ("watch",))
    assert (limits.look_every, limits.replans, limits.backs, limits.retries) == (0, 0, 0, Limits().retries)


def test_what_a_mind_lacks_cannot_be_left_out() -> None:
    check_mind(make_mind("rules"), PARTS)
    with pytest.raises(InputError, match="'random' has no 'maps'"):
        check_mind(RandomMind(), ("maps",))
    with pytest.raises(InputError, match="'nothing' has no 'can'"):
        agent_with(skill("wave"), mind=IdleMind(), ablate=("can",))


def test_the_idle_mind_does_nothing() -> None:
    episode = agent_with(skill("wave"), mind=make_mind("nothing")).run("put the red block in the bowl")
    assert (episode.outcome, episode.moved, episode.success) == ("answered", False, False)


def drawn(seed: int, instruction: str = "put the red block in the bowl") -> list[tuple[str, dict[str, str]]]:
    """What the random mind does in the kitchen, step by step."""
    mind, scene, skills = RandomMind(), kitchen(), make_skills()
    robot = FakeRobot().info
    mind.seed(seed)
    found = []
    for subtask in mind.decompose(instruction, scene, tuple(one.spec for one in skills)):
        row = weigh(subtask, skills, scene, robot, mind).rows[0]  # type: ignore[arg-type]
        assert row.can > 0.0, "what is drawn can be done"
        mind.chose(subtask, Candidate(skill=row.skill, arguments=row.arguments))
        found.append((row.skill, dict(row.arguments)))
        try:
            text = mind.write(subtask.text, scene, ())
        except CannotDo:
            continue  # Drawn, and there is no room for it.
        assert row.arguments["thing"] in text
        assert read(text, Vocabulary.of(scene, ("arm",), {}, maps=True)).stages
    return found


def test_the_random_mind_draws_what_can_be_done_by_its_seed_alone() -> None:
    runs = [drawn(seed) for seed in range(8)]
    assert runs[3] == drawn(3) == drawn(3, "leave everything where it is")
    assert len({str(run) for run in runs}) >= 7
    assert len({skill for run in runs for skill, _ in run}) >= 2


def test_each_instruction_of_a_dialogue_has_a_chance_of_its_own() -> None:
    mind = RandomMind()
    orders = []
    candidates = tuple(Candidate(skill="pick", arguments={"thing": f"thing_{i}"}) for i in range(9))
    for _ in range(2):
        mind.seed(5)
        orders.append(mind.rank(Subtask(text="x"), candidates, kitchen()).scores)
    assert not np.allclose(*orders)
