"""The commands of a chat, each a function of the session and what stands behind its name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..agent.episode import check_instruction
from ..agent.memory.undo import undoing
from ..agent.mind import Mind, Subtask
from ..agent.rules.mind import RulesMind
from ..agent.trace import read_trace
from ..core.errors import CannotDo, InputError, UnknownName
from .chat_minds import DecidedMind

if TYPE_CHECKING:
    from ..agent.agent import Agent
    from ..agent.episode import Episode
    from ..agent.memory.memory import Memory
    from ..perception.scene import Thing
    from .chat_session import ChatSession

Doing = Callable[["ChatSession", str], bool]


class Asked(Protocol):
    """What the commands that only ask, and ``/undo``, need of a conversation, wherever it is led."""

    agent: "Agent"
    memory: "Memory"
    inner: Mind
    base_url: str | None
    episodes: "list[Episode]"
    first: int
    undone: set[int]

    @property
    def busy(self) -> bool:
        """Whether an instruction is carried out."""
        ...

    @property
    def last(self) -> Path | None:
        """Folder of the last run."""
        ...

    def begin(self, text: str, mind: Mind) -> None:
        """Carry an instruction out as another mind understands it."""
        ...

    def things(self) -> "tuple[Thing, ...]":
        """Give what is there."""
        ...

    def print(self, line: str) -> None:
        """Write a line."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command.

    Attributes:
        doing: What it does; it says whether the chat goes on.
        help: What it is for.
        takes: What stands behind it, for the help.
    """

    doing: Doing
    help: str
    takes: str = ""


def command_named(name: str) -> Doing:
    """Find a command.

    Raises:
        UnknownName: If there is none of that name.
    """
    if name not in COMMANDS:
        raise UnknownName("command", f"/{name}", [f"/{one}" for one in COMMANDS])
    return COMMANDS[name].doing


def _help(session: "ChatSession", rest: str) -> bool:
    session.print(
        "Say what to do, such as: put the red block in the bowl. Lines are taken while the arm moves."
    )
    for name, command in COMMANDS.items():
        session.print(f"  {f'/{name} {command.takes}':<18} {command.help}")
    return True


def _plan(session: "ChatSession", rest: str) -> bool:
    session.begin(check_instruction(rest), session.mind, rehearse=True)
    return True


def _go(session: "ChatSession", rest: str) -> bool:
    if rest:
        raise InputError("/go does what /plan showed last, and takes no words")
    plan = session.plan
    if plan is None:
        raise InputError("there is no plan to go by; /plan INSTRUCTION makes one")
    session.begin(plan.instruction, DecidedMind(session.mind, plan.steps, plan.programs))
    return True


def _stop(session: "ChatSession", rest: str) -> bool:
    session.clear()
    if not session.stop():
        session.print("nothing moves")
    return True


def _undo(session: Asked, rest: str) -> bool:
    if session.busy:
        raise InputError("the arm is at work; /stop it first, or wait")
    acts = [
        act
        for act in session.memory.moved(after=session.first - 1, failed=True)
        if act.episode not in session.undone
    ]
    if not acts:
        raise CannotDo("nothing was moved in this chat that is not put back already")
    latest = [act for act in acts if act.episode == acts[-1].episode]
    steps = [Subtask(text=step.text) for step in undoing(latest)]
    # Neither it nor the putting back is put back by the next one.
    session.undone |= {acts[-1].episode, session.memory.last_number() + 1}
    names = ", ".join(dict.fromkeys(act.thing for act in reversed(latest)))
    session.begin(f"put back {names}", DecidedMind(RulesMind(), steps))
    return True


def _why(session: Asked, rest: str) -> bool:
    from .why import why

    if session.last is None:
        raise InputError("nothing was done yet that could be explained")
    for line in why(read_trace(session.last / "trace.jsonl")):
        session.print(line)
    return True


def _skills(session: Asked, rest: str) -> bool:
    for skill in session.agent.skills:
        names = ", ".join(parameter.name for parameter in skill.spec.parameters)
        session.print(f"  {skill.spec.name}({names}): {skill.spec.purpose}")
    return True


def _scene(session: Asked, rest: str) -> bool:
    things = session.things()
    for thing in things:
        x, y, z = thing.center
        where = f"in {thing.inside}" if thing.inside else f"on {thing.on}"
        doubts = f" (unsure: {'; '.join(thing.doubts)})" if thing.doubts else ""
        session.print(f"  {thing.name:<16} {where}, at {x:.2f} {y:.2f} {z:.2f} m{doubts}")
    if not things:
        session.print("  nothing is seen")
    return True


def _models(session: Asked, rest: str) -> bool:
    session.print(f"mind: {session.inner.name}")
    if session.base_url is None:
        session.print("no server of language models was named; --base-url URL names one")
        return True
    from .modelling import names_at
    from .models import Models

    names = names_at(session.base_url, Models(action="list", base_url=session.base_url))
    session.print(f"{session.base_url} has: {', '.join(names) or 'it does not tell'}")
    return True


def _cost(session: Asked, rest: str) -> bool:
    done = session.episodes
    robot = sum(float(one.timings.get("robot", 0.0)) for one in done)
    wall = sum(float(one.timings.get("wall", 0.0)) for one in done)
    planning = sum(sum(one.metrics.get("plan_cpu", ())) for one in done)
    session.print(
        f"{len(done)} instructions: {wall:.1f} s of wall time, {robot:.1f} s of robot time, "
        f"{planning:.1f} s of processor time for planning"
    )
    usage = getattr(session.inner, "usage", None)
    if usage is None:
        session.print("no language model was asked")
    else:
        session.print(
            f"language model: {usage.calls} calls, {usage.prompt_tokens} tokens read, "
            f"{usage.completion_tokens} written, {usage.seconds:.1f} s of waiting"
        )
    return True


def _record(session: "ChatSession", rest: str) -> bool:
    if rest:
        path = Path(rest).expanduser()
        try:
            path.touch()
        except OSError as error:
            raise InputError(f"{rest!r} cannot be written: {error.strerror}") from error
        session.script = path
        session.print(f"what you say is added to {path}; to say it again: handsel chat < {path}")
    elif session.script is not None:
        session.print(f"no longer recorded; {session.script} is whole")
        session.script = None
    else:
        raise InputError("/record takes a file that what you say is written to")
    return True


def _replay(session: "ChatSession", rest: str) -> bool:
    from .replay import Replay
    from .replaying import replay

    if session.busy:
        raise InputError("the arm is at work; /stop it first, or wait")
    run = Path(rest).expanduser() if rest else session.last
    if run is None:
        raise InputError("nothing was done yet; /replay FOLDER plays a run of before")
    replay(Replay(run=run, open=True))
    return True


def _quit(session: "ChatSession", rest: str) -> bool:
    return False


COMMANDS = {
    "help": Command(doing=_help, help="say what can be said"),
    "plan": Command(doing=_plan, takes="INSTRUCTION", help="show the steps and the program; nothing moves"),
    "go": Command(doing=_go, help="do what /plan showed"),
    "stop": Command(doing=_stop, help="bring the arm to rest at once"),
    "undo": Command(doing=_undo, help="put back what was moved last"),
    "why": Command(doing=_why, help="explain the last run: table, program, residuals, cause"),
    "skills": Command(doing=_skills, help="list what the arm can do"),
    "scene": Command(doing=_scene, help="list what is seen"),
    "models": Command(doing=_models, help="say who understands, and what the server has"),
    "cost": Command(doing=_cost, help="say what it has taken so far"),
    "record": Command(doing=_record, takes="FILE", help="write what you say to a file; without one, no more"),
    "replay": Command(doing=_replay, takes="[FOLDER]", help="play the last run, or one of before"),
    "quit": Command(doing=_quit, help="leave"),
}

SHARED: dict[str, Callable[[Asked, str], bool]] = {
    "undo": _undo,
    "why": _why,
    "skills": _skills,
    "scene": _scene,
    "models": _models,
    "cost": _cost,
}
"""Commands that are the same wherever a conversation is led."""
