"""Scene files: TOML that people write; ``docs/my_own_scene.md`` is the reference."""

import json
import tomllib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.errors import InputError
from .reach import Reach
from .scenes import NAMED, ONE_ARM, ClothSpec, SceneSpec, TableSpec, ThingSpec, named_scene

MOST_THINGS = 40
LARGEST_FILE = 1_000_000  # [bytes].
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Thing(_Strict):
    kind: str
    color: str
    id: str | None = None
    x: Finite | None = None
    y: Finite | None = None
    yaw: Finite = 0.0
    size: dict[str, Finite] = {}
    mass: Finite | None = None
    on: str | None = None
    rgb: tuple[Finite, Finite, Finite] | None = None
    lying: bool = False
    opening: Finite = 0.0
    raised: Finite = 0.0


class _Cloth(_Strict):
    x: Finite
    y: Finite
    length: Finite
    width: Finite
    yaw: Finite = 0.0
    rgb: tuple[Finite, Finite, Finite] | None = None


class _Table(_Strict):
    lower: tuple[Finite, Finite] = TableSpec().lower
    upper: tuple[Finite, Finite] = TableSpec().upper
    color: tuple[Finite, Finite, Finite] = TableSpec().color
    cloth: _Cloth | None = None


class _Reach(_Strict):
    begins: Finite
    outside: tuple[Finite, Finite, Finite]
    inside: tuple[Finite, Finite, Finite]
    speed: Finite
    stays: Finite


class _Scene(_Strict):
    name: str
    robot: str = "panda"
    seed: int = 0
    arms: tuple[str, ...] = ONE_ARM
    table: _Table = _Table()
    things: Annotated[list[_Thing], Field(max_length=MOST_THINGS)] = []
    reach: _Reach | None = None


def read_scene(path: Path) -> SceneSpec:
    """Read a scene file.

    Args:
        path: The file.

    Raises:
        InputError: If it cannot be read or describes no scene; the text says which entry is wrong.
    """
    if not path.is_file():
        raise InputError(f"no scene file at {str(path)!r}")
    if path.stat().st_size > LARGEST_FILE:
        raise InputError(f"{str(path)!r} is longer than {LARGEST_FILE} bytes; a scene file is short")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} is not readable TOML: {error}") from error
    try:
        return scene_from_data(data)
    except InputError as error:
        raise InputError(f"scene file {str(path)!r}: {error}") from error


def write_scene(scene: SceneSpec, path: Path) -> None:
    """Write a scene so that ``read_scene`` gives the same one.

    Args:
        scene: What to write.
        path: The file, replaced where it exists.
    """
    lines = [
        f"name = {_text(scene.name)}",
        f"robot = {_text(scene.robot)}",
        f"seed = {scene.seed}",
        *([] if scene.arms == ONE_ARM else [f"arms = {json.dumps(scene.arms)}"]),
        "",
        "[table]",
        f"lower = {list(scene.table.lower)}",
        f"upper = {list(scene.table.upper)}",
        f"color = {list(scene.table.color)}",
    ]
    cloth = scene_to_data(scene)["table"].get("cloth")
    if cloth is not None:
        lines += ["", "[table.cloth]", *(f"{key} = {_value(value)}" for key, value in cloth.items())]
    reach = scene_to_data(scene)["reach"]
    if reach is not None:
        reach |= {key: list(reach[key]) for key in ("outside", "inside")}
        lines += ["", "[reach]", *(f"{key} = {_value(value)}" for key, value in reach.items())]
    for thing in scene_to_data(scene)["things"]:
        lines += ["", "[[things]]"]
        lines += [f"{key} = {_value(value)}" for key, value in thing.items() if value is not None]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def find_scene(name_or_path: str, *, robot: str = "panda") -> SceneSpec:
    """Give a scene that comes with the package, or read one from a ``.toml`` file.

    Args:
        name_or_path: A name of ``scenes.NAMED``, or a path that ends in ``.toml``.
        robot: The robot for a named scene; a file names its own.

    Raises:
        UnknownName: If there is no scene of that name.
        InputError: If the file describes no scene.
    """
    if name_or_path.endswith(".toml"):
        return read_scene(Path(name_or_path).expanduser())
    return named_scene(name_or_path, robot=robot)


