"""Instructions of our own, for a benchmark that has tasks and says nothing."""

import re
from pathlib import Path

import handsel.sim.public.tasks_file as tasks_file
from handsel.sim.public.tasks_file import own_tasks, read_tasks

FAR_SIDE = Path(tasks_file.__file__).parent / "apart" / "benchside" / "panda_suite.py"


def test_robosuite_has_a_sentence_for_every_task_and_says_whose_they_are():
    path = own_tasks("robosuite")
    assert path is not None
    read = read_tasks(path)
    listed = re.search(r"^TASKS = \((.*?)^\)", FAR_SIDE.read_text(), re.M | re.S)
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == set(read.instructions)
    assert "our own" in read.source or "handsel" in read.source
    assert len(set(read.instructions.values())) == len(read.instructions)


def test_a_benchmark_with_instructions_of_its_own_has_none_of_ours():
    assert own_tasks("metaworld") is None
    assert own_tasks("no such benchmark") is None
