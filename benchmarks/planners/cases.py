"""The cases that are measured: each a name and a function that gives a row."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from handsel.planners.free_hand import way
from handsel.planners.free_hand.problem import HandProblem, build
from handsel.planners.free_hand.subgoal import HandSolution, solve
from handsel.planners.solution import Infeasible

from . import baseline
from . import keypoint_problems as peer
from .convert import moved, pose7, problem_file, tool_pose
from .with_snopt import solve_with_snopt

Case = tuple[str, Callable[[], dict]]


def posed(problem: peer.Problem) -> HandProblem:
    """Read and pose a problem; the distance grid is given to both sides."""
    file = problem_file(problem)
    return build(file.program().stages[0], file)


def timed(function: Callable, *args, **named) -> tuple:
    """Give a function's result and its processor time, [s]."""
    begin = time.process_time()
    result = function(*args, **named)
    return result, time.process_time() - begin


def judged(problem: peer.Problem, pose: np.ndarray, prefix: str) -> dict:
    """Measure a pose with the evaluator."""
    report = peer.subgoal_report(problem, pose)
    return {
        f"{prefix}_total": report["total"],
        f"{prefix}_violation": report["max_violation"],
        f"{prefix}_clearance": peer.exact_clearance(problem, peer.pose7_to_homo(pose)),
    }


def warmed_up() -> None:
    """Load what is compiled, so that no case pays for it."""
    hand = posed(peer.pen_grasp())
    first = solve(hand, np.random.default_rng(0))
    solve(hand, np.random.default_rng(0), earlier=first.X_WG)


def subgoals(seeds: int) -> Iterator[Case]:
    """Cold sub-goals: moved starts with clutter against the baseline, and the seven as they are."""
    warmed_up()
    for make in peer.ALL:
        for seed in range(seeds):
            yield f"{make.__name__} {seed}", partial(_subgoal, make, seed)
        for seed in range(seeds):
            yield f"{make.__name__} as it is {seed}", partial(_plain_subgoal, make, seed)


def _subgoal(make: Callable[[], peer.Problem], seed: int) -> dict:
    problem = moved(make(), seed)
    problem.sdf  # noqa: B018 - computed once, for neither side's time
    file = problem_file(problem)
    program, reading = timed(file.program)
    hand, building = timed(build, program.stages[0], file)
    (theirs, count), their_time = timed(baseline.solve_subgoal, problem, seed)
    row = {"problem": problem.name, "seed": seed, "theirs_s": their_time, "theirs_evaluations": count}
    row |= judged(problem, theirs, "theirs") | {"reading_s": reading, "building_s": building}
    return row | _ours(problem, hand, seed)


def _plain_subgoal(make: Callable[[], peer.Problem], seed: int) -> dict:
    problem = make()
    return {"problem": problem.name, "seed": seed, "plain": True} | _ours(problem, posed(problem), seed)


def _ours(problem: peer.Problem, hand: HandProblem, seed: int) -> dict:
    begin = time.process_time()
    try:
        solution = solve(hand, np.random.default_rng(seed))
    except Infeasible as error:
        return {"ours_s": time.process_time() - begin, "ours_infeasible": str(error)}
    spent = time.process_time() - begin
    return {"ours_s": spent, "proves": solution.proves()} | judged(problem, pose7(solution.X_WG), "ours")


def warm(seeds: int) -> Iterator[Case]:
    """Re-solves while the hand advances and what stands still drifts together by 5 mm."""
    warmed_up()
    for make in peer.ALL:
        for seed in range(seeds):
            yield f"{make.__name__} {seed}", partial(_resolves, make, seed, together=True)


def noise(seeds: int) -> Iterator[Case]:
    """The same with 5 mm of noise on each keypoint alone: not every draw can be met."""
    warmed_up()
    for make in peer.ALL:
        for seed in range(seeds):
            yield f"{make.__name__} {seed}", partial(_resolves, make, seed, together=False)


def _resolves(make: Callable[[], peer.Problem], seed: int, *, together: bool) -> dict:
    rng = np.random.default_rng([seed, 77])
    problem = make()
    hand = posed(problem)
    cold = solve(hand, np.random.default_rng(seed))
    row: dict = {"problem": problem.name, "seed": seed, "steps": []}
    S, G = peer.pose7_to_homo(problem.start), peer.pose7_to_homo(pose7(cold.X_WG))
    theirs_before, _ = baseline.solve_subgoal(problem, seed)
    ours_before: HandSolution = cold
    begin = {ref: hand.positions[ref] for ref in hand.ends.points}
    numbers = {(one.thing, one.part): i for i, one in enumerate(problem_file(problem).keypoints)}
    for share in (0.2, 0.4, 0.6):
        now = _advanced(problem, S, G, share, rng, together)
        X_WG = tool_pose(now.start)
        positions = {
            ref: now.keypoints[0] if ref.thing is None else now.keypoints[1 + numbers[ref.thing, ref.part]]
            for ref in begin
        }
        posed_now = hand.reposed(X_WG, positions)
        step: dict = {}
        theirs_before, step["theirs_s"] = timed(baseline.resolve_subgoal, now, theirs_before, seed)
        step["theirs_violation"] = peer.subgoal_report(now, theirs_before)["max_violation"]
        began = time.process_time()
        try:
            ours_before = solve(posed_now, rng, earlier=ours_before.X_WG)
        except Infeasible as error:
            step |= {"ours_infeasible": error.report.text, "named": error.report.constraint}
        step["ours_s"] = time.process_time() - began
        if "ours_infeasible" not in step:
            step |= judged(now, pose7(ours_before.X_WG), "ours") | {"warm": ours_before.warm}
        row["steps"].append(step)
    return row


