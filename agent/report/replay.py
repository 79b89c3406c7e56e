"""``replay.html``: the run as an animation in one self-contained file.

``python -m handsel.agent.report.replay FOLDER`` makes it from the folder's
trace alone, in a process of its own: Meshcat opens a port, which listens on
this machine only and closes with the process.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pydrake.geometry import (
    Box,
    Meshcat,
    MeshcatAnimation,
    MeshcatParams,
    MeshcatVisualizer,
    MeshcatVisualizerParams,
    Rgba,
    Role,
)
from pydrake.math import RigidTransform
from pydrake.systems.framework import DiagramBuilder

from ...core.errors import HandselError
from ...robots.models import RobotModel, load_model
from .field_surfaces import Surface, show_fields
from .posed_arms import PosedArms
from .record import RunRecord
from .solids import show_thing

RATES = (20.0, 10.0, 5.0, 2.5, 1.0)
"""Pictures a second of the animation, the first that fits; the browser interpolates between them."""
MOST_BYTES = 5_000_000
WOOD = Rgba(0.80, 0.74, 0.66)
TABLE_LOW, TABLE_HIGH, TABLE_THICKNESS = (-0.25, -0.60), (0.95, 0.60), 0.03


class Arms(PosedArms):
    """The arms as they are drawn: kinematics and pictures, no dynamics."""

    def __init__(self, arms: Mapping[str, tuple[RobotModel, RigidTransform]], meshcat: Meshcat):
        """Put the arms' visuals into the scene.

        Args:
            arms: Model of each arm and pose of its base in the world, by name.
            meshcat: Where they are shown.
        """
        self._meshcat = meshcat
        super().__init__(arms)

    def equip(self, builder: DiagramBuilder) -> None:
        """Add what shows the arms."""
        looks = MeshcatVisualizerParams(role=Role.kIllustration, prefix="arm", publish_period=1.0 / RATES[0])
        self.visualizer = MeshcatVisualizer.AddToBuilder(builder, self.graph, self._meshcat, looks)

    def publish(self, time: float) -> None:
        """Record the arm as it is now.

        Args:
            time: Time in the animation, [s].
        """
        self.context.SetTime(time)
        self.diagram.ForcedPublish(self.context)


def animation_html(record: RunRecord, rate: float = RATES[0]) -> str:
    """Make the animation of a run.

    Args:
        record: The run; without joint samples it is a still of what was seen.
        rate: Pictures a second.

    Returns:
        A self-contained page.
    """
    meshcat = Meshcat(MeshcatParams(host="localhost", show_stats_plot=False))
    _furnish(meshcat, record)
    surfaces = show_fields(meshcat, record)
    arms = Arms({name: (load_model(arm.model), arm.X_WR) for name, arm in record.arms.items()}, meshcat)
    if len(record.times):
        _animate(arms, record, rate, surfaces)
    else:
        for name, model in arms.models.items():
            arms.place(name, model.q_home, 0.0)
        arms.publish(0.0)
    return meshcat.StaticHtml()


def _furnish(meshcat: Meshcat, record: RunRecord) -> None:
    """Set up the table, the things and the eye, which sits where the person sits."""
    meshcat.SetProperty("/Grid", "visible", False)
    meshcat.SetProperty("/Axes", "visible", False)
    meshcat.SetProperty("/Background", "top_color", [0.93, 0.94, 0.96])
    meshcat.SetProperty("/Background", "bottom_color", [0.80, 0.82, 0.85])
    size = np.subtract(TABLE_HIGH, TABLE_LOW)
    middle = np.add(TABLE_LOW, TABLE_HIGH) / 2.0
    meshcat.SetObject("table", Box(size[0], size[1], TABLE_THICKNESS), WOOD)
    # A tenth of a millimetre keeps the table's face from flickering through flat things.
    down = record.table_height - TABLE_THICKNESS / 2.0 - 1e-4
    meshcat.SetTransform("table", RigidTransform([*middle, down]))
    for thing in record.things:
        show_thing(meshcat, f"things/{thing.name}", thing)
        meshcat.SetTransform(f"things/{thing.name}", thing.X_WO)
    # The white of an arm would drown in the standard light.
    meshcat.SetProperty("/Lights/AmbientLight/<object>", "intensity", 0.35)
    meshcat.SetCameraPose([1.25, -0.55, 0.70], [0.36, 0.0, 0.16])


class _Track:
    """The keys of one thing: only where it moves, and the last before that."""

    def __init__(self, path: str):
        self._path = path
        self._last: tuple[int, RigidTransform] | None = None
        self._resting = False

    def put(self, recording: MeshcatAnimation, frame: int, X_WO: RigidTransform) -> None:
        if self._last is not None and self._last[1].IsExactlyEqualTo(X_WO):
            self._last, self._resting = (frame, X_WO), True
            return
        if self._last is not None and self._resting:
            recording.SetTransform(self._last[0], self._path, self._last[1])
        recording.SetTransform(frame, self._path, X_WO)
        self._last, self._resting = (frame, X_WO), False


def _animate(arms: Arms, record: RunRecord, rate: float, surfaces: tuple[Surface, ...]) -> None:
    """Play the joint samples; what is held moves with a tool, the rest lies where it was seen last."""
    recording: MeshcatAnimation = arms.visualizer.StartRecording(set_transforms_while_recording=False)
    recording.set_autoplay(True)
    poses = {thing.name: thing.X_WO for thing in record.things}
    tracks = {name: _Track(f"things/{name}") for name in poses}
    grips = {name: _Grip() for name in record.arms}
    looks = list(record.looks)
    start, end = float(record.times[0]), float(record.times[-1])
    for time in np.linspace(start, end, max(2, int(np.ceil((end - start) * rate)) + 1)):
        while looks and looks[0].time <= time:
            poses |= {name: X_WO for name, X_WO in looks.pop(0).poses.items() if name in poses}
        carried: set[str] = set()
        for name, arm in record.arms.items():
            q = np.array([np.interp(time, record.times, column) for column in arm.q.T])
            X_WG = arms.place(name, q, float(np.interp(time, record.times, arm.width)))
            held = arm.held[int(np.searchsorted(record.times, time, side="right")) - 1]
            X_WO = grips[name].carry(held, X_WG, poses)
            if held is not None and X_WO is not None and held not in carried:
                # What two hands hold goes with the first.
                poses[held] = X_WO
                carried.add(held)
        arms.publish(float(time) - start)
        frame = recording.frame(float(time) - start)
        for name, X_WO in poses.items():
            tracks[name].put(recording, frame, X_WO)
    for one in surfaces:
        for time, visible in ((start, False), (one.begins, True), (one.ends, False)):
            at = recording.frame(float(np.clip(time - start, 0.0, end - start)))
            recording.SetProperty(at, one.path, "visible", visible)
    arms.visualizer.PublishRecording()


class _Grip:
    """What one hand carries, and where in it."""

    def __init__(self) -> None:
        self._held: str | None = None
        self._X_GO: RigidTransform | None = None

    def carry(
        self, held: str | None, X_WG: RigidTransform, poses: Mapping[str, RigidTransform]
    ) -> RigidTransform | None:
        """Give where the hand has what it holds; None where it holds nothing that was seen."""
        if held != self._held:
            self._held = held
            X_WO = None if held is None else poses.get(held)
            self._X_GO = None if X_WO is None else X_WG.inverse() @ X_WO
        return None if self._X_GO is None else X_WG @ self._X_GO


def write_replay(record: RunRecord, path: Path) -> None:
    """Write the animation of a run to a file.

    Args:
        record: The run.
        path: Where to.

    Raises:
        HandselError: If it does not fit into ``MOST_BYTES``.
    """
    size = 0
    for rate in RATES:
        page = animation_html(record, rate).encode()
        size = len(page)
        if size <= MOST_BYTES:
            path.write_bytes(page)
            return
    raise HandselError(f"the animation has {size} bytes; expected at most {MOST_BYTES}")


def main() -> int:
    """Make the animation of the folder named on the command line."""
    from .read_trace import read_run

    folder = Path(sys.argv[1])
    write_replay(read_run(folder / "trace.jsonl"), folder / "replay.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
