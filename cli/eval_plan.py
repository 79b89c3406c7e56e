"""What ``handsel eval`` was asked for: which options go together, which run it is, and where it lies."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from math import radians
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import InputError
from .eval import PUBLIC, TRIALS, Eval

if TYPE_CHECKING:
    from ..sim.evaluate import Evaluation
    from ..sim.suite import Conditions

READINGS = ("recorded", "record", "model")
"""What asks readers for the recorded tier of public benchmarks, and plays what they answered."""
GOES_WITH = {
    "list": ("json",),
    "compare": ("runs", "json"),
    "instructions": ("mind", "data", "json"),
    "libero_goals": ("data", "json"),
    "cap_templates": (
        *("mind", "model", "base_url", "recorded", "record", "data", "json", "trials", "seed", "choose"),
    ),
    "virtualhome": ("mind", "model", "base_url", "record", "json", "out", "resume", "trials", "kind"),
    "prompts": ("recorded", "json"),
    "saycan": (
        *("mind", "model", "base_url", "recorded", "record", "data", "json", "html"),
        *("workers", "ablate", "choose"),
    ),
    **dict.fromkeys(PUBLIC, ("mind", "data", "json", "out", "trials", "seed", "kind", "tier", *READINGS)),
}
"""What goes with the names that are no suite of a world; with the others goes all but ``OF_OTHERS``."""
OF_OTHERS = ("runs", "data", "choose", "tier")
WITH_RESUME = ("suite", "resume", "trials", "first", "workers", "json", "html", "baselines")
"""What may be given for a run that goes on: everything else its folder says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run that is about to begin or to go on.

    Attributes:
        evaluation: What to run.
        folder: Where.
        command: The line that runs it from the beginning.
    """

    evaluation: "Evaluation"
    folder: Path
    command: str


def given(command: Eval) -> Iterator[str]:
    """Name the options that were given."""
    for option in fields(Eval):
        if getattr(command, option.name) != option.default:
            yield option.name


def flag(name: str) -> str:
    """Write an option as it is given."""
    return f"--{name.replace('_', '-')}"


def check_options(command: Eval) -> None:
    """See whether what was given goes together.

    Raises:
        InputError: If not; the text names what to leave out.
    """
    if not command.suite and command.resume is None:
        raise InputError("name a suite, such as 'handsel eval basics'; 'handsel eval list' lists them")
    what = f"with 'eval {command.suite}'"
    if command.suite in GOES_WITH:
        allowed = GOES_WITH[command.suite]
    elif command.resume is not None:
        allowed, what = WITH_RESUME, "with --resume, which takes its conditions from the folder"
    else:
        allowed = tuple(option.name for option in fields(Eval) if option.name not in OF_OTHERS)
    for name in given(command):
        if name != "suite" and name not in allowed:
            told = "what is named behind it" if name == "runs" else flag(name)
            raise InputError(f"{told} does not go {what}: leave it out")


def parts_of(command: Eval) -> tuple[str, ...]:
    """Give the parts to leave out, however they were put together."""
    return tuple(part for given in command.ablate for part in given.replace(",", " ").split())


def plan_of(command: Eval) -> Plan:
    """Make the plan of a run.

    Raises:
        InputError: If it cannot be made; nothing has been run then.
    """
    from ..sim.evaluate import Evaluation
    from ..sim.run_folder import holds_run, read_config
    from ..sim.sharing import read_workers

    for file in (command.json, command.html):
        if file is not None and not file.parent.is_dir():
            raise InputError(f"the folder of {str(file)!r} does not exist; make it, or name another file")
    if command.resume is not None:
        found = read_config(command.resume)
        if command.suite and command.suite != found.conditions.suite:
            there = found.conditions.suite
            raise InputError(f"{command.resume} holds a run of {there!r}; leave {command.suite!r} out")
        evaluation = Evaluation(
            conditions=found.conditions,
            trials=found.trials if command.trials is None else command.trials,
            first=found.first if command.first is None else command.first,
            workers=read_workers(command.workers),
        )
        return Plan(evaluation=evaluation, folder=command.resume, command=command_of(evaluation))
    evaluation = Evaluation(
        conditions=conditions_of(command),
        trials=TRIALS if command.trials is None else command.trials,
        first=command.first or 0,
        workers=read_workers(command.workers),
    )
    folder = command.out or default_folder(command)
    if holds_run(folder):
        go_on = f"handsel eval --resume {shlex.quote(str(folder))}"
        raise InputError(
            f"{folder} holds a run already; go on with it by '{go_on}', or name another by --out"
        )
    return Plan(evaluation=evaluation, folder=folder, command=command_of(evaluation))


def conditions_of(command: Eval) -> "Conditions":
    """Give what is the same in every episode."""
    from ..agent.ablation import checked_parts
    from ..sim.suite import Conditions
    from .evaluation import mind_of

    return Conditions(
        suite=command.suite,
        seed=command.seed,
        mind=mind_of(command),
        perceiver=command.perceiver,
        noise=command.noise,
        camera_error=(1e-3 * command.camera_error[0], radians(command.camera_error[1])),
        disturbed=command.disturbed,
        kind=command.kind,
        record="" if command.record is None else str(command.record),
        memory=command.memory,
        ablate=checked_parts(parts_of(command)),
    )


def default_folder(command: Eval) -> Path:
    """Name a folder for the episodes: the summary's without its ending, else by the time."""
    if command.json is not None:
        return command.json.with_suffix("")
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-eval-{command.suite}-{command.seed}"


def command_of(evaluation: "Evaluation") -> str:
    """Write the line that runs the same again, with every condition that is not the usual one."""
    from math import degrees

    of = evaluation.conditions
    words = ["handsel", "eval", of.suite, "--trials", str(evaluation.trials), "--seed", str(of.seed)]
    words += _mind(of.mind)
    for name, value, usual in (
        ("kind", of.kind, ""),
        ("memory", of.memory, "none"),
        ("first", str(evaluation.first), "0"),
        ("perceiver", of.perceiver, "geometric"),
        ("record", of.record, ""),
        ("ablate", ",".join(of.ablate), ""),
    ):
        words += [flag(name), value] if value != usual else []
    words += [] if of.noise else ["--no-noise"]
    if of.camera_error != (0.0, 0.0):
        metres, angle = of.camera_error
        words += ["--camera-error", f"{1e3 * metres:g}", f"{degrees(angle):g}"]
    words += ["--disturbed"] if of.disturbed else []
    return shlex.join(words)


def _mind(mind: str) -> list[str]:
    """Write a mind's one name as the options that give it."""
    from ..agent.minds import MODEL, RECORDED

    if mind.startswith(RECORDED):
        return ["--mind", "model", "--recorded", mind.removeprefix(RECORDED)]
    if mind.startswith(MODEL):
        model, _, server = mind.removeprefix(MODEL).partition("@")
        return ["--mind", "model", "--model", model, *(["--base-url", server] if server else [])]
    return ["--mind", mind]
