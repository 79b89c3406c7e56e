"""Turn a URDF with any meshes into one that Drake reads and draws, once, in the user's cache.

Drake takes no ``.stl`` for collision and silently draws no ``.dae``. So every
visual mesh becomes a glTF (one geometry a material, decimated, turned for
glTF's y-up axes) and every collision mesh the ``.obj`` of its convex hull.
Tags that Drake warns of, or that would add actuators, are left out.
"""

import hashlib
import os
import re
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

from ..core.errors import InputError, MissingDependency

CONVERTER = 1
"""Raised whenever the conversion gives something else: old cache entries are then left alone."""
PACKAGE = "example-robot-data"
FACES = 20_000
"""Faces of a whole arm's visuals: a camera picture of 20 000 costs half of one of 134 000."""
STRIPPED = ("safety_controller", "transmission", "gazebo")
Rgba = tuple[float, float, float, float]
GRAY: Rgba = (0.6, 0.6, 0.6, 1.0)


def cache_root() -> Path:
    """Give the folder for what is made once per user: ``HANDSEL_CACHE``, else the XDG cache."""
    own = os.environ.get("HANDSEL_CACHE")
    if own:
        return Path(own)
    xdg = os.environ.get("XDG_CACHE_HOME")
    return (Path(xdg) if xdg else Path.home() / ".cache") / "handsel"


def packaged_urdf(ending: str) -> Path:
    """Find a URDF of the installed arm models.

    Args:
        ending: How its path ends, such as ``panda_description/urdf/panda.urdf``.

    Raises:
        MissingDependency: If the package of the models is not installed.
        InputError: If it has no such file.
    """
    try:
        listed = files(PACKAGE) or []
    except PackageNotFoundError as error:
        raise MissingDependency("the arm models are not installed", f"pip install {PACKAGE}") from error
    for entry in listed:
        if str(entry).endswith("/" + ending):
            return Path(str(entry.locate()))
    raise InputError(f"no file {ending!r} in the package {PACKAGE}")


