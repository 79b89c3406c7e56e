"""Robot models: an arm description in TOML, and the URDF that it names, made one checked object."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from pydrake.math import RigidTransform, RollPitchYaw

from ..core.arrays import Float64, frozen
from ..core.errors import InputError, UnknownName
from .convert import PACKAGE, convert, packaged_urdf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GripperModel:
    """Two fingers, of which one (a jaw) or both move.

    Attributes:
        joint_names: The finger joints, in the order of ``positions``' columns.
        link_names: The links of the moving fingers.
        widths: Openings between the pads, increasing, shape (K,), [m].
        positions: Joint positions at those openings, shape (K, joints), [m] or [rad].
        max_force: Largest gripping force, [N].
        pad_half: Half size of a pad along G's x and z, shape (2,), [m].
        finger_reach: How far the fingertips reach past G along its z, [m].
        palm_depth: How far behind G the palm lies: no thing between the pads comes nearer, [m].
        jaw: Whether one finger stands still and the other swings.
        finger: Half width along G's x and thickness along y of a finger near its pad, [m].
        palm: Half extents of the palm along G's x and y, and how deep it is along z, [m].
        standing: Where a jaw's standing finger has its pad: this far from G along -y, [m].
        parallel: Opening at which a swinging jaw's pads are parallel, [m]; None where pads always are.
    """

    joint_names: tuple[str, ...]
    link_names: tuple[str, ...]
    widths: Float64
    positions: Float64
    max_force: float
    pad_half: Float64
    finger_reach: float
    palm_depth: float
    jaw: bool
    finger: tuple[float, float]
    palm: tuple[float, float, float]
    standing: float
    parallel: float | None

    @property
    def min_width(self) -> float:
        """The smallest opening, [m]."""
        return float(self.widths[0])

    @property
    def max_width(self) -> float:
        """The largest opening, [m]."""
        return float(self.widths[-1])

    def joint_positions(self, width: float) -> Float64:
        """Give the finger joints' positions at an opening; outside the range, those at its end.

        Args:
            width: Opening between the pads, [m].

        Returns:
            Positions, shape (joints,), [m] or [rad].
        """
        return np.array([np.interp(width, self.widths, column) for column in self.positions.T])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobotModel:
    """What is known of a kind of arm.

    Attributes:
        name: The arm's name.
        urdf: Path of the Drake-readable URDF.
        joint_names: The arm's joints from base to tool: the order of every vector.
        base_link: The link that stands still.
        tool_link: The link that carries the tool frame.
        X_LG: Pose of the tool frame G in its link: origin midway between the fingertips' pads,
            z the approach direction out of the hand, y the fingers' closing direction.
        q_home: Pose of rest out of the front camera's way, shape (n,), [rad].
        q_look: Pose from which the wrist camera sees the workspace, shape (n,), [rad].
        lower: Lower position limits, shape (n,), [rad].
        upper: Upper position limits, shape (n,), [rad].
        velocity: Velocity limits, shape (n,), [rad/s].
        acceleration: Acceleration limits, shape (n,), [rad/s²].
        jerk: Jerk limits, shape (n,), [rad/s³].
        gripper: The gripper, or None.
        links: Every link of the URDF, in its order.
        ignore: Pairs of links whose touching means nothing, beside those joined by a joint.
    """

    name: str
    urdf: Path
    joint_names: tuple[str, ...]
    base_link: str
    tool_link: str
    X_LG: RigidTransform
    q_home: Float64
    q_look: Float64
    lower: Float64
    upper: Float64
    velocity: Float64
    acceleration: Float64
    jerk: Float64
    gripper: GripperModel | None
    links: tuple[str, ...]
    ignore: tuple[tuple[str, str], ...]

    @property
    def n(self) -> int:
        """Number of the arm's joints."""
        return len(self.joint_names)

    @property
    def hand_links(self) -> tuple[str, ...]:
        """The tool's link and the fingers: what may touch a thing that is grasped."""
        return (self.tool_link, *(self.gripper.link_names if self.gripper else ()))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Tool(_Strict):
    link: str
    xyz: tuple[float, float, float]
    rpy: tuple[float, float, float]


