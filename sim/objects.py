"""Bodies of the household: what is seen and what is touched, built of convex pieces.

In point contact a hollow mesh acts as its convex hull, so vessels are rings of
thin boxes. Flat faces rest on small spheres at their corners or rims, because a
flat pair alone touches in a single point and stacks of it creep.
"""

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
from pydrake.geometry import (
    AddContactMaterial,
    Box,
    Capsule,
    Cylinder,
    ProximityProperties,
    Shape,
    Sphere,
)
from pydrake.math import RigidTransform, RollPitchYaw, RotationMatrix
from pydrake.multibody.plant import CoulombFriction, MultibodyPlant
from pydrake.multibody.tree import (
    FixedOffsetFrame,
    PrismaticJoint,
    QuaternionFloatingJoint,
    RigidBody,
    SpatialInertia,
    UnitInertia,
)

from ..core.arrays import Float64
from .catalogue import (
    BOARD,
    COLORS,
    DRAWER_HANDLE_REACH,
    KINDS,
    RACK_BASE,
    RACK_PEG,
    RACK_POST,
    TRAY_WALL,
    WALL,
    extents,
    mug_handle_reach,
    peg_ends,
    plate_thickness,
)
from .meshes import revolved, tube
from .scenes import MOST_OPEN, ThingSpec
from .small_things import HANDLE_SHARE, SMALL_THINGS, small_thing

Piece = tuple[Shape, RigidTransform]
SMOOTH = 0.2  # Friction of a cap's skirt.
FEET = 6  # Spheres under a round thing.
PANELS = 12
ROLLERS = 24  # Spheres about each end of what lies on its side: it sinks by 0.2 mm between two.
CORNER = 0.003  # Radius of the spheres that flat faces rest on, [m].
INNER = 0.5  # Where the inner spheres of a face lie on its diagonals, as a share.
STIFFNESS = 1e6  # Of each touching sphere, [N/m].
SUNK = 0.0003  # How far faces lie behind their spheres, which alone then carry, [m].
# Stops a ball within a few tenths of a second: there is no rolling friction in point contact.
ROLLING_DAMPING = 3e-4  # [N m s]
GRAIN_DAMPING = 1e-6  # The same for what weighs a twentieth and is a third as large, [N m s].


def material(friction: float = 0.9) -> ProximityProperties:
    """Give the contact properties of household surfaces."""
    properties = ProximityProperties()
    AddContactMaterial(
        point_stiffness=STIFFNESS, friction=CoulombFriction(friction, friction), properties=properties
    )
    return properties


def add_thing(plant: MultibodyPlant, thing: ThingSpec) -> RigidBody:
    """Add a thing's bodies to a plant; furniture is not welded yet.

    Args:
        plant: The plant, before it is finalized.
        thing: What to build.

    Returns:
        The thing's main body; its frame is B of the catalogue.
    """
    instance = plant.AddModelInstance(thing.id)
    across = extents(thing.kind, thing.size)
    body = plant.AddRigidBody(thing.id, instance, _inertia(thing.kind, thing.kilograms, across))
    rgba = np.array([*(thing.rgb or COLORS[thing.color]), 1.0])
    for number, (shape, X_BS) in enumerate(_visuals(thing.kind, thing.size)):
        plant.RegisterVisualGeometry(body, X_BS, shape, f"{thing.id}_seen_{number}", rgba)
    # A loose cap's skirt slides on the neck: plastic on glass; with more friction it would wedge itself.
    surface, smooth = material(), material(SMOOTH)
    solids = itertools.chain(_solids(thing.kind, thing.size), _rollers(thing) if thing.lying else ())
    for number, (shape, X_BS) in enumerate(solids):
        touched = smooth if thing.kind == "cap" and isinstance(shape, Box) else surface
        plant.RegisterCollisionGeometry(body, X_BS, shape, f"{thing.id}_solid_{number}", touched)
    if thing.kind == "drawer":
        _add_slide(plant, thing, body, rgba, surface)
    if not KINDS[thing.kind].fixed:
        damping = {"ball": ROLLING_DAMPING, "can": ROLLING_DAMPING, "bottle": ROLLING_DAMPING}.get(
            thing.kind, GRAIN_DAMPING if thing.kind == "grain" else 0.0
        )
        plant.AddJoint(
            QuaternionFloatingJoint(thing.id, plant.world_frame(), body.body_frame(), damping, 0.0)
        )
    return body


def slide_joint(plant: MultibodyPlant, drawer: str) -> PrismaticJoint:
    """Find the joint on which the drawer of an identifier slides; 0 is closed."""
    joint = plant.GetJointByName("slide", plant.GetModelInstanceByName(drawer))
    assert isinstance(joint, PrismaticJoint)
    return joint


