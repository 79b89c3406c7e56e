"""The chat's commands at a desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from handsel.cli.desk.desk import Desk
from handsel.core.errors import CannotDo, InputError, UnknownName

from .desks import make_desk, until


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path)
    yield made
    made.close()


def answers(desk: Desk) -> list[str]:
    return [str(one.data["text"]) for one in desk.board.after(0) if one.kind == "answer"]


def test_why_explains_what_was_done(desk: Desk) -> None:
    with pytest.raises(InputError, match="nothing was done yet"):
        desk.verbs.take("/why")
    job = desk.tell("wave")
    assert job is not None and job.result.result(20.0) is not None
    desk.verbs.take("/why")
    assert "asked: wave" in answers(desk)[-1] and "done and verified" in answers(desk)[-1]
    desk.verbs.take("/cost")
    assert answers(desk)[-1].startswith("1 instructions:")
    # What was done is remembered, too.
    assert [one.instruction for one in desk.memory.episodes(limit=5)] == ["wave"]


def test_what_is_there_and_what_can_be_done(desk: Desk) -> None:
    desk.verbs.take("/scene")
    desk.verbs.take("/skills")
    desk.verbs.take("/help")
    scene, skills, helped = answers(desk)
    assert desk.scene is not None and all(thing.name in scene for thing in desk.scene.things)
    assert "wave(" in skills and "/undo" in helped and "/record" not in helped


def test_a_plan_waits_for_go(desk: Desk) -> None:
    desk.verbs.take("/plan wave")
    until(lambda: desk.status()["phase"] == "asking")
    with pytest.raises(InputError, match="at work"):
        desk.verbs.begin("wave", desk.mind)
    desk.verbs.take("/go")
    until(lambda: desk.status()["last"])
    assert desk.status()["last"]["outcome"] == "done"


def test_what_is_no_command_or_cannot_be_undone_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownName, match="/why"):
        desk.verbs.take("/wy")
    # The terminal's own: a page has no files to write to.
    with pytest.raises(UnknownName):
        desk.verbs.take("/record notes.txt")
    with pytest.raises(CannotDo, match="nothing was moved"):
        desk.verbs.take("/undo")
