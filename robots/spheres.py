"""Balls that cover every link's collision solids: what the arm is for collision checks.

The cover is conservative: every point of a link's surface lies in some ball,
proven triangle by triangle (a ball that holds a triangle's corners holds the
triangle). It is tight at the fingertips and coarser with the distance from
them. It is made once per arm and kept beside the converted URDF.
"""

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import trimesh
from pydrake.geometry import Box, Capsule, Convex, Cylinder, Mesh, Role, SceneGraph, Shape, Sphere
from pydrake.math import RigidTransform
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from scipy.spatial.distance import cdist

from ..core.arrays import Float64, frozen
from ..core.errors import InputError
from .kinematics import Kinematics
from .models import RobotModel

VERSION = 3
TIP = 0.004
"""How far a ball may stick out of a fingertip, [m]."""
GROWTH = 0.10
"""How much farther per metre of distance from the fingertips it may stick out of the hand."""
COARSE = 0.15
"""How far a ball may stick out of an arm link, as a share of the link's longest side."""
EDGE = 0.6
"""Longest edge of the surface triangles that are covered, as a share of what may stick out."""
LARGEST = 0.03
"""How far any ball may stick out, [m]."""
FOREARM = 0.02
"""How far a ball may stick out of a link that most joints move, [m]: the hand folds back to it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SphereCover:
    """The balls of one arm, sorted by link.

    Attributes:
        links: Names of the links that have balls.
        link: Index into ``links`` of each ball, not decreasing, shape (S,).
        centers: p_LS, shape (S, 3), [m].
        radii: Radii, shape (S,), [m].
    """

    links: tuple[str, ...]
    link: np.ndarray
    centers: Float64
    radii: Float64


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A convex piece of a link.

    Attributes:
        points: Corners of its hull in the link's frame, shape (V, 3), [m].
        faces: Triangles of its hull, shape (F, 3).
        normals: Outward normals of its faces, shape (F, 3).
        offsets: Where the faces lie along them, shape (F,), [m].
    """

    points: Float64
    faces: np.ndarray
    normals: Float64
    offsets: Float64

    def depth(self, points: Float64) -> Float64:
        """Give how deep points lie inside, negative outside, (N, 3) to (N,), [m]."""
        return (self.offsets - points @ self.normals.T).min(axis=1)


def sphere_cover(model: RobotModel) -> SphereCover:
    """Give the arm's balls, computed on the first call and kept beside its URDF.

    Args:
        model: The arm.

    Raises:
        InputError: If a collision solid of the URDF has a form that cannot be covered.
    """
    # The tool frame is in the name: it decides where the cover is tight.
    tool = "-".join(f"{1e4 * value:.0f}" for value in model.X_LG.translation())
    path = model.urdf.parent / f"spheres-{VERSION}-{model.tool_link}-{tool}.npz"
    if not path.is_file():
        _save(path, _compute(model))
    return _load(path)


@lru_cache(maxsize=8)
def _load(path: Path) -> SphereCover:
    """Read a stored cover; every collision world of a plan asks for the same."""
    with np.load(path, allow_pickle=False) as stored:
        return SphereCover(
            links=tuple(str(name) for name in stored["links"]),
            link=stored["link"],
            centers=frozen(stored["centers"], (None, 3)),
            radii=frozen(stored["radii"], (None,)),
        )


