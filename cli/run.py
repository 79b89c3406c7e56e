"""``handsel run``: one sentence in, one finished task out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Do what one sentence says, on a simulated arm.

    Exit codes: 0 done and verified, 1 tried and failed, 2 bad input,
    3 understood but cannot be done, 4 needs an answer from a person.

    Attributes:
        text: What to do, in plain words.
        scene: Name of a scene (see ``handsel scenes``) or path of a scene file.
        seed: Seed of everything that is left to chance.
        robot: Name of the arm, or path of a description of one's own; the scene's where none is given.
        mind: Who understands: ``rules``, the offline grammar; ``model``, a language model; ``program``, given
            programs, or ``program:PATH``, a program's file or a folder of them.
        base_url: Address of an OpenAI-compatible server, for ``--mind model``.
        model: Name of the model on that server; or ``transformers:PATH``, ``langchain:PROVIDER:NAME``,
            ``replay:PATH`` or a model file, which need no address.
        text_only: Send that model words and no pictures.
        record: File (``.json``) to write the conversation with the model to.
        asking: File of ``handsel calibrate asking``: where several readings remain, the person is asked.
        perceiver: Who sees.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        memory: File of what is remembered from run to run; ``memory.sqlite`` beside the run's folder where
            none is named, ``none`` to remember nothing.
        out: Folder for what the run leaves; ``runs/<time>-<words>`` where none is given.
        json: Print one JSON object and nothing else.
        dry_run: Plan and show, but do not move the arm.
        view: Show live in a browser, for this machine only, what the agent sees and plans.
        rerun: File (``.rrd``) to write the same to, for the rerun viewer.
    """

    text: Annotated[str, tyro.conf.Positional]
    scene: str = "default"
    seed: int = 0
    robot: str | None = None
    mind: str = "rules"
    base_url: str | None = None
    model: str | None = None
    text_only: bool = False
    record: Path | None = None
    asking: Path | None = None
    perceiver: str = "geometric"
    noise: bool = True
    memory: str | None = None
    out: Path | None = None
    json: bool = False
    dry_run: bool = False
    view: Annotated[tuple[int, ...] | None, tyro.conf.arg(metavar="[PORT]")] = None
    rerun: Path | None = None

    def execute(self) -> int:
        """Run the chain; the imports behind it take most of a second."""
        from .session import run_session

        return run_session(self)
