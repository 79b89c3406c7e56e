"""Opening a desk over a simulated world."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...agent.viewer.live import LivePage
from ...sim.start import start_world
from ..chatting import memory_beside
from ..kernels import COMPILING, compiled_before
from ..run import Run
from ..session import chosen_mind, chosen_perceiver, chosen_scene
from .desk import Desk


class Asked(Protocol):
    """What every command that opens a desk is asked for."""

    @property
    def scene(self) -> str:
        """Name or path of a scene."""
        ...

    @property
    def seed(self) -> int:
        """Seed of all chance."""
        ...

    @property
    def robot(self) -> str | None:
        """Name or path of an arm; the scene's where None."""
        ...

    @property
    def mind(self) -> str:
        """Who understands."""
        ...

    @property
    def base_url(self) -> str | None:
        """Address of a model's server."""
        ...

    @property
    def model(self) -> str | None:
        """Name of a model."""
        ...

    @property
    def perceiver(self) -> str:
        """Who sees."""
        ...

    @property
    def noise(self) -> bool:
        """Whether depth is noisy."""
        ...

    @property
    def runs(self) -> Path:
        """Folder of all runs."""
        ...

    @property
    def memory(self) -> str | None:
        """File of what is remembered; the one beside the runs where None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open desk.

    Attributes:
        desk: Where instructions go.
        view_url: Where what is seen and planned can be watched in 3-D, or None.
        notes: What a person should know before the first instruction.
    """

    desk: Desk
    view_url: str | None
    notes: tuple[str, ...]


@contextmanager
def opened(command: Asked, *, view: bool, replays: bool = True) -> Iterator[Opened]:
    """Start a world that keeps the wall's pace, with an agent at a desk; both end with the block.

    Args:
        command: What was asked for.
        view: Whether what is seen and planned can be watched in 3-D.
        replays: Whether an animation is made of every run.

    Raises:
        HandselError: If it cannot begin.
    """
    run = Run(
        text="",
        scene=command.scene,
        robot=command.robot,
        seed=command.seed,
        mind=command.mind,
        base_url=command.base_url,
        model=command.model,
        perceiver=command.perceiver,
    )
    scene, mind, perceiver = chosen_scene(run), chosen_mind(run), chosen_perceiver(run)
    notes = () if compiled_before() else (COMPILING,)
    with ExitStack() as stack:
        memory = stack.enter_context(memory_beside(command.runs, command.memory))
        page = stack.enter_context(LivePage(notice=logging.getLogger(__name__).warning)) if view else None
        robot, _ = start_world(scene, seed=command.seed, paced=True, noise=command.noise)
        stack.enter_context(robot)
        desk = Desk(
            robot,
            mind,
            perceiver,
            seed=command.seed,
            runs=command.runs,
            replays=replays,
            watchers=() if page is None else (page,),
            memory=memory,
            base_url=command.base_url,
        )
        stack.callback(desk.close)
        yield Opened(desk=desk, view_url=None if page is None else page.address, notes=notes)
