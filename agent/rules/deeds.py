"""What an instruction means in a scene: deeds over identifiers, a question, an answer, or nothing to do.

Deeds say what the person wants, not whether or how an arm can do it: ``plan.py`` turns them into steps.
"""

from dataclasses import dataclass, field
from typing import Literal

ANY = "?"  # What stands for a thing that may be chosen.


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How something is to be done.

    Attributes:
        slow: Unhurriedly.
        gentle: Softly.
        upright: Without tilting what is moved.
        away: What to keep away from and how far, [m]; None where no distance was said.
        untouched: What must not be touched.
    """

    slow: bool = False
    gentle: bool = False
    upright: bool = False
    away: tuple[tuple[str, float | None], ...] = ()
    untouched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that is to be done.

    Attributes:
        do: ``pick``, ``put``, ``move``, ``push``, ``pull``, ``stack``, ``line_up``, ``swap``, ``open``,
            ``close``, ``turn_on``, ``turn_off``, ``pour``, ``wipe`` or ``hand_over``.
        what: Identifiers; with ``wipe`` it may be a place of the table; ``?`` what is chosen.
        relation: Where to: ``in``, ``on``, ``next to``, ``left of``, ``right of``, ``in front of``,
            ``behind``, ``under``, ``between``, ``at`` (a place), ``on table`` or ``back``.
        to: What it is relative to, or the place; ``?`` for any one of ``places``.
        places: What may be chosen for ``to``.
        direction: Where to, for what is moved from where it is, and along which a row goes.
        distance: How far, or the room between the two, [m].
        tool: What is used.
        ordered: Whether the order of ``what`` was said.
        count: How many are chosen.
        options: From which.
        top: Whether *on top of* was said, which on shelves is another place than *on*.
        how: How.
        group: Number of the clause that it comes from: deeds of one clause may be done in any order.
    """

    do: str
    what: tuple[str, ...] = ()
    relation: str = ""
    to: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    direction: str = ""
    distance: float | None = None
    tool: str = ""
    ordered: bool = False
    count: int = 0
    options: tuple[str, ...] = ()
    top: bool = field(default=False, compare=False)
    how: How = field(default_factory=How)
    group: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier turn of the dialogue.

    Attributes:
        deeds: What was done for it.
        places: Where things were before: what carried them, whether in it, and the centre's x and y, [m].
    """

    deeds: tuple[Deed, ...]
    places: tuple[tuple[str, str, str | None, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an instruction means.

    Attributes:
        kind: ``do``, ``ask``, ``answer``, ``nothing`` or ``not understood``.
        deeds: With ``do``, in their order.
        text: The question, the answer or the reason, in words.
        about: With ``ask``: identifiers, or the readings, between which the person has to choose.
        answer: With ``answer``: identifiers, a number, or whether it is so.
        words: With ``not understood``: the words that are the trouble.
        absent: With ``not understood``: whether it is understood, but what is spoken of is not there.
    """

    kind: Literal["do", "ask", "answer", "nothing", "not understood"]
    deeds: tuple[Deed, ...] = ()
    text: str = ""
    about: tuple[str, ...] = ()
    answer: tuple[str, ...] | float | bool | str | None = None
    words: tuple[str, ...] = ()
    absent: bool = False
