"""Following every thing and keypoint of a scene from picture to picture.

What stands is expected to stay; what the hand holds is expected to move as the
hand does, and counts as held only when pictures have shown that. Between the
scenes that a perceiver makes, rigid registration finds what was pushed. What is
hidden by the arm or another thing is *occluded*, which was foreseen; a thing is
*lost* only when its place is seen without it.

Not covered: things that bend or come apart, and what is thrown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from .colors import to_linear
from .registration import Fit, fit_pose, measure_fit
from .scene import Keypoint, Scene
from .sight import Sight
from .track import FURNITURE, State, Track, measured_points, spread

LEAST_JUDGED = 8
"""Fewest surface points in sight that allow a verdict."""
LEAST_VISIBLE = 0.15
"""Share of a thing's surface points that has to be in sight for a verdict."""
THERE = 0.5
"""Share of the points in sight that have to be where they are expected."""
LOOKS = 2
"""How many pictures in a row have to show that something is lost or has moved."""
APART = 0.012
"""The hand has to have come this far before it can be told who moves with it, [m]."""
MOVED = 0.006
"""A fit this far from where a thing stands is a motion, not noise, [m]."""
TURNED = float(np.radians(10.0))
"""The same for its turn, [rad]."""
BETTER = 0.10
"""How much more of the points a new place has to explain."""
MARGIN = 0.025
"""How far around a thing its points are looked for, [m]."""
FAR_MARGIN = 0.06
"""The same once it is not where it stood, [m]."""
FEWEST_POINTS = 15
"""Fewest measured points that a pose is fitted to."""
SETTLING = 6
"""How many sights refine the place of a thing that was let go."""
TURNS = 3
"""What plainly stands is measured in every third picture, in turn, to spread the work."""
PLAIN = 0.9
"""Share of the points in sight that plainly stands."""
FADE = 0.9
"""Factor on the health for every picture that hides a thing without a known reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedThing:
    """Where a thing is now.

    Attributes:
        X_WO: Pose of its box, as in ``Thing``.
        health: Share of the evidence that agrees, 0 to 1; kept while it is hidden for a known reason.
        state: ``seen``; ``occluded``, hidden or out of view; ``held``, seen to move as the hand does;
            ``lost``, its place was seen without it.
        shift: How far it has moved by itself since it was perceived, let go, or last settled, [m].
    """

    X_WO: RigidTransform
    health: float
    state: State
    shift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedKeypoint:
    """Where a keypoint is now.

    Attributes:
        thing: Name of its thing.
        part: Its part.
        p_W: Its position in the world, shape (3,), [m].
        state: The state of its thing.
        moves_with_hand: Whether it has been seen to move as the hand does.
    """

    thing: str
    part: str
    p_W: Float64
    state: State
    moves_with_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Everything that is followed, at one moment.

    Attributes:
        time: Robot time of the newest picture, [s].
        things: By name.
        keypoints: By number.
    """

    time: float
    things: Mapping[str, TrackedThing]
    keypoints: Mapping[int, TrackedKeypoint]


