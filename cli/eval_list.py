"""What ``handsel eval list`` does: every suite, what it measures, and its kinds of task."""

import json
from pathlib import Path
from textwrap import fill
from typing import Any

from ..agent.minds import MINDS, PROGRAM
from ..sim.suite import SUITES, WithAgent, kinds_of
from .eval import Eval

WIDTH = 108
"""Of what is printed, [characters]."""
WORLDLESS_PURPOSES = {
    "instructions": "sentences are understood as they are meant; no world, no motion",
    "prompts": "recorded conversations still fit the prompts as they are now",
    "saycan": "household instructions are carried out in a home of symbols, by say × can",
    "virtualhome": "household tasks told in words are planned; judged by the Embodied Agent Interface",
}


def list_suites(command: Eval) -> int:
    """Print every suite; as JSON to a file where one is named.

    Args:
        command: The arguments.
    """
    rows = list(map(row_of, SUITES.names())) + [
        {"suite": name, "purpose": purpose, "mind": "", "kinds": [], "parts": []}
        for name, purpose in WORLDLESS_PURPOSES.items()
    ]
    if command.json is not None:
        command.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        kinds = row["kinds"]
        facts = [f"{len(kinds)} kinds"] if kinds else []
        facts += [f"mind {short(row['mind'])}"] if row["mind"] else []
        print(row["suite"] + (f" ({', '.join(facts)})" if facts else ""))
        for text in (row["purpose"], ", ".join(kinds)):
            if text:
                print(fill(text, WIDTH, initial_indent="    ", subsequent_indent="    "))
    print(f"minds: {', '.join(MINDS.names())}, model, program:PATH")
    return 0


def short(mind: str) -> str:
    """Write a mind's name without the folders that lead to its programs."""
    return PROGRAM + Path(mind).name if mind.startswith(PROGRAM) else mind


def row_of(name: str) -> dict[str, Any]:
    """Describe a suite.

    Args:
        name: Its name.
    """
    suite = SUITES.load(name)
    acts = isinstance(suite, WithAgent)
    return {
        "suite": name,
        "purpose": suite.purpose,
        "mind": suite.mind if acts else "",
        "kinds": list(kinds_of(suite)),
        "parts": list(suite.parts) if acts else [],
    }
