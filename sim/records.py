"""What an episode's record says beside its verdict: the way there, what it cost, and what could be seen.

``docs/evaluation.md`` is the reference of the fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol, runtime_checkable

from ..agent.events import Event
from ..agent.language.model import Usage
from ..agent.mind import Mind, Spender
from ..agent.recovery import Rung
from ..robots.robot import RobotInfo
from .suite import Conditions, Record

MOST_MOMENTS = 120
"""So many turns of an episode are kept in its record; the trace has all of them."""
LONGEST_WORDS = 160
"""Most characters of what is said of a moment."""
TOLD = {
    "subtasks": "texts",
    "refusal": "reason",
    "replan": "reason",
    "recover": "reason",
    "trouble": "reason",
    "failure": "reason",
    "waiting": "reason",
    "ask": "question",
    "heard": "text",
    "verdict": "reason",
    "end": "reason",
}
"""Events that are moments of a record, and where their words are."""
RUNGS = {
    Rung.RESOLVE: "resolved",
    Rung.GO_BACK: "gone_back",
    Rung.REDECOMPOSE: "redecomposed",
}
"""What the rungs of recovery are counted as."""


@runtime_checkable
class Metered(Protocol):
    """A mind that thinks with a language model, and knows what that took."""

    @property
    def usage(self) -> Usage:
        """What its calls have taken so far."""
        ...


@dataclass(slots=True)
class Account:
    """Keeps the account of an episode, or of the episodes of a dialogue; it is a ``Subscriber``.

    Attributes:
        stages: The stages that ran, each as its record has it.
        moments: When what happened, robot time, kind and words.
        counts: How often which rung of recovery was climbed and how many programs were refused.
        questions: What the person was asked.
        ends_missed: Ends of stages that were measured and are not as they should be.
    """

    stages: list[Record] = field(default_factory=list)
    moments: list[list[Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*RUNGS.values(), "refusals"), 0))
    questions: list[str] = field(default_factory=list)
    ends_missed: int = 0
    _plans: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def on_event(self, event: Event) -> None:
        """Take an event into account."""
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "choice":
                self._plans.clear()
            case "plan":
                self._plans[int(data["index"])] = data
            case "stage":
                plan = self._plans.get(int(data["index"]))
                self.stages.append(stage_record(event.time, data, plan))
                self._note(event, str(data["purpose"] or data["name"]))
            case "ended":
                self.ends_missed += sum(not end["met"] for end in data["ends"])
                if self.stages:
                    self.stages[-1]["ends"] += [_share(end) for end in data["ends"]]
            case "recover":
                counted = RUNGS.get(data["rung"])
                if counted is not None:
                    self.counts[counted] += 1
            case "refusal":
                self.counts["refusals"] += 1
            case "ask":
                self.questions.append(str(data["question"]))
            case "end" if data["outcome"] == "question":
                self.questions += [] if data["reason"] in self.questions else [str(data["reason"])]
        if event.kind in TOLD:
            words = data[TOLD[event.kind]]
            self._note(event, "; ".join(words) if isinstance(words, list) else str(words))

    def close(self) -> None:
        """Nothing to close."""

    def record(self) -> Record:
        """Give the fields of a record."""
        return {
            "stages": self.stages,
            **self.counts,
            "ends_missed": self.ends_missed,
            "questions": self.questions,
            "moments": self.moments,
        }

    def _note(self, event: Event, words: str) -> None:
        if len(self.moments) < MOST_MOMENTS:
            kind = str(event.data["rung"]) if event.kind == "recover" else event.kind
            self.moments.append([round(event.time, 2), kind, words[:LONGEST_WORDS]])


def stage_record(time: float, told: Mapping[str, Any], plan: Mapping[str, Any] | None) -> Record:
    """Write down a stage that begins.

    Args:
        time: Robot time, [s].
        told: What was told of its beginning.
        plan: What was told of its plan; None of what is planned while it goes on, as pushes are.

    Returns:
        ``at`` [s], ``name``, ``act``, ``cpu`` by part [s], ``duration`` [s], ``clearance`` [m] or None where
        nothing is near, ``residuals`` of its relations and measured ``ends``, as shares of what is tolerated.
    """
    plan = plan or {}
    return {
        "at": round(time, 3),
        "name": told["name"],
        "act": plan.get("act", ""),
        "cpu": plan.get("cpu", {}),
        "duration": plan.get("duration", 0.0),
        "clearance": plan.get("clearance"),
        "residuals": [_share(relation) for relation in plan.get("relations", ())],
        "ends": [],
    }


def circumstances(conditions: Conditions, robot: RobotInfo, mind: Mind, perceiver: str) -> Record:
    """Say who acted, what could be seen, and what thinking took.

    Args:
        conditions: What is the same in every episode.
        robot: What the robot is made of.
        mind: Who understood, after the episode.
        perceiver: Name of who saw.
    """
    usage = mind.usage if isinstance(mind, Metered) else Usage()
    money = mind.spent[1] if isinstance(mind, Spender) else 0.0
    return {
        "mind": mind.name,
        "perceiver": perceiver,
        "memory": conditions.memory,
        "ablate": list(conditions.ablate),
        "sees": {
            "instruction": True,
            "cameras": list(robot.cameras),
            "depth_noise": conditions.noise,
            "camera_error": list(conditions.camera_error),
            "arm_model": [arm.model for arm in robot.arms],
            "joints_and_fingers": True,
            "true_poses": perceiver == "oracle",
        },
        "model": {
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "seconds": round(usage.seconds, 3),
            "cost": round(money, 6),
        },
    }


def way_and_cost(records: Sequence[Record]) -> Record:
    """Sum up what records say beside their verdicts; of what none of them says nothing is told."""
    counted = (*RUNGS.values(), "refusals", "ends_missed")
    summed: Record = {
        name: sum(record[name] for record in records if name in record)
        for name in counted
        if any(name in record for record in records)
    }
    if any("questions" in record for record in records):
        summed["questions"] = sum(len(record.get("questions", ())) for record in records)
    for name in ("robot_time", "wall"):
        times = [float(record[name]) for record in records if name in record]
        if times:
            summed |= {f"{name}_median": median(times), f"{name}_total": sum(times)}
    models = [record["model"] for record in records if "model" in record]
    if models:
        summed["model"] = {name: round(sum(one[name] for one in models), 6) for name in models[0]}
    return summed


def _share(relation: Mapping[str, Any]) -> float | None:
    """Give a residual as a share of what is tolerated: 1 and below is met; None where either is unknown."""
    residual, tolerance = relation["residual"], relation["tolerance"]
    return None if residual is None or not tolerance else round(residual / tolerance, 4)
