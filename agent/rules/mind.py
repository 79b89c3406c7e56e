"""The mind that needs no model: controlled English by grammar and lexicon."""

from ...core.errors import Answered, CannotDo, NeedsAnswer
from ...perception.scene import Scene
from ...skills.skill import SkillSpec
from ..corrections import Correction, Kind, Standing, Talk
from ..mind import Candidate, Ranking, Subtask, Verdict
from . import write
from .correct import check_skills, correct, without_excluded
from .deeds import Deed, Meaning, Turn
from .meaning import NotHere, NotUnderstood
from .plan import plan
from .pointing import deed_of
from .step import Step
from .understand import understand
from .ways import heeding

REMEMBERED = 12
"""How many turns of the dialogue count."""


class RulesMind:
    """Understands controlled English, offline and deterministically; see ``docs/english.md``."""

    def __init__(self) -> None:
        """Begin a dialogue."""
        self._turns: tuple[Turn, ...] = ()
        self._earlier: tuple[Turn, ...] = ()
        self._standing = Standing()

    @property
    def name(self) -> str:
        """Name in traces."""
        return "rules"

    def forget(self) -> None:
        """Begin a new dialogue: what was said before counts no more."""
        self._turns = self._earlier = ()
        self._standing = Standing()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of the dialogue, oldest first."""
        return self._turns

    def go_back(self, turns: tuple[Turn, ...]) -> None:
        """Go on from an earlier point of the dialogue, as if nothing had been said since.

        Args:
            turns: What ``turns`` was then.
        """
        self._turns = turns

    def recollect(self, turns: tuple[Turn, ...]) -> None:
        """Tell of earlier dialogues: *it*, *again* and *back* may mean what was done then.

        Args:
            turns: Their turns, oldest first; they take the place of those told of before.
        """
        self._earlier = turns

    def understand(self, instruction: str, scene: Scene, turns: tuple[Turn, ...] = ()) -> Meaning:
        """Tell what an instruction means; see ``understand.understand``."""
        return understand(instruction, scene, turns)

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down into canonical steps.

        Args:
            instruction: What the person said; *it* and *the other one* may mean what was spoken of before.
            scene: What is there.
            skills: What can be done; a step that needs another skill is refused.

        Raises:
            InputError: If it is not understood; the text says which words.
            NeedsAnswer: If several readings remain.
            CannotDo: If it is understood but impossible, or nothing is to be done.
            Answered: If it is a question, with its answer.
        """
        turns = joined(self._earlier, self._turns)
        meaning = understand(instruction, scene, turns)
        if meaning.kind == "not understood" and meaning.absent:
            raise NotHere(meaning.text, meaning.words)
        if meaning.kind == "not understood":
            raise NotUnderstood(meaning.text, meaning.words)
        if meaning.kind == "ask":
            raise NeedsAnswer(meaning.text, meaning.about)
        if meaning.kind == "nothing" and meaning.deeds:
            raise CannotDo(meaning.text)
        if meaning.kind in ("answer", "nothing"):
            raise Answered(meaning.text)
        meaning = without_excluded(meaning, self._standing)
        steps = plan(meaning, scene, turns)
        self._check(steps, scene, skills)
        self._remember(meaning.deeds, scene)
        return tuple(Subtask(text=step.text) for step in steps)

    def heed(self, standing: Standing) -> None:
        """Take to heart what holds from now on."""
        self._standing = standing

    def correct(self, line: str, talk: Talk) -> Correction:
        """Understand what is said while something is done, or has been done; see ``corrections.Listener``.

        Raises:
            InputError: If it is not understood.
            NeedsAnswer: If several readings remain.
            CannotDo: If it is understood but impossible.
        """
        found, fresh = correct(line, talk, joined(self._earlier, self._turns))
        steps = tuple(Step.read(one.text) for one in found.pending)
        if steps and found.pending != talk.pending:
            self._check(steps, talk.scene, talk.skills)
        if Kind.ALSO in found.kinds or Kind.INSTRUCT in found.kinds:
            self._remember(fresh or (deed_of(steps[-1]),), talk.scene)
        elif found.pending != talk.pending:
            self._amend(talk, steps)
        return found

    def again(self, talk: Talk, happened: str) -> tuple[Subtask, ...]:
        """Break down anew what is left to do, by what is there now; see ``mind.Replanner``.

        Steps whose end is reached already are left out, and every other one is checked again.

        Raises:
            CannotDo: If nothing else can be done.
        """
        steps = tuple(Step.read(one.text) for one in talk.pending)
        left = tuple(step for step in steps if not _reached(step, talk.scene))
        if left == steps:
            raise CannotDo(f"rules know no other way: {happened}")
        if left:
            self._check(left, talk.scene, talk.skills)
        return tuple(Subtask(text=step.text) for step in left)

    def _check(self, steps: tuple[Step, ...], scene: Scene, skills: tuple[SkillSpec, ...]) -> None:
        """Refuse what cannot be done before anything moves.

        Raises:
            CannotDo: If a skill is missing, or no place is free for the first step.
        """
        check_skills(list(steps), skills)
        write.program(heeding(steps[0], self._standing, scene), scene, 0)

    def _amend(self, talk: Talk, steps: tuple[Step, ...]) -> None:
        """Let the latest turn say what is done now; what of it was done already stays said."""
        if not self._turns or not steps:
            return
        last = self._turns[-1]
        old = {Step.read(one.text).thing for one in talk.pending}
        done = tuple(deed for deed in last.deeds if not {*deed.what} & old)
        deeds = (*done, *(deed_of(step) for step in reversed(steps)))
        self._turns = (*self._turns[:-1], Turn(deeds=deeds, places=last.places))

    def _remember(self, deeds: tuple[Deed, ...], scene: Scene) -> None:
        names = {name for deed in deeds for name in (*deed.what, *deed.options)}
        places = tuple(
            (thing.name, thing.on, thing.inside, float(thing.center[0]), float(thing.center[1]))
            for thing in scene.things
            if thing.name in names
        )
        self._turns = (*self._turns, Turn(deeds=deeds, places=places))[-REMEMBERED:]

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Give 1 to the candidate that the step asks for and 0 to all others.

        Raises:
            InputError: If the step names no skill and is not canonical.
        """
        asked = self.candidate(subtask)
        scores = tuple(
            float(candidate.skill == asked.skill and dict(candidate.arguments) == dict(asked.arguments))
            for candidate in candidates
        )
        return Ranking(scores=scores, method="grammar")

    def candidate(self, subtask: Subtask) -> Candidate:
        """Give the skill and arguments that a step asks for, whether or not a skill lists them.

        Raises:
            InputError: If the step names no skill and is not canonical.
        """
        if subtask.skill:
            return Candidate(skill=subtask.skill, arguments=subtask.arguments)
        step = Step.read(subtask.text)
        return Candidate(skill=step.done_by, arguments=step.arguments)

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write the program for a canonical step; each report of feedback asks for another variant.

        Raises:
            InputError: If the step is not canonical.
            CannotDo: If there is no free place.
            Retryable: If there is no other program.
            UnknownName: If the scene lacks what the step names.
        """
        return write.program(heeding(Step.read(subtask), self._standing, scene), scene, len(feedback))

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Leave the judgement to geometry."""
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return f"Could not {subtask.text.split(';')[0]}: {failure.rstrip('.')}."


def joined(earlier: tuple[Turn, ...], own: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Put earlier dialogues before the one that goes on; where both know a thing's place, the own counts."""
    told = {place[0] for turn in own for place in turn.places}
    kept = tuple(
        Turn(deeds=turn.deeds, places=tuple(place for place in turn.places if place[0] not in told))
        for turn in earlier
    )
    return (*kept, *own)[-REMEMBERED:]


def _reached(step: Step, scene: Scene) -> bool:
    """Whether a step that puts something in or on something has nothing left to do."""
    things = {thing.name: thing for thing in scene.things}
    if step.thing not in things or step.skill != "place":
        return False
    thing = things[step.thing]
    return (step.relation == "in" and thing.inside == step.reference) or (
        step.relation == "on" and thing.on == step.reference
    )
