"""The agent of the named tier in the benchmark of boxes: it does what is said, and knows no task."""

import json

import pytest
from handsel.core.errors import CannotDo, InputError
from handsel.sim.public.agents import agent_for
from handsel.sim.public.env import BodyLook
from handsel.sim.public.evaluation import PublicRun, evaluate_public, run_public_episode, sum_up
from handsel.sim.public.tasks_file import TasksFile, read_tasks

SAID = {"press_it": "Press a button", "go_there": "Reach a goal position"}
TASKS = TasksFile(source="here", instructions=SAID, groups={"press_it": "easy", "go_there": "hard"})
RUN = PublicRun(benchmark="fake", tier="named")


@pytest.mark.parametrize("task", ["press_it", "go_there"])
@pytest.mark.parametrize("seed", [0, 5])
def test_it_does_what_is_said(boxes, task, seed):
    record = run_public_episode(RUN, boxes, TASKS, task, seed)
    assert record["success"], record


def test_the_words_decide_not_the_task(boxes, start):
    """A task that is called by another name, and one in which something else is said."""
    swapped = TasksFile(source="", instructions={"press_it": SAID["go_there"]}, groups={})
    with start(dict(swapped.instructions)) as other:
        record = run_public_episode(RUN, other, swapped, "press_it", 0)
    assert not record["success"]


class Renamed:
    """A benchmark whose tasks have other names; the rest is as it was."""

    def __init__(self, env, names):
        self._env, self._names = env, names
        self.name, self.body = env.name, Watched(env.body)

    def list_tasks(self):
        return tuple(self._names)

    def reset(self, task, seed, tier):
        return self._env.reset(self._names[task], seed, tier)

    def success(self):
        return self._env.success()

    def close(self):
        self._env.close()


class Watched:
    """A body that writes down what it is asked for and what it tells."""

    def __init__(self, body):
        self._body, self.told, self.info = body, [], body.info

    def observe(self, cameras=(), *, names=False, truth=False):
        look = self._body.observe(cameras, names=names, truth=truth)
        self.told.append((names, truth, look))
        return look

    def act(self, action):
        return self._body.act(action)


def test_tasks_with_other_names_end_the_same(boxes):
    names = {"x7Qf": "press_it", "a-0": "go_there"}
    renamed = Renamed(boxes, names)
    said = TasksFile(source="", instructions={k: SAID[v] for k, v in names.items()}, groups={})
    for new, old in names.items():
        a = run_public_episode(RUN, renamed, said, new, 2)
        b = run_public_episode(RUN, boxes, TASKS, old, 2)
        assert a["success"] and b["success"]
        assert (a["seconds"], a["tries"]) == (b["seconds"], b["tries"])


def test_it_asks_for_no_truth(boxes):
    renamed = Renamed(boxes, {"x": "press_it"})
    said = TasksFile(source="", instructions={"x": "Press a button"}, groups={})
    run_public_episode(RUN, renamed, said, "x", 0)
    assert renamed.body.told and not any(truth for _, truth, _ in renamed.body.told)
    assert all(isinstance(look, BodyLook) and not look.truth for _, _, look in renamed.body.told)


def test_a_run_goes_on_where_it_was_broken_off(boxes, tmp_path):
    seen = []

    def note(record, total):
        seen.append((record["task"], record["seed"], total))

    summary = evaluate_public(RUN, boxes, TASKS, tmp_path, trials=1, kind="", on_episode=note)
    assert summary["success_rate"] == 1.0 and summary["macro"] == 1.0 and len(seen) == 2
    path = tmp_path / "episodes.jsonl"
    first, _ = path.read_text().splitlines()
    path.write_text(first + '\n{"task": "go_th')
    again = evaluate_public(RUN, boxes, TASKS, tmp_path, trials=1, kind="", on_episode=note)
    assert again["episodes"] == 2 and len(path.read_text().splitlines()) == 2
    with pytest.raises(InputError, match="another run"):
        other = PublicRun(benchmark="fake", tier="named", seed=4)
        evaluate_public(other, boxes, TASKS, tmp_path, trials=1, kind="", on_episode=note)


def test_means_over_groups_and_over_episodes_are_two_figures():
    rows = [{"task": "a", "group": "easy", "success": True, "wall": 1.0}] * 3
    rows += [{"task": "b", "group": "hard", "success": False, "wall": 1.0}]
    summary = sum_up(rows)
    assert summary["success_rate"] == 0.75 and summary["macro"] == 0.5
    assert summary["tasks"]["b"] == {"right": 0, "of": 1, "share": 0.0}


def test_chance_floors_the_figure(boxes):
    run = PublicRun(benchmark="fake", tier="named", agent="random")
    records = [run_public_episode(run, boxes, TASKS, "press_it", seed) for seed in range(2)]
    assert not any(record["success"] for record in records)


def test_nobody_acts_in_a_tier_that_is_not_theirs():
    with pytest.raises(CannotDo, match="recorded"):
        agent_for("keypoints", "recorded")
    with pytest.raises(InputError, match="tier"):
        PublicRun(benchmark="fake", tier="oracle")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        '{"tasks": []}',
        '{"tasks": [{"task": "a"}]}',
        '{"tasks": [{"task": "a", "instruction": "x"}, {"task": "a", "instruction": "y"}]}',
        "[" * 100000,
    ],
)
def test_a_broken_file_of_instructions_is_refused(tmp_path, text):
    path = tmp_path / "said.json"
    path.write_text(text)
    with pytest.raises(InputError):
        read_tasks(path)


def test_instructions_are_read(tmp_path):
    path = tmp_path / "said.json"
    rows = [
        {"task": "a", "instruction": "Press it", "difficulty": "easy"},
        {"task": "b", "instruction": "Go"},
    ]
    path.write_text(json.dumps({"source": "somebody", "tasks": rows, "more": 1}))
    read = read_tasks(path)
    assert read.instructions["b"] == "Go" and read.groups == {"a": "easy", "b": "all"}
