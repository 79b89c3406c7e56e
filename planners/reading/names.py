"""What names, parts and keypoint numbers of program text mean."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from .. import expressions as ex
from ..expressions import Expression, PointRef
from .functions import ALIASES, CONSTANTS, FUNCTIONS, MISLEADING, NEEDS_AXIS
from .refusal import near, refusal
from .regions import REGIONS, SIDES
from .values import FunctionValue, HandValue, ModuleValue, TableValue, ThingValue, Value, said, whole_of
from .vocabulary import Vocabulary

ACTS = ("goal", "along", "grasp", "release", "hold", "avoid", "slow", "toward", "face", "grip")
"""Names of the statements."""

Scope = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looks names up: the text's own first, then the language's, then the scene's.

    Attributes:
        vocabulary: Names of the scene.
        globals: Names that the text defines outside of functions.
    """

    vocabulary: Vocabulary
    globals: Scope

    def taken(self) -> set[str]:
        """List the names that the language and the scene give a meaning."""
        words = self.vocabulary
        fixed = {*FUNCTIONS, *ACTS, *CONSTANTS, *words.things, *words.groups, *words.hands}
        return fixed | {"ee", "table", "keypoint", "np", "numpy", "math", "range", "enumerate", "zip"}

    def meaning(self, node: ast.Name, scope: Mapping[str, Value]) -> Value:
        """Look a name up.

        Raises:
            Refusal: If it has no meaning, or several.
        """
        name, words = node.id, self.vocabulary
        for names in (scope, self.globals, CONSTANTS):
            if name in names:
                return names[name]
        if name in FUNCTIONS or name in ACTS or name == "keypoint":
            return FunctionValue(name)
        if name in words.things:
            return ThingValue(name)
        if name == "table":
            return TableValue(words.table_height)
        if name in ("np", "numpy", "math"):
            return ModuleValue("np" if name == "numpy" else name)
        if name == "ee" and len(words.hands) == 1:
            return _tool(words.hands[0])
        if name in words.hands:
            return HandValue(name)
        if name in REGIONS:
            return FunctionValue(name)
        self._refuse(node, scope)

    def attribute(self, node: ast.Attribute, base: Value) -> Value:
        """Look up a part of a thing, the tool point of a hand, or a name of numpy.

        Raises:
            Refusal: If there is none.
        """
        if isinstance(base, ThingValue):
            parts = self.vocabulary.things[base.name]
            if node.attr not in parts:
                listed = f"Its parts are {', '.join(parts)}"
                raise refusal(node, f"{base.name} has no part {node.attr}", near(node.attr, parts, listed))
            return ex.Point(PointRef(thing=base.name, part=node.attr))
        if isinstance(base, HandValue) and node.attr == "ee":
            return _tool(base.name)
        if isinstance(base, ModuleValue):
            return _dotted(node, f"{base.path}.{node.attr}")
        remedy = "Write p[0], p[1], p[2] or height(p) for components"
        raise refusal(node, f"{said(base)} has no attribute {node.attr}", remedy)

    def keypoint(self, node: ast.Call, args: list[Value], named: Mapping[str, Value]) -> Value:
        """Look up a keypoint by its number.

        Raises:
            Refusal: If there is none of that number.
        """
        if len(args) != 1 or named:
            raise refusal(node, "keypoint takes one number", "Write keypoint(7)")
        number = whole_of(args[0], "the keypoint's number")
        known = self.vocabulary.keypoints
        if number not in known:
            listed = f"The numbers are {', '.join(map(str, known))}" if known else "There are no keypoints"
            raise refusal(node, f"there is no keypoint {number}", listed)
        thing, part = known[number]
        return ex.Point(PointRef(thing=thing, part=part))

    def _refuse(self, node: ast.Name, scope: Iterable[str]) -> NoReturn:
        name, words = node.id, self.vocabulary
        if name == "ee":
            options = " or ".join(f"{hand}.ee" for hand in words.hands)
            raise refusal(node, "there is more than one hand", f"Write {options}")
        if name in words.groups:
            names = words.groups[name]
            if len(names) == 1:
                raise refusal(node, f"no thing is called {name}", f"The one that fits is {names[0]}")
            raise refusal(node, f"{name} could be any of {', '.join(names)}", "Write one of these names")
        if name in MISLEADING:
            raise refusal(node, *MISLEADING[name])
        if name in SIDES:
            raise refusal(node, f"{name} is not known as a name", f'Sides stand in quotes: "{name}"')
        things = f"The things are {', '.join(words.things)}" if words.things else "There are no things"
        known = {*self.taken(), *REGIONS, *self.globals, *scope} - words.groups.keys()
        raise refusal(node, f"{name} is not known", near(name, known, things))


def _tool(hand: str) -> Expression:
    return ex.Point(PointRef(thing=None, part=hand))


def _dotted(node: ast.Attribute, path: str) -> Value:
    if path == "np.linalg":
        return ModuleValue(path)
    ours = ALIASES.get(path)
    if ours in CONSTANTS:
        return CONSTANTS[ours]
    if ours is not None:
        return FunctionValue(path if path in NEEDS_AXIS else ours)
    if path in MISLEADING:
        raise refusal(node, *MISLEADING[path])
    raise refusal(node, f"{path} is not known", near(path, ALIASES, "Use the listed functions"))
