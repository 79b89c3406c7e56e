"""A chat over a robot that is no world: lines, commands, plans, stops, questions, exit codes."""

import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.memory.memory import Memory
from handsel.agent.mind import Candidate, Ranking, Subtask, Verdict
from handsel.agent.trace import read_trace
from handsel.cli import chatting
from handsel.cli.chat_commands import COMMANDS
from handsel.cli.chat_session import ChatSession
from handsel.cli.chat_terminal import Words, toolbar
from handsel.cli.main import main
from handsel.core.errors import CannotDo, InputError, NeedsAnswer
from handsel.core.trajectory import JointTrajectory
from handsel.perception.scene import Directions, Scene, Table
from handsel.planners.program import Program
from handsel.planners.situation import Held
from handsel.robots.fake import PANDA, FakeRobot
from handsel.robots.models import load_model
from handsel.skills.skill import Done, Feasibility, SkillSpec, Submit, Wait
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from rich.console import Console


def q_look() -> tuple[float, ...]:
    return tuple(float(q) for q in load_model("panda").q_look)


class EmptyTable:
    """Sees a table with nothing on it."""

    name = "by hand"

    def perceive(self, frames: Any, *, robot_spheres_W: Any, previous: Scene | None = None) -> Scene:
        return Scene(
            time=0.0,
            things=(),
            table=Table(height=0.0, lower=np.array([0.2, -0.5]), upper=np.array([0.9, 0.5])),
            directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
            keypoints=(),
            field=None,
            frames=(),
            perceiver="by hand",
        )


class WavingMind:
    """Knows how to wave, and how to refuse."""

    name = "waving"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        if "moon" in instruction:
            raise CannotDo("the moon is out of reach")
        if "flarp" in instruction:
            raise InputError("not understood: 'flarp'")
        if "hand" in instruction:
            raise NeedsAnswer("which hand?", ["left", "right"])
        return (Subtask(text=f"wave {instruction}"),)

    def candidate(self, subtask: Subtask) -> Candidate | None:
        return None

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        return Ranking(scores=tuple(1.0 for _ in candidates), method="by hand")

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        return f"def stage_1():\n    '{subtask}'\n"

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        return f"could not {subtask.text}: {failure}"


class Waving:
    """Has its program written, tells of it, and turns the last joint."""

    attends: tuple[str, ...] = ()
    program: Program | None = None

    def __init__(self, context: Any, start: Sequence[float], duration: float):
        context.recorder.record(
            "program", text=context.program_source.write(context.subtask, context.scene, ()), number=1
        )
        q = np.array([start] * 2, dtype=float)
        q[1, -1] += 0.1
        curve = JointTrajectory(
            arm="arm", joint_names=PANDA, times=np.array([0.0, duration]), q=q, v=np.zeros((2, 7))
        )
        self._actions: list[Any] = [Submit(trajectory=curve)]

    @property
    def held(self) -> dict[str, Held]:
        return {}

    def notice(self, tracked: Any, trouble: Any) -> bool:
        return False

    def step(self, observation: Any, scene: Scene | None) -> Any:
        if "running" in observation.motions.values():
            return Wait()
        return self._actions.pop(0) if self._actions else Done()


class WaveSkill:
    spec = SkillSpec(name="wave", purpose="Wave.")
    duration = 0.5

    def candidates(self, scene: Scene) -> tuple[dict[str, str], ...]:
        return ({},)

    def can(self, scene: Scene, arguments: Any, robot: Any) -> Feasibility:
        return Feasibility(probability=0.9, reason="it may")

    def start(self, arguments: Any, context: Any, observation: Any) -> Waving:
        return Waving(context, observation.arms["arm"].q, self.duration)

    def done(self, before: Scene, after: Scene, arguments: Any) -> Feasibility:
        return Feasibility(probability=0.9, reason="it waved")


class SlowRobot(FakeRobot):
    """Time passes slowly enough to be spoken to."""

    pause = 0.0

    def advance(self, duration: float) -> None:
        time.sleep(self.pause)
        super().advance(duration)


