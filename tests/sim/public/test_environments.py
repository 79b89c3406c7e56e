"""Environments of benchmarks: where they are, when they are whole, and what is said where they are not."""

import json
import sys

import pytest
from handsel.core.errors import InputError, MissingDependency, UnknownName
from handsel.sim.public import environments
from handsel.sim.public.environments import MARK, RECIPES, create, environment_of, is_ready, python_of
from handsel.sim.public.remote import worker_variables


@pytest.fixture(autouse=True)
def elsewhere_envs(tmp_path, monkeypatch):
    monkeypatch.setenv(environments.ROOT, str(tmp_path))
    monkeypatch.setattr(environments, "renderer", lambda: "egl")


def test_one_that_is_not_there_says_the_line_that_makes_it():
    with pytest.raises(MissingDependency, match="handsel bench-env create metaworld"):
        python_of("metaworld")
    with pytest.raises(UnknownName, match="metaworld"):
        environment_of("metawold")


@pytest.mark.parametrize("mark", ["", "[]", '{"recipe": "of yesterday"}'])
def test_half_an_environment_is_none(mark, tmp_path):
    folder = environment_of("metaworld")
    folder.mkdir(parents=True)
    (folder / MARK).write_text(mark)
    assert not is_ready("metaworld")


def test_a_whole_one_is_left_as_it_is(monkeypatch):
    folder = environment_of("metaworld")
    folder.mkdir(parents=True)
    (folder / MARK).write_text(json.dumps({"recipe": RECIPES["metaworld"].print}))
    monkeypatch.setattr(environments, "_run", lambda *_: pytest.fail("nothing is to be run"))
    told = []
    assert create("metaworld", told.append) == folder and "ready" in told[0]
    assert python_of("metaworld")[0] == folder / "bin" / "python"


def test_it_runs_the_recipe_and_marks_the_end(monkeypatch):
    ran = []

    def run(command, *needed):
        ran.append(command)
        environment_of("metaworld").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(environments, "_run", run)
    told = []
    create("metaworld", told.append)
    assert any("mujoco==3.3.0" in command for command in ran) and len(told) >= 4
    assert is_ready("metaworld")


def test_a_failing_step_tells_what_it_said_and_leaves_no_mark():
    with pytest.raises(InputError, match="no_such_module"):
        environments._run([sys.executable, "-c", "import no_such_module"])
    with pytest.raises(MissingDependency, match="pip is missing"):
        environments._run([sys.executable, "-c", "import no_such_module"], "pip")
    assert not is_ready("metaworld")


def test_nothing_of_ours_is_on_the_other_sides_path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("SECRET", "x")
    found = worker_variables({"MUJOCO_GL": "egl"})
    assert found["PYTHONPATH"].endswith("apart") and "SECRET" not in found


def test_without_a_way_to_make_pictures_it_says_so(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(environments, "RENDERERS", {"egl": "libNoSuchThing.so.9"})
    with pytest.raises(MissingDependency, match="apt-get"):
        environments.renderer()


def test_only_the_users_variables_that_a_recipe_names_are_handed_on(monkeypatch):
    folder = environment_of("libero")
    folder.mkdir(parents=True)
    (folder / MARK).write_text(json.dumps({"recipe": RECIPES["libero"].print}))
    monkeypatch.delenv("HANDSEL_LIBERO_ASSETS", raising=False)
    assert "HANDSEL_LIBERO_ASSETS" not in python_of("libero")[2]
    monkeypatch.setenv("HANDSEL_LIBERO_ASSETS", "/somewhere")
    monkeypatch.setenv("HANDSEL_OTHER", "x")
    assert python_of("libero")[2] == {"MUJOCO_GL": "egl", "HANDSEL_LIBERO_ASSETS": "/somewhere"}


def test_what_makes_no_pictures_needs_no_way_to(monkeypatch):
    monkeypatch.setattr(environments, "renderer", lambda: pytest.fail("no pictures are made"))
    folder = environment_of("virtualhome")
    folder.mkdir(parents=True)
    (folder / MARK).write_text(json.dumps({"recipe": RECIPES["virtualhome"].print}))
    assert create("virtualhome", lambda line: None) == folder
    assert python_of("virtualhome")[2] == {"PYTHONHASHSEED": "0"}
