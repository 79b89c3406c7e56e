"""A log for the rerun viewer: what the live page shows, over robot time, in one file, without a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pydrake.geometry import Rgba, Role, SceneGraphInspector
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...core.errors import InputError, MissingDependency
from ...robots.models import load_model
from ..report.posed_arms import PosedArms
from .canvas import INK, ArmLook, BoardLine
from .link_forms import link_form

TIMELINE = "robot time"
PLAIN = Rgba(0.9, 0.9, 0.9)
"""Colour of links that have none of their own."""
DOT, STROKE = 0.003, 0.0005
"""Radius of keypoints, and of lines for each pixel of their width, [m]."""


class RerunCanvas:
    """Writes a ``.rrd`` file."""

    def __init__(self, path: Path):
        """Begin the file.

        Args:
            path: Where it goes; its folder exists.

        Raises:
            MissingDependency: If rerun is not installed.
            InputError: If the file cannot be written.
        """
        try:
            import rerun
        except ImportError as error:
            raise MissingDependency("rerun is not installed", "pip install 'handsel[rerun]'") from error
        try:
            # Rerun itself would only warn of a file that it cannot write.
            path.open("wb").close()
        except OSError as error:
            raise InputError(f"the rerun log cannot be written to {path}: {error.strerror}") from error
        self._rr = rerun
        self._log = rerun.RecordingStream("handsel")
        self._log.save(path)
        self._log.log("/", rerun.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
        self._arms: PosedArms | None = None

    def at(self, time: float) -> None:
        """Set the robot time, [s]."""
        self._log.set_time(TIMELINE, duration=time)

    def arms(self, arms: Mapping[str, ArmLook]) -> None:
        """Log every link's surface once, and the arms at their home."""
        self._arms = PosedArms({name: (load_model(look.model), look.X_WR) for name, look in arms.items()})
        self._links(self._arms.graph.model_inspector())
        for name, model in self._arms.models.items():
            self.arm(name, model.q_home, 0.0)

    def arm(self, name: str, q: Float64, width: float) -> None:
        """Log where an arm's links are."""
        assert self._arms is not None, "arms are set up first"
        self._arms.place(name, q, width)
        for body, X_WB in self._arms.poses(name).items():
            self.place(f"arm/{name}/{body}", X_WB)

    def mesh(self, path: str, vertices: Float64, faces: np.ndarray, color: str, opacity: float = 1.0) -> None:
        """Log triangles."""
        tint = [*_channels(color), round(255 * opacity)]
        self._put(
            path, self._rr.Mesh3D(vertex_positions=vertices, triangle_indices=faces, albedo_factor=tint)
        )

    def sheet(self, path: str, vertices: Float64, faces: np.ndarray, colors: Float64) -> None:
        """Log triangles with a colour a vertex."""
        tints = np.rint(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8)
        self._put(
            path, self._rr.Mesh3D(vertex_positions=vertices, triangle_indices=faces, vertex_colors=tints)
        )

    def place(self, path: str, X_WP: RigidTransform) -> None:
        """Log a path's frame."""
        self._put(
            path,
            self._rr.Transform3D(translation=X_WP.translation(), mat3x3=X_WP.rotation().matrix()),
        )

    def marks(
        self, path: str, p_P: Float64, labels: Sequence[str], X_WP: RigidTransform, *, height: float
    ) -> None:
        """Log points with labels; rerun turns and sizes the letters itself."""
        self._put(path, self._rr.Points3D(p_P, labels=list(labels), radii=DOT, colors=_channels(INK)))

    def lines(self, path: str, starts: Float64, ends: Float64, color: str, width: float) -> None:
        """Log straight lines."""
        strips = list(np.stack([starts, ends], axis=1))
        self._put(path, self._rr.LineStrips3D(strips, colors=_channels(color), radii=STROKE * width))

    def board(self, lines: Sequence[BoardLine]) -> None:
        """Log the board as text, and each residual as a number over time."""
        self._put("board", self._rr.TextDocument("\n\n".join(line.text for line in lines)))
        residuals = [line.residual for line in lines if line.residual is not None]
        for number, residual in enumerate(residuals, start=1):
            self._put(f"residuals/{number}", self._rr.Scalars([residual]))

    def clear(self, path: str) -> None:
        """Log that a path and all below are gone."""
        self._put(path, self._rr.Clear(recursive=True))

    def close(self) -> None:
        """Bring the file up to date."""
        self._log.flush()

    def _links(self, inspector: SceneGraphInspector) -> None:
        assert self._arms is not None, "arms are set up first"
        for number, geometry in enumerate(inspector.GetAllGeometryIds(Role.kIllustration)):
            owner = self._arms.owner(inspector.GetFrameId(geometry))
            form = link_form(inspector.GetShape(geometry))
            if owner is None or form is None:
                continue
            vertices, faces = form
            p_B = inspector.GetPoseInFrame(geometry).multiply(vertices.T).T
            properties = inspector.GetIllustrationProperties(geometry)
            rgba = None if properties is None else properties.GetPropertyOrDefault("phong", "diffuse", None)
            whole = rgba if isinstance(rgba, Rgba) else PLAIN
            tint = [round(255 * part) for part in (whole.r(), whole.g(), whole.b())]
            one = self._rr.Mesh3D(vertex_positions=p_B, triangle_indices=faces, albedo_factor=tint)
            arm, body = owner
            self._log.log(f"arm/{arm}/{body}/{number}", one, static=True)

    def _put(self, path: str, what: object) -> None:
        self._log.log(path, what)  # type: ignore[arg-type]


def _channels(code: str) -> list[int]:
    return [int(code[at : at + 2], 16) for at in (1, 3, 5)]
