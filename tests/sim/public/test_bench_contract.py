"""What every benchmark keeps to; run over each that is there."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from handsel.core.errors import InputError, RobotError
from handsel.sim.public.env import BenchmarkEnv
from handsel.sim.public.environments import RECIPES, is_ready
from handsel.sim.public.remote import open_bench

TASKS = {
    "fake": ("press_it", "go_there"),
    "metaworld": ("reach-v3", "button-press-v3"),
    "libero": (
        "libero_object/pick_up_the_butter_and_place_it_in_the_basket",
        "libero_goal/turn_on_the_stove",
    ),
    "robosuite": ("Lift", "Door"),
}
APART = [pytest.param(name, marks=pytest.mark.slow) for name in TASKS if name != "fake"]


@pytest.fixture(scope="module", params=["fake", *APART])
def env(request, start) -> Iterator[BenchmarkEnv]:
    if request.param == "fake":
        made = start()
    elif lacking := [name for name in RECIPES[request.param].handed if name not in os.environ]:
        pytest.skip(f"set {', '.join(lacking)}")
    elif is_ready(request.param):
        made = open_bench(request.param, dict.fromkeys(TASKS[request.param], "Press a button"))
    else:
        pytest.skip(f"handsel bench-env create {request.param}")
    with made:
        yield made


def test_it_lists_tasks_and_says_what_is_to_be_done(env):
    first, second = TASKS[env.name]
    assert {first, second} <= set(env.list_tasks())
    assert len(env.reset(first, 0, "named")) > 5
    with pytest.raises(InputError, match="no instruction"):
        env.reset("no such task", 0, "named")


def test_the_same_seed_begins_the_same_episode(env):
    first, second = TASKS[env.name]
    seen = []
    for task, seed in ((first, 3), (second, 3), (first, 3), (first, 4)):
        env.reset(task, seed, "named")
        seen.append(env.body.observe(env.body.info().cameras[:1]).frames[0].depth)
    assert np.array_equal(seen[0], seen[2], equal_nan=True)
    assert not np.array_equal(seen[0], seen[3], equal_nan=True)


def test_names_and_truth_are_for_their_tiers(env):
    task = TASKS[env.name][0]
    for tier, names, truth in (
        ("geometric", False, False),
        ("recorded", False, False),
        ("named", True, False),
        ("privileged", True, True),
    ):
        env.reset(task, 0, tier)
        cameras = env.body.info().cameras[:1]
        for asked, allowed in (({"names": True}, names), ({"truth": True}, truth)):
            if allowed:
                look = env.body.observe(cameras, **asked)
                assert look.named if "names" in asked else look.truth
            else:
                with pytest.raises(RobotError, match=tier):
                    env.body.observe(cameras, **asked)


def test_frames_are_metric_and_fit_their_names(env):
    env.reset(TASKS[env.name][1], 1, "named")
    look = env.body.observe(env.body.info().cameras, names=True)
    for frame, named in zip(look.frames, look.named, strict=True):
        assert named.labels.shape == frame.depth.shape
        shown = named.labels > 0
        assert shown.any() and 0.05 < float(np.nanmedian(frame.depth[shown])) < 8.0


def test_the_hand_goes_where_its_actions_say(env):
    env.reset(TASKS[env.name][0], 0, "geometric")
    before = env.body.observe().state
    action = np.zeros(env.body.info().action_size)
    action[0] = 0.5
    state = before
    for _ in range(20):
        state = env.body.act(action)
    assert state.time == pytest.approx(before.time + 20 * env.body.info().period)
    assert state.q[0] - before.q[0] > 0.04
    with pytest.raises(RobotError, match="finite"):
        env.body.act(np.full(len(action), np.nan))


def test_the_body_has_no_word_for_success_or_task(env):
    env.reset(TASKS[env.name][0], 0, "privileged")
    for word in ("success", "reset", "tasks"):
        with pytest.raises(RobotError, match="no operation"):
            env.body._requests.ask(word)
    assert not hasattr(env.body, "success") and not hasattr(env.body, "reset")


def test_an_episode_has_an_end(env):
    env.reset(TASKS[env.name][0], 0, "geometric")
    still = np.zeros(env.body.info().action_size)
    state = env.body.observe().state
    for _ in range(env.body.info().horizon):
        state = env.body.act(still)
    assert state.over
    with pytest.raises(RobotError, match="over"):
        env.body.act(still)
