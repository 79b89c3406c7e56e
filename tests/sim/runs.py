"""Runs made by hand for tests of what is done with them."""

from typing import Any

Record = dict[str, Any]
KINDS = ("pour", "hang")


def record(number: int, success: bool = True, **more: Any) -> Record:
    """Make an episode's record, with all that a report can show."""
    return {
        "episode": number,
        "seed": 100 + number,
        "kind": KINDS[number % 2],
        "instruction": f"do <b>task</b> {number}",
        "success": success,
        "believed": success,
        "cause": "" if success else "it fell",
        "reported": "" if success else "dropped",
        "truth": "2 cm off",
        "plan_cpu": [0.2, 0.3],
        "robot_time": 10.0 + number,
        "wall": 5.0,
        "stages": [
            {
                **{"at": 0.5, "name": "stage_1", "act": "grasp mug", "cpu": {"path": 0.2}, "duration": 2.0},
                **{"clearance": 0.02, "residuals": [0.3, -2.0], "ends": [0.4]},
            },
            {
                **{"at": 4.0, "name": "stage_2", "act": "", "cpu": {}, "duration": 1.0},
                **{"clearance": None, "residuals": [None], "ends": []},
            },
        ],
        "moments": [[0.0, "subtasks", "x"], [5.0, "go back", "it <moved>"], [9.0, "end", "over"]],
        "resolved": 1,
        "gone_back": 1,
        "redecomposed": 0,
        "refusals": 2,
        "ends_missed": 0,
        "questions": ["which one?"],
        "model": {"calls": 3, "prompt_tokens": 10, "completion_tokens": 5, "seconds": 0.5, "cost": 0.25},
    } | more
