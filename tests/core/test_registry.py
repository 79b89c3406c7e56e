"""Names lead to what is registered, third parties' too; what is broken or doubtful is told."""

from pathlib import Path

import pytest
from handsel.agent.language.models import make_model
from handsel.agent.language.scripted import ScriptedModel
from handsel.agent.minds import make_mind
from handsel.cli.main import main
from handsel.core.errors import InputError, UnknownName
from handsel.core.registry import Registry
from handsel.perception.perceiver import PERCEIVERS
from handsel.robots.registry import open_robot
from handsel.sim.suite import SUITES
from handsel.skills.registry import SKILLS, make_skills

from tests.plugin import install

OWN = ("pick", "place", "push", "manipulate")


def test_what_comes_along_is_all_there_is_without_plugins() -> None:
    assert tuple(skill.spec.name for skill in make_skills()) == OWN
    assert SKILLS.others() == ()
    with pytest.raises(UnknownName, match="pick"):
        SKILLS.load("pik")


def test_a_package_adds_one_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    assert tuple(skill.spec.name for skill in make_skills()) == (*OWN, "set_aside")
    assert make_mind("aside").name == "aside"
    assert PERCEIVERS.load("sure")().name == "sure"
    script = tmp_path / "lines.txt"
    script.write_text("one\ntwo\n")
    model = make_model(f"script:{script}")
    assert [model.complete(()), model.complete(())] == ["one", "two"]
    with pytest.raises(InputError, match="no script"):
        make_model("script:/no/such/file")
    with open_robot("imagined:0.03") as robot:
        robot.grip("arm", 0.0, 20.0)
        robot.advance(2.0)
        assert robot.observe().arms["arm"].width == pytest.approx(0.03)
    with pytest.raises(InputError, match="metres"):
        open_robot("imagined:wide")
    assert SUITES.load("aside").name == "aside"
    assert isinstance(ScriptedModel([]), ScriptedModel)


def test_the_command_lists_and_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plugins"]) == 0 and capsys.readouterr().out == ""
    assert main(["plugins", "--all", "--check"]) == 0
    assert "handsel.skills.pick:Pick" in capsys.readouterr().out
    install(
        tmp_path, monkeypatch, set_aside="handsel_example.skill:SetAside", bad="handsel_example.nowhere:X"
    )
    assert main(["plugins"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7 and all("handsel-example" in line for line in lines)
    assert main(["plugins", "--check"]) == 1
    assert "'bad' of handsel-example cannot be imported" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "found"),
    [("", False), ("handsel-example", True), ("other, Handsel_Example", True), ("other", False)],
)
def test_the_environment_says_whose_names_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str, found: bool
) -> None:
    install(tmp_path, monkeypatch)
    monkeypatch.setenv("HANDSEL_PLUGINS", names)
    assert ("set_aside" in SKILLS.names()) is found
    assert ("set_aside" in [skill.spec.name for skill in make_skills()]) is found


def test_nobody_takes_a_name_that_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, pick="handsel_example.skill:SetAside")
    assert SKILLS.load("pick")().spec.name == "pick" and SKILLS.others() == ()


def test_a_name_that_two_packages_offer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    other = tmp_path / "another-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
    (other / "entry_points.txt").write_text("[handsel.skills]\nset_aside = another:Skill\n")
    with pytest.raises(InputError, match="another and handsel-example"):
        SKILLS.load("set_aside")
    monkeypatch.setenv("HANDSEL_PLUGINS", "handsel-example")
    assert SKILLS.load("set_aside")().spec.name == "set_aside"


def test_an_attribute_that_does_not_exist_is_told() -> None:
    with pytest.raises(InputError, match="does not exist"):
        Registry("part", "handsel.none", {"a": "handsel.core.errors:Nothing"}).load("a")
