"""The mind that has its programs already: text written beforehand, with slots only for names.

The first line of such a text is a comment with the sentence that it is for, such
as ``# pour the {source} into the {target}``. A slot takes the words that stand in
its place, and they have to mean one thing of the scene; in the text below each
slot becomes that thing's identifier.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import CannotDo, InputError, NeedsAnswer, Retryable
from ..perception.keypoints import UNKNOWN
from ..perception.scene import Scene, Thing
from ..skills.skill import SkillSpec
from .mind import Candidate, Ranking, Subtask, Verdict

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "programs" / "relations"
"""Where the programs of the suite ``relations`` lie in a source tree."""
LARGEST = 65_536
"""Longest program text, [bytes]: as much as the reader takes."""
SLOT = re.compile(r"\{(\w+)\}")
SKILL = "manipulate"
SHAPES = (
    *("block", "ball", "can", "bottle", "mug", "bowl", "plate", "tray", "box"),
    *("shelf", "drawer", "wall", "rack", "table"),
)
"""Nouns for which perception has a shape of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A program text with slots.

    Attributes:
        name: The file's name without its ending.
        sentence: What a person says for it, with slots.
        text: The program, with slots.
    """

    name: str
    sentence: str
    text: str

    def heard(self, instruction: str) -> dict[str, str] | None:
        """Give the words in each slot, or None where the instruction is another one."""
        parts = SLOT.split(" ".join(self.sentence.lower().split()))
        pattern, seen = "", set[str]()
        for number, part in enumerate(parts):
            if number % 2 == 0:
                pattern += re.escape(part)
            else:
                pattern += rf"(?P={part})" if part in seen else rf"(?P<{part}>[\w ,]+?)"
                seen.add(part)
        said = " ".join(instruction.lower().split()).rstrip(".!")
        found = re.fullmatch(pattern, said)
        return None if found is None else found.groupdict()

    def filled(self, names: Mapping[str, str]) -> str:
        """Give the program with a name in each slot.

        Raises:
            InputError: If the text has a slot that the sentence lacks.
        """
        missing = set(SLOT.findall(self.text)) - set(names)
        if missing:
            raise InputError(
                f"program {self.name!r} has slots that its first line lacks: {', '.join(missing)}"
            )
        return SLOT.sub(lambda slot: names[slot[1]], self.text)


class ProgramMind:
    """Knows sentences and the programs for them, and nothing else."""

    def __init__(self, where: Path = FOLDER):
        """Read the programs.

        Args:
            where: A program's file, or a folder of them.

        Raises:
            InputError: If there are none, or one has no sentence.
        """
        paths = sorted(where.glob("*.txt")) if where.is_dir() else [where]
        if not paths or not paths[0].is_file():
            raise InputError(
                f"no program at {str(where)!r}; expected a .txt file, or a folder of them: "
                "give it as --mind program:PATH"
            )
        self._templates = tuple(map(read_template, paths))
        self._where = where.stem

    @property
    def name(self) -> str:
        """Name in traces."""
        return f"program:{self._where}"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Find the program for an instruction; it is one step.

        Raises:
            InputError: If no program is for it.
            NeedsAnswer: If words in a slot mean several things.
            CannotDo: If they mean none.
        """
        for template in self._templates:
            words = template.heard(instruction)
            if words is not None:
                for phrase in words.values():
                    all_meant(phrase, scene)
                return (Subtask(text=" ".join(instruction.split()), skill=SKILL),)
        known = "; ".join(template.sentence for template in self._templates)
        raise InputError(f"no program is for {instruction!r}; there are programs for: {known}")

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Give 1 to carrying out a program, 0 to all else."""
        scores = tuple(float(one.skill == SKILL) for one in candidates)
        return Ranking(scores=scores, method="given")

    def candidate(self, subtask: Subtask) -> Candidate:
        """Carry out a program."""
        return Candidate(skill=SKILL, arguments={})

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Give the program for a step, with the scene's names in its slots.

        Raises:
            Retryable: If it was refused: there is no other.
            InputError: If no program is for it.
            NeedsAnswer: If words in a slot mean several things.
            CannotDo: If they mean none.
        """
        if feedback:
            raise Retryable(f"there is no other program: {feedback[0]}")
        for template in self._templates:
            words = template.heard(subtask)
            if words is not None:
                return template.filled({slot: all_meant(phrase, scene) for slot, phrase in words.items()})
        raise InputError(f"no program is for {subtask!r}")

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Leave the judgement to geometry."""
        return None

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence."""
        return f"Could not {subtask.text.rstrip('.')}: {failure.rstrip('.')}."


def read_template(path: Path) -> Template:
    """Read a program with slots.

    Raises:
        InputError: If it cannot be read or its first line is no comment with a sentence.
    """
    if path.stat().st_size > LARGEST:
        raise InputError(f"{str(path)!r} is longer than {LARGEST} bytes; a program is short")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{str(path)!r} is no text: {error}") from error
    first = text.partition("\n")[0]
    if not first.startswith("# "):
        raise InputError(
            f"{str(path)!r}: the first line has to be a comment with the sentence that the program is for, "
            "such as '# pour the {source} into the {target}'"
        )
    return Template(name=path.stem, sentence=first[2:].strip(), text=text)


def all_meant(phrase: str, scene: Scene) -> str:
    """Give the identifiers of all things that a phrase such as ``red bit and the blue bit`` lists.

    Raises:
        CannotDo: If one of them means nothing that is seen.
        NeedsAnswer: If one means several things.
    """
    listed = re.split(r",\s*(?:and\s+)?(?:the\s+)?|\s+and\s+(?:the\s+)?", phrase)
    return ", ".join(meant(one, scene).name for one in listed if one)


def meant(phrase: str, scene: Scene) -> Thing:
    """Find the one thing that a phrase such as ``red block`` means.

    A thing of unknown shape is meant by any noun, where nothing else is of that kind and colour; and a
    noun for which perception has no shape means whatever has the colour.

    Args:
        phrase: Identifier, or colours and a kind.
        scene: What is there.

    Raises:
        CannotDo: If it means nothing that is seen.
        NeedsAnswer: If it means several things.
    """
    words = phrase.split()
    kind, colors = words[-1], set(words[:-1]) - {"the", "a", "an"}
    choices = (
        [one for one in scene.things if one.name == phrase],
        [one for one in scene.things if one.kind == kind and colors <= {one.color}],
        [one for one in scene.things if one.kind == UNKNOWN and colors <= {one.color}],
        [one for one in scene.things if one.kind == kind],
        [one for one in scene.things if kind not in SHAPES and colors and colors <= {one.color}],
    )
    for found in choices:
        if len(found) == 1:
            return found[0]
        if found and found is not choices[3]:
            raise NeedsAnswer(f"which {phrase} is meant?", [one.name for one in found])
    seen = ", ".join(one.name for one in scene.things) or "nothing"
    raise CannotDo(f"there is no {phrase}; seen: {seen}")
