"""Worked programs, the few that are most like a step; they come with the prompts.

A file in ``prompts/examples`` begins with two comments: words that such steps are
said with, and the step that the program is for.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SHOWN = 2
"""Examples for one step: each costs some 250 tokens of the 6,000 that a prompt may have."""
IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A step with its program.

    Attributes:
        name: The file's name without its ending.
        words: What such steps are said with.
        step: The step.
        program: Its program.
    """

    name: str
    words: frozenset[str]
    step: str
    program: str

    @property
    def text(self) -> str:
        """The example as a prompt shows it."""
        return f"Example: {self.step}\n```python\n{self.program}\n```\n"


def examples_for(subtask: str, most: int = SHOWN) -> tuple[Example, ...]:
    """Give the examples whose words a step is said with, those that share the most first.

    Args:
        subtask: The step in words; its identifiers do not count.
        most: How many at most.
    """
    said = set(re.findall(r"[a-z]+", IDENTIFIER.sub(" ", subtask.lower())))
    shared = {one.name: len(said & one.words) for one in all_examples()}
    fitting = [one for one in all_examples() if shared[one.name]]
    return tuple(sorted(fitting, key=lambda one: (-shared[one.name], one.name))[:most])


@cache
def all_examples() -> tuple[Example, ...]:
    """Read all examples, by name."""
    folder = files("handsel.prompts").joinpath("examples")
    found = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".txt"):
            words, step, program = file.read_text(encoding="utf-8").split("\n", 2)
            assert words.startswith("# ") and step.startswith("# "), f"{file.name} lacks its two comments"
            found.append(
                Example(
                    name=file.name.removesuffix(".txt"),
                    words=frozenset(re.findall(r"[a-z]+", words)),
                    step=step.removeprefix("# "),
                    program=program.strip(),
                )
            )
    return tuple(found)
