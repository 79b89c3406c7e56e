"""Problems as files: a program, its keypoints, the obstacles and where the hand begins.

The format is TOML and is described in ``docs/problems.md``. What is written and
read again is written the same; quaternions are wxyz (12 digits), lengths metres.
"""

import keyword
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen
from ..core.errors import InputError
from .problem_tables import Table, short
from .program import Program
from .read import Vocabulary, read
from .reading.names import Names
from .rekep import read_rekep
from .solids import SIZES, Solid

VERSION = 1
NO_GRID = (2, 2, 2)
"""Nodes of a distance grid that several arms do not use."""
MAX_FILE = 1_000_000
"""Largest file, bytes of UTF-8."""
Form = Literal["native", "rekep"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypoint:
    """A point that programs speak of.

    Attributes:
        thing: Identifier of its thing.
        part: Name of the part.
        p_W: Where it is when the program begins, shape (3,), [m].
    """

    thing: str
    part: str
    p_W: Float64

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "p_W", frozen(self.p_W, (3,)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileArm:
    """One of several arms of a problem.

    Attributes:
        name: Its name, and its hand's.
        X_WB: Where its base stands.
        joints: Its joint positions at the start, shape (n,), [rad], or None: where it looks from.
    """

    name: str
    X_WB: RigidTransform
    joints: Float64 | None = None

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        if self.joints is not None:
            object.__setattr__(self, "joints", frozen(self.joints, (None,)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProblemFile:
    """Everything that a solver needs, as it stands in a file.

    Attributes:
        name: What it is called.
        words: What is asked, for people.
        form: The form of the program's text.
        text: The program.
        hand: Name of the hand.
        X_WG: Tool pose at the start.
        held: Thing in the hand at the start, or None: its keypoints move with the hand.
        keypoints: The points, in the order of their numbers from 0.
        p_Glist: Points of the hand and the held thing that are kept clear, shape (N, 3), [m].
        lower: Least corner of the workspace, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
        cells: Nodes of the distance grid along each axis.
        obstacles: The solids; one with a name is a thing's, the held thing's moves with it.
        X_WB: Where an arm's base stands.
        joints: Joint positions of the arm at the start, shape (n,), or None: then its pose decides.
        arms: The arms, where there are several: then they take the place of the hand, its start, its points
            and the base, and begin with empty hands.
    """

    name: str
    words: str
    form: Form
    text: str
    hand: str
    X_WG: RigidTransform
    held: str | None
    keypoints: tuple[Keypoint, ...]
    p_Glist: Float64
    lower: Float64
    upper: Float64
    cells: tuple[int, int, int]
    obstacles: tuple[Solid, ...]
    X_WB: RigidTransform = field(default_factory=RigidTransform)
    joints: Float64 | None = None
    arms: tuple[FileArm, ...] = ()

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "p_Glist", frozen(self.p_Glist, (None, 3)))
        object.__setattr__(self, "lower", frozen(self.lower, (3,)))
        object.__setattr__(self, "upper", frozen(self.upper, (3,)))
        if self.joints is not None:
            object.__setattr__(self, "joints", frozen(self.joints, (None,)))

    @property
    def movable(self) -> np.ndarray:
        """Which keypoints move with the hand at the start, shape (K,)."""
        return np.array([self.held == keypoint.thing for keypoint in self.keypoints], dtype=bool)

    @property
    def hands(self) -> tuple[str, ...]:
        """Names of the hands."""
        return tuple(arm.name for arm in self.arms) or (self.hand,)

    def vocabulary(self) -> Vocabulary:
        """Give the names that the program may use."""
        things: dict[str, list[str]] = {}
        for keypoint in self.keypoints:
            things.setdefault(keypoint.thing, []).append(keypoint.part)
        for solid in self.obstacles:
            if solid.name is not None:
                things.setdefault(solid.name, [])
        return Vocabulary(
            things={thing: tuple(parts) for thing, parts in things.items()},
            keypoints={number: (one.thing, one.part) for number, one in enumerate(self.keypoints)},
            hands=self.hands,
            held={} if self.held is None else {self.hand: self.held},
        )

    def program(self) -> Program:
        """Read the program.

        Raises:
            Retryable: If it cannot be read.
        """
        reader = {"native": read, "rekep": read_rekep}[self.form]
        return reader(self.text, self.vocabulary())


def loads(text: str, form: Form | None = None) -> ProblemFile:
    """Read a problem from the text of a file.

    Args:
        text: What stands in the file.
        form: The form of its program. The file may then leave it out; where it says it, it says the same.

    Raises:
        InputError: If something is missing, of the wrong kind, or unknown.
    """
    top = Table(_parsed(text), "the file")
    if (version := top.take("format", int)) != VERSION:
        raise InputError(f"format {short(version)} is not known: expected format = {VERSION}")
    space = top.table("space")
    arms = tuple(map(_arm, top.tables("arm")))
    # What several arms take the place of is not asked for, and where it stands all the same it is not known.
    start = Table({}, "[start]") if arms else top.table("start")
    base = top.table("base") if "base" in top.values and not arms else None
    problem = ProblemFile(
        name=top.take("name", str),
        words=top.take("words", str, ""),
        form=_form(top, form),
        text=top.take("program", str),
        hand=arms[0].name if arms else top.take("hand", str, "arm"),
        held=None if arms else top.take("held", str, None),
        X_WG=RigidTransform() if arms else start.pose(),
        keypoints=tuple(
            Keypoint(thing=one.take("thing", str), part=one.take("part", str), p_W=one.numbers("position", 3))
            for one in top.tables("keypoint")
        ),
        p_Glist=np.zeros((0, 3)) if arms else top.rows("points"),
        lower=space.numbers("lower", 3),
        upper=space.numbers("upper", 3),
        cells=NO_GRID if arms else space.cells(),
        obstacles=tuple(map(_solid, top.tables("obstacle"))),
        X_WB=RigidTransform() if base is None else base.pose(),
        joints=start.joints(),
        arms=arms,
    )
    for one in (top, start, space, *([base] if base else [])):
        one.finish()
    _check(problem)
    return problem


def _parsed(text: str) -> dict[str, Any]:
    """Parse the TOML, whatever it is that comes."""
    try:
        size = len(text) if len(text) > MAX_FILE else len(text.encode())
    except UnicodeEncodeError as error:
        raise InputError("half a character (a lone surrogate): save the file as UTF-8") from error
    if size > MAX_FILE:
        raise InputError(f"the file is longer than {MAX_FILE} bytes: a problem has a page or two")
    if re.search(r"^\s*def \w+\(", text, re.MULTILINE) and not re.search(r"^program\s*=", text, re.MULTILINE):
        raise InputError(
            "this is a program without its problem: a file says what the program speaks of. Put the text into"
            " program = '''...''', and beside it format = 1, name, form, points, [start], [space] and a"
            " [[keypoint]] for each point (docs/problems.md)"
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {short(error)}") from error
    except RecursionError as error:
        raise InputError("this is no problem file: its lists are nested too deep") from error
    except (ValueError, OverflowError) as error:
        # Integers of thousands of digits and dates that do not exist are no TOMLDecodeError.
        raise InputError(f"this is no TOML: {short(error)}") from error


def _form(top: Table, wanted: Form | None) -> Form:
    """Take the form, which the file and the caller have to agree on."""
    form = top.take("form", str, wanted)
    if form is None:
        raise InputError(f"the file lacks 'form': expected form = {' or '.join(map(repr, FORMS))}")
    if form not in FORMS:
        raise InputError(f"form {short(form)} is not known: expected {' or '.join(map(repr, FORMS))}")
    if wanted is not None and form != wanted:
        raise InputError(f"the file's program is in the form {form!r}, not {wanted!r}: ask for {form!r}")
    return form


def dumps(problem: ProblemFile) -> str:
    """Write a problem as the text of a file."""
    lines = [f"format = {VERSION}", f"name = {_string(problem.name)}", f"words = {_string(problem.words)}"]
    lines.append(f"form = {_string(problem.form)}")
    lines += _one_hand(problem) if not problem.arms else [f"program = {_block(problem.text)}"]
    lines += ["", "[space]"]
    lines += [f"lower = {_row(problem.lower)}", f"upper = {_row(problem.upper)}"]
    if not problem.arms:
        lines.append(f"cells = [{', '.join(map(str, problem.cells))}]")
    for arm in problem.arms:
        lines += ["", "[[arm]]", f"name = {_string(arm.name)}", *_pose(arm.X_WB)]
        if arm.joints is not None:
            lines.append(f"joints = {_row(arm.joints)}")
    for keypoint in problem.keypoints:
        lines += ["", "[[keypoint]]", f"thing = {_string(keypoint.thing)}"]
        lines += [f"part = {_string(keypoint.part)}", f"position = {_row(keypoint.p_W)}"]
    for solid in problem.obstacles:
        lines += ["", "[[obstacle]]"]
        if solid.name is not None:
            lines.append(f"name = {_string(solid.name)}")
        lines += [f"kind = {_string(solid.kind)}", *_pose(solid.X_WS)]
        lines.append(f"size = {_row(solid.size)}")
    return "\n".join(lines) + "\n"


def _one_hand(problem: ProblemFile) -> list[str]:
    """Write what a problem with one hand has besides: its name, its points, where it begins."""
    lines = [f"hand = {_string(problem.hand)}"]
    if problem.held is not None:
        lines.append(f"held = {_string(problem.held)}")
    lines.append(f"program = {_block(problem.text)}")
    lines.append("points = [")
    lines += [f"    {_row(p_GQ)}," for p_GQ in problem.p_Glist]
    lines += ["]", "", "[start]", *_pose(problem.X_WG)]
    if problem.joints is not None:
        lines.append(f"joints = {_row(problem.joints)}")
    if not problem.X_WB.IsExactlyIdentity():
        lines += ["", "[base]", *_pose(problem.X_WB)]
    return lines


def _arm(table: Table) -> FileArm:
    return FileArm(name=table.take("name", str), X_WB=table.pose(), joints=table.joints())


def _check(problem: ProblemFile) -> None:
    if len(problem.arms) == 1 or len({arm.name for arm in problem.arms}) < len(problem.arms):
        raise InputError("[[arm]]: two arms or more, each with its own name; one alone is [start] and [base]")
    if problem.arms and problem.form != "native":
        raise InputError("several arms are spoken of in the native form only: write form = 'native'")
    seen: set[tuple[str, str]] = set()
    for one in problem.keypoints:
        if (one.thing, one.part) in seen:
            raise InputError(f"keypoint {one.thing}.{one.part} is given twice: give each part once")
        seen.add((one.thing, one.part))
    things = {thing for thing, _ in seen}
    if problem.held is not None and problem.held not in things:
        raise InputError(f"held = {short(problem.held)} has no keypoint: expected one of the things")
    named = {one.name for one in problem.obstacles if one.name is not None}
    language = Names(vocabulary=Vocabulary(things={}, hands=()), globals={}).taken()
    hands = set(problem.hands)
    for word in sorted({*hands, *things, *named, *(part for _, part in seen)}):
        plain = word.isascii() and word.isidentifier() and "__" not in word and not keyword.iskeyword(word)
        if not plain or len(word) > 60:
            raise InputError(f"{short(word)} is no name: expected letters, digits and _, such as red_block")
        if word in language and word in {*hands, *things, *named}:
            raise InputError(f"{word!r} is a word of the language: give the thing or hand another name")
    for hand in sorted(hands & (things | named)):
        raise InputError(f"{hand!r} is both the hand and a thing: give each its own name")
    if not (problem.lower < problem.upper).all():
        raise InputError("space: lower has to be below upper on every axis")


def _solid(table: Table) -> Solid:
    kind = table.take("kind", str)
    if kind not in SIZES:
        raise InputError(f"{table.place}: kind {short(kind)} is not known: expected {', '.join(SIZES)}")
    size = table.numbers("size", len(SIZES[kind]))
    if (size <= 0).any():
        raise InputError(f"{table.place}: sizes are above 0, in the order {', '.join(SIZES[kind])}")
    return Solid(kind=kind, X_WS=table.pose(), size=size, name=table.take("name", str, None))


def _row(values: Float64) -> str:
    return f"[{', '.join(repr(float(v)) for v in values)}]"


def _pose(X: RigidTransform) -> list[str]:
    wxyz = X.rotation().ToQuaternion().wxyz()
    wxyz = wxyz * np.sign(wxyz[np.nonzero(np.round(wxyz, 9))[0][0]])
    for _ in range(5):  # until rounding and normalizing agree, so that what was read is written the same
        wxyz = np.round(wxyz / np.linalg.norm(wxyz), 12) + 0.0
    return [f"position = {_row(X.translation())}", f"quaternion = {_row(wxyz)}"]


def _string(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else {'"': '\\"', "\\": "\\\\"}.get(c, c)
        for c in text
    )
    return f'"{escaped}"'


def _block(text: str) -> str:
    """A literal block where the text allows it, so that people can read it."""
    plain = all(ord(c) >= 32 or c in "\n\t" for c in text) and "\x7f" not in text
    if plain and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    return _string(text)
