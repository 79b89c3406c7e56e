"""Stand-ins: what is there is linked, what is missing is made, and only that is called made."""

import struct

import numpy as np
import pytest
from handsel.sim.public.apart.benchside.standins import CUBE, overlay, read_obj
from PIL import Image

TEXT = """<mujoco><asset>
  <texture file="texture.png" name="t" type="2d"/> <texture type="2d" file="../shelf/wood.png"/>
  <mesh file="visual/red_bowl_vis.msh" name="m" scale="2 2 2"/> <mesh file="visual/wall_vis.msh"/>
  <mesh file="../../../elsewhere/far.obj"/>
</asset></mujoco>"""
HULLS = "v 0 0 0\nv 0.1 0 0\nv 0.1 0.1 0\nv 0 0.1 0.2\no one\nf 1/1 2/2 3/3 4/4\nf -4 -3 -1\n"


@pytest.fixture
def assets(tmp_path):
    folder = tmp_path / "assets"
    (folder / "things/red_bowl").mkdir(parents=True)
    (folder / "things/red_bowl/red_bowl.xml").write_text(TEXT)
    (folder / "things/red_bowl/red_bowl_col.obj").write_text(HULLS)
    (folder / "things/shelf").mkdir()
    Image.new("RGB", (2, 2), (1, 2, 3)).save(folder / "things/shelf/wood.png")
    return folder


def mesh(path):
    data = path.read_bytes()
    count, normals, places, faces = struct.unpack("<4i", data[:16])
    assert (normals, places) == (0, 0) and len(data) == 16 + 12 * (count + faces)
    vertices = np.frombuffer(data, "<f4", 3 * count, 16).reshape(-1, 3)
    return vertices[np.frombuffer(data, "<i4", 3 * faces, 16 + 12 * count)].reshape(-1, 3, 3)


def test_what_is_missing_is_made_and_named(assets, tmp_path):
    into = tmp_path / "own"
    made = overlay(assets, into, ["walls/dark_green.png"])
    assert {str(path.relative_to(into)) for path in made} == {
        "things/red_bowl/texture.png",
        "things/red_bowl/visual/red_bowl_vis.msh",
        "things/red_bowl/visual/wall_vis.msh",
        "walls/dark_green.png",
    }
    assert (into / "things/shelf/wood.png").resolve() == assets / "things/shelf/wood.png"
    assert not (tmp_path / "elsewhere").exists() and not (assets / "walls").exists()


def test_colours_are_those_of_the_words(assets, tmp_path):
    overlay(assets, tmp_path / "own", ["walls/dark_green.png", "mugs/white_yellow_mug.png"])
    for name, channel in (("things/red_bowl/texture.png", 0), ("walls/dark_green.png", 1)):
        pixel = np.array(Image.open(tmp_path / "own" / name))[0, 0]
        assert pixel.argmax() == channel
    assert np.array(Image.open(tmp_path / "own/mugs/white_yellow_mug.png")).min() > 200


def test_a_missing_mesh_is_the_things_own_hulls_else_tiny(assets, tmp_path):
    overlay(assets, tmp_path / "own")
    visual = tmp_path / "own/things/red_bowl/visual"
    vertices, faces = read_obj(assets / "things/red_bowl/red_bowl_col.obj")
    assert faces.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 3]]
    assert np.array_equal(mesh(visual / "red_bowl_vis.msh"), vertices[faces])
    cube = mesh(visual / "wall_vis.msh")
    assert np.abs(cube).max() == pytest.approx(CUBE)
    volume = np.einsum("ij,ij->i", cube[:, 0], np.cross(cube[:, 1], cube[:, 2])).sum() / 6.0
    assert volume == pytest.approx((2 * CUBE) ** 3, rel=1e-5)


def test_again_it_is_the_same_and_what_has_come_takes_its_place(assets, tmp_path):
    into = tmp_path / "own"
    first = overlay(assets, into)
    assert overlay(assets, into) == first
    Image.new("RGB", (2, 2), (9, 9, 9)).save(assets / "things/red_bowl/texture.png")
    second = overlay(assets, into)
    assert first - second == {into / "things/red_bowl/texture.png"}
    assert (into / "things/red_bowl/texture.png").is_symlink()
    (assets / "things/red_bowl/texture.png").unlink()
    assert overlay(assets, into) == first and not (into / "things/red_bowl/texture.png").is_symlink()
