"""The names that a program over one scene may use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from ...perception.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Things, parts, keypoints and hands by name.

    Attributes:
        things: Parts by thing.
        groups: Words that could mean several things (``mug``, ``red_block``), with what they could mean.
        keypoints: Thing and part by keypoint number.
        hands: Names of the hands.
        containers: Things that can hold others.
        table_height: Height of the table in the world, [m].
        held: Thing by the hand that holds it when the program begins.
        maps: Whether whoever plans makes value maps: then toward, face, grip and regions are understood.
    """

    things: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keypoints: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    hands: tuple[str, ...] = ("arm",)
    containers: frozenset[str] = frozenset()
    table_height: float = 0.0
    held: Mapping[str, str] = field(default_factory=dict)
    maps: bool = False

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        for name in ("things", "groups", "keypoints", "held"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @classmethod
    def of(
        cls,
        scene: Scene,
        hands: tuple[str, ...] = ("arm",),
        held: Mapping[str, str] | None = None,
        *,
        maps: bool = False,
    ) -> Self:
        """Take the names from a scene.

        Args:
            scene: What is there.
            hands: Names of the robot's hands.
            held: Thing by the hand that holds it now; where it is not given and there is one
                hand, what the scene says is carried by the hand.
            maps: Whether whoever plans makes value maps.
        """
        if held is None and len(hands) == 1:
            carried = [thing.name for thing in scene.things if thing.on == "hand"]
            held = dict(zip(hands, carried, strict=False))
        groups: dict[str, list[str]] = {}
        for thing in scene.things:
            stem = re.sub(r"_\d+$", "", thing.name)
            for word in dict.fromkeys((thing.kind, stem, f"{thing.color}_{thing.kind}")):
                if word != thing.name:
                    groups.setdefault(word, []).append(thing.name)
        return cls(
            things={thing.name: tuple(sorted(thing.parts)) for thing in scene.things},
            groups={word: tuple(names) for word, names in groups.items()},
            keypoints={keypoint.number: (keypoint.thing, keypoint.part) for keypoint in scene.keypoints},
            hands=hands,
            containers=frozenset(thing.name for thing in scene.things if thing.cavity_radius is not None),
            table_height=scene.table.height,
            held=held or {},
            maps=maps,
        )

    def described(self) -> str:
        """List the names for a writer, one thing a line."""
        lines = [
            f"{name}{' (container)' if name in self.containers else ''}: {' '.join(parts)}"
            for name, parts in self.things.items()
        ]
        return "\n".join(lines)