def _inertia(kind: str, mass: float, across: Float64) -> SpatialInertia:
    """Give the inertia of the solid that bounds the thing, vessels somewhat spread out to the wall."""
    if kind in ("ball", "grain"):
        return SpatialInertia.SolidSphereWithMass(mass, across[0] / 2.0)
    if kind in ("can", "bottle", "mug", "bowl", "plate"):
        share = 1.4 if kind in ("mug", "bowl") else 1.0
        solid = SpatialInertia.SolidCylinderWithMass(mass, across[0] / 2.0, across[2], [0.0, 0.0, 1.0])
        moments = share * solid.get_unit_inertia().get_moments()
        low = -0.1 * across[2] if kind in ("bottle", "bowl") else 0.0
        p_BBcm = np.array([0.0, 0.0, low])
        about_B = UnitInertia(*moments).ShiftFromCenterOfMass(p_BBcm)
        return SpatialInertia(mass, p_BBcm, about_B)
    return SpatialInertia.SolidBoxWithMass(mass, *across)


def _visuals(kind: str, size: Mapping[str, float]) -> Iterator[Piece]:
    """Give what the cameras see."""
    if kind in SMALL_THINGS:
        yield from small_thing(kind, size)
        return
    if kind not in ("bottle", "mug", "bowl", "plate"):
        yield from _plain(kind, size)
        return
    h = size["height"]
    if kind == "bottle":
        r, neck = size["radius"], bottle_neck(size)
        profile = [(0.0, 0.0), (r, 0.0), (r, 0.62 * h), (neck, 0.76 * h), (neck, h), (0.0, h)]
    elif kind == "mug":
        r = size["radius"]
        profile = [(0.0, 0.0), (r, 0.0), (r, h), (r - WALL, h), (r - WALL, WALL), (0.0, WALL)]
    elif kind == "bowl":
        a, b = size["bottom_radius"], size["top_radius"]
        profile = [(0.0, 0.0), (a, 0.0), (b, h), (b - WALL, h), (a - WALL, WALL), (0.0, WALL)]
    else:
        r, t = size["radius"], plate_thickness(size)
        profile = [(0.0, 0.0), (0.65 * r, 0.0), (r, h - 0.5 * t), (r, h), (0.7 * r, t), (0.0, t)]
    yield revolved(profile, kind), _at(0.0, 0.0, -h / 2.0)
    if kind == "mug":
        yield tube(handle_path(size, 13), HANDLE_RADIUS, "handle"), RigidTransform()


def _solids(kind: str, size: Mapping[str, float]) -> Iterator[Piece]:
    """Give what can be touched."""
    across = extents(kind, size)
    bottom = -across[2] / 2.0
    if kind in ("bottle", "mug", "bowl", "plate"):
        yield from _vessel_solids(kind, size)
    elif kind in SMALL_THINGS:
        yield from small_thing(kind, size, SUNK)
    else:
        yield from _plain(kind, size, SUNK)
    if kind in ("block", "box", "bit"):
        yield from _corners(across, (-1, 1))
        # The corners of two of one size overhang each other where one is turned: the inner ones then carry.
        yield from _corners(across, (-1, 1), INNER)
    elif kind in ("tray", "fork", "spoon"):
        yield from _corners(across * ([1.0, HANDLE_SHARE, 1.0] if kind != "tray" else 1.0), (-1,))
    elif kind == "cap":
        yield from _ring(size["radius"] - CORNER, bottom + CORNER)
    elif kind in ("can", "bottle", "mug"):
        yield from _ring(size["radius"] - CORNER, bottom + CORNER)
        yield from _ring(
            (bottle_neck(size) if kind == "bottle" else size["radius"]) - CORNER, -bottom - CORNER
        )
    elif kind == "bowl":
        yield from _ring(size["bottom_radius"] - CORNER, bottom + CORNER)
    elif kind == "plate":
        yield from _ring(0.65 * size["radius"] - CORNER, bottom + CORNER)


