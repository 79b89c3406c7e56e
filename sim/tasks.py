"""A task: a scene, what is asked for, and how its success is told from the world's truth.

A task is made from a seed by its suite. The agent gets the instruction and
nothing else of it; the judge runs in the world's own process.
"""

from dataclasses import dataclass

from .scenes import SceneSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be done in one scene.

    Attributes:
        kind: Kind of task, for counting: ``put_in``, ``stack``, ...
        instruction: What the person says.
        scene: The world that it is said in.
        target: Identifier, in the scene, of the thing to be moved.
        reference: Identifier of the thing that the target is brought to, or None.
        others: Identifiers of further things that have a part in the task, in an order that its judge knows.
        judge: Where the judge is, as ``"module:function"``; it is called with the
            world and ``to_dict()`` in the world's process.
    """

    kind: str
    instruction: str
    scene: SceneSpec
    target: str
    reference: str | None = None
    others: tuple[str, ...] = ()
    judge: str = "handsel.sim.judges:judge"

    def to_dict(self) -> dict[str, str | list[str] | None]:
        """Give what the judge needs, as plain data."""
        return {
            "judge": self.judge,
            "kind": self.kind,
            "target": self.target,
            "reference": self.reference,
            "others": list(self.others),
        }
