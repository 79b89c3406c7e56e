"""Files of instructions: both shapes, and what is refused."""

import json

import pytest
from handsel.core.errors import InputError
from handsel.sim.public.tasks_file import read_tasks


def written(tmp_path, said):
    path = tmp_path / "said.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said))
    return path


def test_a_task_has_a_name_an_instruction_and_a_group(tmp_path):
    rows = [
        {"task": "open-it", "instruction": "Open it", "difficulty": "easy"},
        {"task": "shut-it", "instruction": "Shut it"},
    ]
    found = read_tasks(written(tmp_path, {"source": "here", "tasks": rows}))
    assert found.source == "here"
    assert found.instructions == {"open-it": "Open it", "shut-it": "Shut it"}
    assert found.groups == {"open-it": "easy", "shut-it": "all"}


def test_a_suite_and_a_file_name_a_task_and_the_suite_is_its_group(tmp_path):
    said = {"file": "put_it_there", "instruction": "put it there"}
    rows = [
        {"suite": "one", "scene": None, "goal": ["On"], **said},
        {"suite": "two", "difficulty": "hard", **said},
    ]
    found = read_tasks(written(tmp_path, {"source": "here", "predicates": "On", "tasks": rows}))
    assert found.instructions == dict.fromkeys(("one/put_it_there", "two/put_it_there"), "put it there")
    assert found.groups == {"one/put_it_there": "one", "two/put_it_there": "hard"}


@pytest.mark.parametrize(
    "said",
    [
        "no JSON",
        {"tasks": []},
        {"tasks": [{"suite": "one", "instruction": "put it there"}]},
        {"tasks": [{"suite": "one", "file": "put_it"}]},
        {"tasks": [{"suite": "x" * 300, "file": "put_it", "instruction": "put it"}]},
        {"tasks": [{"task": 3, "instruction": "put it"}]},
    ],
)
def test_what_is_no_such_file_is_refused(said, tmp_path):
    with pytest.raises(InputError, match="no file of tasks"):
        read_tasks(written(tmp_path, said))


def test_a_task_is_named_once(tmp_path):
    rows = [{"suite": "one", "file": "a", "instruction": "x"}, {"task": "one/a", "instruction": "y"}]
    with pytest.raises(InputError, match="twice"):
        read_tasks(written(tmp_path, {"tasks": rows}))
