"""Conversion: from any URDF to one that Drake reads, once, whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from handsel.core.errors import InputError
from handsel.robots import convert as module
from handsel.robots.convert import cache_root, convert
from pydrake.geometry import Convex, Mesh, Role, SceneGraph
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant

URDF = """<robot name="one" xmlns:xacro="http://www.ros.org/wiki/xacro">
  <material name="red"><color rgba="1 0 0 1"/></material>
  <link name="base">
    <visual><geometry><mesh filename="{visual}"/></geometry><material name="red"/></visual>
    <collision><geometry><mesh filename="{collision}"/></geometry></collision>
  </link>
  <link name="tip"/>
  <joint name="turn" type="revolute">
    <parent link="base"/><child link="tip"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" effort="1" velocity="1"/>
    <safety_controller k_position="1" k_velocity="1"/>
  </joint>
  <transmission name="t"><joint name="turn"/></transmission>
</robot>"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HANDSEL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def urdf(tmp_path: Path) -> Path:
    (tmp_path / "meshes").mkdir()
    trimesh.creation.box([0.1, 0.2, 0.4]).export(tmp_path / "meshes" / "a.stl")
    # Two boxes with a gap between: the hull fills it.
    two = trimesh.util.concatenate(
        [trimesh.creation.box([0.1, 0.1, 0.1]).apply_translation([x, 0.0, 0.0]) for x in (-0.3, 0.3)]
    )
    two.export(tmp_path / "meshes" / "b.stl")
    path = tmp_path / "one.urdf"
    path.write_text(URDF.format(visual="meshes/a.stl", collision=f"package://{tmp_path.name}/meshes/b.stl"))
    return path


def load(path: Path) -> tuple[MultibodyPlant, SceneGraph]:
    scene, plant = SceneGraph(), MultibodyPlant(0.0)
    plant.RegisterAsSourceForSceneGraph(scene)
    Parser(plant).AddModels(path)
    plant.Finalize()
    return plant, scene


def test_drake_reads_the_result(urdf: Path) -> None:
    plant, scene = load(convert(urdf))
    frame = plant.GetBodyFrameIdOrThrow(plant.GetBodyByName("base").index())
    (geometry,) = scene.model_inspector().GetGeometries(frame, Role.kProximity)
    solid = scene.model_inspector().GetShape(geometry)
    assert isinstance(solid, Convex | Mesh)
    hull = solid.GetConvexHull()
    points = np.array([hull.vertex(i) for i in range(hull.num_vertices())])
    assert np.allclose(np.ptp(points, axis=0), [0.7, 0.1, 0.1], atol=1e-6)
    assert plant.num_actuators() == 0
    (drawn,) = scene.model_inspector().GetGeometries(frame, Role.kIllustration)
    picture = scene.model_inspector().GetShape(drawn)
    assert isinstance(picture, Mesh) and picture.extension() == ".gltf"


def test_a_visual_keeps_its_colour_and_lies_y_up_in_the_file(urdf: Path) -> None:
    (picture,) = convert(urdf).parent.glob("*.gltf")
    scene = trimesh.load_scene(picture)
    assert np.allclose(scene.extents, [0.1, 0.4, 0.2], atol=1e-6)
    (geometry,) = scene.geometry.values()
    assert list(geometry.visual.material.main_color) == [255, 0, 0, 255]


def test_the_second_call_converts_nothing(urdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = convert(urdf)
    monkeypatch.setattr(module, "_rewrite", lambda *_: pytest.fail("converted twice"))
    assert convert(urdf) == first


def test_a_changed_mesh_is_converted_anew(urdf: Path) -> None:
    first = convert(urdf)
    trimesh.creation.box([0.1, 0.1, 0.1]).export(urdf.parent / "meshes" / "a.stl")
    assert convert(urdf) != first


def test_a_failed_conversion_leaves_nothing(urdf: Path, cache: Path) -> None:
    (urdf.parent / "meshes" / "b.stl").write_bytes(b"not a mesh")
    with pytest.raises(InputError, match=r"b\.stl.*(cannot be read|holds no faces)"):
        convert(urdf)
    assert list(cache.rglob("*.urdf")) == [] and list((cache / "arms").iterdir()) == []


def test_a_race_is_won_by_either(urdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = module._publish

    def other_was_faster(scratch: Path, home: Path) -> None:
        home.mkdir()
        (home / f"{urdf.stem}.urdf").write_bytes((scratch / f"{urdf.stem}.urdf").read_bytes())
        original(scratch, home)

    monkeypatch.setattr(module, "_publish", other_was_faster)
    result = convert(urdf)
    assert result.is_file()
    assert [entry for entry in result.parent.parent.iterdir() if entry.name.startswith(".")] == []


def test_a_missing_mesh_is_named(urdf: Path) -> None:
    (urdf.parent / "meshes" / "a.stl").unlink()
    with pytest.raises(InputError, match=r"'meshes/a\.stl'.*does not exist"):
        convert(urdf)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<robot", "not readable XML"),
        ("<sdf/>", "expected <robot>"),
        ('<robot xmlns:xacro="http://www.ros.org/wiki/xacro"><xacro:include/></robot>', "xacro one.urdf"),
    ],
)
def test_a_wrong_file_is_refused(urdf: Path, text: str, says: str) -> None:
    urdf.write_text(text)
    with pytest.raises(InputError, match=says):
        convert(urdf)


def test_a_flat_collision_mesh_is_refused(urdf: Path) -> None:
    flat = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    flat.export(urdf.parent / "meshes" / "b.stl")
    with pytest.raises(InputError, match="flat"):
        convert(urdf)


def test_the_cache_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_root() == tmp_path / "cache"
    monkeypatch.delenv("HANDSEL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_root() == tmp_path / "xdg" / "handsel"
