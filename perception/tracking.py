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
from ..robots.shapes import moved
from .opening import follow_drawer, front_at, slid, slides
from .registration import Fit, fit_pose, measure_fit
from .relocation import FINE, apart, best_fit, between, pose_distance, shift_along
from .scene import Keypoint, Scene
from .sight import Sight
from .strangers import Strangers
from .track import FURNITURE, Track, measured_points, median_color
from .track_health import LEAST_JUDGED, hiding_expected, support
from .tracked import Tracked, TrackedKeypoint, TrackedThing

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
BETTER = 0.7
"""Largest cost of a new place, as a share of the old one's."""
MARGIN = 0.025
"""How far around a thing its points are looked for, [m]."""
CLOSE_MARGIN = 0.008
"""The same where it was just perceived, [m]."""
FAR_MARGIN = 0.11
"""The same once it is not where it stood, [m]: people move things by 8 cm or so between two pictures."""
FEWEST_POINTS = 15
"""Fewest measured points that a pose is fitted to."""
FEWEST_AFAR = 6
"""Fewest in the wide window that tell where to look again."""
SETTLING = 6
"""How many sights refine the place of a thing that has moved, or the height of one that was let go."""
TURNS = 3
"""What plainly stands is measured in every third picture, in turn, to spread the work."""
PLAIN = 0.9
"""Share of the points in sight that plainly stands."""
FADE = 0.9
"""Factor on the health for every picture that hides a thing without a known reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """What one update goes by: pictures, the robot's body, where things are believed to be, the tools."""

    sights: tuple[Sight, ...]
    balls_W: Float64
    places: dict[str, RigidTransform]
    X_WG: Mapping[str, RigidTransform]


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
        self._held: dict[str, str] = {}
        self._count = 0
        self._strangers = Strangers()
        self.refresh(scene, frames)

    def refresh(self, scene: Scene, frames: Sequence[CameraFrame] = ()) -> None:
        """Take over a fresh scene; what is in the hand stays there, what is new is followed from now on.

        Args:
            scene: What was perceived now.
            frames: The pictures that it was made from, as the robot gave them.
        """
        before = self._tracks
        sights = tuple(Sight(frame) for frame in scene.frames)
        self._time, self._table = scene.time, scene.table.height
        mended = {frame.camera: frame.X_WC for frame in scene.frames}
        self._mends = {
            frame.camera: frame.X_WC.inverse() @ mended[frame.camera]
            for frame in frames
            if frame.camera in mended
        }
        self._tracks = {
            thing.name: Track.of(thing, median_color(thing.cloud, scene.frames)) for thing in scene.things
        }
        for name, track in self._tracks.items():
            old = before.get(name)
            if old is not None and old.X_GO is not None:
                track.hand, track.X_GO = old.hand, old.X_GO
                track.carried, track.state = old.carried, old.state
            elif track.thing.kind not in FURNITURE:
                places = {one.name: one.X_WO for one in self._tracks.values()}
                moment = _Moment(sights=sights, balls_W=np.zeros((0, 4)), places=places, X_WG={})
                track.bias = self._bias(track, moment)
        for track in self._tracks.values():
            if slides(track):
                others = [(other, other.X_WO) for other in self._tracks.values() if other is not track]
                track.front = front_at(track, sights, np.zeros((0, 4)), others)
        self._keypoints = [
            (point, self._on(point)) for point in scene.keypoints if point.thing in self._tracks
        ]

    def update(
        self,
        frames: Sequence[CameraFrame],
        *,
        robot_spheres_W: Float64,
        X_WG: Mapping[str, RigidTransform],
        held: Mapping[str, str],
    ) -> Tracked:
        """Follow everything to the moment of some pictures.

        Args:
            frames: What cameras see now; none where only the hand's motion is to be taken note of,
                as when the fingers have just closed or opened.
            robot_spheres_W: The robot's own body as balls (x, y, z, radius), shape (S, 4), [m].
            X_WG: Pose of the tool of each hand, by the hand's name.
            held: Name of what the fingers of a hand are closed on, as far as they can tell, by hand; what
                several hands hold moves with the first of them and is left out of the others.

        Returns:
            Where everything is.
        """
        self._take_or_leave(X_WG, held)
        moment = _Moment(
            sights=tuple(Sight(self._mended(frame)) for frame in frames),
            balls_W=np.asarray(robot_spheres_W, np.float64).reshape(-1, 4),
            places={name: self._predict(track, X_WG) for name, track in self._tracks.items()},
            X_WG=X_WG,
        )
        for name, track in self._tracks.items():
            track.X_WO = moment.places[name]
        if frames:
            self._time = max(frame.time for frame in frames)
            self._look(moment)
        return self._tracked()

    def _look(self, moment: _Moment) -> None:
        self._count += 1
        for number, (name, track) in enumerate(self._tracks.items()):
            X_hand = _in_hand(track, moment.X_WG)
            if X_hand is not None:
                self._follow_held(track, X_hand, moment)
            else:
                self._follow_standing(track, moment, (self._count + number) % TURNS == 0)
            moment.places[name] = track.X_WO
        known = (moved(one, track.X_WO) for track in self._tracks.values() for one in track.shapes_O)
        self._strangers.look([sight.frame for sight in moment.sights], moment.balls_W, known, self._table)

    def _mended(self, frame: CameraFrame) -> CameraFrame:
        """Give a frame with its camera's pose as the perceiver mended it."""
        X_CM = self._mends.get(frame.camera)
        return frame if X_CM is None else replace(frame, X_WC=frame.X_WC @ X_CM)

    # ---- the hand -------------------------------------------------------------

    def _take_or_leave(self, X_WG: Mapping[str, RigidTransform], held: Mapping[str, str]) -> None:
        """Note when fingers close or open: what they hold, and what that carries, may move with them."""
        before, now = self._held, {hand: held[hand] for hand in held if hand in X_WG}
        self._held = now
        for track in self._tracks.values():
            if track.hand is None or before.get(track.hand) == now.get(track.hand):
                continue
            if track.carried:
                # Where it is now is where its hand has it; a hand that takes it over takes it there.
                track.X_WO = _in_hand(track, X_WG) or track.X_WO
                track.anchor, track.landing = track.X_WO, SETTLING
                track.state = "occluded"
            track.hand, track.X_GO, track.carried, track.pending = None, None, False, None
        for hand, thing in now.items():
            if before.get(hand) == thing:
                continue
            for name in self._riders(thing):
                track = self._tracks[name]
                track.hand, track.X_GO = hand, X_WG[hand].inverse() @ track.X_WO
                track.carried, track.doubted = False, 0

    def _riders(self, held: str) -> list[str]:
        """Name what is held and all that it carries."""
        found = [held] if held in self._tracks else []
        for name in found:
            found += [
                other.name
                for other in self._tracks.values()
                if name in (other.thing.on, other.thing.inside) and other.name not in found
            ]
        return found

    def _predict(self, track: Track, X_WG: Mapping[str, RigidTransform]) -> RigidTransform:
        return (_in_hand(track, X_WG) if track.carried else None) or track.X_WO

    def _follow_held(self, track: Track, X_hand: RigidTransform, moment: _Moment) -> None:
        """Decide from the pictures whether a thing moves as the hand does, and follow it if so."""
        if not track.carried and apart(track, X_hand, track.X_WO) < APART:
            # As long as the hand stands, standing and being held look alike.
            self._see(track, moment)
            return
        hand, hand_judged = support(track, X_hand, moment.sights, self._table)
        if track.carried:
            self._keep_held(track, hand, hand_judged)
            return
        still, still_judged = support(track, track.X_WO, moment.sights, self._floor(track, track.X_WO))
        left = still_judged and still < THERE
        if (hand_judged and hand >= THERE and (left or hand > still)) or (left and not hand_judged):
            track.carried, track.state, track.X_WO = True, "held", X_hand
            track.health = hand if hand_judged else track.health
        elif still_judged and still >= THERE:
            track.state, track.health = "seen", still
        else:
            track.state = "occluded"

    def _keep_held(self, track: Track, share: float, judged: bool) -> None:
        if judged:
            track.health = share
            track.doubted = track.doubted + 1 if share < 0.5 * THERE else 0
        track.state = "lost" if track.doubted >= LOOKS else "held"

    # ---- what stands ----------------------------------------------------------

    def _follow_standing(self, track: Track, moment: _Moment, turn: bool) -> None:
        """See whether a thing is where it stood, find where it was pushed to, or say that it is gone."""
        if track.front is not None:
            follow_drawer(track, moment.sights, moment.balls_W, self._others(track, moment))
        if not self._see(track, moment) or track.thing.kind in FURNITURE:
            return
        plain = track.health >= PLAIN and not (track.settling or track.landing or track.pending)
        if plain and not turn:
            return
        there = track.health >= THERE
        points = self._points(track, moment, MARGIN) if there else self._found(track, moment)
        if len(points) < FEWEST_POINTS:
            track.pending = None
            return
        self._move(track, points, there, moment)

    def _found(self, track: Track, moment: _Moment) -> Float64:
        """Look around for a thing that is not where it stood; give its points, (N, 3), [m]."""
        points = self._points(track, moment, FAR_MARGIN)
        if len(points) < FEWEST_AFAR:
            return points
        # A wide window has few pixels of each thing: the thing is looked at again where it seems to be.
        p_W = track.X_WO.translation() + shift_along(track, points, track.X_WO)
        return self._points(track, moment, MARGIN, RigidTransform(track.X_WO.rotation(), p_W))

    def _move(self, track: Track, points: Float64, there: bool, moment: _Moment) -> None:
        """Fit its place to points; a new place counts when two pictures show it."""
        start = track.X_WO @ track.bias
        fit = best_fit(track, points, start, there)
        X_WN = fit.X_WO @ track.bias.inverse()
        if track.landing and apart(track, track.X_WO, X_WN) < MARGIN:
            self._land(track, X_WN)
        if track.settling and apart(track, track.X_WO, X_WN) < MARGIN:
            self._settle(track, X_WN)
            return
        pending, track.pending = track.pending, None
        if not self._is_new_place(track, fit, start, points):
            return
        share, judged = support(track, X_WN, moment.sights, self._floor(track, X_WN))
        if not judged or share < max(THERE, track.health - 0.1):
            return
        if pending is None or apart(track, pending, X_WN) > 2.0 * MARGIN:
            track.pending = X_WN
            return
        track.X_WO, track.doubted, track.settling = X_WN, 0, SETTLING
        track.health, track.state = share, "seen"

    def _is_new_place(self, track: Track, fit: Fit, start: RigidTransform, points: Float64) -> bool:
        shift, turn = pose_distance(start, fit.X_WO)
        if shift < MOVED and turn < TURNED:
            return False
        return fit.cost < BETTER * measure_fit(track.shapes_O, points, start, FINE[-1]).cost

    def _land(self, track: Track, X_WN: RigidTransform) -> None:
        """Measure how far what was let go has sunk onto its carrier: a running mean.

        Along the table the hand knows better where it was than a fit does (2.5 mm against 6 mm at the
        end of a manipulation with the depth camera's noise).
        """
        gain = 1.0 / (SETTLING - track.landing + 1)
        drop = gain * (X_WN.translation()[2] - track.X_WO.translation()[2])
        track.X_WO = RigidTransform([0.0, 0.0, drop]) @ track.X_WO
        track.landing -= 1

    def _settle(self, track: Track, X_WN: RigidTransform) -> None:
        """Refine the place of what has moved: a running mean over a few sights."""
        track.X_WO = between(track.X_WO, X_WN, 1.0 / (SETTLING - track.settling + 1))
        track.settling -= 1

    # ---- evidence -------------------------------------------------------------

    def _see(self, track: Track, moment: _Moment) -> bool:
        """Hold a standing thing against the pictures and set its state; tell whether they allow a verdict."""
        share, judged = support(track, track.X_WO, moment.sights, self._floor(track, track.X_WO))
        if not judged:
            track.state = "lost" if track.state == "lost" else "occluded"
            others = self._others(track, moment)
            if not hiding_expected(track, track.X_WO, moment.sights, moment.balls_W, others):
                track.health *= FADE
            return False
        track.health = share
        track.doubted = 0 if share >= THERE else track.doubted + 1
        if share >= THERE:
            track.state = "seen"
        elif track.doubted >= LOOKS:
            track.state = "lost"
        return True

    def _points(
        self, track: Track, moment: _Moment, margin: float, X_WO: RigidTransform | None = None
    ) -> Float64:
        return measured_points(
            track,
            X_WO or track.X_WO,
            moment.sights,
            moment.balls_W,
            self._others(track, moment),
            margin=margin,
            floor=self._floor(track, track.X_WO),
        )

    def _others(self, track: Track, moment: _Moment) -> list[tuple[Track, RigidTransform]]:
        return [(other, moment.places[other.name]) for other in self._tracks.values() if other is not track]

    def _floor(self, track: Track, X_WO: RigidTransform) -> float:
        """Give the height of what carries a standing thing, [m]."""
        return max(self._table, track.bottom(X_WO))

    def _bias(self, track: Track, moment: _Moment) -> RigidTransform:
        """Fit a thing to the pictures that it was perceived in: what that gives instead of its pose."""
        if not moment.sights or len(track.surface_O) < LEAST_JUDGED:
            return RigidTransform()
        points = self._points(track, moment, CLOSE_MARGIN)
        if len(points) < FEWEST_POINTS:
            return RigidTransform()
        fit = fit_pose(track.shapes_O, points, track.X_WO, track.prior(), scales=FINE)
        shift, turn = pose_distance(track.X_WO, fit.X_WO)
        if shift > 2.0 * MOVED or turn > TURNED:
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
                shift=0.0 if track.carried else pose_distance(track.anchor, track.X_WO)[0],
                opening=None if track.front is None else track.opening,
            )
            for name, track in self._tracks.items()
        }
        keypoints = {
            point.number: TrackedKeypoint(
                thing=point.thing,
                part=point.part,
                p_W=frozen(things[point.thing].X_WO @ slid(self._tracks[point.thing], point.part, p_O), (3,)),
                state=things[point.thing].state,
                moves_with_hand=self._tracks[point.thing].carried,
            )
            for point, p_O in self._keypoints
        }
        by_name, by_number = MappingProxyType(things), MappingProxyType(keypoints)
        return Tracked(time=self._time, things=by_name, keypoints=by_number, stranger=self._strangers.known)


def _in_hand(track: Track, X_WG: Mapping[str, RigidTransform]) -> RigidTransform | None:
    """Give where its hand has a thing; None where no hand has it."""
    if track.hand is None or track.X_GO is None or track.hand not in X_WG:
        return None
    return X_WG[track.hand] @ track.X_GO
