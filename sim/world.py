"""The simulated world: an arm or two, a table, the things on it, two cameras, and time in small steps.

Contacts are points solved by SAP with implicit joint control: the setting in
which grasps hold and stacks stand at this step. The world knows the truth of
everything in it; what leaves it through ``local.LocalRobot`` is only what a
robot senses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from pydrake.geometry import QueryObject, SceneGraph
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.multibody.plant import ContactResults
from pydrake.systems.analysis import Simulator

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError, RobotError, UnknownName
from ..core.trajectory import JointTrajectory
from ..robots.following import MotionLedger
from ..robots.robot import ArmInfo, ArmState, RobotInfo
from .building import Built, arm_bases, build
from .camera import Camera, camera_model, look_at
from .camera_error import NONE, CameraError, draw_error
from .contacts import Contact, ContactLog
from .disturbing import put_aside, take_away
from .drive import ArmDrive
from .faults import Faults, Stop
from .intruder import put_intruder
from .noise import DepthNoise
from .objects import slide_joint
from .scenes import SceneSpec

CAMERA_STREAM, FAULT_STREAM = 1, 2
CONTACT_EVERY = 4  # Steps between looks at the contacts.
LOG_EVERY = 20  # Steps between entries of the state log: 20 Hz.
SETTLING = 0.7  # Time that the things get to come to rest before time 0, [s].
STEP = 0.0025  # [s].
OVERLAP = 0.004  # Things that start deeper in each other are refused, [m].
TIPPED_TOO_FAR = 20.0  # A thing that settles more tilted has fallen over, [deg].
MOVED_TOO_FAR = 0.03  # A thing that settles farther off was not placed soundly, [m].
IMAGE_SIZE = (320, 240)
FRONT_EYE, FRONT_TARGET, FRONT_FOV = [1.25, 0.0, 0.75], [0.50, 0.0, 0.03], np.radians(44.0)
WRIST_FOV = np.radians(58.0)
# Beside the hand, behind the fingertips; the fingers stay at the picture's lower edge.
P_GWRIST = [0.075, 0.0, -0.085]
VIEW_EYE, VIEW_TARGET, VIEW_FOV = [1.30, -0.85, 0.85], [0.42, 0.02, 0.14], np.radians(40.0)
VIEW_SIZE = (640, 480)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One entry of the state log: what a video is made from.

    Attributes:
        time: Robot time, [s].
        positions: All positions of the plant.
    """

    time: float
    positions: Float64


