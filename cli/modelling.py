"""What ``handsel models doctor`` does once its imports are paid for."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..agent.language.models import AbleEntry, ModelFile, model_file_text
from ..agent.language.openai_chat import OpenAIChat
from ..agent.language.probe import Report, probe
from ..core.errors import InputError
from .models import Models

WIDTH = 140  # Of the table, [characters]: rows are read across, so they are not broken.
WORDS = {True: "[green]yes[/]", False: "[red]no[/]", None: "?"}


def examine_model(command: Models) -> int:
    """Probe a server, print the table, and write the model file where one is asked for.

    Args:
        command: The arguments.

    Returns:
        0; what a server lacks is a finding, not a failure.

    Raises:
        InputError: If no server is named, or the model is not.
        LanguageModelError: If no model answers.
    """
    url = address(command)
    check_out(command.out)
    name = command.model or only_model(url, command)
    model = OpenAIChat(url, name, command.api_key_env, timeout=command.timeout, retries=1, max_tokens=200)
    report = probe(model)
    if command.json:
        found = {"base_url": url, "model": name, "calls": model.usage.calls, **asdict(report)}
        print(json.dumps(found))
    else:
        show(report, f"{name} at {url}")
    if command.out is not None:
        command.out.write_text(model_file_text(described(report, url, name, command)), encoding="utf-8")
        if not command.json:
            print(f"written: {command.out}; use it with --mind model --model {command.out}")
    return 0


def list_models(command: Models) -> int:
    """Print the names of a server's models, one a line.

    Args:
        command: The arguments.

    Returns:
        0, or 1 where the server tells none.

    Raises:
        InputError: If no server is named.
    """
    names = names_at(address(command), command)
    if command.json:
        print(json.dumps({"models": names}))
    else:
        print("\n".join(names) or "the server tells of no models; it may serve some all the same")
    return 0 if names else 1


def address(command: Models) -> str:
    """Give the server's address.

    Raises:
        InputError: If none is named.
    """
    url = command.base_url or os.environ.get("OPENAI_BASE_URL", "")
    if not url:
        raise InputError("which server? --base-url URL, such as --base-url http://localhost:8000/v1")
    return url


def names_at(url: str, command: Models) -> list[str]:
    """Name the models that a server tells of."""
    asked = OpenAIChat(url, "?", command.api_key_env, timeout=command.timeout).listed()
    return [str(entry.get("id")) for entry in asked]


def check_out(path: Path | None) -> None:
    """Check where the model file goes before anything is asked.

    Raises:
        InputError: If it cannot go there.
    """
    if path is not None and (path.suffix != ".toml" or not path.parent.is_dir()):
        raise InputError(f"--out takes a .toml file in an existing folder, not {str(path)!r}")


def only_model(url: str, command: Models) -> str:
    """Find the model where the server has one.

    Raises:
        InputError: If it has several, or does not tell.
    """
    names = names_at(url, command)
    if len(names) == 1:
        return names[0]
    told = f"it has {', '.join(names[:12])}" if names else "it tells none"
    raise InputError(f"which model of {url}? --model NAME; {told}")


def described(report: Report, url: str, name: str, command: Models) -> ModelFile:
    """Give the model file that says what was found."""
    able = AbleEntry.model_validate(asdict(report.capabilities))
    return ModelFile(
        model=name,
        base_url=url,
        api_key_env=command.api_key_env,
        timeout=command.timeout,
        capabilities=able,
    )


def show(report: Report, whose: str) -> None:
    """Print the table."""
    table = Table(title=whose, title_justify="left", box=box.SIMPLE, highlight=False)
    for heading in ("ability", "offered", "found", "without it"):
        table.add_column(heading)
    for one in report.abilities:
        table.add_row(one.name, WORDS[one.offered], escape(one.found), escape(one.without))
    Console(highlight=False, width=WIDTH).print(table)
