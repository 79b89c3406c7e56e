"""Episodes as event streams, for tests of the memory."""

from collections.abc import Sequence

from handsel.agent.events import Stream, Subscriber
from handsel.agent.plain import thing_json
from handsel.perception.scene import Scene


def tell_begin(stream: Stream, instruction: str, *, robot: str = "fake") -> None:
    stream.record(
        "begin", instruction=instruction, robot={"name": robot}, mind="rules", perceiver="by hand", seed=3
    )


def tell_scene(stream: Stream, scene: Scene, why: str = "to begin") -> None:
    stream.record("scene", why=why, things=[thing_json(thing) for thing in scene.things])


def tell_choice(stream: Stream, subtask: str, skill: str, attempt: int = 0, **arguments: str) -> None:
    row = {"skill": skill, "arguments": arguments, "say": 1.0, "can": 0.9, "score": 0.9, "reason": "it may"}
    stream.record("choice", subtask=subtask, attempt=attempt, rows=[row], method="by hand", count=1)


def tell_done(
    subscribers: Sequence[Subscriber],
    instruction: str,
    before: Scene,
    after: Scene,
    *,
    subtask: str,
    skill: str = "place",
    program: str = "",
    success: bool = True,
    robot: str = "fake",
    taken: str = "",
    **arguments: str,
) -> None:
    """Tell of an instruction with one step."""
    stream = Stream(subscribers, clock=lambda: 1.0)
    tell_begin(stream, instruction, robot=robot)
    tell_scene(stream, before)
    stream.record("subtasks", texts=[subtask])
    tell_choice(stream, subtask, skill, 0, **arguments)
    if program:
        stream.record("program", text=program, number=1)
    if taken:
        stream.record("grasped", thing=taken, hand="arm")
        if not any(thing.on == "hand" for thing in after.things):
            stream.record("released", thing=taken, hand="arm")
    stream.record("heard", text="slower")
    stream.record("ask", question="how slow?", options=["very"])
    tell_scene(stream, after, "to judge")
    stream.record("verdict", subtask=subtask, success=success, reason="it is so", by="geometry")
    stream.record("end", outcome="done" if success else "failed", reason="it is so")
    stream.close()