class Tracker:
    """Follows the things of a scene."""

    def __init__(self, scene: Scene, frames: Sequence[CameraFrame] = ()):
        """Begin with what was perceived.

        Args:
            scene: The scene.
            frames: The pictures that it was made from, as the robot gave them: where the perceiver
                mended a camera's pose, later pictures of that camera are mended likewise.
        """
        self._tracks: dict[str, Track] = {}
        self._held: str | None = None
        self._count = 0
        self.refresh(scene)

    def refresh(self, scene: Scene, frames: Sequence[CameraFrame] = ()) -> None:
        """Take over a fresh scene; what is in the hand stays there, what is new is followed from now on.

        Args:
            scene: What was perceived now.
            frames: The pictures that it was made from, as the robot gave them.
        """
        before = self._tracks
        sights = [Sight(frame) for frame in scene.frames]
        self._time, self._table = scene.time, scene.table.height
        mended = {frame.camera: frame.X_WC for frame in scene.frames}
        self._mends = {
            frame.camera: frame.X_WC.inverse() @ mended[frame.camera]
            for frame in frames
            if frame.camera in mended
        }
        self._tracks = {
            thing.name: Track.of(thing, _color(thing.cloud, scene.frames)) for thing in scene.things
        }
        for name, track in self._tracks.items():
            old = before.get(name)
            if old is not None and old.X_GO is not None:
                track.X_GO, track.carried, track.state = old.X_GO, old.carried, old.state
            elif track.thing.kind not in FURNITURE:
                track.bias = self._bias(track, sights)
        self._keypoints = [
            (point, self._on(point)) for point in scene.keypoints if point.thing in self._tracks
        ]

    def update(
        self,
        frames: Sequence[CameraFrame],
        *,
        robot_spheres_W: Float64,
        X_WG: RigidTransform | None,
        held: str | None,
    ) -> Tracked:
        """Follow everything to the moment of some pictures.

        Args:
            frames: What cameras see now; none where only the hand's motion is to be taken note of,
                as when the fingers have just closed or opened.
            robot_spheres_W: The robot's own body as balls (x, y, z, radius), shape (S, 4), [m].
            X_WG: Pose of the tool, or None where there is no hand.
            held: Name of what the fingers are closed on, as far as they can tell, or None.

        Returns:
            Where everything is.
        """
        sights = [Sight(self._mended(frame)) for frame in frames]
        balls_W = np.asarray(robot_spheres_W, np.float64).reshape(-1, 4)
        self._take_or_leave(X_WG, held)
        predicted = {name: self._predict(track, X_WG) for name, track in self._tracks.items()}
        if sights:
            self._time = max(frame.time for frame in frames)
            self._count += 1
            for number, (name, track) in enumerate(self._tracks.items()):
                if track.X_GO is not None and X_WG is not None:
                    self._follow_held(track, sights, balls_W, predicted, X_WG)
                else:
                    turn = (self._count + number) % TURNS == 0
                    self._follow_standing(track, sights, balls_W, predicted, turn)
                predicted[name] = track.X_WO
        else:
            for name, track in self._tracks.items():
                track.X_WO = predicted[name]
        return self._tracked()

    def _mended(self, frame: CameraFrame) -> CameraFrame:
        """Give a frame with its camera's pose as the perceiver mended it."""
        X_CM = self._mends.get(frame.camera)
        return frame if X_CM is None else replace(frame, X_WC=frame.X_WC @ X_CM)

    # ---- the hand -------------------------------------------------------------

    def _take_or_leave(self, X_WG: RigidTransform | None, held: str | None) -> None:
        """Note when the fingers close or open: what they hold, and what that carries, may move with them."""
        if held == self._held or X_WG is None:
            return
        for track in self._tracks.values():
            if track.X_GO is not None:
                if track.carried:
                    track.anchor, track.settling = track.X_WO, SETTLING
                    track.state = "occluded"
                track.X_GO, track.carried, track.pending = None, False, None
        self._held = held
        for name in self._riders(held):
            track = self._tracks[name]
            track.X_GO, track.carried, track.doubted = X_WG.inverse() @ track.X_WO, False, 0

    def _riders(self, held: str | None) -> list[str]:
        """Name what is held and all that it carries."""
        found = [held] if held in self._tracks else []
        for name in found:
            found += [
                other.name
                for other in self._tracks.values()
                if name in (other.thing.on, other.thing.inside) and other.name not in found
            ]
        return found

    def _predict(self, track: Track, X_WG: RigidTransform | None) -> RigidTransform:
        if track.carried and track.X_GO is not None and X_WG is not None:
            return X_WG @ track.X_GO
        return track.X_WO

    def _follow_held(
        self,
        track: Track,
        sights: Sequence[Sight],
        balls_W: Float64,
        predicted: Mapping[str, RigidTransform],
        X_WG: RigidTransform,
    ) -> None:
        """Decide from the pictures whether a thing moves as the hand does, and follow it if so."""
        assert track.X_GO is not None, "the caller has checked"
        X_hand = X_WG @ track.X_GO
        if not track.carried and _apart(track, X_hand, track.X_WO) < APART:
            # As long as the hand stands, standing and being held look alike.
            self._see(track, track.X_WO, sights, balls_W, predicted, self._floor(track, track.X_WO))
            return
        hand, hand_judged = self._support(track, X_hand, sights, balls_W, None)
        if track.carried:
            self._keep_held(track, X_hand, hand, hand_judged)
            return
        still, still_judged = self._support(
            track, track.X_WO, sights, balls_W, self._floor(track, track.X_WO)
        )
        left = still_judged and still < THERE
        if (hand_judged and hand >= THERE and (left or hand > still)) or (left and not hand_judged):
            track.carried, track.state, track.X_WO = True, "held", X_hand
            track.health = hand if hand_judged else track.health
        elif still_judged and still >= THERE:
            track.state, track.health = "seen", still
        else:
            track.state = "occluded"

    def _keep_held(self, track: Track, X_hand: RigidTransform, support: float, judged: bool) -> None:
        track.X_WO = X_hand
        if not judged:
            track.state = "held"
            return
        track.health = support
        track.doubted = track.doubted + 1 if support < 0.5 * THERE else 0
        track.state = "lost" if track.doubted >= LOOKS else "held"

    # ---- what stands ----------------------------------------------------------

    def _follow_standing(
        self,
        track: Track,
        sights: Sequence[Sight],
        balls_W: Float64,
        predicted: Mapping[str, RigidTransform],
        turn: bool,
    ) -> None:
        """See whether a thing is where it stood, find where it was pushed to, or say that it is gone."""
        floor = self._floor(track, track.X_WO)
        judged = self._see(track, track.X_WO, sights, balls_W, predicted, floor)
        if not judged or track.thing.kind in FURNITURE or len(track.surface_O) < LEAST_JUDGED:
            return
        there = track.health >= THERE
        if track.health >= PLAIN and not track.settling and track.pending is None and not turn:
            return
        points = self._points(track, track.X_WO, sights, balls_W, predicted, MARGIN if there else FAR_MARGIN)
        if len(points) < FEWEST_POINTS:
            track.pending = None
            return
        self._move(track, points, there, sights, balls_W)

    def _move(
        self, track: Track, points: Float64, there: bool, sights: Sequence[Sight], balls_W: Float64
    ) -> None:
        """Fit its place to points; a new place counts when two pictures show it."""
        start = track.X_WO @ track.bias
        prior = track.prior(in_hand=False)
        if there:
            fit = fit_pose(track.shapes_O, points, start, prior, scales=(0.006,), rounds=3)
        else:
            fit = fit_pose(track.shapes_O, points, start, prior, scales=(0.03, 0.012, 0.006))
        X_WN = fit.X_WO @ track.bias.inverse()
        if track.settling:
            self._settle(track, X_WN)
            return
        if not self._is_new_place(track, fit, start, points):
            track.pending = None
            return
        support, judged = self._support(track, X_WN, sights, balls_W, self._floor(track, X_WN))
        if not judged or support < max(THERE, track.health - 0.1):
            track.pending = None
            return
        if track.pending is None or _apart(track, track.pending, X_WN) > 2.0 * MARGIN:
            track.pending = X_WN
            return
        track.X_WO, track.pending, track.doubted = X_WN, None, 0
        track.health, track.state = support, "seen"

    def _is_new_place(self, track: Track, fit: Fit, start: RigidTransform, points: Float64) -> bool:
        away = _distance(start, fit.X_WO)
        if away[0] < MOVED and away[1] < TURNED:
            return False
        return fit.share > measure_fit(track.shapes_O, points, start).share + BETTER

    def _settle(self, track: Track, X_WN: RigidTransform) -> None:
        """Refine the place of what was just let go: a running mean over a few sights."""
        gain = 1.0 / (SETTLING - track.settling + 1)
        track.settling -= 1
        track.X_WO = _between(track.X_WO, X_WN, gain)
        track.anchor = track.X_WO

    # ---- evidence -------------------------------------------------------------

    def _see(
        self,
        track: Track,
        X_WO: RigidTransform,
        sights: Sequence[Sight],
        balls_W: Float64,
        predicted: Mapping[str, RigidTransform],
        floor: float,
    ) -> bool:
        """Hold a standing thing against the pictures and set its state; tell whether they allow a verdict."""
        support, judged = self._support(track, X_WO, sights, balls_W, floor)
        if not judged:
            if track.state != "lost":
                track.state = "occluded"
            if not self._expected(track, X_WO, sights, balls_W, predicted):
                track.health *= FADE
            return False
        track.health = support
        if support >= THERE:
            track.state, track.doubted = "seen", 0
            return True
        track.doubted += 1
        if track.doubted >= LOOKS:
            track.state = "lost"
        return True

    def _support(
        self,
        track: Track,
        X_WO: RigidTransform,
        sights: Sequence[Sight],
        balls_W: Float64,
        floor: float | None,
    ) -> tuple[float, bool]:
        """Give the share of its surface in sight that is where it should be; and if that is a verdict."""
        points = track.surface(X_WO)
        if len(points) < LEAST_JUDGED:
            return track.health, False
        behind = self._table if floor is None else floor
        present, missing = np.zeros(len(points), bool), np.zeros(len(points), bool)
        for sight in sights:
            glance = sight.glance(points, behind)
            present |= glance.present
            missing |= glance.missing
        missing &= ~present
        count = int(present.sum() + missing.sum())
        judged = count >= max(LEAST_JUDGED, LEAST_VISIBLE * len(points))
        return (float(present.sum() / count) if count else 0.0), judged

    def _expected(
        self,
        track: Track,
        X_WO: RigidTransform,
        sights: Sequence[Sight],
        balls_W: Float64,
        predicted: Mapping[str, RigidTransform],
    ) -> bool:
        """Whether the arm or another thing is known to lie between the cameras and a thing."""
        points = track.surface(X_WO)
        others = [
            other.surface(predicted[other.name])[:: max(1, len(other.surface_O) // 10)]
            for other in self._tracks.values()
            if other is not track
        ]
        grains = np.concatenate(others) if others else np.zeros((0, 3))
        balls = np.vstack([balls_W, np.column_stack([grains, np.full(len(grains), 0.012)])])
        blocked = np.mean([sight.blocked(points, balls).mean() for sight in sights]) if len(points) else 0.0
        return bool(blocked >= 0.5)

    def _points(
        self,
        track: Track,
        X_WO: RigidTransform,
        sights: Sequence[Sight],
        balls_W: Float64,
        predicted: Mapping[str, RigidTransform],
        margin: float,
    ) -> Float64:
        others = [(other, predicted[other.name]) for other in self._tracks.values() if other is not track]
        floor = self._floor(track, X_WO)
        return measured_points(track, X_WO, sights, balls_W, others, margin=margin, floor=floor)

    def _floor(self, track: Track, X_WO: RigidTransform) -> float:
        """Give the height of what carries a standing thing, [m]."""
        return max(self._table, track.bottom(X_WO))

    def _bias(self, track: Track, sights: Sequence[Sight]) -> RigidTransform:
        """Fit a thing to the pictures that it was perceived in: what that gives instead of its pose."""
        if not sights or len(track.surface_O) < LEAST_JUDGED:
            return RigidTransform()
        predicted = {name: other.X_WO for name, other in self._tracks.items()}
        points = self._points(track, track.X_WO, sights, np.zeros((0, 4)), predicted, 0.008)
        if len(points) < FEWEST_POINTS:
            return RigidTransform()
        fit = fit_pose(track.shapes_O, points, track.X_WO, track.prior(in_hand=False), scales=(0.006,))
        away = _distance(track.X_WO, fit.X_WO)
        if away[0] > 2.0 * MOVED or away[1] > TURNED:
            return RigidTransform()
        return track.X_WO.inverse() @ fit.X_WO

    # ---- the answer -----------------------------------------------------------

    def _on(self, point: Keypoint) -> Float64:
        return frozen(self._tracks[point.thing].thing.X_WO.inverse() @ point.p_W, (3,))

    def _tracked(self) -> Tracked:
        things = {
            name: TrackedThing(
                X_WO=track.X_WO,
                health=float(np.clip(track.health, 0.0, 1.0)),
                state=track.state,
                shift=0.0 if track.carried else _distance(track.anchor, track.X_WO)[0],
            )
            for name, track in self._tracks.items()
        }
        keypoints = {
            point.number: TrackedKeypoint(
                thing=point.thing,
                part=point.part,
                p_W=frozen(things[point.thing].X_WO @ p_O, (3,)),
                state=things[point.thing].state,
                moves_with_hand=self._tracks[point.thing].carried,
            )
            for point, p_O in self._keypoints
        }
        return Tracked(
            time=self._time, things=MappingProxyType(things), keypoints=MappingProxyType(keypoints)
        )


def _color(cloud: Float64, frames: Sequence[CameraFrame]) -> Float64:
    """Give the median linear colour of the pixels that show a thing, shape (3,)."""
    points = cloud[spread(len(cloud), 100)]
    seen = [np.zeros((0, 3))]
    for frame in frames:
        pixels = frame.model.project((points - frame.X_WC.translation()) @ frame.X_WC.rotation().matrix())
        size = np.array([frame.model.width, frame.model.height])
        with np.errstate(invalid="ignore"):
            fits = ((pixels > -0.5) & (pixels < size - 0.5)).all(axis=1)
        u, v = np.rint(pixels[fits]).astype(int).T
        seen.append(to_linear(frame.rgb[v, u]))
    pixels = np.concatenate(seen)
    return np.median(pixels, axis=0) if len(pixels) else np.full(3, 0.5)


def _distance(X_WA: RigidTransform, X_WB: RigidTransform) -> tuple[float, float]:
    """Give how far two poses lie apart, ([m], [rad])."""
    turn = X_WA.rotation().InvertAndCompose(X_WB.rotation()).ToAngleAxis().angle()
    return float(np.linalg.norm(X_WA.translation() - X_WB.translation())), float(abs(turn))


def _apart(track: Track, X_WA: RigidTransform, X_WB: RigidTransform) -> float:
    """Give how far a thing's surface moves between two poses, [m]."""
    shift, turn = _distance(X_WA, X_WB)
    return shift + turn * 0.5 * float(track.thing.size.max())


def _between(X_WA: RigidTransform, X_WB: RigidTransform, share: float) -> RigidTransform:
    """Go a share of the way from one pose to another near by."""
    R_WA, R_WB = X_WA.rotation(), X_WB.rotation()
    quaternion = R_WA.ToQuaternion().slerp(share, R_WB.ToQuaternion())
    p_W = (1.0 - share) * X_WA.translation() + share * X_WB.translation()
    return RigidTransform(quaternion, p_W)