def _save(path: Path, cover: SphereCover) -> None:
    """Write the cover in one step, so that no other process reads half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez(file, links=np.array(cover.links), link=cover.link, centers=cover.centers, radii=cover.radii)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def _compute(model: RobotModel) -> SphereCover:
    """Cover every link that has collision solids."""
    solids, X_TL = link_solids(model)
    kinematics = Kinematics(model)
    links, link, centers, radii = [], [], [], []
    for name in model.links:
        if not solids.get(name):
            continue
        p_LG = (X_TL[name].inverse() @ model.X_LG).translation() if name in model.hand_links else None
        distal = 2 * kinematics.moves[kinematics.link_index(name)].sum() > model.n
        found, sizes = cover_solids(solids[name], p_LG, FOREARM if distal else LARGEST)
        link += [len(links)] * len(sizes)
        links.append(name)
        centers.append(found)
        radii.append(sizes)
    if not links:
        raise InputError(f"no link of {str(model.urdf)!r} has a collision solid: nothing could be avoided")
    return SphereCover(
        links=tuple(links), link=np.array(link), centers=np.concatenate(centers), radii=np.concatenate(radii)
    )


def link_solids(model: RobotModel) -> tuple[dict[str, list[Solid]], dict[str, RigidTransform]]:
    """Read every link's convex collision pieces from Drake.

    Returns:
        The pieces by link, in the link's frame, and the pose X_TL of every link in the tool's
        link with the gripper closed.
    """
    scene = SceneGraph()
    plant = MultibodyPlant(0.0)
    plant.RegisterAsSourceForSceneGraph(scene)
    Parser(plant).AddModels(model.urdf)
    plant.WeldFrames(plant.world_frame(), plant.GetFrameByName(model.base_link))
    plant.Finalize()
    context = plant.CreateDefaultContext()
    inspector = scene.model_inspector()
    tool = plant.GetFrameByName(model.tool_link)
    solids: dict[str, list[Solid]] = {}
    X_TL: dict[str, RigidTransform] = {}
    for name in model.links:
        body = plant.GetBodyByName(name)
        X_TL[name] = body.body_frame().CalcPose(context, tool)
        frame = plant.GetBodyFrameIdOrThrow(body.index())
        solids[name] = [
            _solid(inspector.GetShape(geometry), inspector.GetPoseInFrame(geometry), name)
            for geometry in inspector.GetGeometries(frame, Role.kProximity)
        ]
    return solids, X_TL


def _solid(shape: Shape, X_LS: RigidTransform, link: str) -> Solid:
    """Make a piece of a Drake shape; round ones are circumscribed by a polyhedron.

    Raises:
        InputError: If the shape is unbounded or of a form that is not known.
    """
    if isinstance(shape, Mesh | Convex):
        hull = shape.GetConvexHull()
        points = np.array([hull.vertex(i) for i in range(hull.num_vertices())])
    elif isinstance(shape, Box):
        points = trimesh.creation.box(shape.size()).vertices
    elif isinstance(shape, Cylinder):
        points = trimesh.creation.cylinder(
            shape.radius() / np.cos(np.pi / 24), shape.length(), sections=24
        ).vertices
    elif isinstance(shape, Sphere | Capsule):
        ball = trimesh.creation.icosphere(subdivisions=2)
        ball.apply_scale(shape.radius() / (ball.face_normals * ball.triangles_center).sum(axis=1).min())
        half = shape.length() / 2.0 if isinstance(shape, Capsule) else 0.0
        end = np.array([0.0, 0.0, half])
        points = np.concatenate([ball.vertices + end, ball.vertices - end])
    else:
        raise InputError(
            f"the collision solid of link {link!r} is a {type(shape).__name__}; expected box, cylinder,"
            " sphere, capsule or mesh"
        )
    hull = trimesh.convex.convex_hull(points @ X_LS.rotation().matrix().T + X_LS.translation())
    normals = np.array(hull.face_normals)
    return Solid(
        points=np.array(hull.vertices),
        faces=np.array(hull.faces),
        normals=normals,
        offsets=(normals * hull.triangles_center).sum(axis=1),
    )


def cover_solids(solids: list[Solid], p_LG: Float64 | None, most: float) -> tuple[Float64, Float64]:
    """Cover the surfaces of a link's pieces with few balls, greedily.

    Args:
        solids: The pieces, in the link's frame.
        p_LG: Where the fingertips are, for a link of the hand; None for one of the arm, shape (3,), [m].
        most: How far a ball may stick out at most, [m].

    Returns:
        Centres (S, 3) and radii (S,), [m].
    """
    corners = np.concatenate([solid.points for solid in solids])
    coarse = min(most, COARSE * float(np.ptp(corners, axis=0).max()))

    def sticks_out(points: Float64) -> Float64:
        if p_LG is None:
            return np.full(len(points), coarse)
        away = np.linalg.norm(points - p_LG, axis=1)
        return np.clip(TIP + GROWTH * (away - 0.02), TIP, most)

    points, faces = _surface(solids, [EDGE * float(sticks_out(solid.points).min()) for solid in solids])
    centers, radii = [], []
    for solid in solids:
        inside = _inner_points(solid)
        centers.append(inside)
        radii.append(solid.depth(inside) + sticks_out(inside))
    balls, sizes = np.concatenate(centers), np.concatenate(radii)
    covers = _covers(balls, sizes, points, faces)
    missed = points[faces[~covers.any(axis=0)]].mean(axis=1)
    if len(missed):
        # Sharp corners that no inner ball reaches: small balls on the surface itself.
        small = sticks_out(missed)
        covers = np.concatenate([covers, _covers(missed, small, points, faces)])
        balls, sizes = np.concatenate([balls, missed]), np.concatenate([sizes, small])
    chosen = _greedy(covers)
    reach = cdist(balls[chosen], points)[:, faces].max(axis=2)
    return balls[chosen], _shrunk(reach, sizes[chosen])


def _covers(balls: Float64, sizes: Float64, points: Float64, faces: np.ndarray) -> np.ndarray:
    """Say which balls hold which triangles, shape (balls, T)."""
    holds = np.asarray(cdist(points, balls) <= sizes)
    # Rows are gathered far faster than columns, hence the turn at the end.
    return np.ascontiguousarray((holds[faces[:, 0]] & holds[faces[:, 1]] & holds[faces[:, 2]]).T)


def _surface(solids: list[Solid], edges: list[float]) -> tuple[Float64, np.ndarray]:
    """Split surfaces into triangles with no edge longer than each solid's: points (P, 3), faces (T, 3)."""
    points, faces, count = [], [], 0
    for solid, edge in zip(solids, edges, strict=True):
        split = trimesh.remesh.subdivide_to_size(solid.points, solid.faces, max_edge=edge, max_iter=20)
        points.append(split[0])
        faces.append(split[1] + count)
        count += len(split[0])
    return np.concatenate(points), np.concatenate(faces)


