"""A folder in which readers are asked and answer: prompts with pictures, answers, and what becomes of them.

``prompts/NNN.txt`` and ``NNN.png`` are what a reader sees, in an order that tells nothing and without a
task's name; which task each is stands in ``key.json`` and is not for readers. ``answers/NNN.json`` is what
a reader wrote, and ``recordings/NNN.json`` what was accepted of it.
"""

import json
from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ....core.errors import InputError
from ..env import BenchmarkEnv
from ..robot import BenchRobot
from ..tasks_file import TasksFile
from .asking import picture_of, prompt_for, prompt_hash
from .recordings import record
from .schema import LONGEST

PROMPTS, ANSWERS, RECORDINGS, KEY = "prompts", "answers", "recordings", "key.json"
SETTLE = 0.15
"""Time for what was just put there to come to rest, [s]."""


class Asked(BaseModel):
    """What stands behind a prompt's number.

    Attributes:
        task: The task of the picture.
        instruction: What is said in it.
        seed: Of the episode whose beginning the picture shows.
        prompt: SHA-256 of the prompt with its slot empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    task: Annotated[str, Field(max_length=200)]
    instruction: Annotated[str, Field(max_length=500)]
    seed: int
    prompt: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


_KEYS = TypeAdapter(dict[Annotated[str, Field(pattern=r"^\d{3,4}$")], Asked])


def write_prompts(folder: Path, env: BenchmarkEnv, tasks: TasksFile, seed: int) -> int:
    """Write a prompt and a picture for every task; what is there already stays.

    Args:
        folder: Where.
        env: The benchmark.
        tasks: What is said in its tasks.
        seed: Of the episodes whose beginnings are shown; not one of those that are evaluated.

    Returns:
        How many prompts the folder has.
    """
    if (folder / KEY).exists():
        return len(read_key(folder))
    names = list(tasks.instructions)
    Random(seed).shuffle(names)
    (folder / PROMPTS).mkdir(parents=True, exist_ok=True)
    (folder / ANSWERS).mkdir(exist_ok=True)
    key = {}
    for number, task in enumerate(names, 1):
        said = env.reset(task, seed, "recorded")
        BenchRobot(env.body).advance(SETTLE)
        info = env.body.info()
        frames = env.body.observe(info.cameras).frames
        (folder / PROMPTS / f"{number:03d}.txt").write_text(prompt_for(said), encoding="utf-8")
        (folder / PROMPTS / f"{number:03d}.png").write_bytes(picture_of(frames, info))
        key[f"{number:03d}"] = Asked(
            task=task, instruction=said, seed=seed, prompt=prompt_hash()
        ).model_dump()
    (folder / KEY).write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    return len(key)


def take_answers(folder: Path, reader: str) -> tuple[int, dict[str, str]]:
    """Check every answer that is there, and write recordings of those that are accepted.

    Args:
        folder: Where prompts were written.
        reader: Who read.

    Returns:
        How many were accepted, and why the others were refused, by number.
    """
    key, refused, accepted = read_key(folder), dict[str, str](), 0
    (folder / RECORDINGS).mkdir(exist_ok=True)
    for number, asked in key.items():
        path = folder / ANSWERS / f"{number}.json"
        if not path.is_file():
            continue
        try:
            with path.open(encoding="utf-8", errors="replace") as stream:
                text = stream.read(LONGEST + 1)
            target = folder / RECORDINGS / f"{number}.json"
            record(text, asked.instruction, reader, target, prompt=asked.prompt)
            accepted += 1
        except InputError as error:
            refused[number] = str(error)
    return accepted, refused


def read_key(folder: Path) -> dict[str, Asked]:
    """Read which task each prompt is of.

    Raises:
        InputError: If it cannot be read.
    """
    path = folder / KEY
    try:
        return _KEYS.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} does not say which task each prompt is of: {error}") from error