class Talk:
    """A session, and what it said."""

    def __init__(self, out: Path, memory: Memory):
        self.robot = SlowRobot(q_start=q_look())
        self.text = io.StringIO()
        console = Console(file=self.text, highlight=False, soft_wrap=True, width=200)
        self.session = ChatSession(
            self.robot, WavingMind(), EmptyTable(), memory=memory, console=console, out=out
        )
        self.skill = WaveSkill()
        self.session.agent.skills = (self.skill,)  # type: ignore[assignment]

    def say(self, *lines: str) -> str:
        before = len(self.text.getvalue())
        chatting.follow(self.session, iter(lines))
        return self.text.getvalue()[before:]

    def q(self) -> Any:
        return self.robot.observe().arms["arm"].q


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with Memory(None) as memory:
        one = Talk(tmp_path / "runs", memory)
        yield one
        one.session.close()


def test_an_instruction_is_done_and_kept(talk: Talk) -> None:
    said = talk.say("wave at me")
    assert "will  wave wave at me" in said and "done and verified: it waved" in said
    assert talk.session.exit_code == 0 and talk.session.doing == "at rest"
    assert [one.instruction for one in talk.session.memory.episodes()] == ["wave at me"]
    assert talk.session.last is not None
    assert read_trace(talk.session.last / "trace.jsonl")[-1]["outcome"] == "done"


def test_a_plan_moves_nothing_until_go(talk: Talk) -> None:
    before = talk.q()
    said = talk.say("/plan wave")
    assert "program for 'wave wave'" in said and "/go does it" in said and "stage_1" in said
    np.testing.assert_array_equal(talk.q(), before)
    assert talk.session.memory.episodes() == () and "a plan waits" in toolbar(talk.session)
    said = talk.say("/go")
    assert "done and verified" in said and "waits" not in toolbar(talk.session)
    assert "no plan to go by" in talk.say("/go") and talk.session.exit_code == 2


def test_what_is_said_between_makes_a_plan_void(talk: Talk) -> None:
    talk.say("/plan wave", "wave again")
    assert talk.session.plan is None


@pytest.mark.parametrize(
    ("lines", "code", "word"),
    [
        (("wave",), 0, "done and verified"),
        (("wave", "fly to the moon", "wave"), 3, "not done: the moon is out of reach"),
        (("flarp", "fly to the moon"), 2, "not understood: 'flarp'"),
        (("raise a hand",), 4, "  2  right"),
        (("raise a hand", "wave both"), 0, "done and verified"),
        (("/flarp",), 2, "no command '/flarp'"),
        (("/plan",), 2, "the instruction is empty"),
        (("/undo",), 3, "nothing was moved in this chat"),
        (("/stop", "/help", "/skills", "/scene", "/models", "/cost"), 0, "nothing moves"),
        (("/why",), 2, "nothing was done yet"),
        (("/record /no/such/folder/file",), 2, "cannot be written"),
        (("x" * 3000,), 2, "3000 characters"),
        (("wave", "/quit", "flarp"), 0, "/quit"),
    ],
)
def test_the_exit_code_is_that_of_the_worst(lines: tuple[str, ...], code: int, word: str, talk: Talk) -> None:
    said = talk.say(*lines)
    assert word in said and talk.session.exit_code == code
    assert "Traceback" not in said


def test_a_number_answers_a_question(talk: Talk) -> None:
    talk.say("raise a hand")
    assert talk.session.doing == "a question waits for its answer"
    # "hand" gives way to "left": "raise left".
    assert "will  wave raise left" in talk.say("1") and talk.session.exit_code == 0


def wait_for(condition: Callable[[], bool]) -> None:
    latest = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < latest, "it never came"
        time.sleep(0.005)


def moving(talk: Talk) -> None:
    """Wave for long, and come back when the arm moves."""
    talk.skill.duration, talk.robot.pause = 30.0, 0.01
    talk.session.take("wave for long")
    start = talk.q()
    wait_for(lambda: bool(abs(talk.q() - start).max() > 1e-4))


def test_stop_ends_what_is_carried_out(talk: Talk) -> None:
    moving(talk)
    assert talk.session.busy and toolbar(talk.session).endswith("/stop")
    talk.session.take("/stop")
    talk.session.wait()
    assert "stopped: stopped by the person" in talk.text.getvalue() and talk.session.exit_code == 130
    at = talk.q()
    talk.robot.advance(1.0)
    # At rest is a small speed, not none: the last of the braking may still be ahead.
    np.testing.assert_allclose(talk.q(), at, atol=1e-4)


def test_a_line_while_it_moves_is_heard(talk: Talk) -> None:
    moving(talk)
    talk.skill.duration = 0.5
    talk.session.take("wave once more")
    wait_for(lambda: "wave once more" in talk.text.getvalue())
    talk.session.wait()
    assert not talk.session.busy


