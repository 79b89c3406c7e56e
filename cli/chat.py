"""``handsel chat``: one world, and a conversation about what to do in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from .run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Talk to a simulated arm; ``/help`` lists what can be asked besides.

    Lines are taken while the arm moves. Over a pipe (``handsel chat < script.txt``) each line waits for
    the one before it; the exit code is that of the worst outcome: 0 all done, 130 stopped by the person,
    4 a question that nobody answered, 3 cannot be done, 2 bad input, 1 tried and failed.

    Attributes:
        scene: Name of a scene (see ``handsel scenes``) or path of a scene file.
        seed: Seed of everything that is left to chance.
        robot: Name of the arm, or path of a description of one's own; the scene's where none is given.
        mind: Who understands: ``rules``, ``model``, or ``program:PATH``.
        base_url: Address of an OpenAI-compatible server, for ``--mind model``.
        model: Name of the model on that server; or as ``handsel run`` takes it.
        text_only: Send that model words and no pictures.
        record: File (``.json``) to write the conversation with the model to.
        asking: File of ``handsel calibrate asking``: where several readings remain, the person is asked.
        perceiver: Who sees.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        out: Folder of the run folders, one for each instruction.
        memory: File of what is remembered from chat to chat; ``memory.sqlite`` in that folder where none is
            named, ``none`` to remember no longer than this chat.
        view: Show live in a browser, for this machine only, what the agent sees and plans.
        rerun: File (``.rrd``) to write the same to, for the rerun viewer.
    """

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
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")] = Path("runs")
    memory: str | None = None
    view: Annotated[tuple[int, ...] | None, tyro.conf.arg(metavar="[PORT]")] = None
    rerun: Path | None = None

    def execute(self) -> int:
        """Talk; the imports behind it take most of a second."""
        from .chatting import run_chat

        return run_chat(self)

    def as_run(self) -> Run:
        """Give the same choices as a run has them, without words."""
        return Run(
            text="",
            scene=self.scene,
            seed=self.seed,
            robot=self.robot,
            mind=self.mind,
            base_url=self.base_url,
            model=self.model,
            text_only=self.text_only,
            record=self.record,
            asking=self.asking,
            perceiver=self.perceiver,
            noise=self.noise,
            view=self.view,
            rerun=self.rerun,
        )
