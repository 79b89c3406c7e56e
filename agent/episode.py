"""What is left of one instruction when it is over: the outcome, the reasons, the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..core.errors import InputError
from ..skills.skill import WRITES
from .events import Event
from .mind import Verdict
from .plain import plain

Outcome = Literal["done", "failed", "refused", "question", "answered", "stopped"]
INTERRUPTED = 130
"""Exit code of an episode that the person stopped."""
LONGEST_INSTRUCTION = 2000
"""Most characters of an instruction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one instruction may use up.

    Attributes:
        steps: Most steps that it may be broken into.
        retries: How often a step is tried again.
        writes: How often a program is written for one try of a step, until one can be read and planned.
        robot_time: Most robot time, [s].
        tick: Robot time between looks at the joints, [s].
        look_every: Ticks between looks through a camera while something moves; 0 for none.
        plan_budget: Processor time that one decision may take; what takes longer is counted, [s].
        replans: Recovery, first rung: how often one stage is planned anew while it is carried out.
        backs: Second rung: how often one run of a program goes back to a stage.
        redecompose: Third rung: how often the mind is asked again what to do, with what happened.
        asks: Fourth rung: how often the person is asked what to do, where one is there; see ``patience``.
        patience: Robot time that a person is waited for, after a question or a stop; with 0 nobody is
            there, and the episode ends instead, [s].
        stages: Most stages that may be carried out.
        calls: Most calls of a mind whose answers cost something; unbounded where None.
        cost: Most money that they may cost; unbounded where None.
        wall: Most wall time, [s].
    """

    steps: int = 24
    retries: int = 2
    writes: int = WRITES
    robot_time: float = 600.0
    tick: float = 0.05
    look_every: int = 3
    plan_budget: float = 1.5
    replans: int = 6
    backs: int = 2
    redecompose: int = 1
    asks: int = 1
    patience: float = 0.0
    stages: int = 240
    calls: int | None = None
    cost: float | None = None
    wall: float = 7200.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        least = min(self.steps, self.writes, self.robot_time, self.tick, self.plan_budget)
        least = min(least, self.stages, self.wall, 1 if self.calls is None else self.calls)
        counts = (self.retries, self.look_every, self.replans, self.backs, self.redecompose, self.asks)
        if least <= 0 or min(*counts, self.patience, self.cost or 0.0) < 0 or self.tick > 0.05:
            raise InputError(
                f"limits {self!r}: expected positive numbers, and joints looked at every 0.05 s or faster"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """One stage as it ran.

    Attributes:
        subtask: The step that it belongs to.
        name: The stage's name.
        purpose: What it was for.
        act: ``grasp red_block``, ``release red_block`` or nothing.
        relations: Each relation's text, residual, tolerance and whether it was met.
        clearance: Least distance from anything on the way, [m].
        cpu: Processor time by part, [s].
        duration: How long the motion takes, [s].
        retries: How many tries of the step failed before.
    """

    subtask: str
    name: str
    purpose: str
    act: str
    relations: tuple[Mapping[str, Any], ...]
    clearance: float
    cpu: Mapping[str, float]
    duration: float
    retries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One instruction, over.

    Attributes:
        instruction: What the person said.
        outcome: ``done`` and verified; ``failed`` after trying; ``refused`` or a ``question`` before
            anything moved; ``stopped`` by the person.
        exit_code: What a command line ends with.
        reason: Why, in a sentence.
        cause: The true cause where it is not done, a word of ``Cause``; empty where it is.
        options: Answers that would settle a question.
        subtasks: The steps in words.
        verdicts: The verdict on each try of each step.
        stages: The stages that ran.
        timings: Wall and processor time by part, [s].
        metrics: Counts and lists of numbers.
        seed: Seed of all chance.
        perceiver: Who saw.
        mind: Who understood.
        moved: Whether the arm was moved at all.
    """

    instruction: str
    outcome: Outcome
    exit_code: int
    reason: str
    cause: str = ""
    options: tuple[str, ...] = ()
    subtasks: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    stages: tuple[StageReport, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    perceiver: str = ""
    mind: str = ""
    moved: bool = False

    @property
    def success(self) -> bool:
        """Whether everything was done and verified."""
        return self.outcome == "done"

    def to_json(self) -> dict[str, Any]:
        """Give the episode as JSON can hold it."""
        flat = plain(self)
        assert isinstance(flat, dict)
        return {"success": self.success} | flat


@dataclass(slots=True, kw_only=True)
class Tally:
    """Adds up an episode from its events; it is a ``Subscriber``."""

    subtasks: tuple[str, ...] = ()
    verdicts: list[Verdict] = field(default_factory=list)
    stages: list[StageReport] = field(default_factory=list)
    plan_cpu: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    causes: list[str] = field(default_factory=list)
    deviations: list[float] = field(default_factory=list)
    slow_shares: list[float] = field(default_factory=list)
    replans: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    _plans: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _subtask: str = ""
    _attempt: int = 0
    _first: float | None = None
    _last: float = 0.0

    @property
    def robot_time(self) -> float:
        """Robot time from the first event to the last, [s]."""
        return 0.0 if self._first is None else self._last - self._first

    def spend(self, part: str, seconds: float) -> None:
        """Add wall time to a part, [s]."""
        self.timings[part] = self.timings.get(part, 0.0) + seconds

    def on_event(self, event: Event) -> None:
        """Take an event into account."""
        data: Mapping[str, Any] = event.data
        self._first, self._last = (event.time if self._first is None else self._first), event.time
        self.counts[event.kind] = self.counts.get(event.kind, 0) + 1
        match event.kind:
            case "subtasks":
                self.subtasks = tuple(data["texts"])
            case "choice":
                self._subtask, self._attempt = str(data["subtask"]), int(data["attempt"])
            case "plan":
                self._plans[int(data["index"])] = data
                self.plan_cpu.append(sum(data["cpu"].values()))
            case "stage":
                self.stages.append(self._report(self._plans[int(data["index"])]))
            case "replan":
                self.replans.append(str(data["cause"]))
            case "followed":
                self.deviations.append(float(data["deviation_max_mm"]))
            case "slow":
                self.slow_shares.append(float(data["share"]))
            case "failure":
                self.causes.append(str(data["cause"]))
            case "verdict":
                self.verdicts.append(
                    Verdict(success=bool(data["success"]), reason=str(data["reason"]), by=str(data["by"]))
                )

    def close(self) -> None:
        """Nothing to close."""

    def metrics(self) -> dict[str, Any]:
        """Give the counts and lists."""
        return {
            "plan_cpu": list(self.plan_cpu),
            "over_charge": self.counts.get("over", 0),
            "repairs": self.counts.get("refusal", 0),
            "looks": self.counts.get("scene", 0),
            "grasps": self.counts.get("grasped", 0),
            "troubles": self.counts.get("trouble", 0),
            "causes": list(self.causes),
            "replans": list(self.replans),
            "deviation_max_mm": max(self.deviations, default=0.0),
            # Above 1 where the tool was faster than "slow" allows; 0 where nothing was to be slow.
            "slow_share_max": max(self.slow_shares, default=0.0),
        }

    def _report(self, plan: Mapping[str, Any]) -> StageReport:
        return StageReport(
            subtask=self._subtask,
            name=plan["stage"],
            purpose=plan["purpose"],
            act=plan["act"],
            relations=tuple(plan["relations"]),
            clearance=plan["clearance"],
            cpu=plan["cpu"],
            duration=plan["duration"],
            retries=self._attempt,
        )


def check_instruction(instruction: str) -> str:
    """Refuse text that no mind should have to read.

    Args:
        instruction: What the person said.

    Returns:
        The same without blanks around it.

    Raises:
        InputError: If it is empty, too long, or has control characters.
    """
    text = instruction.strip()
    if not text:
        raise InputError("the instruction is empty; say what to do, such as 'put the red block in the bowl'")
    if len(text) > LONGEST_INSTRUCTION:
        raise InputError(
            f"the instruction has {len(text)} characters; say it in at most {LONGEST_INSTRUCTION}"
        )
    odd = sorted({character for character in text if not character.isprintable() and character not in "\n\t"})
    if odd:
        raise InputError(
            f"the instruction holds characters that cannot be read: {', '.join(map(repr, odd[:5]))}; "
            "write it as plain text"
        )
    return text
