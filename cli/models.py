"""``handsel models``: which language models a server has, and what one of them can do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Find out what a language model on a server can do, by small requests.

    Attributes:
        action: ``doctor`` probes one model; ``list`` names all that the server has.
        base_url: Address of an OpenAI-compatible server; ``OPENAI_BASE_URL`` where none is given.
        model: Name of the model on that server; its only one where none is given.
        api_key_env: Environment variable that holds the key; the key itself is never an argument.
        timeout: Longest wait for one answer, in seconds.
        out: Model file (``.toml``) to write, for ``--mind model --model FILE.toml``.
        json: Print one JSON object and nothing else.
    """

    action: Annotated[Literal["doctor", "list"], tyro.conf.Positional]
    base_url: str | None = None
    model: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    timeout: float = 60.0
    out: Path | None = None
    json: bool = False

    def execute(self) -> int:
        """Ask the server; exit code 1 where no model answers."""
        from .modelling import examine_model, list_models

        return list_models(self) if self.action == "list" else examine_model(self)
