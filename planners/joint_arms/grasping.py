"""Grasps of several arms: candidates that one arm reaches while the others stay, and pairs of them.

A thing that another hand holds is grasped where that hand has it; the hands keep
clear of each other as of everything else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ...core.arrays import Float64
from ...perception.scene import Thing
from ...robots.arm_group import ArmGroup
from ...robots.models import GripperModel
from ..force_closure import loads, margin
from ..grasping.columns import with_columns
from ..grasping.contacts import contacts_of, mass_of
from ..grasping.hand import closed
from ..grasps import GraspCandidate, bears, grasps_of
from ..picking import SLIPPING, TRAVEL, WELL
from ..problem import UP
from ..program import Grasp, Stage
from ..reach import reach
from ..settings import Settings
from ..situation import Held
from .problem import ArmsProblem, build_arms, concerned
from .sequence import as_it_is
from .situation import ArmsSituation
from .subgoal import ArmsSolution, improve_arms, measure_arms

TRIED = 48
"""Candidates of a hand that are tried, those that differ most first."""
LIKE_APPROACH, LIKE_PLACE = 0.5, 0.04
"""Candidates whose approaches, as unit vectors, and places, [m], round to the same multiples are alike."""
PER_HAND = 5
"""Reached candidates of a hand that are weighed, and paired with those of another."""
OPENING_DIGITS = 2
"""Fingers are taken to be open to the nearest of these decimals, [m], where candidates are sifted; the
choice is measured with its own opening."""
APART = 4.0
"""Wish for room between two hands on one thing: cost for each metre less."""
AT_RIM = 1.5
"""Cost of a grasp that only the rims of the pads press on."""
OUTWARD = 0.12
"""Largest share of the pads' force that may drive a thing out of the hand. Pads that close before a bottle's
middle (0.3) let it turn about the fingertips by 60 degrees within 0.3 s of the other hand's letting go, in
the simulated world: as it turns, all force moves to one point of each pad, which does not resist turning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedGrasp:
    """One hand at a grasp, the other arms where the stage begins.

    Attributes:
        hand: The arm's name.
        candidate: The grasp.
        q: The arm's joint positions, shape (n,), [rad].
        cost: How far it is from the best, the smaller the better.
    """

    hand: str
    candidate: GraspCandidate
    q: Float64
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GraspChoice:
    """All grasps of one stage, with the arms at them.

    Attributes:
        grasps: The grasps by hand.
        solution: All arms at them, proven.
        held: What each of these hands then holds.
    """

    grasps: Mapping[str, ReachedGrasp]
    solution: ArmsSolution
    held: Mapping[str, Held]


class GraspRefusal(Exception):
    """No grasp of a stage will do; the text says why."""


def choices(
    stage: Stage, situation: ArmsSituation, group: ArmGroup, settings: Settings
) -> Iterator[GraspChoice]:
    """Offer ways to do all grasps of a stage, best first.

    Args:
        stage: The stage.
        situation: Where it begins.
        group: The arms.
        settings: The planner's numbers.

    Raises:
        GraspRefusal: If a hand has no grasp at all.
    """
    reached = [_reached(stage, grasp, situation, group, settings) for grasp in stage.grasps]
    pairs = sorted(product(*reached), key=lambda some: _cost(some))
    for some in pairs[: 3 * PER_HAND]:
        choice = _chosen(stage, some, situation, group, settings)
        if choice is not None:
            yield choice


def _cost(grasps: tuple[ReachedGrasp, ...]) -> float:
    """Add the costs up; two hands on one thing are wanted far from each other."""
    cost = sum(one.cost for one in grasps)
    for number, one in enumerate(grasps):
        for other in grasps[number + 1 :]:
            if one.candidate.thing == other.candidate.thing:
                p, k = one.candidate.X_WG.translation(), other.candidate.X_WG.translation()
                cost -= APART * float(np.linalg.norm(p - k))
    return cost