def scene_names() -> tuple[str, ...]:
    """List the scenes that come with the package."""
    return tuple(sorted(NAMED))


def scene_to_data(scene: SceneSpec) -> dict[str, Any]:
    """Give a scene as plain values, for a file or a wire."""
    table = scene.table
    return {
        "name": scene.name,
        "robot": scene.robot,
        "seed": scene.seed,
        "arms": list(scene.arms),
        "reach": None if scene.reach is None else asdict(scene.reach),
        "table": {
            "lower": list(table.lower),
            "upper": list(table.upper),
            "color": list(table.color),
            "cloth": None if table.cloth is None else _cloth_data(table.cloth),
        },
        "things": [
            {
                "id": thing.id,
                "kind": thing.kind,
                "color": thing.color,
                "x": float(thing.x),
                "y": float(thing.y),
                "yaw": float(thing.yaw),
                "size": {name: float(value) for name, value in thing.size.items()},
                "mass": None if thing.mass is None else float(thing.mass),
                "on": thing.on,
                "rgb": None if thing.rgb is None else list(thing.rgb),
                "lying": thing.lying,
                "opening": float(thing.opening),
                "raised": float(thing.raised),
            }
            for thing in scene.things
        ],
    }


def _cloth_data(cloth: ClothSpec) -> dict[str, Any]:
    return {
        "x": float(cloth.x),
        "y": float(cloth.y),
        "length": float(cloth.length),
        "width": float(cloth.width),
        "yaw": float(cloth.yaw),
        "rgb": list(cloth.rgb),
    }


def scene_from_data(data: dict[str, Any]) -> SceneSpec:
    """Read a scene from plain values.

    A thing without an id is called by colour and kind, numbered where several
    are alike; one that stands on another and has no place takes the other's.

    Raises:
        InputError: If they describe no scene.
    """
    try:
        said = _Scene.model_validate(data)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg'].lower()}" for e in error.errors()]
        raise InputError("; ".join(lines)) from error
    things: dict[str, ThingSpec] = {}
    for name, thing in zip(_ids(said.things), said.things, strict=True):
        carrier = things.get(thing.on) if thing.on is not None else None
        x = thing.x if thing.x is not None else carrier.x if carrier else None
        y = thing.y if thing.y is not None else carrier.y if carrier else None
        if x is None or y is None:
            raise InputError(f"{name!r} needs a place: x and y in metres, or 'on' with an earlier thing's id")
        if name in things:
            raise InputError(f"two things have the id {name!r}; every id names one thing")
        things[name] = ThingSpec(
            id=name,
            kind=thing.kind,
            color=thing.color,
            x=x,
            y=y,
            yaw=thing.yaw,
            size=thing.size,
            mass=thing.mass,
            on=thing.on,
            rgb=thing.rgb,
            lying=thing.lying,
            opening=thing.opening,
            raised=thing.raised,
        )
    cloth = ClothSpec(**said.table.cloth.model_dump(exclude_none=True)) if said.table.cloth else None
    table = TableSpec(lower=said.table.lower, upper=said.table.upper, color=said.table.color, cloth=cloth)
    return SceneSpec(
        name=said.name,
        robot=said.robot,
        seed=said.seed,
        arms=said.arms,
        table=table,
        things=tuple(things.values()),
        reach=None if said.reach is None else Reach(**said.reach.model_dump()),
    )


def _ids(things: list[_Thing]) -> list[str]:
    stems = [f"{thing.color}_{thing.kind}" for thing in things]
    shared = Counter(stem for stem, thing in zip(stems, things, strict=True) if thing.id is None)
    seen: Counter[str] = Counter()
    names = []
    for stem, thing in zip(stems, things, strict=True):
        seen[stem] += thing.id is None
        names.append(thing.id or (f"{stem}_{seen[stem]}" if shared[stem] > 1 else stem))
    return names


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(part)}" for key, part in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else repr(value)
