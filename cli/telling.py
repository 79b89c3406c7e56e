"""What happened, event by event, in a line each: for the chat and for a replay."""

from collections.abc import Mapping
from typing import Any

from ..agent.memory.mark import MARK

DONE = {
    "done": "done and verified",
    "failed": "failed",
    "refused": "not done",
    "question": "a question",
    "answered": "answered, nothing to do",
    "stopped": "stopped",
}
"""Outcomes, said to a person."""


def told(kind: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say an event in a word and a sentence.

    Args:
        kind: The event's kind; see ``agent.trace``.
        data: Its entries.

    Returns:
        The word and the sentence; None for what is only measured.
    """
    match kind:
        case "scene":
            names = ", ".join(thing["name"] for thing in data["things"])
            return "saw", f"{names or 'nothing on the table'} ({data['why']})"
        case "subtasks":
            return "will", "; ".join(data["texts"])
        case "program" if str(data["text"]).startswith(MARK):
            return "recalls", str(data["text"]).partition("\n")[0].removeprefix(MARK)
        case "refusal":
            return "again", f"the program was refused by {data['by']}: {data['reason']}"
        case "stage":
            return "does", str(data["purpose"] or data["name"])
        case "grasped" | "released":
            return kind, str(data["thing"])
        case "waiting":
            return "waits", str(data.get("reason", "something is in the way"))
        case "replan":
            return "anew", str(data["reason"])
        case "thing_moved":
            return "moved", f"{data['thing']}, by {1000 * float(data['by']):.0f} mm"
        case "thing_lost":
            return "lost", f"{data['thing']} is not where it was"
        case "heard":
            return "heard", str(data["text"])
        case "ask":
            return "asks", " / ".join([str(data["question"]), *map(str, data["options"])])
        case "recover":
            return "recovers", f"{str(data['rung']).replace('_', ' ')}: {data['reason']}"
        case "trouble" | "failure":
            return "trouble", str(data["reason"])
        case "verdict":
            return "judged", str(data["reason"])
        case _:
            return None


def told_fully(kind: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say an event as a replay does, which has a line for more kinds of them."""
    match kind:
        case "begin":
            return "asked", f"{data['instruction']} ({data['mind']}, seed {data['seed']})"
        case "choice" if data["rows"]:
            best = data["rows"][0]
            arguments = ", ".join(map(str, best["arguments"].values()))
            return "chose", f"{best['skill']}({arguments}), score {best['score']:.2f} of {data['count']}"
        case "program":
            return told(kind, data) or ("program", f"try {data['number']}, {_stages(data['text'])}")
        case "plan":
            met = sum(bool(one["met"]) for one in data["relations"])
            return "planned", (
                f"{data['purpose'] or data['stage']}: {data['duration']:.1f} s, clearance "
                f"{1000 * data['clearance']:.1f} mm, {met} of {len(data['relations'])} relations hold"
            )
        case "grip":
            return "grips", f"{1000 * float(data['width']):.0f} mm, {float(data['force']):.0f} N"
        case "followed":
            return "moved", f"{data['state']}, at most {float(data['deviation_max_mm']):.2f} mm off its curve"
        case "over":
            return (
                "slow",
                f"{data['spent']:.2f} s of processor time where {data['budget']:.2f} s are declared",
            )
        case "end":
            return "end", f"{DONE.get(data['outcome'], data['outcome'])}: {data['reason']}"
        case _:
            return told(kind, data)


def _stages(text: str) -> str:
    count = str(text).count("def stage_")
    return f"{count} stage{'' if count == 1 else 's'}"