def _plain(kind: str, size: Mapping[str, float], sunk: float = 0.0) -> Iterator[Piece]:
    """Give the pieces of kinds that look as they feel, faces sunk by a little where they rest on spheres."""
    across = extents(kind, size)
    x, y, z = across
    if kind in ("block", "box", "wall"):
        yield Box(x - 2.0 * sunk, y - 2.0 * sunk, z - 2.0 * sunk), RigidTransform()
    elif kind in ("ball", "grain"):
        yield Sphere(size["radius"]), RigidTransform()
    elif kind == "can":
        yield Cylinder(size["radius"], z - 2.0 * sunk), RigidTransform()
    elif kind == "tray":
        yield from _open_box(x, y, z - sunk, TRAY_WALL - sunk, sunk / 2.0)
    elif kind == "shelf":
        yield Box(x, y, BOARD), _at(0.0, 0.0, -z / 2.0 + BOARD / 2.0)
        yield Box(x, y, BOARD), _at(0.0, 0.0, z / 2.0 - BOARD / 2.0)
        for side in (-1, 1):
            yield Box(BOARD, y, z), _at(side * (x - BOARD) / 2.0, 0.0, 0.0)
    elif kind == "drawer":
        for side in (-1, 1):
            yield Box(x, y, BOARD), _at(0.0, 0.0, side * (z - BOARD) / 2.0)
            yield Box(x, BOARD, z), _at(0.0, side * (y - BOARD) / 2.0, 0.0)
        yield Box(BOARD, y, z), _at(-(x - BOARD) / 2.0, 0.0, 0.0)
    elif kind == "rack":
        yield Box(RACK_BASE, RACK_BASE, BOARD), _at(0.0, 0.0, (BOARD - z) / 2.0)
        yield Cylinder(RACK_POST, z - BOARD), _at(0.0, 0.0, BOARD / 2.0)
        root, tip = peg_ends(size)
        yield _capsule(root, tip, RACK_PEG)


def _vessel_solids(kind: str, size: Mapping[str, float]) -> Iterator[Piece]:
    h = size["height"]
    if kind == "bottle":
        r, neck = size["radius"], bottle_neck(size)
        for radius, low, high in ((r, 0.0, 0.62), (0.5 * (r + neck), 0.62, 0.70), (neck, 0.70, 1.0)):
            length = (high - low) * h - 2.0 * SUNK
            yield Cylinder(radius, length), _at(0.0, 0.0, (low + high - 1.0) * h / 2.0)
        return
    if kind == "plate":
        t = plate_thickness(size)
        base, wall = 0.65 * size["radius"], 0.5 * t
        ring = (0.67 * size["radius"], 0.6 * t, size["radius"] - wall / 2.0, h - 0.4 * t)
    elif kind == "bowl":
        t = wall = WALL
        base = size["bottom_radius"]
        ring = (base - WALL / 2.0, WALL, size["top_radius"] - WALL / 2.0, h)
    else:
        t = wall = WALL
        base = size["radius"]
        ring = (base - WALL / 2.0, SUNK, base - WALL / 2.0, h - SUNK)
    yield Cylinder(base, t - SUNK), _at(0.0, 0.0, (t + SUNK - h) / 2.0)
    yield from _panels(*ring, wall, h / 2.0)
    if kind == "mug":
        path = handle_path(size, 5)
        for start, end in itertools.pairwise(path):
            yield _capsule(start, end, HANDLE_RADIUS)


def _panels(r0: float, z0: float, r1: float, z1: float, wall: float, middle: float) -> Iterator[Piece]:
    """Give a ring of boxes about the line from (r0, z0) to (r1, z1), turned about z."""
    # Flat faces about a circle: outside at the corners, inside at the middles, by the same amount.
    fit = 2.0 / (1.0 + 1.0 / np.cos(np.pi / PANELS))
    a, b = np.array([r0 * fit, z0]), np.array([r1 * fit, z1])
    length = float(np.linalg.norm(b - a))
    lean = float(np.arctan2(b[0] - a[0], b[1] - a[1]))
    width = 2.0 * max(r0, r1) * fit * np.tan(np.pi / PANELS)
    for k in range(PANELS):
        R = RotationMatrix.MakeZRotation(2.0 * np.pi * k / PANELS)
        center = R @ np.array([(a[0] + b[0]) / 2.0, 0.0, (a[1] + b[1]) / 2.0 - middle])
        yield Box(wall, width, length), RigidTransform(R @ RotationMatrix.MakeYRotation(lean), center)


def _open_box(x: float, y: float, z: float, wall: float, lift: float = 0.0) -> Iterator[Piece]:
    yield Box(x, y, wall), _at(0.0, 0.0, (wall - z) / 2.0 + lift)
    for side in (-1, 1):
        yield Box(wall, y, z), _at(side * (x - wall) / 2.0, 0.0, lift)
        yield Box(x, wall, z), _at(0.0, side * (y - wall) / 2.0, lift)


def _corners(across: Float64, sides: tuple[int, ...], share: float = 1.0) -> Iterator[Piece]:
    x, y, z = (across / 2.0 - CORNER) * [share, share, 1.0]
    for sx in (-1, 1):
        for sy in (-1, 1):
            for sz in sides:
                yield Sphere(CORNER), _at(sx * x, sy * y, sz * z)