def _inner_points(solid: Solid) -> Float64:
    """Spread a few hundred candidate centres through a piece."""
    low, high = solid.points.min(axis=0), solid.points.max(axis=0)
    counts = np.maximum(2, np.round((high - low) / np.cbrt(np.prod(high - low)) * 10.0).astype(int))
    axes = [np.linspace(a, b, 2 * n + 1)[1::2] for a, b, n in zip(low, high, counts, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = grid[solid.depth(grid) > 0.0]
    # Points just below the surface reach into corners that a grid misses.
    corners = solid.points[:: 1 + len(solid.points) // 60]
    below = corners + 0.15 * (solid.points.mean(axis=0) - corners)
    return np.concatenate([inside, below])


def _greedy(covers: np.ndarray) -> np.ndarray:
    """Choose rows, each time the one that covers most of what is left, until all columns are covered."""
    left = np.ones(covers.shape[1], bool)
    chosen: list[int] = []
    gains = covers.sum(axis=1)
    while left.any():
        best = int(gains.argmax())
        assert gains[best] > 0, "a triangle's own ball reaches it"
        chosen.append(best)
        newly = left & covers[best]
        gains -= covers[:, newly].sum(axis=1)
        left &= ~newly
    for ball in list(chosen):
        others = [other for other in chosen if other != ball]
        if others and covers[others].any(axis=0).all():
            chosen.remove(ball)
    return np.array(chosen)


def _shrunk(reach: Float64, radii: Float64) -> Float64:
    """Shrink each ball to what no other ball covers; ``reach`` is the radius that each needs, (S, T)."""
    radii = radii.copy()
    for ball in np.argsort(-radii):
        others = np.delete(np.arange(len(radii)), ball)
        alone = ~(reach[others] <= radii[others, None]).any(axis=0)
        radii[ball] = reach[ball, alone].max() if alone.any() else radii[ball]
    return radii
