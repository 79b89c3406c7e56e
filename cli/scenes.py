"""``handsel scenes``: what ``--scene`` takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """List the scenes that can be named, with the things in them."""

    def execute(self) -> int:
        """Print one scene a line."""
        from ..sim.scenes import NAMED

        for name, things in NAMED.items():
            print(f"{name:<12} {', '.join(thing.id for thing in things) or 'nothing but the table'}")
        return 0