class _Poses(_Strict):
    home: list[float]
    look: list[float]


class _Limits(_Strict):
    acceleration: list[float]
    jerk: list[float]
    lower: list[float] | None = None
    upper: list[float] | None = None
    velocity: list[float] | None = None


class _Gripper(_Strict):
    joints: list[str]
    links: list[str]
    widths: list[float]
    positions: list[list[float]]
    max_force: float
    pad_half: tuple[float, float]
    finger_reach: float
    palm_depth: float
    jaw: bool = False
    # Where nothing is said: as large as a Franka Hand's, which few are.
    finger: tuple[float, float] = (0.0105, 0.014)
    palm: tuple[float, float, float] = (0.032, 0.102, 0.07)
    standing: float | None = None
    parallel: float | None = None


class _Collision(_Strict):
    ignore: list[tuple[str, str]] = []


class _Description(_Strict):
    name: str
    urdf: str
    joints: list[str]
    base_link: str
    tool: _Tool
    poses: _Poses
    limits: _Limits
    gripper: _Gripper | None = None
    collision: _Collision = _Collision()


def model_names() -> tuple[str, ...]:
    """List the arms that are known by name."""
    return tuple(sorted(path.stem for path in _arms_folder().glob("*.toml")))


def load_model(name_or_path: str) -> RobotModel:
    """Load an arm by name, or from the TOML description at a path.

    The meshes are converted on the first call (seconds) and taken from the
    user's cache afterwards.

    Args:
        name_or_path: ``panda``, ``so101``, or a path that ends in ``.toml``.

    Raises:
        UnknownName: If there is no arm of that name.
        InputError: If a description, URDF or mesh is missing or wrong.
    """
    if name_or_path.endswith(".toml"):
        path = Path(name_or_path).expanduser()
        if not path.is_file():
            raise InputError(f"no arm description at {name_or_path!r}")
    else:
        path = _arms_folder() / f"{name_or_path}.toml"
        if name_or_path not in model_names():
            raise UnknownName("arm (or path of a .toml description)", name_or_path, model_names())
    return _build(_read(path), path)


def _arms_folder() -> Path:
    """Give the folder of the descriptions that come along."""
    return Path(__file__).parent / "arms"


def _read(path: Path) -> _Description:
    """Parse a description.

    Raises:
        InputError: If it is no TOML or lacks or misnames an entry.
    """
    try:
        return _Description.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} is not readable TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()]
        raise InputError(f"the arm description {str(path)!r} is wrong: {'; '.join(lines)}") from error


def _build(said: _Description, path: Path) -> RobotModel:
    """Check a description against its URDF and make the model."""
    package, _, ending = said.urdf.partition(":")
    source = packaged_urdf(ending) if package == PACKAGE else path.parent / Path(said.urdf).expanduser()
    urdf = convert(source)
    robot = ElementTree.parse(urdf).getroot()
    links = tuple(link.get("name", "") for link in robot.iter("link"))
    joints = {joint.get("name", ""): joint for joint in robot.findall("joint")}
    gripper = _gripper(said.gripper, path) if said.gripper else None
    _check_joints(said, joints, path)
    pairs = tuple(said.collision.ignore)
    fingers = gripper.link_names if gripper else ()
    for name in (said.base_link, said.tool.link, *fingers, *(name for pair in pairs for name in pair)):
        if name not in links:
            raise UnknownName(f"link of {said.name}", name, links)

    def vector(values: list[float] | None, entry: str, attribute: str = "") -> Float64:
        if values is None:
            values = [_limit(joints[name], attribute, path) for name in said.joints]
        if len(values) != len(said.joints) or not np.isfinite(values).all():
            raise InputError(
                f"{entry} of {str(path)!r} needs {len(said.joints)} finite numbers, one a joint;"
                f" got {values!r}"
            )
        return frozen(values, (len(said.joints),))

    limits = said.limits
    model = RobotModel(
        name=said.name,
        urdf=urdf,
        joint_names=tuple(said.joints),
        base_link=said.base_link,
        tool_link=said.tool.link,
        X_LG=RigidTransform(RollPitchYaw(*said.tool.rpy), np.array(said.tool.xyz)),
        q_home=vector(said.poses.home, "poses.home"),
        q_look=vector(said.poses.look, "poses.look"),
        lower=vector(limits.lower, "limits.lower", "lower"),
        upper=vector(limits.upper, "limits.upper", "upper"),
        velocity=vector(limits.velocity, "limits.velocity", "velocity"),
        acceleration=vector(limits.acceleration, "limits.acceleration"),
        jerk=vector(limits.jerk, "limits.jerk"),
        gripper=gripper,
        links=links,
        ignore=pairs,
    )
    _check_limits(model, path)
    return model


