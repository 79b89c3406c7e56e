"""``dialogue``: ten dialogues in which a person corrects the robot while its arm moves.

The lines were written by people who had not seen the grammar. They are said from a thread of their own,
at a moment drawn for each episode, while time passes no faster than the wall's. The judge looks at what
stands where in the end, at what must never have happened, and at when the robot was told to brake.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from ...agent.ablation import PARTS, Part
from ...agent.agent import Agent
from ...agent.episode import Episode, Limits
from ...agent.trace import TraceWriter
from ..episodes import mind_for, perceiver_for
from ..generator import Wanted, random_scene
from ..records import Account, circumstances, way_and_cost
from ..scenes import SceneSpec, ThingSpec
from ..speaking import Said, Speaker, latencies
from ..start import start_world
from ..statistics import quantile
from ..suite import Conditions, Record, kind_at, rate, total
from ..tasks import Task

BOUND = 0.150
"""From a line's end to the robot being told to brake, [s]."""
PATIENCE = 12.0
"""Robot time that the robot waits for the person, [s]."""
STREAM = 11
"""Chance of this suite, apart from that of the others."""
DRAWS = 400
"""Scenes that are drawn until one is laid as a dialogue wants it."""
KINDS = tuple(f"d{number:02d}" for number in range(1, 11))
Things = Mapping[str, ThingSpec]

# The person's right is +y.
LAID: Mapping[str, Callable[[Things], bool]] = {
    # Two blocks on one plate: the first is set down in its middle before anybody speaks of the second.
    "d02": lambda things: (
        things["green_plate"].size["radius"] > 0.094
        and max(things[one].size["side"] for one in ("orange_block", "yellow_block")) < 0.041
    ),
    "d08": lambda things: (
        things["green_bottle"].y > things["blue_mug"].y + 0.12
        and things["purple_block"].y < things["blue_mug"].y - 0.12
        and abs(things["blue_mug"].y) < 0.12
    ),
    "d10": lambda things: (
        np.hypot(
            things["white_mug"].x - things["green_plate"].x, things["white_mug"].y - things["green_plate"].y
        )
        > 0.28
    ),
}
"""How a scene has to be laid so that what is asked for can be done, and is not done already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked(Task):
    """A dialogue in one scene.

    Attributes:
        lines: What is said after the instruction.
        met_at_end: What has to hold in the end, as ``dialogue_judge`` reads it.
        must_not: What must never happen.
    """

    lines: tuple[Said, ...] = ()
    met_at_end: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give what the judge needs, as plain data."""
        return {"judge": self.judge, "met_at_end": list(self.met_at_end), "must_not": list(self.must_not)}


@cache
def scripts() -> Mapping[str, Mapping[str, Any]]:
    """Read the dialogues as they were written, by name."""
    text = (files("handsel.sim") / "assets" / "dialogues.jsonl").read_text(encoding="utf-8")
    return {one["id"]: one for one in map(json.loads, text.splitlines())}


