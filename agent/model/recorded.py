"""A model's mind without the model: recorded conversations answer, the one that is about the instruction."""

from pathlib import Path

from ...core.errors import InputError
from ...perception.scene import Scene
from ...skills.skill import SkillSpec
from ..language.model import Usage
from ..language.recording import read_conversation
from ..mind import Candidate, Ranking, Subtask, Verdict
from .mind import TRIES, ModelMind
from .rehearsed import RehearsedModel
from .topics import kind_of, topic_of


class RecordedMind:
    """A ``ModelMind`` for each recorded conversation, found by what the person says."""

    def __init__(self, folder: Path, *, tries: int = TRIES):
        """Find the conversations.

        Args:
            folder: Where they lie, or one of them.
            tries: How often a plan is asked for.

        Raises:
            InputError: If there are none, or one is broken.
        """
        files = sorted(folder.glob("*.json")) if folder.is_dir() else [folder]
        if not files:
            raise InputError(f"there are no recorded conversations (*.json) in {str(folder)!r}")
        self._where, self._tries = folder.name, tries
        self._files = {said: file for file in files for said in instructions(file)}
        self._mind: ModelMind | None = None

    @property
    def name(self) -> str:
        """Name in traces."""
        return f"recorded:{self._where}"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down as it was when it was recorded.

        Raises:
            InputError: If nothing was recorded about it.
            NeedsAnswer: If the model asked the person.
            CannotDo: If it refused.
        """
        said = " ".join(instruction.split())
        if said not in self._files:
            raise InputError(f"no conversation was recorded about {said!r} in {self._where}")
        model = RehearsedModel(self._files[said])
        choosing = "scored" if "choose" in model.kinds else "named"
        self._mind = ModelMind(model, choosing=choosing, tries=self._tries)
        return self._mind.decompose(instruction, scene, skills)

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give what was named with the step."""
        return self._begun.candidate(subtask)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Weigh candidates as they were weighed."""
        return self._begun.rank(subtask, candidates, scene)

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Give the program that was written."""
        return self._begun.write(subtask, scene, feedback)

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Give the judgement of the same pictures; of others there is none."""
        return self._begun.judge(subtask, before, after)

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return self._begun.explain(subtask, failure)

    @property
    def usage(self) -> Usage:
        """What the calls took when they were recorded."""
        return Usage() if self._mind is None else self._mind.usage

    @property
    def spent(self) -> tuple[int, float]:
        """Calls and money, as they were when it was recorded."""
        return (0, 0.0) if self._mind is None else self._mind.spent

    @property
    def _begun(self) -> ModelMind:
        assert self._mind is not None, "an instruction is broken down before anything else is asked"
        return self._mind


def instructions(file: Path) -> tuple[str, ...]:
    """List the instructions that a conversation is about.

    Raises:
        InputError: If it is no recording.
    """
    topics = (topic_of(turn.messages) for turn in read_conversation(file).turns)
    asked = (topic.rpartition(" / ")[0] for topic in topics if kind_of(topic) == "break down")
    return tuple(dict.fromkeys(topic.partition(":")[2].strip() for topic in asked))