def _reached(
    stage: Stage, grasp: Grasp, situation: ArmsSituation, group: ArmGroup, settings: Settings
) -> list[ReachedGrasp]:
    """Bring one arm to the candidates of a grasp, the others at rest; best first.

    Raises:
        GraspRefusal: If none is reached, free and strong enough.
    """
    kinematics = group.arms[grasp.hand]
    gripper = kinematics.model.gripper
    if gripper is None:
        raise GraspRefusal(f"{grasp.hand} has no gripper")
    scene = as_it_is(situation, group)
    holders = situation.holders(grasp.thing)
    if not holders:
        scene = with_columns(scene, grasp.thing)
    thing = scene.thing(grasp.thing)
    free = grasps_of(thing, grasp, scene, gripper, settings).free
    if not free:
        raise GraspRefusal(f"{grasp.thing} offers {grasp.hand} nothing free to close on")
    near, squeezed = "", False
    found: list[ReachedGrasp] = []
    hand = situation.hands[grasp.hand]
    reaching = _Reaching(replace(stage, goals=(), along=(), grasps=(grasp,)), situation, group, settings)
    for candidate in _spread(_preferred(free, grasp, bool(holders))):
        q = reaching.to(grasp.hand, candidate)
        if isinstance(q, str):
            near = near or q
            continue
        outward, rim = _pressed(candidate, thing, gripper)
        if outward > OUTWARD:
            squeezed = True
            continue
        cost = candidate.cost + TRAVEL * float(np.linalg.norm(q - hand.q)) + AT_RIM * rim
        found.append(ReachedGrasp(hand=grasp.hand, candidate=candidate, q=q, cost=cost))
    sharing = sum(one.thing == grasp.thing for one in stage.grasps)
    strong = _strong(_different(found), thing, gripper, settings, sharing)
    if not strong:
        why = f"{near} would meet" if near else "out of reach"
        why = "it would be squeezed out" if squeezed else why
        why = "it would slip" if found else why
        raise GraspRefusal(f"{grasp.hand} cannot grasp {grasp.thing}: {why}")
    return strong


class _Reaching:
    """Brings one arm to grasps while the others rest."""

    def __init__(self, stage: Stage, situation: ArmsSituation, group: ArmGroup, settings: Settings):
        """Begin with no problem posed."""
        self._posed = (stage, situation, group, settings)
        self._problems: dict[float, ArmsProblem] = {}

    def to(self, name: str, candidate: GraspCandidate) -> Float64 | str:
        """Give the joint positions at a grasp, shape (n,), [rad]; or what would meet; empty out of reach."""
        problem = self._problem(name, round(candidate.opening, OPENING_DIGITS))
        kinematics, columns = problem.group.arms[name], problem.group.joints[name]
        near = ""
        for begin in (problem.q[columns], kinematics.model.q_home):
            q = reach(kinematics, candidate.X_WG, begin, problem.lower[columns], problem.upper[columns])
            if q is None:
                continue
            whole = problem.q.copy()
            whole[columns] = q
            if float(problem.room.clearance(whole[None], problem.touching)[0]) >= problem.kept:
                return q
            near = near or problem.room.nearest(whole, problem.touching)[1]
        return near

    def _problem(self, name: str, opening: float) -> ArmsProblem:
        if opening not in self._problems:
            stage, situation, group, settings = self._posed
            opened = {**situation.hands, name: replace(situation.hands[name], width=opening)}
            self._problems[opening] = build_arms(stage, replace(situation, hands=opened), group, settings)
        return self._problems[opening]


def _strong(
    found: list[ReachedGrasp], thing: Thing, gripper: GripperModel, settings: Settings, sharing: int
) -> list[ReachedGrasp]:
    """Keep the grasps that bear the thing, or this hand's share of it, best first."""
    strong: list[ReachedGrasp] = []
    for one in found:
        times = (
            bears(one.candidate, thing, gripper, settings, UP)
            if sharing == 1
            else bears_share(one.candidate, thing, gripper, settings, sharing)
        )
        if times >= settings.least_margin:
            chosen = replace(one.candidate, margin=times)
            strong.append(replace(one, candidate=chosen, cost=one.cost + SLIPPING * max(WELL - times, 0.0)))
        if len(strong) >= PER_HAND:
            break
    return sorted(strong, key=lambda one: one.cost)


def bears_share(
    candidate: GraspCandidate, thing: Thing, gripper: GripperModel, settings: Settings, sharing: int
) -> float:
    """Give how many times its share of a thing's expected load a grasp bears, where several hands hold it.

    Each bears its part of the weight at its own fingers: the moment about one hand is the others' to bear.
    """
    contacts = contacts_of(
        thing.shapes,
        candidate.X_WG.rotation().matrix(),
        candidate.X_WG.translation(),
        candidate.width,
        candidate.opening,
        gripper,
    )
    if contacts is None:
        return 0.0
    wrenches = loads(mass_of(thing.shapes) / sharing, [UP])
    force = min(settings.grip_force, gripper.max_force)
    return margin(contacts, contacts.p_W.mean(axis=0), wrenches, friction=settings.friction, force=force)


