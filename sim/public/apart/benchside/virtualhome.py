"""What the Embodied Agent Interface's VirtualHome half does for us: write its prompts, judge a file of plans.

No connection and no world: a call reads files, writes files and ends. The last file to be written says which
version of the package wrote the others. The package's own log is the one place where it says what became of
each task, so that it is kept beside them.
"""

import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGE = "eai-eval"
MODES = ("generate_prompts", "evaluate_results")
DONE = "done.json"


def main(mode: str, kind: str, folder: str, answers: str = "") -> None:
    """Let the package do one of its two things.

    Args:
        mode: ``generate_prompts`` or ``evaluate_results``.
        kind: What is evaluated, such as ``action_sequencing``.
        folder: Where everything that it writes goes; made new.
        answers: Folder of the answers that are judged.
    """
    if mode not in MODES:
        raise SystemExit(f"{mode!r} is none of {', '.join(MODES)}")
    Path(folder).mkdir(parents=True, exist_ok=True)
    os.chdir(folder)  # Its log goes to where it is.
    from virtualhome_eval.agent_eval import (  # pyright: ignore[reportMissingImports] - in an environment of its own.
        agent_evaluation,
    )

    agent_evaluation(mode=mode, eval_type=kind, output_dir="output", llm_response_path=answers or None)
    Path(DONE).write_text(json.dumps({"package": PACKAGE, "version": version(PACKAGE)}) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
