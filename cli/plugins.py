"""``handsel plugins``: what can be named, and who brings it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..core.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugins:
    """List the skills, minds, perceivers, language models, robots and suites that third parties add.

    Exit code 1 where one of them cannot be loaded and that was looked at.

    Attributes:
        all: List what comes along too.
        check: Import each; otherwise nothing of a third party's is imported.
    """

    all: bool = False
    check: bool = False

    def execute(self) -> int:
        """Print one name a line."""
        from ..core.errors import InputError

        broken = 0
        for registry in registries():
            for entry in registry.entries():
                if not (entry.distribution or self.all):
                    continue
                line = f"{registry.kind:<24} {entry.name:<20} {entry.where:<52} {entry.distribution}"
                print(line.rstrip())
                if self.check:
                    try:
                        registry.load(entry.name)
                    except InputError as error:
                        broken += 1
                        print(f"handsel: {error}", file=sys.stderr)
        return 1 if broken else 0


def registries() -> "Iterator[Registry[Any]]":
    """Give every registry that third parties may add to."""
    from ..agent.language.models import KINDS
    from ..agent.minds import MINDS
    from ..perception.perceiver import PERCEIVERS
    from ..robots.registry import ROBOTS
    from ..sim.suite import SUITES
    from ..skills.registry import SKILLS

    yield from (SKILLS, MINDS, PERCEIVERS, KINDS, ROBOTS, SUITES)
