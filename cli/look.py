"""``handsel look``: what the robot believes is in front of a camera."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Print the scene that saved RGB-D frames show, or what a simulated robot's cameras see.

    Files are ``.npz``, or ``.json`` with PNG pictures; ``docs/perception.md`` has the formats.
    Exit codes: 0 looked, whatever was seen; 2 bad input.

    Attributes:
        frames: Files of frames; all views together make one scene.
        scene: Look into this simulated scene instead: a name (see ``handsel scenes``) or a scene file.
        robot: Name of the simulated arm, or path of its description; the scene's where none is given.
        seed: Seed of the simulated cameras' noise.
        noise: Whether the simulated depth is as noisy as a real camera's.
        perceiver: Who sees.
        json: Print one JSON object and nothing else.
        plot: Write a PNG here: the pictures with what was found, the scene from above, free space.
        save: Write the frames here, as ``.npz`` or ``.json`` with PNG pictures.
    """

    frames: Annotated[tuple[Path, ...], tyro.conf.Positional] = ()
    scene: str | None = None
    robot: str | None = None
    seed: int = 0
    noise: bool = True
    perceiver: str = "geometric"
    json: bool = False
    plot: Path | None = None
    save: Path | None = None

    def execute(self) -> int:
        """Look; the imports behind it take most of a second."""
        from .looking import look

        return look(self)
