"""Things told by what is seen: colours, a rough shape and size, and where they are to each other."""

from dataclasses import dataclass
from typing import Literal, get_args

Color = Literal[
    "red",
    "green",
    "blue",
    "yellow",
    "orange",
    "purple",
    "pink",
    "cyan",
    "brown",
    "gray",
    "white",
    "black",
]
Shape = Literal[
    "ball",
    "cube",
    "box",
    "disk",
    "plate",
    "bar",
    "ring",
    "cylinder",
    "cup",
    "panel",
    "frame",
    "arm",
    "hole",
    "block",
    "any",
]
Size = Literal["tiny", "small", "medium", "large", "any"]
Sort = Literal["free", "part", "fixed", "mark", "hole", "hand"]
Role = Literal["thing", "place", "source", "tool", "obstacle", "mount", "handle"]
How = Literal[
    "left_of",
    "right_of",
    "nearer_than",
    "further_than",
    "above",
    "below",
    "on",
    "in",
    "part_of",
    "beside",
]
COLORS: tuple[str, ...] = get_args(Color)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Where one thing is to another, as the robot sees it over the table.

    Attributes:
        how: The relation.
        of: Name of the other thing.
    """

    how: How
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One thing, in words.

    Attributes:
        name: What it is called.
        role: What it is to the deed.
        sort: ``free`` can be moved, ``part`` belongs to something larger, ``fixed`` stands, ``mark`` is a
            drawn ball, ``hole`` is one in the table.
        colors: Names of its colours, the likeliest first; none where they are not told.
        shape: Roughly.
        size: Roughly.
        relations: Where it is.
    """

    name: str
    role: Role
    sort: Sort
    colors: tuple[str, ...] = ()
    shape: Shape = "any"
    size: Size = "any"
    relations: tuple[Relation, ...] = ()