def make(kind: str, seed: int, episode: int) -> Talked:
    """Draw the scene of a dialogue.

    Args:
        kind: One of ``KINDS``.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    script = scripts()[kind]
    sequence = np.random.SeedSequence([seed, episode, STREAM])
    scene = _scene(kind, script, sequence, f"dialogue-{seed}-{episode}")
    first, *later = script["turns"]
    return Talked(
        kind=kind,
        instruction=first["say"],
        scene=scene,
        target=scene.things[0].id,
        judge="handsel.sim.dialogue_judge:judge",
        lines=tuple(Said(when=turn["when"], text=turn["say"]) for turn in later),
        met_at_end=tuple(script["met_at_end"]),
        must_not=tuple(script["must_not"]),
    )


def _scene(kind: str, script: Mapping[str, Any], sequence: np.random.SeedSequence, name: str) -> SceneSpec:
    """Draw scenes until one is laid as the dialogue wants it."""
    rng = np.random.default_rng(sequence)
    wanted = [Wanted(one["kind"], one["color"]) for one in script["things"]]
    laid = LAID.get(kind, lambda things: True)
    own = int(sequence.generate_state(1)[0])
    for _ in range(DRAWS):
        scene = random_scene(rng, len(wanted), required=wanted, name=name, seed=own)
        if laid({thing.id: thing for thing in scene.things}):
            return scene
    raise AssertionError(f"no scene for {kind} in {DRAWS} draws")


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueSuite:
    """The suite; see the module."""

    name: str = "dialogue"
    purpose: str = "a person corrects the robot while its arm moves"
    mind: str = "rules"
    kinds: tuple[str, ...] = KINDS
    parts: tuple[Part, ...] = PARTS

    def run(self, conditions: Conditions, number: int, folder: Path) -> Record:
        """Hold one dialogue and judge what came of it; its traces are kept, and a video where it failed."""
        task = make(kind_at(self, number, conditions.kind), conditions.seed, number)
        place = folder / f"episode-{number:04d}"
        place.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        robot, judge = start_world(
            task.scene,
            seed=task.scene.seed,
            judge=True,
            paced=True,
            noise=conditions.noise,
            camera_error=conditions.camera_error,
        )
        assert judge is not None, "a judge was asked for"
        speaker = Speaker(lines=list(task.lines), rng=np.random.default_rng([task.scene.seed, STREAM]))
        account = Account()
        with robot, judge:
            agent = Agent(
                robot,
                mind_for(conditions),
                perceiver_for(conditions.perceiver, task, judge),
                seed=task.scene.seed,
                limits=Limits(patience=PATIENCE),
                ablate=conditions.ablate,
            )
            speaker.hearer = agent
            episodes = converse(agent, task.instruction, speaker, place, account)
            verdict = judge.verdict(task.to_dict())
            took = latencies(speaker.spoken, judge.stops())
            if not verdict["success"]:
                judge.video(place / "video.mp4")
        record = _record(number, task, episodes, verdict) | account.record()
        record |= circumstances(conditions, robot.info, agent.mind, agent.perceiver.name)
        return record | {
            "stops_ms": [round(1000.0 * seconds, 1) for seconds in took],
            "said": [one.text for one in speaker.spoken],
            "late": list(speaker.late),
            "asked": list(speaker.asked),
            "wall": round(time.monotonic() - began, 3),
        }

    def sum_up(self, records: list[Record]) -> Record:
        """Sum up: dialogues that ended as they should, stops within the bound, what must not happen."""
        stops = [value for record in records for value in record["stops_ms"]]
        goals = [good for record in records for good in record["met"]]
        overhead = [value for record in records for value in record["overhead_ms"]]
        return {
            **total(records, self.kinds),
            "metrics": {
                "met_at_end": rate(sum(goals), len(goals)),
                "stops_within_bound": rate(sum(value <= 1000.0 * BOUND for value in stops), len(stops)),
                "stop_ms_median": quantile(stops, 0.5),
                "stop_ms_max": max(stops, default=0.0),
                "forbidden_touched": sum(bool(record["forbidden_touched"]) for record in records),
                "must_not_happened": dict(Counter(one for record in records for one in record["happened"])),
                "lines_late": sum(len(record["late"]) for record in records),
                "overhead_ms_per_stage_median": quantile(overhead, 0.5),
                "overhead_ms_per_stage_max": max(overhead, default=0.0),
                "failures": dict(Counter(record["cause"] for record in records if not record["success"])),
            }
            | way_and_cost(records),
        }


def converse(
    agent: Agent, instruction: str, speaker: Speaker, place: Path, account: Account | None = None
) -> list[Episode]:
    """Hold a dialogue: what is said after an episode, or came too late for it, begins the next one.

    Args:
        agent: Who is spoken to.
        instruction: What is said first.
        speaker: Who speaks.
        place: Folder for the traces.
        account: Who keeps the account of all of it, where somebody does.

    Returns:
        The episodes, in order.
    """
    episodes: list[Episode] = []
    text: str | None = instruction
    while text is not None:
        trace = TraceWriter(place / f"trace-{len(episodes)}.jsonl")
        agent.subscribers = (trace, speaker, *(() if account is None else (account,)))
        episodes.append(agent.run(text))
        text = speaker.after()
    return episodes


def _record(number: int, task: Talked, episodes: list[Episode], verdict: Mapping[str, Any]) -> Record:
    ends = [f"{one.outcome} ({one.cause}): {one.reason}" for one in episodes]
    return {
        "episode": number,
        "seed": task.scene.seed,
        "kind": task.kind,
        "instruction": task.instruction,
        "success": bool(verdict["success"]),
        "believed": episodes[-1].success,
        "cause": "" if verdict["success"] else f"{task.kind}: {verdict['reason']}",
        "truth": verdict["reason"],
        "ends": ends,
        **{key: verdict[key] for key in ("met", "happened", "forbidden_touched")},
        "overhead_ms": [value for one in episodes for value in one.metrics["overhead_ms"]],
        "outcome": episodes[-1].outcome,
        "reported": episodes[-1].cause,
        "over_charge": sum(one.metrics["over_charge"] for one in episodes),
        "plan_cpu": [seconds for one in episodes for seconds in one.metrics["plan_cpu"]],
        "robot_time": sum(one.timings["robot"] for one in episodes),
    }


SUITE = DialogueSuite()
