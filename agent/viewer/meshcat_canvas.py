"""The live page: Drake's Meshcat, which serves this machine only."""

from collections.abc import Mapping, Sequence

import numpy as np
from pydrake.geometry import Meshcat, MeshcatParams, Rgba, Role
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.perception import PointCloud

from ...core.arrays import Float64
from ...core.errors import InputError
from ...robots.models import load_model
from ..report.posed_arms import PosedArms
from .canvas import INK, ArmLook, BoardLine
from .lettering import letters

HOST = "127.0.0.1"
EYE, TARGET = np.array([1.22, -0.42, 0.78]), np.array([0.34, 0.0, 0.20])
"""Where the person looks from and to, [m]."""
BOARD = np.array([-0.30, -0.50, 0.89])
"""Upper left corner of the board, [m]: behind the arm, out of the table's way."""
BOARD_HEIGHT = 0.032
"""Height of the board's lines, [m]."""
DOT = 0.007
THROUGH = 0.45
"""Opacity of sheets: what lies below them can be seen."""
PLAIN = "#e6e6e6"
"""Colour of links that have none of their own."""
FULL = 1.6
"""Lines wider than this many pixels are rods: browsers draw every line one pixel wide."""
ROD = 0.0006
"""Half the thickness of a rod for each pixel, [m]."""


class MeshcatCanvas:
    """Draws into Meshcat; used by the thread that made it, as Meshcat wants.

    Nothing but the canvas refers to Meshcat: it aborts the process where another thread destroys it, as a
    collection of cyclic garbage would that came upon a diagram with a visualizer.
    """

    def __init__(self, port: int | None = None):
        """Open the page.

        Args:
            port: Where it listens on this machine; a free one from 7000 up where none is given.

        Raises:
            InputError: If nothing can listen there.
        """
        try:
            self.meshcat = Meshcat(MeshcatParams(host=HOST, port=port, show_stats_plot=False))
        except RuntimeError as error:
            asked = "no port from 7000 up" if port is None else f"port {port}"
            raise InputError(
                f"the viewer cannot listen at {HOST}, {asked}: {' '.join(str(error).split())[:200]}; "
                "expected a free port from 1024 up: name another one, or none"
            ) from error
        self._arms: PosedArms | None = None
        self._looks: dict[str, ArmLook] = {}
        self._board = 0
        self._furnish()

    @property
    def address(self) -> str:
        """Where a browser on this machine can watch."""
        return self.meshcat.web_url()

    def at(self, time: float) -> None:
        """Nothing to do: the page shows the present."""

    def arms(self, arms: Mapping[str, ArmLook]) -> None:
        """Set up the arms at their home; those that stand there already stay as they are."""
        told = {name: (look.model, tuple(look.X_WR.GetAsMatrix34().ravel())) for name, look in arms.items()}
        known = {
            name: (look.model, tuple(look.X_WR.GetAsMatrix34().ravel())) for name, look in self._looks.items()
        }
        if told == known:
            return
        self.meshcat.Delete("arm")
        self._looks = dict(arms)
        models = {name: (load_model(look.model), look.X_WR) for name, look in arms.items()}
        self._arms = PosedArms(models)
        inspector = self._arms.graph.model_inspector()
        for number, geometry in enumerate(inspector.GetAllGeometryIds(Role.kIllustration)):
            owner = self._arms.owner(inspector.GetFrameId(geometry))
            if owner is None:
                continue
            path = f"arm/{owner[0]}/{owner[1]}/{number}"
            properties = inspector.GetIllustrationProperties(geometry)
            rgba = None if properties is None else properties.GetPropertyOrDefault("phong", "diffuse", None)
            tint = rgba if isinstance(rgba, Rgba) else _rgba(PLAIN)
            self.meshcat.SetObject(path, inspector.GetShape(geometry), tint)
            self.meshcat.SetTransform(path, inspector.GetPoseInFrame(geometry))
        for name, (model, _) in models.items():
            self.arm(name, model.q_home, 0.0)

    def arm(self, name: str, q: Float64, width: float) -> None:
        """Show an arm at joint positions, [rad], and an opening of its fingers, [m]."""
        assert self._arms is not None, "arms are set up first"
        self._arms.place(name, q, width)
        for body, X_WB in self._arms.poses(name).items():
            self.meshcat.SetTransform(f"arm/{name}/{body}", X_WB)

    def mesh(self, path: str, vertices: Float64, faces: np.ndarray, color: str, opacity: float = 1.0) -> None:
        """Show triangles."""
        self.meshcat.SetTriangleMesh(path, vertices.T, faces.T, _rgba(color, opacity))

    def sheet(self, path: str, vertices: Float64, faces: np.ndarray, colors: Float64) -> None:
        """Show triangles with a colour a vertex."""
        self.meshcat.SetTriangleColorMesh(path, vertices.T, faces.T, colors.T)
        self.meshcat.SetProperty(path, "modulated_opacity", THROUGH)

    def place(self, path: str, X_WP: RigidTransform) -> None:
        """Put a path's frame at a pose."""
        self.meshcat.SetTransform(path, X_WP)

    def marks(
        self, path: str, p_P: Float64, labels: Sequence[str], X_WP: RigidTransform, *, height: float
    ) -> None:
        """Show points with labels, letters turned to where the person looks from."""
        cloud = PointCloud(len(p_P))
        cloud.mutable_xyzs()[:] = p_P.T
        self.meshcat.SetObject(f"{path}/points", cloud, DOT, _rgba(INK))
        R_PL = X_WP.rotation().inverse() @ facing()
        corners, faces, first = [np.zeros((0, 3))], [np.zeros((0, 3), int)], 0
        for point, label in zip(p_P, labels, strict=True):
            vertices, triangles = letters(label)
            # The label stands to the right of its point, in front of what the point lies on.
            p_L = vertices * height + [0.5 * height, -0.5 * height, 0.5 * height]
            corners.append(point + (R_PL.matrix() @ p_L.T).T)
            faces.append(triangles + first)
            first += len(vertices)
        self.mesh(f"{path}/labels", np.concatenate(corners), np.concatenate(faces), INK)

    def lines(self, path: str, starts: Float64, ends: Float64, color: str, width: float) -> None:
        """Show straight lines: thin ones as such, wide ones as rods."""
        if width <= FULL:
            self.meshcat.SetLineSegments(path, starts.T, ends.T, width, _rgba(color))
        else:
            self.mesh(path, *rods(starts, ends, ROD * width), color)

    def board(self, lines: Sequence[BoardLine]) -> None:
        """Show lines to read behind the arm."""
        R_WL = facing()
        for number, line in enumerate(lines):
            vertices, faces = letters(line.text)
            p_L = vertices * BOARD_HEIGHT - [0.0, (number + 1) * 1.15 * BOARD_HEIGHT, 0.0]
            self.mesh(f"board/{number}", BOARD + (R_WL.matrix() @ p_L.T).T, faces, line.color)
        for number in range(len(lines), self._board):
            self.meshcat.Delete(f"board/{number}")
        self._board = len(lines)

    def clear(self, path: str) -> None:
        """Take a path and all below away."""
        self.meshcat.Delete(path)

    def close(self) -> None:
        """Bring out what has not gone out yet."""
        self.meshcat.Flush()

    def _furnish(self) -> None:
        self.meshcat.SetProperty("/Grid", "visible", False)
        self.meshcat.SetProperty("/Axes", "visible", False)
        self.meshcat.SetProperty("/Background", "top_color", [0.93, 0.94, 0.96])
        self.meshcat.SetProperty("/Background", "bottom_color", [0.80, 0.82, 0.85])
        # The white of an arm would drown in the standard light.
        self.meshcat.SetProperty("/Lights/AmbientLight/<object>", "intensity", 0.35)
        self.meshcat.SetCameraPose(EYE, TARGET)


