"""The package ``eai-eval`` in an environment of its own: it writes prompts, and judges plans."""

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ...core.errors import InputError, RobotError
from ..public.environments import python_of
from ..public.remote import worker_variables

NAME = "virtualhome"
KINDS = {
    "actions": "action_sequencing",
    "goals": "goal_interpretation",
    "descriptions": "goal_interpretation",
}
"""What the package calls what is evaluated; ``descriptions`` are its goals with the wish's name left out."""
GOAL_NAME = re.compile(r"^Goal name: .*$", re.MULTILINE)
PATIENCE = 3600.0
"""How long the package may take for one call, [s]."""
LARGEST = 64_000_000
"""Most bytes of a file of the package that are read."""
MOST = 5000
"""Most tasks."""
LAST_WORDS = 1500
OURS = "plans"
"""What the package knows the answers by."""
DONE = "done.json"
"""What the far side writes last."""
OUTPUT = Path("output", "virtualhome")


def prompts_at(kind: str) -> Path:
    """Say where the prompts are, below the folder that the package works in."""
    return OUTPUT / "generate_prompts" / KINDS[kind] / "helm_prompt.json"


def results_at(kind: str) -> Path:
    """Say where the figures are, below the folder that the package works in."""
    return OUTPUT / "evaluate_results" / KINDS[kind]


class Prompt(BaseModel):
    """One task, as the package writes it.

    Attributes:
        identifier: By which the package knows the answer again; nothing else is made of it.
        llm_prompt: All that is told.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    identifier: str = Field(min_length=1, max_length=60, pattern=r"^[\w-]+$")
    llm_prompt: str = Field(min_length=1)


class Version(BaseModel):
    """What wrote the files."""

    package: str = Field(max_length=60)
    version: str = Field(max_length=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the package says of a file of plans.

    Attributes:
        summary: Its own figures under its own keys, in per cent.
        errors: What it says of each plan but those that are its own, by identifier; nothing of goals.
        log: What it wrote down on the way.
    """

    summary: dict[str, Any]
    errors: dict[str, Any]
    log: str


_PROMPTS = TypeAdapter(list[Prompt])
_TABLE = TypeAdapter(dict[str, Any])


def write_prompts(folder: Path, kind: str) -> None:
    """Let the package write its prompts below a folder; what is there already stays.

    Raises:
        MissingDependency: If the environment is not there.
        RobotError: If the package fails.
    """
    if not (folder / DONE).exists():
        _call(folder, "generate_prompts", KINDS[kind])


def read_prompts(folder: Path, kind: str) -> tuple[list[Prompt], str]:
    """Read the prompts that are below a folder, and the version of the package that wrote them.

    Raises:
        InputError: If they are not there, too large, or of another form.
    """
    try:
        prompts = _PROMPTS.validate_json(_bytes(folder / prompts_at(kind)))
        version = Version.model_validate_json(_bytes(folder / DONE))
    except ValidationError as error:
        raise InputError(f"{folder} has no prompts as {NAME} writes them: {error}") from error
    identifiers = [prompt.identifier for prompt in prompts]
    if not prompts or len(prompts) > MOST or len(set(identifiers)) < len(prompts):
        raise InputError(f"expected 1 to {MOST} prompts with identifiers of their own, got {len(prompts)}")
    if kind == "descriptions":
        prompts = [_unnamed(prompt) for prompt in prompts]
    return prompts, f"{version.package} {version.version}"


def _unnamed(prompt: Prompt) -> Prompt:
    """Take the name of a wish out of its prompt: a few names are the same for many tasks."""
    return prompt.model_copy(update={"llm_prompt": GOAL_NAME.sub("Goal name: (none)", prompt.llm_prompt)})


def judge(answers: Sequence[tuple[str, str]], folder: Path, kind: str) -> Judged:
    """Let the package judge plans, or goals.

    Args:
        answers: An identifier and a text each.
        folder: Where it works; what it wrote there of the same plans stays.
        kind: Of ``KINDS``.

    Raises:
        MissingDependency: If the environment is not there.
        RobotError: If the package fails.
        InputError: If what it says has another form.
    """
    told = folder / "answers" / NAME / KINDS[kind]
    told.mkdir(parents=True, exist_ok=True)
    listed = [{"identifier": identifier, "llm_output": text} for identifier, text in answers]
    file, text = told / f"{OURS}_outputs.json", json.dumps(listed, indent=0)
    if not ((folder / DONE).exists() and file.exists() and file.read_text(encoding="utf-8") == text):
        for old in (folder / DONE, *(folder / "logs").glob("*.log")):
            old.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        _call(folder, "evaluate_results", KINDS[kind], str(folder / "answers"))
    logs = list((folder / "logs").glob("*.log"))
    if len(logs) != 1:
        raise InputError(f"expected one log of the package in {folder / 'logs'}, got {len(logs)}")
    results = folder / results_at(kind) / OURS
    try:
        return Judged(
            summary=_TABLE.validate_json(_bytes(results / "summary.json")),
            errors=_TABLE.validate_json(_bytes(results / "error_info.json")) if kind == "actions" else {},
            log=_bytes(logs[0]).decode(errors="replace"),
        )
    except ValidationError as error:
        raise InputError(f"{folder} has no results as {NAME} writes them: {error}") from error


def _bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        InputError: If it is not there or too large.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} has more than {LARGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _call(folder: Path, mode: str, what: str, *more: str) -> None:
    """Run the package in its environment.

    Raises:
        MissingDependency: If the environment is not there.
        RobotError: If it fails, or takes too long.
    """
    python, module, variables = python_of(NAME)
    command = [str(python), "-m", module, mode, what, str(folder), *more]
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=worker_variables(variables),
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise RobotError(f"{NAME} took more than {PATIENCE:.0f} s for {mode}") from error
        if done.returncode == 0:
            return
        said.seek(max(0, said.seek(0, 2) - LAST_WORDS))
        told = said.read().decode(errors="replace").strip()
    raise RobotError(f"{NAME} failed at {mode} with code {done.returncode}: {told}")
