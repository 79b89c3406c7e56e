"""``handsel eval``: many seeded episodes of a suite, judged by the world's truth."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

TRIALS = 20
"""Episodes where no number is given."""
PUBLIC = ("metaworld", "robosuite", "libero")
"""Public benchmarks, each in an environment of its own: ``handsel bench-env``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eval:
    """Run a suite of tasks in lock-step and count; ``list`` lists them, ``compare A B`` compares two runs.

    Attributes:
        suite: Name of the suite, such as ``basics``; or ``list``; or ``compare``, with two runs behind it.
        runs: What ``compare`` compares: two folders of runs, or their summaries' files.
        trials: Number of episodes; 20 where none is given, with ``--resume`` as many as were asked for.
        seed: Seed of the first episode; the others follow from it.
        json: File for the summary.
        html: File for the report; ``report.html`` in the folder of the episodes where none is named.
        out: Folder of the episodes; a new one.
        resume: Folder of a run that was broken off, or that is to have more episodes; its conditions stand
            in its ``config.json`` and are not given again.
        mind: Who understands: ``rules``, ``model``, or ``program:PATH`` for programs written beforehand; the
            suite's own where none is named. ``random`` does anything that can be done, ``nothing`` nothing.
        model: Name of the language model of ``--mind model``, as ``handsel run`` takes it.
        base_url: Address of that model's server.
        recorded: Folder of recorded conversations that answer in the language model's place.
        record: Folder to write the conversations with the language model to, one a kind of task.
        kind: The only kind of task to run; all of the suite's in turn where none is named.
        memory: What the minds remember: ``none``; ``episode``, a fresh memory in each episode; or a file that
            is kept from episode to episode, which takes one worker.
        first: Number of the first episode, where not all are wanted.
        workers: Who shares the episodes: a number of processes, ``ray`` for a Ray cluster of this machine's
            processors, or ``ray:ADDRESS``; the figures do not depend on it.
        perceiver: Who sees; the oracle has to be asked for by name and is named in the summary.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        camera_error: Millimetres and degrees by which every camera's pose is told wrongly, such as
            ``5 0.5``; the direction is drawn for each episode.
        disturbed: Whether somebody moves a thing while the arm is on its way, in suites that can.
        data: Instructions, or a folder of them, for suites without a world such as ``instructions``; for
            ``saycan`` a table of instructions with their plans; for ``libero_goals`` tasks with goals;
            for ``cap_templates`` templates and what fills them.
        ablate: Parts of the agent to do without, with commas between them or one after the other: ``can`` or
            ``say`` of the choice, ``maps``, ``constraints``, ``watch``, ``repair``.
        baselines: Run rows beside the run: the oracle's eyes, random steps, nothing done; 5 seeds each, one
            episode of every kind.
        tier: What who acts on a public benchmark may know: ``geometric``, ``recorded``, ``named`` or
            ``privileged``; no figure mixes them.
        choose: How ``saycan`` lets a model say what is useful: ``scored`` weighs every step's candidates,
            ``named`` takes what its plan names.
    """

    suite: Annotated[str, tyro.conf.Positional] = ""
    runs: Annotated[tuple[Path, ...], tyro.conf.Positional] = ()
    trials: int | None = None
    seed: int = 0
    json: Path | None = None
    html: Path | None = None
    out: Path | None = None
    resume: Path | None = None
    mind: str | None = None
    model: str | None = None
    base_url: str | None = None
    recorded: Path | None = None
    record: Path | None = None
    kind: str = ""
    memory: str = "none"
    first: int | None = None
    workers: str = "1"
    perceiver: str = "geometric"
    noise: bool = True
    camera_error: tuple[float, float] = (0.0, 0.0)
    disturbed: bool = False
    data: Path | None = None
    ablate: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    baselines: bool = False
    choose: Literal["scored", "named"] = "scored"
    tier: Literal["geometric", "recorded", "named", "privileged"] = "named"

    def execute(self) -> int:
        """Run the suite; 0 where it ran to its end, whatever the rate is."""
        from .eval_plan import check_options

        check_options(self)
        match self.suite:
            case "list":
                from .eval_list import list_suites as execute
            case "compare":
                from .compare import run_compare as execute
            case "saycan":
                from .eval_saycan import run_saycan as execute
            case "prompts":
                from .eval_prompts import run_prompts as execute
            case "libero_goals":
                from .eval_goals import run_goals as execute
            case "cap_templates":
                from .eval_templates import run_cap_templates as execute
            case "virtualhome":
                from .eval_virtualhome import run_virtualhome as execute
            case "instructions":
                from .eval_instructions import run_instructions as execute
            case name if name in PUBLIC:
                from .eval_public import run_public as execute
            case _:
                from .evaluation import run_evaluation as execute
        return execute(self)
