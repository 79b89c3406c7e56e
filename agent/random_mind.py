"""A mind that does not listen and does anything that can be done: what chance alone is worth."""

import numpy as np

from ..core.errors import CannotDo, Retryable
from ..perception.scene import Scene
from ..skills.skill import SkillSpec
from .ablation import Part
from .mind import Candidate, Ranking, Subtask, Verdict
from .rules import write
from .rules.step import Step

MOST_STEPS = 3
"""An instruction becomes one to so many steps."""
STREAM = 17
"""Chance of this mind, apart from that of the planners, which has the same seed."""
SKILLS = ("pick", "place", "push")
"""Skills whose arguments say all of a step, so that a program can be written for them."""


class RandomMind:
    """Draws how many steps there are, and among what can be done; an instruction is not read at all."""

    lacks: tuple[Part, ...] = ("say", "maps", "constraints")

    def __init__(self) -> None:
        """Begin with nothing drawn."""
        self._turn = 0
        self._rng = np.random.default_rng(0)
        self._chosen: dict[str, Candidate] = {}

    @property
    def name(self) -> str:
        """Name in traces."""
        return "random"

    def seed(self, seed: int) -> None:
        """Take the chance of an instruction: it depends on the seed and on how many there were before."""
        self._rng = np.random.default_rng([seed, self._turn, STREAM])
        self._turn += 1

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Draw how many steps there are."""
        self._chosen.clear()
        count = int(self._rng.integers(1, MOST_STEPS + 1))
        return tuple(Subtask(text=f"random step {number}") for number in range(1, count + 1))

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Put the candidates into a drawn order, so far apart that feasibility only strikes out.

        Things and skills have the same chance, however many arguments a skill has: first the skill is drawn,
        then one of its candidates.
        """
        groups = {name: [i for i, one in enumerate(candidates) if one.skill == name] for name in SKILLS}
        order: list[int] = []
        while left := [name for name in SKILLS if groups[name]]:
            group = groups[left[int(self._rng.integers(len(left)))]]
            order.append(group.pop(int(self._rng.integers(len(group)))))
        scores = [0.0] * len(candidates)
        for place, index in enumerate(order):
            scores[index] = 0.1**place
        return Ranking(scores=tuple(scores), method="random")

    def candidate(self, subtask: Subtask) -> None:
        """Name nothing."""

    def chose(self, subtask: Subtask, candidate: Candidate) -> None:
        """Take note of what was chosen; see ``mind.Informed``."""
        self._chosen[subtask.text] = candidate

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write the program for what was chosen.

        Raises:
            Retryable: If there is no other program for it.
            CannotDo: If it has no free place, or nothing was chosen.
        """
        chosen = self._chosen.get(subtask)
        if chosen is None:
            raise CannotDo(f"nothing was drawn for {subtask!r}")
        return write.program(_step(chosen), scene, len(feedback))

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Leave the judgement to geometry."""
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return f"Could not do the {subtask.text}: {failure.rstrip('.')}."


def _step(chosen: Candidate) -> Step:
    """Give what was drawn as a step that programs are written for.

    Raises:
        Retryable: If it is no such step.
    """
    told = chosen.arguments
    match chosen.skill:
        case "pick":
            return Step(skill="pick", thing=told["thing"])
        case "place" | "push" as skill:
            return Step(
                skill=skill, thing=told["thing"], relation=told["relation"], reference=told["reference"]
            )
    raise Retryable(f"no program is known for the skill {chosen.skill!r}")
