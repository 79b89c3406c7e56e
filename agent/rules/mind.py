"""The mind that needs no model: controlled English by grammar and lexicon."""

from ...core.errors import CannotDo, HandselError, InputError, NeedsAnswer
from ...perception.scene import Scene
from ...skills.skill import SkillSpec
from ..mind import Candidate, Ranking, Subtask, Verdict
from . import lexicon, parse, write
from .ground import ground
from .meaning import Step

ABILITIES = "pick up, put, move, push and stack things"


class RulesMind:
    """Understands controlled English, offline and deterministically; see ``docs/language.md``."""

    @property
    def name(self) -> str:
        """Name in traces."""
        return "rules"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down into canonical steps.

        Args:
            instruction: What the person said.
            scene: What is there.
            skills: What can be done; a step that needs another skill is refused.

        Raises:
            InputError: If it is not understood; the text says which words.
            NeedsAnswer: If several readings remain.
            CannotDo: If it is understood but impossible.
        """
        steps = understand(instruction, scene)
        known = {spec.name for spec in skills}
        for step in steps:
            if known and step.skill not in known:
                raise CannotDo(f"there is no skill {step.skill!r}, which {step.text!r} needs")
        return tuple(Subtask(text=step.text) for step in steps)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Give 1 to the candidate that the step asks for and 0 to all others.

        Raises:
            InputError: If the step is not canonical.
        """
        step = Step.read(subtask.text)
        scores = tuple(
            float(candidate.skill == step.skill and dict(candidate.arguments) == dict(step.arguments))
            for candidate in candidates
        )
        return Ranking(scores=scores, method="grammar")

    def candidate(self, subtask: Subtask) -> Candidate:
        """Give the skill and arguments that a step asks for, whether or not a skill lists them.

        Raises:
            InputError: If the step is not canonical.
        """
        step = Step.read(subtask.text)
        return Candidate(skill=step.skill, arguments=step.arguments)

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write the program for a canonical step; each report of feedback asks for another variant.

        Raises:
            InputError: If the step is not canonical.
            CannotDo: If there is no free place.
            Retryable: If there is no other program.
            UnknownName: If the scene lacks what the step names.
        """
        return write.program(Step.read(subtask), scene, len(feedback))

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Leave the judgement to geometry."""
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return f"Could not {subtask.text.split(';')[0]}: {failure.rstrip('.')}."


def understand(instruction: str, scene: Scene) -> tuple[Step, ...]:
    """Give the steps that an instruction means in a scene.

    Every reading of the grammar is tied to the scene. One meaning is taken,
    several are asked about, and where none is possible the first one's reason is told.

    Args:
        instruction: What the person said.
        scene: What is there.

    Raises:
        InputError: If it is not understood.
        NeedsAnswer: If several meanings remain, or a phrase fits several things.
        CannotDo: If it is understood but impossible.
    """
    text = lexicon.clean(instruction)
    words = lexicon.words(
        text, (thing.name for thing in scene.things), (thing.kind for thing in scene.things)
    )
    _refuse_kind(words)
    meanings: dict[tuple[Step, ...], int] = {}
    refusals: list[HandselError] = []
    for reading in sorted(parse.readings(words), key=parse.depth):
        try:
            steps, redundant = ground(reading, scene)
            meanings[steps] = min(redundant, meanings.get(steps, redundant))
        except (InputError, NeedsAnswer, CannotDo) as refusal:
            refusals.append(refusal)
    # "the things on the tray on the table" with one tray: who says a relation means it to tell things apart.
    if 0 in meanings.values():
        meanings = {steps: 0 for steps, redundant in meanings.items() if not redundant}
    if len(meanings) == 1:
        steps = next(iter(meanings))
        write.program(steps[0], scene, 0)  # refuses where no place is free, before anything moves
        return steps
    if meanings:
        options = ["; then ".join(step.text for step in steps) for steps in meanings]
        raise NeedsAnswer("this can be taken in more than one way; which is meant?", options)
    raise _weightiest(refusals)


def _weightiest(refusals: list[HandselError]) -> HandselError:
    """Choose the refusal to tell: a question first, then a reason, then a lack of understanding."""
    for kind in (NeedsAnswer, CannotDo):
        for refusal in refusals:
            if isinstance(refusal, kind):
                return refusal
    return refusals[0]


def _refuse_kind(words: tuple[lexicon.Word, ...]) -> None:
    """Refuse what is understood to be out of bounds before the grammar is tried.

    Raises:
        InputError: If it is a question or has a condition.
        CannotDo: If it asks for a skill that does not exist.
    """
    if not words:
        raise InputError("the instruction asks for nothing; say what to do, such as 'pick up the red block'")
    if words[0].type == "QUESTION":
        raise InputError(
            f"{words[0].text!r} asks a question; say what to do, such as 'pick up the red block'"
        )
    for word in words:
        if word.type == "CONDITION":
            raise InputError(
                f"not understood: {word.text!r}; conditions and choices are not among the rules, "
                "say what to do outright or use --mind model"
            )
    others = [word for word in words if word.type == "OTHERVERB"]
    if others and not any(word.type == "UNKNOWN" for word in words):
        hint = "; to shift a thing say 'move it 10 cm to the left'" if others[0].value == "pull" else ""
        raise CannotDo(f"cannot {others[0].value} things yet; can {ABILITIES}{hint}")
