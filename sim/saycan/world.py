"""The home as a world of symbols: where everything is, what can be done, and what then is so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from pydrake.math import RigidTransform

from ...perception.scene import Directions, Scene, Table, Thing
from ...robots.shapes import Box
from ...skills.skill import Arguments
from .home import YOU, Home

HAND = "hand"
DRAWER = "drawer"


@dataclass(slots=True, kw_only=True)
class House:
    """The world.

    Attributes:
        home: What it is made of.
        at: Where each thing is, by identifier; ``hand`` is the robot's.
        robot: Where the robot is.
        found: What it stands before since it looked for it.
        open: Whether the drawer is open.
        visited: Where it went, in order.
        moved: What was taken up, in order.
    """

    home: Home
    at: dict[str, str]
    robot: str
    found: str = ""
    open: bool = False
    visited: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)

    @property
    def held(self) -> str:
        """What the hand holds, or nothing."""
        return next((name for name, place in self.at.items() if place == HAND), "")

    def trouble(self, skill: str, arguments: Arguments) -> str:
        """Say why something cannot be done now; nothing where it can.

        Args:
            skill: Its name.
            arguments: Its arguments.
        """
        name, held = arguments.get("thing", ""), self.held
        match skill:
            case "find":
                if self.at[name] == HAND:
                    return f"{name} is in the hand already"
                return self._hidden(name)
            case "go_to":
                return ""
            case "pick_up":
                if held:
                    return f"the hand holds {held}"
                near = self.found == name or self.at[name] == self.robot
                return self._hidden(name) or ("" if near else f"the robot is not near {name}")
            case "put_down":
                return "" if self.at[name] == HAND else f"{name} is not in the hand"
            case "bring_to_you":
                return "" if held else "the hand is empty"
            case "open_drawer":
                return self._at_drawer() or (f"the hand holds {held}" if held else "")
            case "close_drawer":
                return self._at_drawer()
        raise AssertionError(f"there is no skill {skill}")

    def do(self, skill: str, arguments: Arguments) -> None:
        """Do something; what cannot be done changes nothing."""
        if self.trouble(skill, arguments):
            return
        name = arguments.get("thing", "")
        match skill:
            case "find":
                self.robot, self.found = self.at[name], name
            case "go_to":
                self._go(arguments["place"])
            case "bring_to_you":
                self._go(YOU)
            case "pick_up":
                self.at[name] = HAND
                self.moved.append(name)
            case "put_down":
                self.at[name] = self.robot
                self.found = name
            case "open_drawer" | "close_drawer":
                self.open = skill == "open_drawer"

    def is_so(self, skill: str, arguments: Arguments) -> bool:
        """Say whether what a skill would bring about is so already."""
        name = arguments.get("thing", "")
        match skill:
            case "find":
                return self.found == name or self.at[name] == self.robot
            case "go_to":
                return self.robot == arguments["place"]
            case "pick_up":
                return self.at[name] == HAND
            case "put_down":
                return name in self.moved and self.at[name] != HAND
            case "bring_to_you":
                return self.robot == YOU and bool(self.held)
        return self.open == (skill == "open_drawer")

    def _go(self, place: str) -> None:
        self.robot, self.found = place, ""
        self.visited.append(place)

    def _at_drawer(self) -> str:
        return "" if self.robot == DRAWER else "the robot is not at the drawer"

    def _hidden(self, name: str) -> str:
        return (
            f"{name} is in the drawer, which is closed" if self.at[name] == DRAWER and not self.open else ""
        )

    def scene(self) -> Scene:
        """Tell the world as a scene whose things have no place in metres."""
        nowhere = np.zeros(3)
        things = []
        for name, place in self.at.items():
            inside = DRAWER if place == DRAWER else None
            where = {YOU: "floor_at_the_person", HAND: HAND}.get(place, place.replace(" ", "_"))
            things.append(
                Thing(
                    name=name,
                    kind=re.sub(r"_\d+$", "", name).replace("_", " "),
                    color="",
                    X_WO=RigidTransform(),
                    size=nowhere,
                    cloud=np.zeros((0, 3)),
                    parts={"top": nowhere, "bottom": nowhere, "center": nowhere},
                    shapes=(Box(X_WS=RigidTransform(), half=np.full(3, 0.01)),),
                    on=where,
                    inside=inside,
                )
            )
        state = "open" if self.open else "closed"
        where = "at the person" if self.robot == YOU else f"at the {self.robot}"
        return Scene(
            time=0.0,
            things=tuple(things),
            table=Table(height=0.0, lower=np.zeros(2), upper=np.zeros(2)),
            directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
            keypoints=(),
            field=None,
            frames=(),
            perceiver="told",
            warnings=(
                f"The robot is {where}; the drawer is {state}. Places: {', '.join(self.home.places)}.",
            ),
        )


def identifiers(counts: Mapping[str, int]) -> dict[str, list[str]]:
    """Give identifiers to things by name: numbered where there are several of one name."""
    given = {}
    for name, count in counts.items():
        stem = re.sub(r"[^a-z0-9]+", "_", name)
        stem = f"_{stem}" if stem[0].isdigit() else stem
        given[name] = [stem] if count == 1 else [f"{stem}_{number + 1}" for number in range(count)]
    return given
