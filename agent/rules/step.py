"""Steps: one skill with identifiers each, as text that reads back exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...core.errors import InputError

RELATIONS = ("in", "on", "next to", "left of", "right of", "in front of", "behind", "between", "at")
PROGRAMS = ("open", "pour")
"""Steps without a skill of their own: their program is all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One skill with identifiers: the canonical form of a subtask.

    Attributes:
        skill: ``pick``, ``place``, ``push``, ``open`` or ``pour``.
        thing: Identifier of what is moved.
        relation: For ``place``, one of ``RELATIONS``; for ``push``, ``to``, ``at`` or ``shut``; for ``pour``,
            ``in``.
        reference: Identifier of what it is placed relative to; ``a,b`` with ``between``;
            ``x,y`` in the world with ``at``, [m]; may be ``table`` with ``on``.
        distance: Gap to the reference that was asked for, [m].
        slowly: Whether to move slowly.
        upright: Whether to keep the thing upright on the way.
        avoid: Things to keep away from, and how far, [m].
    """

    skill: Literal["pick", "place", "push", "open", "pour"]
    thing: str
    relation: str = ""
    reference: str = ""
    distance: float | None = None
    slowly: bool = False
    upright: bool = False
    avoid: tuple[tuple[str, float], ...] = ()

    @property
    def done_by(self) -> str:
        """The name of the skill that does it."""
        return "manipulate" if self.skill in PROGRAMS else self.skill

    @property
    def arguments(self) -> Mapping[str, str]:
        """The arguments of the skill that the step asks for."""
        if self.skill in PROGRAMS:
            return {}
        if self.skill == "pick":
            return {"thing": self.thing}
        return {"thing": self.thing, "relation": self.relation, "reference": self.reference}

    @property
    def text(self) -> str:
        """The canonical sentence."""
        if self.skill == "pick":
            words = f"pick up {self.thing}"
        elif self.skill == "open":
            words = f"open {self.thing}"
        elif self.skill == "pour":
            words = f"pour {self.thing} into {self.reference}"
        elif self.skill == "push":
            place = "" if self.relation == "shut" else f" {self.reference.replace(',', ' ')}"
            words = f"push {self.thing} {self.relation}{place}"
        elif self.relation == "between":
            words = f"put {self.thing} between {' and '.join(self.reference.split(','))}"
        else:
            words = f"put {self.thing} {self.relation} {self.reference.replace(',', ' ')}"
        parts = [words]
        parts += [] if self.distance is None else [f"distance {self.distance:g}"]
        parts += ["slowly"] if self.slowly else []
        parts += ["keep upright"] if self.upright else []
        parts += [f"avoid {name} {distance:g}" for name, distance in self.avoid]
        return "; ".join(parts)

    @classmethod
    def read(cls, text: str) -> "Step":
        """Read a canonical sentence.

        Args:
            text: What ``Step.text`` gave.

        Raises:
            InputError: If it is not canonical.
        """
        head, *modifiers = (part.strip() for part in text.split(";"))
        words = head.split()
        distance, slowly, upright = None, False, False
        avoid: list[tuple[str, float]] = []
        try:
            for modifier in modifiers:
                kind, *rest = modifier.split()
                if kind == "distance":
                    distance = float(rest[0])
                elif kind == "avoid":
                    avoid.append((rest[0], float(rest[1])))
                elif modifier == "slowly":
                    slowly = True
                elif modifier == "keep upright":
                    upright = True
                else:
                    raise ValueError(modifier)
            if words[:2] == ["pick", "up"]:
                skill, thing, relation, reference = "pick", words[2], "", ""
                extra = words[3:]
            elif words[0] == "open":
                skill, thing, relation, reference, extra = "open", words[1], "", "", words[2:]
            elif words[0] == "pour" and words[2] == "into":
                skill, thing, relation, reference, extra = "pour", words[1], "in", words[3], words[4:]
            elif words[0] == "push":
                skill, (thing, relation, reference), extra = "push", _read_push(words), []
            else:
                skill, (thing, relation, reference, extra) = "place", _read_place(words)
            if extra:
                raise ValueError(head)
        except (ValueError, IndexError) as error:
            raise InputError(
                f"{text!r} is not a step in canonical words; expected such as "
                "'pick up red_block' or 'put red_block in blue_bowl; slowly'"
            ) from error
        return cls(
            skill=skill,
            thing=thing,
            relation=relation,
            reference=reference,
            distance=distance,
            slowly=slowly,
            upright=upright,
            avoid=tuple(avoid),
        )


def _read_push(words: list[str]) -> tuple[str, str, str]:
    """Take ``push THING shut``, ``to REFERENCE`` or ``at X Y`` apart."""
    if words[2:] == ["shut"]:
        return words[1], "shut", words[1]
    if len(words) == 4 and words[2] == "to":
        return words[1], "to", words[3]
    if len(words) == 5 and words[2] == "at":
        return words[1], "at", f"{float(words[3]):.3f},{float(words[4]):.3f}"
    raise ValueError(" ".join(words))


def _read_place(words: list[str]) -> tuple[str, str, str, list[str]]:
    """Take ``put THING RELATION REFERENCE`` apart; gives what is left over last."""
    if words[0] not in ("put", "stack"):
        raise ValueError(words[0])
    rest = " ".join(words[2:])
    longest = sorted(RELATIONS, key=len, reverse=True)  # "in front of" before "in"
    relation = next((name for name in longest if rest.startswith(name + " ")), None)
    if relation is None:
        raise ValueError(rest)
    names = rest[len(relation) :].split()
    if relation == "between":
        if len(names) != 3 or names[1] != "and":
            raise ValueError(rest)
        return words[1], relation, f"{names[0]},{names[2]}", []
    if relation == "at":
        x, y = float(names[0]), float(names[1])
        return words[1], relation, f"{x:.3f},{y:.3f}", names[2:]
    return words[1], relation, names[0], names[1:]
