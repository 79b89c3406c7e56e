"""Problems as files: a program, its keypoints, the obstacles and where the hand begins.

The format is TOML and is described in ``docs/problems.md``. What is written and
read again is written the same; quaternions are wxyz (12 digits), lengths metres.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from pydrake.common.eigen_geometry import Quaternion
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64, frozen
from ..core.errors import InputError
from .program import Program
from .read import Vocabulary, read
from .rekep import read_rekep
from .solids import SIZES, Solid

VERSION = 1
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
        obstacles: The solids.
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

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "p_Glist", frozen(self.p_Glist, (None, 3)))
        object.__setattr__(self, "lower", frozen(self.lower, (3,)))
        object.__setattr__(self, "upper", frozen(self.upper, (3,)))

    @property
    def movable(self) -> np.ndarray:
        """Which keypoints move with the hand at the start, shape (K,)."""
        return np.array([self.held == keypoint.thing for keypoint in self.keypoints], dtype=bool)

    def vocabulary(self) -> Vocabulary:
        """Give the names that the program may use."""
        things: dict[str, list[str]] = {}
        for keypoint in self.keypoints:
            things.setdefault(keypoint.thing, []).append(keypoint.part)
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


def loads(text: str) -> ProblemFile:
    """Read a problem from the text of a file.

    Raises:
        InputError: If something is missing, of the wrong kind, or unknown.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {error}") from error
    top = _Table(table, "the file")
    if (version := top.take("format", int)) != VERSION:
        raise InputError(f"format {version} is not known: expected format = {VERSION}")
    form = top.take("form", str)
    if form not in FORMS:
        raise InputError(f"form {form!r} is not known: expected {' or '.join(map(repr, FORMS))}")
    start, space = top.table("start"), top.table("space")
    problem = ProblemFile(
        name=top.take("name", str),
        words=top.take("words", str, ""),
        form=form,
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
    )
    for one in (top, start, space):
        one.finish()
    _check(problem)
    return problem


def dumps(problem: ProblemFile) -> str:
    """Write a problem as the text of a file."""
    lines = [f"format = {VERSION}", f"name = {_string(problem.name)}", f"words = {_string(problem.words)}"]
    lines += [f"form = {_string(problem.form)}", f"hand = {_string(problem.hand)}"]
    if problem.held is not None:
        lines.append(f"held = {_string(problem.held)}")
    lines.append(f"program = {_block(problem.text)}")
    lines.append("points = [")
    lines += [f"    {_row(p_GQ)}," for p_GQ in problem.p_Glist]
    lines += ["]", "", "[start]", *_pose(problem.X_WG), "", "[space]"]
    lines += [f"lower = {_row(problem.lower)}", f"upper = {_row(problem.upper)}"]
    lines.append(f"cells = [{', '.join(map(str, problem.cells))}]")
    for keypoint in problem.keypoints:
        lines += ["", "[[keypoint]]", f"thing = {_string(keypoint.thing)}"]
        lines += [f"part = {_string(keypoint.part)}", f"position = {_row(keypoint.p_W)}"]
    for solid in problem.obstacles:
        lines += ["", "[[obstacle]]", f"kind = {_string(solid.kind)}", *_pose(solid.X_WS)]
        lines.append(f"size = {_row(solid.size)}")
    return "\n".join(lines) + "\n"


def _check(problem: ProblemFile) -> None:
    names = [(one.thing, one.part) for one in problem.keypoints]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise InputError(f"keypoint {doubled[0]}.{doubled[1]} is given twice: give each part once")
    if problem.held is not None and problem.held not in {thing for thing, _ in names}:
        raise InputError(f"held = {problem.held!r} has no keypoint: expected one of the things")
    if not (problem.lower < problem.upper).all():
        raise InputError("space: lower has to be below upper on every axis")


def _solid(table: "_Table") -> Solid:
    kind = table.take("kind", str)
    if kind not in SIZES:
        raise InputError(f"{table.place}: kind {kind!r} is not known: expected {', '.join(SIZES)}")
    size = table.numbers("size", len(SIZES[kind]))
    if (size <= 0).any():
        raise InputError(f"{table.place}: sizes are above 0, in the order {', '.join(SIZES[kind])}")
    solid = Solid(kind=kind, X_WS=table.pose(), size=size)
    table.finish()
    return solid


class _Table:
    """A table of the file that tells what is wrong with it, and where."""

    def __init__(self, values: Mapping[str, Any], place: str):
        self.values = dict(values)
        self.place = place

    def take(self, name: str, kind: type, *default: Any) -> Any:
        """Take a value of a kind, or the default where there is one."""
        if name not in self.values and default:
            return default[0]
        if name not in self.values:
            raise InputError(f"{self.place} lacks {name!r}")
        value = self.values.pop(name)
        if type(value) is not kind:
            raise InputError(f"{self.place}: {name} is {value!r}, expected a value of type {kind.__name__}")
        return value

    def numbers(self, name: str, count: int) -> Float64:
        """Take a list of finite numbers."""
        return self._array(name, self.take(name, list), count)

    def rows(self, name: str) -> Float64:
        """Take a list of points."""
        return np.array([self._array(name, row, 3) for row in self.take(name, list)]).reshape(-1, 3)

    def cells(self) -> tuple[int, int, int]:
        """Take the nodes of the grid."""
        counts = self.numbers("cells", 3)
        whole = counts.astype(int)
        if (whole != counts).any() or (whole < 2).any() or whole.prod() > 20_000_000:
            raise InputError(f"{self.place}: cells are 3 whole numbers from 2, at most 20 million in all")
        a, b, c = whole.tolist()
        return a, b, c

    def pose(self) -> RigidTransform:
        """Take position and quaternion; without a quaternion it is not turned."""
        position = self.numbers("position", 3)
        if "quaternion" not in self.values:
            return RigidTransform(position)
        wxyz = self.numbers("quaternion", 4)
        if abs(np.linalg.norm(wxyz) - 1.0) > 1e-6:
            raise InputError(f"{self.place}: the quaternion (w, x, y, z) has to be of length 1")
        return RigidTransform(RotationMatrix(Quaternion(wxyz / np.linalg.norm(wxyz))), position)

    def table(self, name: str) -> "_Table":
        """Take a table within this one."""
        return _Table(self.take(name, dict), f"[{name}]")

    def tables(self, name: str) -> Iterator["_Table"]:
        """Take a list of tables within this one."""
        for number, values in enumerate(self.take(name, list, [])):
            if not isinstance(values, dict):
                raise InputError(f"{name} is a list of tables: write [[{name}]]")
            yield _Table(values, f"[[{name}]] number {number}")

    def finish(self) -> None:
        """Check that nothing is left."""
        if self.values:
            raise InputError(f"{self.place}: {next(iter(self.values))!r} is not known")

    def _array(self, name: str, values: Any, count: int) -> Float64:
        fits = isinstance(values, list) and len(values) == count
        if not fits or not all(type(v) in (int, float) and math.isfinite(v) for v in values):
            raise InputError(f"{self.place}: {name} is {values!r}, expected {count} finite numbers")
        return np.array(values, dtype=np.float64)


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
