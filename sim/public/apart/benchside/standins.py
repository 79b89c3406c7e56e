"""Stand-ins for pictures and visual meshes that a folder of LIBERO's assets lacks.

What is there is linked into a folder of its own; for what is missing a flat texture of the colour that
its name says, a mesh of the thing's own collision hulls, or a tiny cube is written beside. Shapes that
touch are described in LIBERO's own text and are never replaced.
"""

import os
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

COLOURS = {
    "black": (28, 28, 30),
    "white": (235, 235, 230),
    "porcelain": (240, 240, 238),
    "plate": (230, 228, 222),
    "yellow": (225, 190, 60),
    "red": (178, 34, 34),
    "green": (34, 78, 52),
    "blue": (40, 70, 140),
    "wooden": (150, 105, 62),
    "wood": (150, 105, 62),
    "basket": (181, 140, 90),
    "leather": (96, 62, 42),
    "marble": (215, 212, 208),
}
"""Colours by a word of a file's path, red, green and blue; the first word counts."""
GREY = (140, 140, 140)
CUBE = 1e-3
"""Half an edge of what stands in for a mesh that nothing is known of, [m]."""
_REFERENCE = re.compile(r"<(mesh|texture)\b[^>]*?\bfile=\"([^\"]+)\"")


def overlay(assets: Path, into: Path, more: Iterable[str] = ()) -> frozenset[Path]:
    """Link a folder of assets and fill in what is missing.

    Args:
        assets: The folder as a user gave it.
        into: Where the links and the stand-ins go; links of another folder there are replaced.
        more: Textures that are asked for by no text of the folder, relative to it.

    Returns:
        The stand-ins, as they lie in ``into``.

    Raises:
        OSError: If nothing can be written there.
    """
    texts = [path for path in assets.rglob("*.xml") if path.is_file()]
    for path in assets.rglob("*"):
        if path.is_file():
            _link(path.resolve(), into / path.relative_to(assets))
    made: set[Path] = set()
    for kind, relative in sorted({*_wanted(assets, texts), *(("texture", name) for name in more)}):
        if (assets / relative).is_file():
            continue
        path = into / relative
        with _placed(path) as fresh:
            if kind == "mesh":
                _write_mesh(fresh, *_shape(assets, Path(relative)))
            else:
                _write_texture(fresh, _colour(relative))
        made.add(path)
    return frozenset(made)


def _link(source: Path, path: Path) -> None:
    if path.is_symlink() and path.readlink() == source:
        return
    with _placed(path) as fresh:
        fresh.symlink_to(source)


@contextmanager
def _placed(path: Path) -> Iterator[Path]:
    """Give where to write what then takes a path's place at once: others may be reading there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{os.getpid()}-{path.name}")
    fresh.unlink(missing_ok=True)
    yield fresh
    fresh.replace(path)


def _wanted(assets: Path, texts: list[Path]) -> Iterator[tuple[str, str]]:
    """List the meshes and textures that the folder's texts name, where they would lie in it."""
    for text in texts:
        for kind, name in _REFERENCE.findall(text.read_text(encoding="utf-8", errors="replace")):
            path = Path(os.path.normpath(text.parent / name))
            if path.is_relative_to(assets):
                yield kind, str(path.relative_to(assets))


def _colour(name: str) -> tuple[int, int, int]:
    words = re.split(r"[^a-z]+", name.lower())
    return next((COLOURS[word] for word in words if word in COLOURS), GREY)


def _write_texture(path: Path, colour: tuple[int, int, int]) -> None:
    from PIL import Image  # pyright: ignore[reportMissingImports] - in an environment of its own.

    Image.new("RGB", (16, 16), colour).save(path)


def _shape(assets: Path, mesh: Path) -> tuple[np.ndarray, np.ndarray]:
    """Give vertices (n, 3) and triangles (m, 3): the thing's collision hulls, else a tiny cube."""
    stem = mesh.stem.removesuffix("_vis")
    for folder in (mesh.parent, *mesh.parents[1:3]):
        hulls = assets / folder / f"{stem}_col.obj"
        if hulls.is_file():
            return read_obj(hulls)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
    faces = [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1)]
    faces += [(2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)]
    return corners * CUBE, np.array(faces, np.int32)


def read_obj(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the vertices (n, 3) and the triangles (m, 3) of a Wavefront file."""
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if words[:1] == ["v"]:
            vertices.append([float(word) for word in words[1:4]])
        elif words[:1] == ["f"]:
            corner = [int(word.split("/")[0]) for word in words[1:]]
            corner = [number - 1 if number > 0 else len(vertices) + number for number in corner]
            faces += [[corner[0], corner[at], corner[at + 1]] for at in range(1, len(corner) - 1)]
    return np.array(vertices, np.float32), np.array(faces, np.int32)


def _write_mesh(path: Path, vertices: np.ndarray, faces: np.ndarray) -> None:
    """Write MuJoCo's binary form, or Wavefront's where the name wants that.

    Every triangle has corners of its own, so that MuJoCo does not smooth edges away.
    """
    corners = vertices[faces].reshape(-1, 3).astype("<f4")
    order = np.arange(len(corners), dtype="<i4")
    if path.suffix == ".msh":
        head = struct.pack("<4i", len(corners), 0, 0, len(faces))
        path.write_bytes(head + corners.tobytes() + order.tobytes())
        return
    lines = [f"v {x:.6g} {y:.6g} {z:.6g}" for x, y, z in corners.tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (order.reshape(-1, 3) + 1).tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
