"""The seam of perception: frames in, a scene out."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.registry import Registry
from .scene import Scene


class Perceiver(Protocol):
    """Whatever can turn pictures into things."""

    @property
    def name(self) -> str:
        """The registered name, as the scene and the trace record it."""
        ...

    def perceive(
        self, frames: tuple[CameraFrame, ...], *, robot_spheres_W: Float64, previous: Scene | None = None
    ) -> Scene:
        """Find what is in front of the robot.

        Args:
            frames: One RGB-D frame per camera, taken while nothing moves.
            robot_spheres_W: The robot's own body as spheres (x, y, z, radius), shape (S, 4), [m].
            previous: The scene before, so that things keep their names.

        Returns:
            What was found.

        Raises:
            InputError: If there is no frame, or none in which anything can be measured.
        """
        ...


@runtime_checkable
class Vocabulary(Protocol):
    """What a perceiver offers besides, if it finds things by words: the agent adds those that a person says.

    A perceiver that knows what it sees by itself has no words, and is no ``Vocabulary``.
    """

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, such as ``("mug", "tape measure")``."""
        ...

    @words.setter
    def words(self, words: tuple[str, ...]) -> None: ...


PERCEIVERS: Registry[Callable[[], Perceiver]] = Registry(
    "perceiver",
    "handsel.perceivers",
    {
        "geometric": "handsel.perception.geometric:GeometricPerceiver",
        "open_vocabulary": "handsel.perception.open_vocabulary.perceiver:OpenVocabularyPerceiver",
        "oracle": "handsel.sim.oracle:OraclePerceiver",
    },
)
