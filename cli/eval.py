"""``handsel eval``: many seeded episodes of a suite, judged by the world's truth."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

PUBLIC = ("metaworld",)
"""Public benchmarks, each in an environment of its own: ``handsel bench-env``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eval:
    """Run a suite of tasks in lock-step and count.

    Attributes:
        suite: Name of the suite, such as ``basics``.
        trials: Number of episodes.
        seed: Seed of the first episode; the others follow from it.
        json: File for the summary.
        out: Folder of the episodes; an evaluation that was broken off goes on in the same one.
        mind: Who understands: ``rules``, ``model``, or ``program:PATH`` for programs written beforehand; the
            suite's own where none is named.
        model: Name of the language model of ``--mind model``, as ``handsel run`` takes it.
        base_url: Address of that model's server.
        recorded: Folder of recorded conversations that answer in the language model's place.
        record: Folder to write the conversations with the language model to, one a kind of task.
        kind: The only kind of task to run; all of the suite's in turn where none is named.
        memory: What the minds remember: ``none``; ``episode``, a fresh memory in each episode; or a file that
            is kept from episode to episode, which takes one worker.
        first: Number of the first episode, where not all are wanted.
        workers: Processes that share the episodes; the figures do not depend on it.
        perceiver: Who sees; the oracle has to be asked for by name and is named in the summary.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        camera_error: Millimetres and degrees by which every camera's pose is told wrongly, such as
            ``5 0.5``; the direction is drawn for each episode.
        disturbed: Whether somebody moves a thing while the arm is on its way, in suites that can.
        data: Instructions, or a folder of them, for suites without a world such as ``instructions``; for
            ``saycan`` a table of instructions with their plans.
        ablate: What ``saycan`` leaves out of say × can, ``can`` or ``say``.
        tier: What who acts on a public benchmark may know: ``geometric``, ``recorded``, ``named`` or
            ``privileged``; no figure mixes them.
        choose: How ``saycan`` lets a model say what is useful: ``scored`` weighs every step's candidates,
            ``named`` takes what its plan names.
    """

    suite: Annotated[str, tyro.conf.Positional]
    trials: int = 20
    seed: int = 0
    json: Path | None = None
    out: Path | None = None
    mind: str | None = None
    model: str | None = None
    base_url: str | None = None
    recorded: Path | None = None
    record: Path | None = None
    kind: str = ""
    memory: str = "none"
    first: int = 0
    workers: int = 1
    perceiver: str = "geometric"
    noise: bool = True
    camera_error: tuple[float, float] = (0.0, 0.0)
    disturbed: bool = False
    data: Path | None = None
    ablate: Literal["", "can", "say"] = ""
    choose: Literal["scored", "named"] = "scored"
    tier: Literal["geometric", "recorded", "named", "privileged"] = "named"

    def execute(self) -> int:
        """Run the suite; 0 where it ran to its end, whatever the rate is."""
        if self.suite == "saycan":
            from .eval_saycan import run_saycan

            return run_saycan(self)
        if self.suite == "prompts":
            from .eval_prompts import run_prompts

            return run_prompts(self)
        if self.suite == "instructions":
            from .eval_instructions import run_instructions

            return run_instructions(self)
        if self.suite in PUBLIC:
            from .eval_public import run_public

            return run_public(self)
        from .evaluation import run_evaluation

        return run_evaluation(self)
