"""The sphere cover: nothing of the arm outside, little of the balls outside the arm."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from handsel.robots.models import load_model
from handsel.robots.spheres import LARGEST, TIP, SphereCover, link_solids, sphere_cover


def balls_of(cover: SphereCover, link: str) -> tuple[np.ndarray, np.ndarray]:
    mine = cover.link == cover.links.index(link)
    return cover.centers[mine], cover.radii[mine]


@pytest.mark.parametrize("name", ["panda", "so101"])
def test_every_surface_point_is_in_a_ball(name: str) -> None:
    model = load_model(name)
    cover = sphere_cover(model)
    solids, _ = link_solids(model)
    assert set(cover.links) == {link for link, pieces in solids.items() if pieces}
    for link in cover.links:
        centers, radii = balls_of(cover, link)
        for solid in solids[link]:
            hull = trimesh.Trimesh(solid.points, solid.faces, process=False)
            points = trimesh.sample.sample_surface(hull, 2000, seed=1)[0]
            gap = (np.linalg.norm(points[:, None] - centers, axis=2) - radii).min(axis=1)
            assert gap.max() < 1e-9, link


@pytest.mark.parametrize("name", ["panda", "so101"])
def test_balls_stick_out_little(name: str) -> None:
    model = load_model(name)
    cover = sphere_cover(model)
    solids, _ = link_solids(model)
    assert len(cover.radii) < 220
    for link in cover.links:
        centers, radii = balls_of(cover, link)
        depth = np.max([solid.depth(centers) for solid in solids[link]], axis=0)
        assert (radii - depth).max() <= LARGEST + 1e-9, link


def test_panda_pads_are_tight() -> None:
    """No ball reaches noticeably more than ``TIP`` past a pad's face or the fingertip's end."""
    model = load_model("panda")
    cover = sphere_cover(model)
    for link, side in (("panda_leftfinger", 1.0), ("panda_rightfinger", -1.0)):
        centers, radii = balls_of(cover, link)
        assert radii.max() < 0.0125
        past_face = radii - side * centers[:, 1]
        past_end = centers[:, 2] + radii - 0.0545
        assert past_face.max() < TIP + 5e-4
        assert past_end.max() < TIP + 5e-4


def test_the_cover_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model("panda")
    first = sphere_cover(model)
    stored = list(Path(model.urdf.parent).glob("spheres-*.npz"))
    assert stored
    monkeypatch.setattr("handsel.robots.spheres._compute", lambda _: pytest.fail("computed twice"))
    again = sphere_cover(model)
    assert np.array_equal(first.centers, again.centers) and np.array_equal(first.radii, again.radii)