def _check_joints(said: _Description, joints: dict[str, ElementTree.Element], path: Path) -> None:
    """Refuse joints that do not exist, and moving ones that nobody commands."""
    ours = (*said.joints, *(said.gripper.joints if said.gripper else ()))
    for name in ours:
        if name not in joints:
            raise UnknownName(f"joint of {said.name}", name, joints)
    for name, joint in joints.items():
        if joint.get("type") != "fixed" and name not in ours:
            raise InputError(
                f"joint {name!r} of {said.name} moves but is neither in joints nor in gripper.joints"
                f" of {str(path)!r}; name it there, or make it fixed in the URDF"
            )


def _limit(joint: ElementTree.Element, attribute: str, path: Path) -> float:
    """Read a limit of a joint from the URDF.

    Raises:
        InputError: If the URDF gives none.
    """
    limit = joint.find("limit")
    value = None if limit is None else limit.get(attribute)
    if value is None or (joint.get("type") == "continuous" and attribute != "velocity"):
        raise InputError(
            f"the URDF gives joint {joint.get('name')!r} no {attribute} limit;"
            f" set limits.{attribute} in {str(path)!r}"
        )
    return float(value)


def _check_limits(model: RobotModel, path: Path) -> None:
    """Refuse limits that leave no room and poses outside them."""
    if (model.lower >= model.upper).any():
        raise InputError(f"{str(path)!r}: every lower limit must lie below its upper limit")
    for entry in ("velocity", "acceleration", "jerk"):
        if (getattr(model, entry) <= 0.0).any():
            raise InputError(f"{str(path)!r}: every {entry} limit must be positive")
    for entry, q in (("home", model.q_home), ("look", model.q_look)):
        out = (q < model.lower) | (q > model.upper)
        outside = [name for name, is_out in zip(model.joint_names, out, strict=True) if is_out]
        if outside:
            raise InputError(f"{str(path)!r}: poses.{entry} is outside the limits of {', '.join(outside)}")


def _gripper(said: _Gripper, path: Path) -> GripperModel:
    """Make the gripper's model.

    Raises:
        InputError: If its table of openings does not fit together.
    """
    rows = {len(row) for row in said.positions}
    if len(said.widths) < 2 or len(said.positions) != len(said.widths) or rows != {len(said.joints)}:
        raise InputError(
            f"{str(path)!r}: gripper.positions needs one row for each of two or more gripper.widths,"
            f" each of {len(said.joints)} numbers"
        )
    if (np.diff(said.widths) <= 0.0).any():
        raise InputError(f"{str(path)!r}: gripper.widths must increase")
    return GripperModel(
        joint_names=tuple(said.joints),
        link_names=tuple(said.links),
        widths=frozen(said.widths, (None,)),
        positions=frozen(said.positions, (None, None)),
        max_force=said.max_force,
        pad_half=frozen(said.pad_half, (2,)),
        finger_reach=said.finger_reach,
        palm_depth=said.palm_depth,
        jaw=said.jaw,
        finger=said.finger,
        palm=said.palm,
        standing=said.widths[-1] / 2.0 if said.standing is None else said.standing,
        parallel=said.parallel,
    )