def _advanced(
    problem: peer.Problem,
    S: np.ndarray,
    G: np.ndarray,
    share: float,
    rng: np.random.Generator,
    together: bool,
) -> peer.Problem:
    """The problem with the hand further along the straight line, and keypoints that drifted."""
    turn = peer.quat_to_R(peer.R_to_quat(G[:3, :3] @ S[:3, :3].T))
    w = baseline.Rotation.from_matrix(turn).as_rotvec()
    R = baseline.Rotation.from_rotvec(share * w).as_matrix() @ S[:3, :3]
    T = peer.homo((1.0 - share) * S[:3, 3] + share * G[:3, 3], R)
    keypoints = problem.moved_keypoints(T)
    still = ~problem.movable
    if together:
        drift = rng.normal(size=3)
        keypoints[still] += 0.005 * drift / np.linalg.norm(drift)
    else:
        keypoints[1:] += rng.normal(scale=0.005 / np.sqrt(3.0), size=keypoints[1:].shape)
    now = peer.Problem(
        **{
            name: getattr(problem, name)
            for name in problem.__dataclass_fields__
            if name not in ("start", "keypoints", "_sdf")
        },
        start=peer.homo_to_pose7(T),
        keypoints=keypoints,
    )
    now._sdf = problem.sdf
    return now


def ways(seeds: int) -> Iterator[Case]:
    """Cold ways from a free start to the sub-goal that ours gives, the same end for both sides."""
    warmed_up()
    hand = posed(peer.pen_reorient())
    way.solve(hand, solve(hand, np.random.default_rng(0)).X_WG, np.random.default_rng(0))
    for seed in range(seeds):
        for make in peer.ALL:
            yield f"{make.__name__} {seed}", partial(_way, make, seed)


def _way(make: Callable[[], peer.Problem], seed: int) -> dict:
    problem = moved(make(), seed, free_start=True)
    hand = posed(problem)
    end = solve(hand, np.random.default_rng(seed)).X_WG
    row: dict = {"problem": problem.name, "seed": seed}
    began = time.process_time()
    try:
        ours = way.solve(hand, end, np.random.default_rng(seed))
    except Infeasible as error:
        row["ours_infeasible"] = str(error)
    row["ours_s"] = time.process_time() - began
    (control, count), row["theirs_s"] = timed(baseline.solve_way, problem, pose7(end), seed)
    row |= {"theirs_evaluations": count, "theirs_controls": len(control)}
    row |= _curve(problem, _spread(_polygon(control)), "theirs")
    row |= _curve(problem, _spread(baseline.executed(control)), "theirs_spline")
    if "ours_infeasible" in row:
        return row
    fine = [pose7(X) for X in ours.sampled(0.005, 0.02)]
    row |= _curve(problem, [pose7(X) for X in ours.sampled(0.02, 0.10)], "ours", fine)
    return row | {"proves": ours.proves()}


def _curve(
    problem: peer.Problem,
    poses: list[np.ndarray],
    prefix: str,
    fine: list[np.ndarray] | None = None,
) -> dict:
    """Measure a curve with the evaluator: cost at their samples, the rest at dense ones."""
    report = peer.curve_report(problem, poses)
    close = peer.curve_report(problem, fine or _spread(poses, 0.005, 0.02))
    p = np.array(fine or poses)[:, :3]
    outside = np.maximum(p - peer.BOUNDS_MAX, peer.BOUNDS_MIN - p).max()
    return {
        f"{prefix}_cost": report["total"],
        f"{prefix}_violation": close["max_violation"],
        f"{prefix}_clearance": close["clearance"],
        f"{prefix}_outside": max(float(outside), 0.0),
    }


def _polygon(control: np.ndarray) -> list[np.ndarray]:
    """A control polygon at close samples, each corner once."""
    p, R = baseline.dense(control, fine=20)
    return [peer.homo_to_pose7(peer.homo(pi, Ri)) for pi, Ri in zip(p, R, strict=True)]


def _spread(poses: list[np.ndarray], length: float = 0.02, turn: float = 0.10) -> list[np.ndarray]:
    """Evenly spread samples of a curve that is given closely, every one once."""
    p = np.array(poses)[:, :3]
    turns = baseline.Rotation.from_quat(np.array(poses)[:, 3:])
    step = np.linalg.norm(np.diff(p, axis=0), axis=1) / length
    along = np.maximum(step, (turns[1:] * turns[:-1].inv()).magnitude() / turn)
    keep = np.concatenate([[True], along > 1e-12])
    s = np.concatenate([[0.0], np.cumsum(along[keep[1:]])])
    count = max(int(np.ceil(s[-1] * 1.001)), 1) + 1
    at = np.linspace(0.0, s[-1], count)
    q = baseline.Slerp(s, turns[keep])(at).as_quat()
    return list(np.hstack([np.array([np.interp(at, s, c) for c in p[keep].T]).T, q]))


def snopt(seeds: int) -> Iterator[Case]:
    """The same cold sub-goals, moved, with SNOPT in the place of our search: one start, and eight."""
    for make in peer.ALL:
        for seed in range(seeds):
            for starts in (1, 8):
                yield f"{make.__name__} {seed} {starts}", partial(_snopt, make, seed, starts)


def _snopt(make: Callable[[], peer.Problem], seed: int, starts: int) -> dict:
    problem = moved(make(), seed)
    hand = posed(problem)
    X_WG, spent = timed(solve_with_snopt, hand, np.random.default_rng(seed), starts)
    row = {"problem": problem.name, "seed": seed, "starts": starts, "snopt_s": spent}
    return row if X_WG is None else row | judged(problem, pose7(X_WG), "snopt")