def test_commands_that_need_rest_are_refused_while_it_moves(talk: Talk) -> None:
    moving(talk)
    for line in ("/undo", "/go", "/replay", "/plan wave"):
        talk.session.take(line)
    said = talk.text.getvalue()
    assert said.count("the arm is at work") >= 3


def test_why_tells_table_and_program(talk: Talk) -> None:
    said = talk.say("wave", "/why")
    for words in (
        "step: wave wave (try 1)",
        "1.00 x 0.90 = 0.90  wave(): it may",
        "def stage_1()",
        "judged by",
    ):
        assert words in said, words


def test_what_is_said_can_be_said_again(talk: Talk, tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    talk.say(f"/record {script}", "wave", "first\nsecond", "/record", "not recorded")
    assert script.read_text() == "wave\nfirst\\\nsecond\n"


def test_cost_adds_up(talk: Talk) -> None:
    assert "2 instructions" in talk.say("wave", "wave", "/cost")


def test_completion_of_commands_things_and_skills(talk: Talk) -> None:
    words = Words(talk.session)
    words.things = ("red_block", "blue_bowl")

    def complete(text: str) -> list[str]:
        return [one.text for one in words.get_completions(Document(text), CompleteEvent())]

    assert complete("/re") == ["/record", "/replay"] and complete("/") == [f"/{name}" for name in COMMANDS]
    assert complete("put the re") == ["red_block", "red block"] and complete("wa") == ["wave"]
    assert complete("put ") == [] and complete("/plan pick blu") == ["blue_bowl", "blue bowl"]


def test_a_robot_that_is_gone_ends_the_chat(talk: Talk) -> None:
    talk.robot.close()
    said = talk.say("wave", "wave")
    assert talk.session.gone and talk.session.exit_code == 1 and said.count("> wave") == 1


class Stdin:
    def __init__(self, content: bytes):
        self.buffer = io.BytesIO(content)

    def isatty(self) -> bool:
        return False


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put a robot that sees nothing in the place of a world, and content into the pipe."""

    def pipe(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", Stdin(content))

    def start_world(*arguments: object, **others: object) -> tuple[Any, None]:
        fake: Any = FakeRobot(q_start=q_look())
        fake.view_url = None
        return fake, None

    monkeypatch.setattr(chatting, "start_world", start_world)
    monkeypatch.setattr(chatting, "chosen_perceiver", lambda command: EmptyTable())
    return pipe


def test_over_a_pipe(
    piped: Callable[[bytes], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(b"# a comment\n\npick up the red \\\nblock\n\xff\xfe\n/cost\n/quit\nnot read\n")
    code = main(["chat", "--out", str(tmp_path / "runs")])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err and "not read" not in out
    assert "> pick up the red \nblock" in out and "2 instructions" in out
    assert code == 2  # What is no text is not understood; there being no red block is less bad.
    assert (tmp_path / "runs" / "memory.sqlite").exists()


def test_a_broken_memory_is_told_before_anything_begins(
    piped: Callable[[bytes], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(b"/quit\n")
    broken = tmp_path / "memory.sqlite"
    broken.write_bytes(b"mine" * 3000)
    assert main(["chat", "--out", str(tmp_path)]) == 2
    assert "--memory FILE" in capsys.readouterr().err and broken.read_bytes() == b"mine" * 3000
    assert main(["chat", "--out", str(tmp_path), "--memory", "none"]) == 0


def test_evaluations_remember_only_where_asked(tmp_path: Path) -> None:
    from handsel.sim.episodes import kept
    from handsel.sim.evaluate import Evaluation
    from handsel.sim.sharing import Workers
    from handsel.sim.suite import Conditions

    assert Conditions(suite="basics").memory == "none"
    with kept("none", tmp_path) as memory:
        assert memory is None
    for _ in range(2):
        with kept("episode", tmp_path) as memory:
            assert memory is not None and memory.begin("x") == 1
    for number in (1, 2):
        with kept(str(tmp_path / "m.sqlite"), tmp_path) as memory:
            assert memory is not None and memory.begin("x") == number
    with pytest.raises(InputError, match="one worker, or --memory episode"):
        Evaluation(conditions=Conditions(suite="basics", memory="m.sqlite"), workers=Workers(count=2))
