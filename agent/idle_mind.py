"""A mind that does nothing: what is worth as much is worth nothing."""

from ..core.errors import Answered
from ..perception.scene import Scene
from ..skills.skill import SkillSpec
from .ablation import PARTS, Part
from .mind import Candidate, Ranking, Subtask, Verdict


class IdleMind:
    """Ends every instruction at once, with nothing done."""

    lacks: tuple[Part, ...] = PARTS

    @property
    def name(self) -> str:
        """Name in traces."""
        return "nothing"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Find nothing to do.

        Raises:
            Answered: Always.
        """
        raise Answered("nothing is done, whatever is asked for")

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Find no candidate useful."""
        return Ranking(scores=(0.0,) * len(candidates), method="nothing")

    def candidate(self, subtask: Subtask) -> None:
        """Name nothing."""

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write nothing.

        Raises:
            Answered: Always.
        """
        raise Answered("nothing is done, whatever is asked for")

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Leave the judgement to geometry."""
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return failure
