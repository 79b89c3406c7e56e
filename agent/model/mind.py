"""The mind of a language model: it looks, breaks down, chooses, writes, judges and explains.

Whatever it says is checked against the scene and the skills before it counts. An answer
that cannot be used goes back with the reason, a bounded number of times; then the
instruction is refused, and nothing has moved. What one instruction may take of the
model is a budget.
"""

from typing import Literal

from ...core.errors import CannotDo, Retryable
from ...perception.scene import Scene
from ...prompts import Prompt, render
from ...skills.skill import SkillSpec
from ..asking import Asking
from ..corrections import Correction, Standing, Talk
from ..language.budget import Budget, Budgeted
from ..language.errors import BadAnswer, LanguageModelError, NotOffered, Unrecorded
from ..language.model import LanguageModel, Message, Usage
from ..mind import Candidate, Ranking, Subtask, Verdict
from . import plan
from .correcting import CorrectionAnswer, corrected, correction_prompt, correction_trouble
from .examples import examples_for
from .forms import LookAnswer, PlanAnswer, VerdictAnswer
from .look import NOTHING, Seen, grounded
from .options import DONE, NONE, described, shortlist
from .telling import (
    directions_text,
    held_text,
    keypoints_text,
    picture,
    setting_of,
    skills_text,
    things_text,
    warnings_text,
)

TRIES = 3
"""How often a plan is asked for."""
REMEMBERED = 12
"""Lines of history that are told."""
LONGEST_EXPLANATION = 300
"""Most characters of an explanation."""

Choosing = Literal["scored", "named"]
"""Whether every step's candidates are weighed by the model, or what it named with the step counts."""