def facing() -> RotationMatrix:
    """Give R_WL of letters that the person reads: x to the right, y up, z to the eye."""
    z = (EYE - TARGET) / np.linalg.norm(EYE - TARGET)
    x = np.cross([0.0, 0.0, 1.0], z)
    x = x / np.linalg.norm(x)
    return RotationMatrix(np.column_stack([x, np.cross(z, x), z]))


def rods(starts: Float64, ends: Float64, radius: float) -> tuple[Float64, np.ndarray]:
    """Give lines as rods with a square section: vertices (8 N, 3), faces (8 N, 3)."""
    way = ends - starts
    length = np.linalg.norm(way, axis=1, keepdims=True)
    way = np.where(length > 1e-9, way / np.maximum(length, 1e-9), [0.0, 0.0, 1.0])
    other = np.where(np.abs(way[:, 2:]) < 0.9, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0])
    u = np.cross(way, other)
    u = radius * u / np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(way, u)
    ring = np.stack([u, v, -u, -v], axis=1)
    corners = np.concatenate([starts[:, None] + ring, ends[:, None] + ring], axis=1)
    k = np.arange(4)
    side = np.concatenate(
        [np.stack([k, (k + 1) % 4, (k + 1) % 4 + 4], axis=1), np.stack([k, (k + 1) % 4 + 4, k + 4], axis=1)]
    )
    faces = 8 * np.arange(len(starts))[:, None, None] + side
    return corners.reshape(-1, 3), faces.reshape(-1, 3)


def _rgba(code: str, opacity: float = 1.0) -> Rgba:
    red, green, blue = (int(code[at : at + 2], 16) / 255.0 for at in (1, 3, 5))
    return Rgba(red, green, blue, opacity)
