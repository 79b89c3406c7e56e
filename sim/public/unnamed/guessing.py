"""What nouns may mean where no name is known: told by verb, grammar and colour words alone."""

from ..named.agent import Step
from ..named.deeds import FROM, GERUNDS, VERBS, Deed, deed_of
from ..named.grounding import HAND
from ..named.scene import NamedScene
from .describing import COLORS, Described, Relation, Role, Shape, Size, Sort
from .matching import match
from .naming import Meaning, as_named
from .seeing import HOLE

OF_PARTS = ("press", "open", "close", "turn", "hammer")
"""Kinds of motion that are done to a part of something that stands."""
MOVED = ("push", "carry", "insert", "unplug", "lid", "pull", "reach")
"""Kinds of motion that bring something somewhere."""
THING, PLACE, TOOL, SOURCE, AROUND, MOUNT = "thing", "place", "tool", "source", "around", "mount"


def by_words(instruction: str) -> tuple[Step, ...]:
    """Read an instruction as one step, by its words alone."""
    deed_of(instruction)  # What cannot be read is refused before anything moves.
    return (lambda scene: read_plainly(instruction, scene),)


def read_plainly(instruction: str, scene: NamedScene) -> tuple[Deed, NamedScene]:
    """Say which pieces an instruction means.

    Raises:
        InputError: If no verb of it is known.
    """
    said = deed_of(instruction)
    things = described(said, instruction, scene)
    deed = Deed(
        kind=said.kind,
        verb=said.verb,
        thing=said.thing if said.thing in HAND else THING,
        place=PLACE if any(thing.name == PLACE for thing in things) else "",
        source=SOURCE if any(thing.name == SOURCE for thing in things) else "",
        tool=TOOL if any(thing.name == TOOL for thing in things) else "",
        around=AROUND if said.around else "",
        manners=said.manners,
    )
    away = said.source == "table"
    ways = frozenset({"right"}) if away else frozenset[str]()
    meaning = Meaning(deed=deed, things=things, found=match(list(things), scene), ways=ways)
    return as_named(meaning, scene)


def described(deed: Deed, instruction: str, scene: NamedScene) -> tuple[Described, ...]:
    """Describe what a deed needs as far as its words and its verb tell."""
    words = instruction.lower().split()
    part = _is_part(deed, words)
    things: list[Described] = []

    def tell(
        name: str,
        role: Role,
        sort: Sort,
        noun: str,
        *,
        shape: Shape = "any",
        size: Size = "any",
        of: str = "",
    ) -> None:
        colors = tuple(word for word in noun.split() if word in COLORS)
        relations = (Relation(how="part_of", of=of),) if of else ()
        things.append(
            Described(
                name=name, role=role, sort=sort, colors=colors, shape=shape, size=size, relations=relations
            )
        )

    holds = deed.kind == "close" and bool(deed.tool)
    if deed.around:
        tell(AROUND, "obstacle", "fixed", deed.around, shape="panel", size="medium")
    if deed.tool or deed.kind == "hammer":
        tell(TOOL, "tool", "free", deed.tool, shape="any" if holds else "bar", size="medium")
    if deed.kind != "reach" and deed.thing not in HAND:
        if holds:
            tell(THING, "thing", "fixed", deed.thing, size="medium")
        elif deed.tool and deed.kind in ("push", "pull"):
            tell(THING, "thing", "free", deed.thing, size="medium")
        elif part:
            tell(THING, "thing", "part", deed.thing, size="small")
        else:
            tell(
                THING,
                "thing",
                "free",
                deed.thing,
                size="small",
                shape="bar" if deed.kind == "insert" else "any",
            )
    if part:
        return tuple(things)
    _tell_places(deed, scene, tell)
    return tuple(things)


def _tell_places(deed: Deed, scene: NamedScene, tell) -> None:
    hollow = any(piece.path[0].startswith(HOLE) for piece in scene.bodies)
    if deed.source and deed.source != "table" and deed.source != deed.place:
        tell(SOURCE, "source", "hole" if hollow else "fixed", deed.source)
    if deed.kind == "insert" and deed.thing not in HAND and not (deed.place or hollow):
        tell(MOUNT, "mount", "fixed", "", size="medium")
        tell(PLACE, "place", "hole", "", of=MOUNT)
    # A mark says where something goes; else what else there is, or a hole in the table.
    if deed.kind in MOVED and deed.place and not scene.marks:
        tell(PLACE, "place", "hole" if hollow else "fixed", deed.place, size="any" if hollow else "medium")


def _is_part(deed: Deed, words: list[str]) -> bool:
    """Tell whether a thing is a part of something: by the verb, by "on the", or by a way up or down."""
    if deed.thing in HAND or deed.tool:
        return deed.kind == "hammer"
    if deed.kind in OF_PARTS:
        return True
    if deed.kind == "pull":
        return not (deed.source or deed.place)
    verbs = {*VERBS, *GERUNDS}
    return deed.kind == "push" and "on" in words and not {*words} & {*FROM} and words[0] in verbs
