"""Opening a desk over a simulated world."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...sim.start import start_world
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open desk.

    Attributes:
        desk: Where instructions go.
        view_url: Where the world can be watched, or None.
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
        view: Whether the world can be watched.
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
    robot, _ = start_world(scene, seed=command.seed, view=view, paced=True, noise=command.noise)
    with robot:
        desk = Desk(robot, mind, perceiver, seed=command.seed, runs=command.runs, replays=replays)
        try:
            yield Opened(desk=desk, view_url=robot.view_url, notes=notes)
        finally:
            desk.close()