class World:
    """A scene that lives; time passes only in ``advance``."""

    def __init__(
        self,
        scene: SceneSpec,
        *,
        seed: int = 0,
        image_size: tuple[int, int] = IMAGE_SIZE,
        noise: DepthNoise | None = None,
        camera_error: CameraError = NONE,
        view: bool = False,
    ):
        """Build a scene and let it come to rest.

        Args:
            scene: What is in it.
            seed: Seed of the cameras' noise and of the directions of their errors.
            image_size: Width and height of the robot's camera pictures, [px].
            noise: What the robot's cameras add to the true depth, or None for nothing.
            camera_error: By how much every camera's pose is told wrongly, [m] and [rad]: a fixed camera's
                place, and the other's mount on the hand.
            view: Whether to show it live in a browser, at ``view_url``.

        Raises:
            InputError: If the things do not stay where the scene puts them.
        """
        self.scene = scene
        built = build(scene, STEP, view=view)
        self.plant = built.plant
        self._bodies, self._meshcat = built.bodies, built.meshcat
        self._simulator = Simulator(built.diagram)
        root = self._simulator.get_mutable_context()
        self._context = self.plant.GetMyMutableContextFromRoot(root)
        self._graph, self._graph_context = built.graph, built.graph.GetMyContextFromRoot(root)
        self._cameras = _robot_cameras(built, image_size)
        self.view = _fixed_camera("view", built.graph, VIEW_EYE, VIEW_TARGET, VIEW_SIZE, VIEW_FOV)
        self._contacts = ContactLog(self.plant)
        self._rng = np.random.default_rng(seed)
        self._noise = noise
        self._bias = noise.bias(self._rng) if noise else 0.0
        # Drawn from a stream of their own: the depth's noise is the same with and without them.
        directions = np.random.default_rng([seed, CAMERA_STREAM])
        self._errors = {name: draw_error(camera_error, directions) for name in self._cameras}
        self.faults = Faults(rng=np.random.default_rng([seed, FAULT_STREAM]))
        self.stops: list[Stop] = []
        self._log: list[Moment] = []
        self._owed = 0.0
        self._begin(built)

    # ---- what a robot can do -------------------------------------------------

    @property
    def info(self) -> RobotInfo:
        """What the robot in this world is made of."""
        bases = arm_bases(self.scene)
        arms = tuple(
            ArmInfo(
                name=name,
                model=self.scene.robot,
                X_WR=bases[name],
                joint_names=drive.body.model.joint_names,
                has_gripper=drive.hand is not None,
            )
            for name, drive in self._drives.items()
        )
        cameras = tuple(self._cameras)
        return RobotInfo(name="sim", arms=arms, cameras=cameras, simulated=True, lockstep=True)

    @property
    def view_url(self) -> str | None:
        """Where a browser can watch, or None."""
        return self._meshcat.web_url() if self._meshcat else None

    @property
    def time(self) -> float:
        """Robot time, [s]."""
        return self._steps * STEP

    @property
    def motions(self) -> MotionLedger:
        """How the motions fare."""
        return self._ledger

    def arm_state(self, arm: str | None = None) -> ArmState:
        """Sense joints and fingers of an arm; of the first one where none is named."""
        return self._drive(arm or next(iter(self._drives))).state(self._context)

    def frame(self, camera: str) -> CameraFrame:
        """Take a frame from one of the robot's cameras.

        Raises:
            RobotError: If there is none of that name.
        """
        if camera not in self._cameras:
            raise RobotError(str(UnknownName("camera", camera, self._cameras)))
        frame = self._cameras[camera].frame_at(self._query(), self.time)
        frame = replace(frame, X_WC=frame.X_WC @ self._errors[camera])
        if self._noise is None:
            return self.faults.on(frame)
        depth = self._noise.apply(frame.depth, frame.rgb, frame.model.fx, self._bias, self._rng)
        return self.faults.on(replace(frame, depth=depth))

    def execute(self, trajectory: JointTrajectory) -> int:
        """Start a motion and give its number; see ``Follower.execute``."""
        drive = self._drive(trajectory.arm)
        return drive.follower.execute(trajectory, self.time, drive.state(self._context).q)

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> int:
        """Join a trajectory onto a running motion; see ``Follower.replace``."""
        return self._drive(trajectory.arm).follower.replace(number, trajectory, at, self.time)

    def grip(self, arm: str, width: float, force: float) -> int:
        """Move the fingers and give the motion's number; see ``Hand.grip``."""
        drive = self._drive(arm)
        if drive.hand is None:
            raise RobotError(f"{arm!r} has no gripper")
        return drive.hand.grip(width, force, self.time, drive.width(self._context))

    def stop(self) -> None:
        """Bring all arms and fingers to rest."""
        velocities = [drive.state(self._context).v for drive in self._drives.values()]
        speed = max(float(np.abs(v).max()) for v in velocities)
        self.stops.append(Stop(wall=monotonic(), time=self.time, speed=speed))
        for drive in self._drives.values():
            drive.stop(self.time, self._context)

    def advance(self, duration: float) -> None:
        """Let time pass, in whole steps; what does not fill a step is kept for the next call.

        Raises:
            RobotError: If the duration is not from 0 to 600 s.
        """
        if not 0.0 <= duration <= 600.0:
            raise RobotError(f"cannot advance by {duration!r} s; expected 0 to 600 s")
        self._owed += duration
        steps = int(self._owed / STEP + 1e-6)
        self._owed -= steps * STEP
        for _ in range(steps):
            self._step()

    # ---- what a judge may know -----------------------------------------------

    def truth(self) -> dict[str, RigidTransform]:
        """Give the pose X_WB of every thing, by id; B as in the catalogue."""
        return {
            name: self.plant.EvalBodyPoseInWorld(self._context, body) for name, body in self._bodies.items()
        }

    @property
    def start_truth(self) -> dict[str, RigidTransform]:
        """The poses X_WB at time 0, by id."""
        return dict(self._start_truth)

    def opening(self, drawer: str) -> float:
        """Give how far a drawer is open, [m]."""
        return float(slide_joint(self.plant, self.scene.thing(drawer).id).get_translation(self._context))

    def disturb(self, name: str, by_W: Float64) -> None:
        """Move a thing at once; see ``disturbing.put_aside``.

        Raises:
            InputError: If it cannot be moved, or its new place is taken.
        """
        before = self.plant.GetPositionsAndVelocities(self._context).copy()
        placed = self.truth()[name].translation() if name in self._bodies else np.zeros(3)
        put_aside(self.plant, self._context, self._bodies, name, by_W)
        try:
            self._check_apart()
        except InputError:
            self.plant.SetPositionsAndVelocities(self._context, before)
            raise
        # What others did is not the robot's doing: judges measure from there.
        X_WB = self._start_truth[name]
        moved = self.truth()[name].translation() - placed
        self._start_truth[name] = RigidTransform(X_WB.rotation(), X_WB.translation() + moved)

    def take_away(self, name: str) -> None:
        """Take a thing out of the scene; see ``disturbing.take_away``.

        Raises:
            InputError: If it cannot be taken.
        """
        take_away(self.plant, self._context, self._bodies, name)

    def contacts(self) -> tuple[Contact, ...]:
        """List which bodies have touched since time 0."""
        return self._contacts.all()

    def log(self) -> tuple[Moment, ...]:
        """Give the states since time 0, 20 a second."""
        return tuple(self._log)

    def picture(self, moment: Moment, camera: Camera) -> NDArray[np.uint8]:
        """Draw a past moment, uint8, (height, width, 3); the present is put back afterwards."""
        now = self.plant.GetPositions(self._context).copy()
        self.plant.SetPositions(self._context, moment.positions)
        picture = camera.color(self._query())
        self.plant.SetPositions(self._context, now)
        return picture

    @contextmanager
    def past(self, moment: Moment) -> Iterator[QueryObject]:
        """Answer questions about the geometry of a past moment; the present is put back afterwards."""
        now = self.plant.GetPositions(self._context).copy()
        self.plant.SetPositions(self._context, moment.positions)
        try:
            yield self._query()
        finally:
            self.plant.SetPositions(self._context, now)

    # ---- one step -------------------------------------------------------------

    def _begin(self, built: Built) -> None:
        """Put everything in place, let it settle, and call the result time 0."""
        self._ledger = MotionLedger()
        self._drives = {arm.name: ArmDrive(self.plant, arm, self._ledger) for arm in built.arms}
        for drive in self._drives.values():
            drive.put(self._context)
        built.place_things(self._context)
        if self.scene.reach is not None:
            put_intruder(self.plant, self._context, self.scene.reach, -SETTLING)
        self._simulator.Initialize()
        self._steps = -round(SETTLING / STEP)
        self._offset = -self._steps
        self._check_apart()
        placed = self.truth()
        while self._steps < 0:
            self._step()
        self._start_truth = self.truth()
        # Grains are poured in: they roll until they lie.
        loose = {thing.id for thing in self.scene.things if thing.kind == "grain"}
        _check_rest({name: X for name, X in placed.items() if name not in loose}, self._start_truth)
        self._contacts.clear()
        self._log = [Moment(time=0.0, positions=self.plant.GetPositions(self._context).copy())]

    def _check_apart(self) -> None:
        """Refuse a scene in which things start inside each other.

        Raises:
            InputError: With both names and the depth.
        """
        inspector = self._query().inspector()
        for pair in self._query().ComputePointPairPenetration():
            if pair.depth > OVERLAP:
                a, b = (
                    self.plant.GetBodyFromFrameId(inspector.GetFrameId(geometry)).name()
                    for geometry in (pair.id_A, pair.id_B)
                )
                raise InputError(
                    f"{a!r} and {b!r} overlap by {pair.depth:.3f} m where the scene puts them; move one"
                )

    def _step(self) -> None:
        for drive in self._drives.values():
            drive.command(self.time, STEP, self._context)
        if self.scene.reach is not None:
            put_intruder(self.plant, self._context, self.scene.reach, self.time)
        self._steps += 1
        self._simulator.AdvanceTo((self._steps + self._offset) * STEP)
        for drive in self._drives.values():
            drive.follow(self.time, self._context)
        if self._steps % CONTACT_EVERY == 0:
            moving = any(drive.follower.moving for drive in self._drives.values())
            self._contacts.record(self._contact_results(), self.time, moving)
        if self._steps % LOG_EVERY == 0:
            self._log.append(Moment(time=self.time, positions=self.plant.GetPositions(self._context).copy()))

    def _contact_results(self) -> ContactResults:
        return self.plant.get_contact_results_output_port().Eval(self._context)

    def _query(self) -> QueryObject:
        return self._graph.get_query_output_port().Eval(self._graph_context)

    def _drive(self, arm: str) -> ArmDrive:
        """Find an arm by its name.

        Raises:
            RobotError: If there is none of that name.
        """
        if arm not in self._drives:
            raise RobotError(str(UnknownName("arm", arm, self._drives)))
        return self._drives[arm]