class ModelMind:
    """Understands, ranks, writes and explains through a language model; it judges where geometry cannot."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        budget: Budget | None = None,
        choosing: Choosing = "scored",
        asking: Asking | None = None,
        tries: int = TRIES,
    ):
        """Think with a model.

        Args:
            model: Who answers.
            budget: What one instruction may take; the model's own, if it has one, where None.
            choosing: How usefulness is found.
            asking: When the person is asked which of several candidates is meant; never, where None.
            tries: How often a plan is asked for until it can be used.
        """
        self._model = model if isinstance(model, Budgeted) and budget is None else Budgeted(model, budget)
        self._choosing: Choosing = choosing
        self._asking, self._tries = asking, tries
        self._seen: Seen = NOTHING
        self._history: list[str] = []
        self._instruction = self._step = ""
        self._skills: tuple[SkillSpec, ...] = ()
        self._standing = Standing()

    @property
    def name(self) -> str:
        """Name in traces."""
        return f"model:{self._model.name}"

    @property
    def usage(self) -> Usage:
        """What the model has taken since it was made."""
        return self._model.usage

    @property
    def seen(self) -> Seen:
        """What was seen in the picture when the instruction began."""
        return self._seen

    def remember(self, line: str) -> None:
        """Tell of something that happened, so that it is known to what is asked next."""
        self._history = [*self._history, line][-REMEMBERED:]

    # ---- look, decompose ---------------------------------------------------------

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Look, then break an instruction down; see ``Mind.decompose``.

        Raises:
            NeedsAnswer: If the model asks the person.
            CannotDo: If the model refuses, or gives no usable plan.
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        self._model.begin()
        self._instruction, self._step, self._skills = " ".join(instruction.split()), "", skills
        self._seen = self.look(scene)
        steps = plan.taken(self._planned(instruction, scene, skills))
        self.remember(f'asked: "{self._instruction}"; planned: {"; ".join(step.text for step in steps)}')
        return steps

    def look(self, scene: Scene) -> Seen:
        """Say what the picture shows of a scene; nothing where there is no picture or no usable answer.

        Raises:
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        shown = self._shown(scene)
        if not shown:
            return NOTHING
        prompt = render(
            "look",
            things=things_text(scene),
            keypoints=keypoints_text(scene),
            warnings=warnings_text(scene),
        )
        try:
            answer = self._model.complete_as(_opened(prompt, *shown), LookAnswer)
        except (BadAnswer, NotOffered) as error:
            return Seen(trouble=(str(error),))
        return grounded(answer, scene)

    def _planned(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> PlanAnswer:
        prompt = render(
            "decompose",
            setting=setting_of(scene).robot,
            rules=setting_of(scene).rules,
            units=setting_of(scene).units,
            skills=skills_text(skills),
            things=things_text(scene, self._seen),
            history=self._told(),
            instruction_line=self._instruction,
            instruction=self._holding(instruction.replace('"""', "'''")),
        )
        messages = _opened(prompt, *self._shown(scene))
        reason = ""
        for _ in range(self._tries):
            try:
                answer = self._model.complete_as(messages, PlanAnswer)
            except BadAnswer as error:
                reason = str(error)
                continue
            reason = plan.trouble(answer, scene, skills)
            if not reason:
                return answer
            told = f"That plan cannot be used: {reason}. Answer again with the whole JSON object."
            messages = (
                *messages,
                Message(role="assistant", text=answer.model_dump_json()),
                Message(role="user", text=told),
            )
        raise CannotDo(f"{self._model.name} gave no usable plan in {self._tries} tries: {reason}")

    # ---- what is said meanwhile, and what went wrong -------------------------------

    @property
    def spent(self) -> tuple[int, float]:
        """Calls and money spent so far, in all."""
        usage = self._model.usage
        return usage.calls, self._model.budget.prices.of(usage)

    def heed(self, standing: Standing) -> None:
        """Take to heart what holds from now on; every prompt that writes or breaks down tells it."""
        self._standing = standing

    def correct(self, line: str, talk: Talk) -> Correction:
        """Understand what a person says meanwhile; see ``corrections.Listener``.

        Raises:
            NeedsAnswer: If the model asks the person.
            CannotDo: If the model refuses, or gives no usable answer.
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        prompt = correction_prompt(line, talk, self._seen, self._told())
        messages, reason = _opened(prompt, *self._shown(talk.scene)), ""
        for _ in range(self._tries):
            try:
                answer = self._model.complete_as(messages, CorrectionAnswer)
            except BadAnswer as error:
                reason = str(error)
                continue
            reason = correction_trouble(answer, talk)
            if not reason:
                found = corrected(answer, talk)
                self._instruction, self._skills = " ".join(line.split()), talk.skills
                self.remember(f'the person said: "{self._instruction}"; taken as: {answer.kind}')
                return found
            told = f"That cannot be used: {reason}. Answer again with the whole JSON object."
            messages = (
                *messages,
                Message(role="assistant", text=answer.model_dump_json()),
                Message(role="user", text=told),
            )
        raise CannotDo(f"{self._model.name} gave no usable answer in {self._tries} tries: {reason}")

    def again(self, talk: Talk, happened: str) -> tuple[Subtask, ...]:
        """Break down anew what is left to do; see ``mind.Replanner``.

        Raises:
            HandselError: If there is no other way, or no usable answer.
        """
        self.remember(happened)
        left = "; then ".join(one.text for one in talk.pending)
        return plan.taken(self._planned(f"{left} (another way than before)", talk.scene, talk.skills))

    def _holding(self, instruction: str) -> str:
        """Give an instruction with what holds for the whole dialogue."""
        lines = self._standing.told()
        return f"{instruction} ({'; '.join(lines)})" if lines else instruction

    # ---- choose ------------------------------------------------------------------

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give what the model named with the step."""
        if not subtask.skill:
            return None
        return Candidate(skill=subtask.skill, arguments=subtask.arguments)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Weigh the candidates that speak of the step, and the answers that none is needed or none serves.

        Raises:
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        if self._step not in ("", subtask.text):
            # Nobody goes on to a step before the one before it was seen to be done.
            self.remember(f"done: {self._step}")
        self._step = subtask.text
        if self._choosing == "named" and subtask.skill:
            scores = tuple(
                float(one.skill == subtask.skill and dict(one.arguments) == dict(subtask.arguments))
                for one in candidates
            )
            return Ranking(scores=scores, method=f"named by {self.name}")
        chosen = shortlist(subtask, candidates)
        options = (*(described(candidates[i]) for i in chosen), DONE, NONE)
        prompt = render(
            "choose",
            setting=setting_of(scene).robot,
            skills=skills_text(self._skills),
            done=DONE,
            none=NONE,
            things=things_text(scene, self._seen),
            history=self._told(),
            instruction=self._instruction,
            subtask=subtask.text,
        )
        found = self._model.score(_opened(prompt), options)
        weights = dict(zip(options, found.probabilities, strict=True))
        scores = [0.0] * len(candidates)
        for i in chosen:
            scores[i] = weights[described(candidates[i])]
        return Ranking(
            scores=tuple(scores),
            method=f"{found.method} of {self.name}",
            done=weights[DONE],
            none=weights[NONE],
            least=None if self._asking is None else self._asking.least(found.method),
        )

    # ---- write -------------------------------------------------------------------

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write a program; see ``ProgramSource.write``.

        Raises:
            Retryable: If the model's answer is none.
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        told = "\n".join(f"- {report}" for report in feedback)
        prompt = render(
            "write",
            examples="\n".join(one.text for one in examples_for(subtask)),
            things=things_text(scene, self._seen),
            directions=directions_text(scene),
            held=held_text(scene),
            instruction=self._holding(self._instruction),
            subtask=subtask,
            number=str(len(feedback) + 1),
            feedback=f"Earlier programs for this step were refused, oldest first:\n{told}"
            if feedback
            else "",
        )
        try:
            return self._model.complete(_opened(prompt))
        except BadAnswer as error:
            raise Retryable(str(error)) from error

    # ---- judge, explain ----------------------------------------------------------

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Say by the pictures whether a step happened; None where the model cannot tell.

        Raises:
            LanguageModelError: If the model cannot be reached or its budget is used up.
        """
        prompt = render(
            "judge",
            subtask=subtask.text,
            before=things_text(before, self._seen),
            after=things_text(after, self._seen),
        )
        shown = (*self._shown(before), *self._shown(after))
        try:
            answer = self._model.complete_as(
                _opened(prompt, *(shown if len(shown) == 2 else ())), VerdictAnswer
            )
        except (BadAnswer, NotOffered, Unrecorded):
            return None
        if answer.happened == "unclear":
            return None
        return Verdict(success=answer.happened == "yes", reason=answer.reason, by=self.name)

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence; in plain form where the model gives none."""
        self.remember(f"failed: {subtask.text}: {failure}")
        try:
            text = self._model.complete(_opened(render("explain", subtask=subtask.text, failure=failure)))
        except LanguageModelError:
            return f"Could not {subtask.text.rstrip('.')}: {failure.rstrip('.')}."
        sentence = " ".join(text.split())[:LONGEST_EXPLANATION]
        # The measured reason stays beside the sentence: nobody has to take a model's word for it.
        return f"{sentence} ({failure.rstrip('.')})"

    def _shown(self, scene: Scene) -> tuple[bytes, ...]:
        shown = picture(scene) if self._model.capabilities.pictures else None
        return () if shown is None else (shown,)

    def _told(self) -> str:
        return "\n".join(f"- {line}" for line in self._history) or "(nothing yet)"


def _opened(prompt: Prompt, *pictures: bytes) -> tuple[Message, ...]:
    return (
        Message(role="system", text=prompt.system),
        Message(role="user", text=prompt.user, pictures=pictures),
    )