def convert(urdf: Path) -> Path:
    """Give the Drake-readable form of a URDF, made on the first call and kept.

    Args:
        urdf: The source, with meshes in any form that trimesh reads; ``package://`` is
            looked for in the folders above the file.

    Returns:
        Path of the converted URDF; its meshes lie beside it.

    Raises:
        InputError: If the file or one of its meshes is missing or cannot be read.
    """
    root = _parse(urdf)
    meshes = {name: _find_mesh(name, urdf) for name in _mesh_names(root)}
    home = cache_root() / "arms" / f"{_safe(urdf.stem)}-{_key(urdf, meshes)}"
    result = home / f"{_safe(urdf.stem)}.urdf"
    if result.is_file():
        return result
    home.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=home.parent))
    try:
        _rewrite(root, urdf, meshes, scratch)
        ElementTree.ElementTree(root).write(scratch / result.name, encoding="utf-8", xml_declaration=True)
        _publish(scratch, home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return result


def _publish(scratch: Path, home: Path) -> None:
    """Rename the finished folder into place; another process may have been faster."""
    scratch.chmod(0o755)
    try:
        scratch.rename(home)
    except OSError:
        if not home.is_dir():
            raise


def _parse(urdf: Path) -> ElementTree.Element:
    """Read the XML of a URDF.

    Raises:
        InputError: If there is no such file or it is no URDF.
    """
    if not urdf.is_file():
        raise InputError(f"no URDF at {str(urdf)!r}; expected the path of an existing .urdf file")
    try:
        root = ElementTree.fromstring(urdf.read_text(encoding="utf-8"))
    except (ElementTree.ParseError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{str(urdf)!r} is not readable XML: {error}") from error
    if root.tag != "robot":
        raise InputError(f"{str(urdf)!r} is no URDF: its root is <{root.tag}>, expected <robot>")
    if any("xacro}" in element.tag for element in root.iter() if isinstance(element.tag, str)):
        raise InputError(f"{str(urdf)!r} holds xacro macros; expand it first: xacro {urdf.name} > arm.urdf")
    return root


def _mesh_names(root: ElementTree.Element) -> list[str]:
    """List the file name of every mesh, in order, once each."""
    return list(dict.fromkeys(mesh.get("filename", "") for mesh in root.iter("mesh")))


def _find_mesh(name: str, urdf: Path) -> Path:
    """Find the file that a mesh's name means.

    Raises:
        InputError: If it does not exist, naming the mesh and where it was looked for.
    """
    candidates: list[Path]
    if name.startswith("package://"):
        package, _, rest = name.removeprefix("package://").partition("/")
        above = list(urdf.resolve().parents)
        candidates = [folder / package / rest for folder in above]
        candidates += [folder / rest for folder in above if folder.name == package]
    else:
        candidates = [urdf.resolve().parent / name.removeprefix("file://")]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise InputError(
        f"the mesh {name!r} of {str(urdf)!r} does not exist; expected it at {str(candidates[0])!r}"
        + (" or beside a folder above" if len(candidates) > 1 else "")
    )


def _key(urdf: Path, meshes: dict[str, Path]) -> str:
    """Name the version of the source and of the converter."""
    digest = hashlib.sha256(f"{CONVERTER} {FACES}".encode())
    digest.update(urdf.read_bytes())
    in_package = any(path.name == PACKAGE for path in urdf.resolve().parents)
    if in_package:
        # The package's files never change within a version: reading 10 MB at each start would tell no more.
        digest.update(version(PACKAGE).encode())
    for name, path in () if in_package else meshes.items():
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _safe(name: str) -> str:
    """Make a file name of any text."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name) or "arm"


def _rewrite(root: ElementTree.Element, urdf: Path, meshes: dict[str, Path], folder: Path) -> None:
    """Strip what Drake has no use for, write the converted meshes, and point the URDF at them."""
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in STRIPPED]:
            parent.remove(child)
    for link in root.findall("link"):
        for origin in link.findall("origin"):
            link.remove(origin)  # a link has no origin of its own; some exporters write one
    from . import arm_meshes as arms  # Takes a second to load, and is needed once per arm and user.

    colors = _material_colors(root)
    scenes = {name: arms.load(path, urdf) for name, path in meshes.items()}
    total = sum(len(g.faces) for scene in scenes.values() for g in arms.geometries(scene))
    share = min(1.0, FACES / max(total, 1))
    done: dict[tuple[str, str, Rgba | None], str] = {}
    for link in root.iter("link"):
        for part in (*link.findall("visual"), *link.findall("collision")):
            for mesh in part.iter("mesh"):
                name = mesh.get("filename", "")
                color = _part_color(part, colors) if part.tag == "visual" else None
                key = (name, part.tag, color)
                if key not in done:
                    done[key] = f"{len(done):02d}_{_safe(meshes[name].stem)}"
                    if part.tag == "visual":
                        done[key] += ".gltf"
                        arms.write_visual(scenes[name], share, color, folder / done[key])
                    else:
                        done[key] += ".obj"
                        arms.write_hull(scenes[name], name, urdf, folder / done[key])
                mesh.set("filename", done[key])
                if part.tag == "collision":
                    ElementTree.SubElement(mesh, "{http://drake.mit.edu}declare_convex")
            if part.find("geometry/mesh") is not None:
                for material in part.findall("material"):
                    part.remove(material)  # its colour is in the glTF now
    ElementTree.register_namespace("drake", "http://drake.mit.edu")


def _material_colors(root: ElementTree.Element) -> dict[str, Rgba]:
    """Collect the named colours of a URDF."""
    colors: dict[str, Rgba] = {}
    for material in root.iter("material"):
        color = material.find("color")
        if color is not None:
            values = [float(value) for value in color.get("rgba", "").split()]
            colors[material.get("name", "")] = cast(Rgba, tuple(values)) if len(values) == 4 else GRAY
    return colors


def _part_color(part: ElementTree.Element, colors: dict[str, Rgba]) -> Rgba | None:
    """Give the colour that the URDF gives a visual, if it gives one."""
    material = part.find("material")
    return None if material is None else colors.get(material.get("name", ""))