def _fixed_camera(
    name: str, graph: SceneGraph, eye: list[float], target: list[float], size: tuple[int, int], fov_y: float
) -> Camera:
    return Camera(
        name=name,
        frame=graph.world_frame_id(),
        X_PC=look_at(eye, target),
        model=camera_model(size, fov_y),
    )


def _robot_cameras(built: Built, size: tuple[int, int]) -> dict[str, Camera]:
    """Make the person's eye and the camera on the first arm's hand."""
    model = built.arms[0].model
    hand = built.plant.GetBodyByName(model.tool_link, built.arms[0].instance)
    # Picture right along G's y, up along G's x: the fingers come in from below.
    X_GC = RigidTransform(
        RotationMatrix(np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])), P_GWRIST
    )
    wrist = Camera(
        name="wrist",
        frame=built.plant.GetBodyFrameIdOrThrow(hand.index()),
        X_PC=model.X_LG @ X_GC,
        model=camera_model(size, WRIST_FOV),
    )
    front = _fixed_camera("front", built.graph, FRONT_EYE, FRONT_TARGET, size, FRONT_FOV)
    return {"front": front, "wrist": wrist}


def _check_rest(placed: dict[str, RigidTransform], settled: dict[str, RigidTransform]) -> None:
    """Refuse a scene whose things slid, fell or tipped over while they settled.

    Raises:
        InputError: With the thing and how far it moved.
    """
    for name, X_WB in placed.items():
        X_WN = settled[name]
        moved = float(np.linalg.norm(X_WN.translation() - X_WB.translation()))
        tipped = float(
            np.degrees(np.arccos(np.clip((X_WB.rotation().col(2) @ X_WN.rotation().col(2)), -1, 1)))
        )
        if moved > MOVED_TOO_FAR or tipped > TIPPED_TOO_FAR:
            raise InputError(
                f"{name!r} does not stay where the scene puts it: it moved by {moved:.3f} m and tipped by "
                f"{tipped:.0f} degrees; things overlap, or nothing carries it"
            )
