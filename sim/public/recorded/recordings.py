"""Files of recorded readings: who read what, and what was answered; one a picture."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ....core.errors import CannotDo, InputError
from .schema import Answer, read_answer

FORMAT = "handsel recorded reading 1"
LARGEST, MOST = 2**17, 2000
"""Longest file that is read, [bytes], and most files of a folder."""


class Recording(BaseModel):
    """One reading.

    Attributes:
        format: Says what this file is.
        kind: Says that these are answers of a reader given beforehand, and nothing that acted.
        instruction: What was said.
        reader: Who read.
        prompt: SHA-256 of the prompt with its slot empty.
        answer: What was answered.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal["handsel recorded reading 1"] = FORMAT
    kind: Literal["recording"] = "recording"
    instruction: Annotated[str, Field(min_length=1, max_length=500)]
    reader: Annotated[str, Field(min_length=1, max_length=100)]
    prompt: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    answer: Answer


def record(answer: str, instruction: str, reader: str, path: Path, *, prompt: str) -> Recording:
    """Check a reader's answer and write it down.

    Args:
        answer: What was answered.
        instruction: What was said.
        reader: Who read.
        path: File to write.
        prompt: SHA-256 of the prompt that it answers, with its slot empty.

    Raises:
        InputError: If the answer is refused.
    """
    made = Recording(instruction=instruction, reader=reader, prompt=prompt, answer=read_answer(answer))
    path.write_text(json.dumps(made.model_dump(), indent=1) + "\n", encoding="utf-8")
    return made


def read_recordings(folder: Path) -> Mapping[str, tuple[Recording, ...]]:
    """Read a folder's recordings by instruction, in the order of their files' names.

    Raises:
        InputError: If there are none, or a file is none.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files or len(files) > MOST:
        raise InputError(f"{folder} has {len(files)} recordings (*.json); expected 1 to {MOST}")
    found: dict[str, tuple[Recording, ...]] = {}
    for path in files:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than {LARGEST} bytes, the most that a recording has")
        try:
            one = Recording.model_validate_json(path.read_bytes(), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InputError(f"{path} is no recording: {where or 'the file'}: {first['msg']}") from error
        found[one.instruction] = (*found.get(one.instruction, ()), one)
    return found


def recordings_for(
    recordings: Mapping[str, tuple[Recording, ...]], instruction: str
) -> tuple[Recording, ...]:
    """Give the recordings of an instruction.

    Raises:
        CannotDo: If there is none.
    """
    if instruction not in recordings:
        raise CannotDo(f"no recording of {instruction!r}: write its prompt, and let a reader answer it")
    return recordings[instruction]
