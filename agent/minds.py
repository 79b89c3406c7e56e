"""The minds by name; ``model`` needs a language model and is made by whoever has one."""

from collections.abc import Callable
from pathlib import Path

from ..core.registry import Registry
from .mind import Mind

MINDS: Registry[Callable[[], Mind]] = Registry(
    "mind",
    "handsel.minds",
    {"rules": "handsel.agent.rules.mind:RulesMind", "program": "handsel.agent.program_mind:ProgramMind"},
)
PROGRAM = "program:"
"""What a name begins with that says where programs lie: ``program:FILE`` or ``program:FOLDER``."""


def make_mind(name: str) -> Mind:
    """Make a mind.

    Args:
        name: One of ``MINDS``, or ``program:PATH`` for programs written beforehand.

    Raises:
        UnknownName: If there is no such mind.
        InputError: If there is no program at the path.
    """
    if name.startswith(PROGRAM):
        from .program_mind import ProgramMind

        return ProgramMind(Path(name.removeprefix(PROGRAM)).expanduser())
    return MINDS.load(name)()
