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
            hands=(self.hand,),
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
    start, space = top.table("start"), top.table("space")
    base = top.table("base") if "base" in top.values else None
    problem = ProblemFile(
        name=top.take("name", str),
        words=top.take("words", str, ""),
        form=_form(top, form),
        text=top.take("program", str),
        hand=top.take("hand", str, "arm"),
        held=top.take("held", str, None),
        X_WG=start.pose(),
        keypoints=tuple(
            Keypoint(thing=one.take("thing", str), part=one.take("part", str), p_W=one.numbers("position", 3))
            for one in top.tables("keypoint")
        ),
        p_Glist=top.rows("points"),
        lower=space.numbers("lower", 3),
        upper=space.numbers("upper", 3),
        cells=space.cells(),
        obstacles=tuple(map(_solid, top.tables("obstacle"))),
        X_WB=RigidTransform() if base is None else base.pose(),
        joints=start.joints(),
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
    lines += [f"form = {_string(problem.form)}", f"hand = {_string(problem.hand)}"]
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
    lines += ["", "[space]"]
    lines += [f"lower = {_row(problem.lower)}", f"upper = {_row(problem.upper)}"]
    lines.append(f"cells = [{', '.join(map(str, problem.cells))}]")
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


def _check(problem: ProblemFile) -> None:
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
    for word in sorted({problem.hand, *things, *named, *(part for _, part in seen)}):
        plain = word.isascii() and word.isidentifier() and "__" not in word and not keyword.iskeyword(word)
        if not plain or len(word) > 60:
            raise InputError(f"{short(word)} is no name: expected letters, digits and _, such as red_block")
        if word in language and word in {problem.hand, *things, *named}:
            raise InputError(f"{word!r} is a word of the language: give the thing or hand another name")
    if problem.hand in things | named:
        raise InputError(f"{problem.hand!r} is both the hand and a thing: give each its own name")
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