def _pressed(candidate: GraspCandidate, thing: Thing, gripper: GripperModel) -> tuple[float, float]:
    """Say how the pads press on a thing.

    Returns:
        The share of their force that drives the thing out of the hand, along the approach; and how far from
        the pads' middle they press, along the approach: 0 there, 1 at the rim.
    """
    X_WG = candidate.X_WG
    contacts = contacts_of(
        thing.shapes,
        X_WG.rotation().matrix(),
        X_WG.translation(),
        candidate.width,
        candidate.opening,
        gripper,
    )
    if contacts is None:
        return 1.0, 1.0
    z = float(X_WG.inverse().multiply(contacts.p_W.mean(axis=0))[2])
    outward = float(contacts.inward_W.mean(axis=0) @ candidate.approach)
    return outward, min(abs(z) / float(gripper.pad_half[1]), 1.0)


def _different(found: list[ReachedGrasp]) -> list[ReachedGrasp]:
    """Keep the best, and of the others those that are not nearly the same as a better one; best first."""
    kept: list[ReachedGrasp] = []
    for one in sorted(found, key=lambda one: one.cost):
        X = one.candidate.X_WG
        same = any(
            np.linalg.norm(X.translation() - other.candidate.X_WG.translation()) < 0.015
            and float(one.candidate.approach @ other.candidate.approach) > 0.95
            for other in kept
        )
        if not same:
            kept.append(one)
    return kept[: 3 * PER_HAND]


def _preferred(free: tuple[GraspCandidate, ...], grasp: Grasp, in_the_air: bool) -> list[GraspCandidate]:
    """Give candidates, best first; from above is no better than from elsewhere for what is in the air."""
    if not in_the_air or grasp.approach is not None:
        return list(free)
    level = [replace(one, cost=one.cost - (1.0 + float(one.approach[2]))) for one in free]
    return sorted(level, key=lambda one: one.cost)


def _spread(free: list[GraspCandidate]) -> list[GraspCandidate]:
    """Choose candidates that differ: of each group of like approaches and places the best, then the next."""
    ranks: dict[tuple[int, ...], int] = {}
    ordered: list[tuple[int, int]] = []
    for number, one in enumerate(free):
        place = np.concatenate([one.approach / LIKE_APPROACH, one.X_WG.translation() / LIKE_PLACE])
        key = tuple(np.round(place).astype(int).tolist())
        ranks[key] = ranks.get(key, -1) + 1
        ordered.append((ranks[key], number))
    return [free[number] for _, number in sorted(ordered)[:TRIED]]


def _chosen(
    stage: Stage,
    grasps: tuple[ReachedGrasp, ...],
    situation: ArmsSituation,
    group: ArmGroup,
    settings: Settings,
) -> GraspChoice | None:
    """Put all arms at their grasps at once; None where that does not prove itself."""
    problem = grasp_problem(stage, grasps, situation, group, settings)
    q = problem.q.copy()
    for one in grasps:
        q[group.joints[one.hand]] = one.q
    solution = measure_arms(problem, q)
    if not solution.proves():
        solution = improve_arms(problem, solution)
    if not solution.proves():
        return None
    held: dict[str, Held] = {}
    for one in grasps:
        gripper = group.arms[one.hand].model.gripper
        assert gripper is not None, "only a gripper grasps"
        thing = situation.thing_now(one.candidate.thing, group)
        held[one.hand] = Held.at(thing, closed(gripper, one.candidate.X_WG), one.candidate.width)
    return GraspChoice(grasps={one.hand: one for one in grasps}, solution=solution, held=held)


def grasp_problem(
    stage: Stage,
    grasps: tuple[ReachedGrasp, ...],
    situation: ArmsSituation,
    group: ArmGroup,
    settings: Settings,
) -> ArmsProblem:
    """Pose the sub-goal of a stage whose grasps are chosen: their hands come with open fingers."""
    hands = dict(situation.hands)
    for one in grasps:
        hands[one.hand] = replace(hands[one.hand], width=one.candidate.opening)
    opened = replace(situation, hands=hands)
    return build_arms(
        stage,
        opened,
        group,
        settings,
        X_WG={one.hand: one.candidate.X_WG for one in grasps},
        moving=concerned(stage, opened, group),
    )
