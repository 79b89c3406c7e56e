"""The simulated world: one arm, a table, the things on it, two cameras, and time in small steps.

Contacts are points solved by SAP with implicit joint control: the setting in
which grasps hold and stacks stand at this step. The world knows the truth of
everything in it; what leaves it through ``local.LocalRobot`` is only what a
robot senses.
"""

from dataclasses import dataclass, replace

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
from ..robots.following import Follower, MotionLedger
from ..robots.robot import ArmInfo, ArmState, RobotInfo
from .arm import GRIP_STIFFNESS
from .building import Built, build
from .camera import Camera, camera_model, look_at
from .camera_error import NONE, CameraError, draw_error
from .contacts import Contact, ContactLog
from .disturbing import put_aside
from .gripping import Hand
from .noise import DepthNoise
from .objects import slide_joint
from .scenes import SceneSpec

ARM = "arm"
CAMERA_STREAM = 1
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
        built = build(scene, ARM, STEP, view=view)
        self.plant = built.plant
        self._arm, self._bodies, self._meshcat = built.arm, built.bodies, built.meshcat
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
        self._log: list[Moment] = []
        self._owed = 0.0
        self._changed = True
        self._begin(built)

    # ---- what a robot can do -------------------------------------------------

    @property
    def info(self) -> RobotInfo:
        """What the robot in this world is made of."""
        arm = ArmInfo(
            name=ARM,
            model=self.scene.robot,
            X_WR=RigidTransform(),
            joint_names=self._arm.model.joint_names,
            has_gripper=self._hand is not None,
        )
        cameras = tuple(self._cameras)
        return RobotInfo(name="sim", arms=(arm,), cameras=cameras, simulated=True, lockstep=True)

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

    def arm_state(self) -> ArmState:
        """Sense joints and fingers."""
        positions = self.plant.GetPositions(self._context)
        q = self._arm.q(positions)
        v = self._arm.v(self.plant.GetVelocities(self._context))
        if self._hand is None:
            return ArmState(q=q, v=v)
        return ArmState(q=q, v=v, width=self._arm.width(positions), grip_force=self._grip_force())

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
            return frame
        depth = self._noise.apply(frame.depth, frame.rgb, frame.model.fx, self._bias, self._rng)
        return replace(frame, depth=depth)

    def execute(self, trajectory: JointTrajectory) -> int:
        """Start a motion and give its number; see ``Follower.execute``."""
        self._check_arm(trajectory.arm)
        return self._follower.execute(trajectory, self.time, self.arm_state().q)

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> int:
        """Join a trajectory onto a running motion; see ``Follower.replace``."""
        self._check_arm(trajectory.arm)
        return self._follower.replace(number, trajectory, at, self.time)

    def grip(self, arm: str, width: float, force: float) -> int:
        """Move the fingers and give the motion's number; see ``Hand.grip``."""
        self._check_arm(arm)
        if self._hand is None:
            raise RobotError(f"{arm!r} has no gripper")
        return self._hand.grip(width, force, self.time, self._width())

    def stop(self) -> None:
        """Bring the arm and the fingers to rest."""
        self._follower.stop(self.time)
        self._changed = True
        if self._hand is not None:
            self._hand.stop(self._width())

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
        put_aside(self.plant, self._context, self._bodies, name, by_W)
        try:
            self._check_apart()
        except InputError:
            self.plant.SetPositionsAndVelocities(self._context, before)
            raise
        # What others did is not the robot's doing: judges measure from there.
        X_WB = self._start_truth[name]
        self._start_truth[name] = RigidTransform(X_WB.rotation(), X_WB.translation() + by_W)

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

    # ---- one step -------------------------------------------------------------

    def _begin(self, built: Built) -> None:
        """Put everything in place, let it settle, and call the result time 0."""
        model = self._arm.model
        self._ledger = MotionLedger()
        self._follower = Follower(ARM, self._arm.limits(), model.q_look, self._ledger)
        self._hand = Hand(ARM, model.gripper, self._ledger) if model.gripper else None
        width = model.gripper.max_width if model.gripper else 0.0
        self._arm.put(self.plant, self._context, model.q_look, width)
        built.place_things(self._context)
        self._port = self.plant.get_desired_state_input_port(self._arm.instance)
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
        gripping = self._hand is not None and self._hand.moving
        if self._follower.moving or gripping or self._changed:
            self._command()
        self._steps += 1
        self._simulator.AdvanceTo((self._steps + self._offset) * STEP)
        if self._follower.moving:
            positions = self.plant.GetPositions(self._context)
            velocities = self.plant.GetVelocities(self._context)
            self._follower.update(self.time, self._arm.q(positions), self._arm.v(velocities))
            self._changed = True
        if self._steps % CONTACT_EVERY == 0:
            self._contacts.record(self._contact_results(), self.time, self._follower.moving)
        if self._steps % LOG_EVERY == 0:
            self._log.append(Moment(time=self.time, positions=self.plant.GetPositions(self._context).copy()))

    def _command(self) -> None:
        """Tell the joints' controllers where to be at the step's end; it holds until the next word."""
        q, v = self._follower.target(self.time + STEP)
        if self._hand is not None:
            self._hand.step(self.time, STEP, self._width())
        self._port.FixValue(self._context, self._desired_state(q, v))
        self._changed = self._hand is not None and self._hand.moving

    def _desired_state(self, q: Float64, v: Float64) -> Float64:
        """Stack wanted positions and velocities in the order of the actuators: arm, then fingers."""
        gripper = self._arm.model.gripper
        if gripper is None or self._hand is None:
            return np.concatenate([q, v])
        low, high = gripper.widths[0], gripper.widths[-1]
        share = (self._hand.reference - low) / (high - low)
        # Past the ends too: that is how a force is asked for when the hand is nearly shut.
        fingers = gripper.positions[0] + share * (gripper.positions[-1] - gripper.positions[0])
        if low < self._hand.reference < high:
            fingers = gripper.joint_positions(self._hand.reference)
        return np.concatenate([q, fingers, v, np.zeros_like(fingers)])

    def _width(self) -> float:
        return self._arm.width(self.plant.GetPositions(self._context))

    def _grip_force(self) -> float:
        """Give the closing force that the fingers' drives feel, [N]."""
        assert self._hand is not None
        return max(0.0, GRIP_STIFFNESS * (self._width() - self._hand.reference))

    def _contact_results(self) -> ContactResults:
        return self.plant.get_contact_results_output_port().Eval(self._context)

    def _query(self) -> QueryObject:
        return self._graph.get_query_output_port().Eval(self._graph_context)

    def _check_arm(self, arm: str) -> None:
        if arm != ARM:
            raise RobotError(str(UnknownName("arm", arm, [ARM])))


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
    """Make the person's eye and the camera on the hand."""
    model = built.arm.model
    hand = built.plant.GetBodyByName(model.tool_link, built.arm.instance)
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