def _rollers(thing: ThingSpec) -> Iterator[Piece]:
    """Give the spheres on which a can or a bottle lies: rings about both ends of its straight side.

    On the feet alone, six about an end, it would roll into a gap between two and sink by 2.5 mm.
    """
    half, side = thing.size["height"] / 2.0, 0.62 if thing.kind == "bottle" else 1.0
    for z in (CORNER - half, (2.0 * side - 1.0) * half - CORNER):
        yield from _ring(thing.size["radius"] - CORNER, z, ROLLERS)


def _ring(radius: float, z: float, count: int = FEET) -> Iterator[Piece]:
    for angle in np.linspace(0.0, 2.0 * np.pi, count, endpoint=False):
        yield Sphere(CORNER), _at(radius * np.cos(angle), radius * np.sin(angle), z)


HANDLE_RADIUS = 0.0045  # Half the thickness of a mug's handle, [m].


def handle_path(size: Mapping[str, float], count: int) -> Float64:
    """Give points on the middle line of a mug's handle in B, shape (count, 3), [m]."""
    angles = np.linspace(-np.pi / 2.0, np.pi / 2.0, count)
    reach = mug_handle_reach(size) - HANDLE_RADIUS
    x = size["radius"] - WALL / 2.0 + (reach + WALL / 2.0) * np.cos(angles)
    z = 0.32 * size["height"] * np.sin(angles)
    return np.stack([x, np.zeros(count), z], axis=1)


def bottle_neck(size: Mapping[str, float]) -> float:
    """Give the radius of a bottle's neck, [m]."""
    return 0.45 * size["radius"]


def _capsule(start: Float64, end: Float64, radius: float) -> Piece:
    along = end - start
    length = float(np.linalg.norm(along))
    R = RotationMatrix.MakeFromOneVector(along / length, 2)
    return Capsule(radius, length), RigidTransform(R, (start + end) / 2.0)


def _add_slide(
    plant: MultibodyPlant, thing: ThingSpec, cabinet: RigidBody, rgba: Float64, surface: ProximityProperties
) -> None:
    """Add the part of a drawer that slides out along B's x, with its handle."""
    x, y, z = extents("drawer", thing.size)
    gap = 0.003
    inner = np.array([x - BOARD - gap, y - 2.0 * BOARD - 2.0 * gap, z - 2.0 * BOARD - 2.0 * gap])
    body = plant.AddRigidBody(
        f"{thing.id}_slide", cabinet.model_instance(), SpatialInertia.SolidBoxWithMass(0.4, *inner)
    )
    pieces = list(_open_box(inner[0], inner[1], inner[2], BOARD / 2.0))
    front = inner[0] / 2.0
    reach = DRAWER_HANDLE_REACH - 0.006
    for side in (-1, 1):
        start = np.array([front - BOARD / 4.0, side * 0.04, 0.0])
        pieces.append(_capsule(start, start + np.array([reach, 0.0, 0.0]), 0.005))
    pieces.append(
        _capsule(np.array([front + reach, -0.04, 0.0]), np.array([front + reach, 0.04, 0.0]), 0.006)
    )
    light = np.array([*(0.35 + 0.65 * rgba[:3]), 1.0])
    for number, (shape, X_BS) in enumerate(pieces):
        plant.RegisterVisualGeometry(body, X_BS, shape, f"{thing.id}_slide_seen_{number}", light)
        plant.RegisterCollisionGeometry(body, X_BS, shape, f"{thing.id}_slide_solid_{number}", surface)
    closed = plant.AddFrame(
        FixedOffsetFrame(f"{thing.id}_closed", cabinet.body_frame(), _at((BOARD + gap) / 2.0, 0.0, 0.0))
    )
    plant.AddJoint(
        PrismaticJoint("slide", closed, body.body_frame(), [1.0, 0.0, 0.0], 0.0, MOST_OPEN * float(x), 8.0)
    )


def _at(x: float, y: float, z: float) -> RigidTransform:
    return RigidTransform([x, y, z])


def place(x: float, y: float, z: float, yaw: float) -> RigidTransform:
    """Give the pose of an upright body."""
    return RigidTransform(RollPitchYaw(0.0, 0.0, yaw), [x, y, z])


def lay(x: float, y: float, z: float, yaw: float) -> RigidTransform:
    """Give the pose of a round body on its side: its axis along the yaw, resting between two rollers."""
    R_WB = RollPitchYaw(0.0, np.pi / 2.0, yaw).ToRotationMatrix() @ RotationMatrix.MakeZRotation(
        np.pi / ROLLERS
    )
    return RigidTransform(R_WB, [x, y, z])
