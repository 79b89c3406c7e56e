"""Language models by name, for command lines, and by file, for what a name cannot say.

===========================  ==============================================================
``NAME`` with a base URL     a model on an OpenAI-compatible server; ``NAME@URL`` in one word
``transformers:PATH``        a model on this machine
``langchain:PROVIDER:NAME``  whatever LangChain's ``init_chat_model`` knows
``replay:PATH``              a recording, or a folder of them; ``replay:PATH#words`` and
                             ``#sense`` ask for less likeness (``replay.py``)
``KIND:WHAT``                a third party's kind of model
``FILE.toml``                a model file, as ``handsel models doctor --out FILE.toml`` writes
===========================  ==============================================================
"""

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...core.errors import InputError
from ...core.registry import Registry
from .budget import Budget, Budgeted, Prices
from .model import Capabilities, LanguageModel

DEFAULT = Budget()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AbleEntry(_Strict):
    """Table ``capabilities`` of a model file."""

    pictures: bool = True
    schema_: bool = Field(default=True, alias="schema")
    logprobs: int = Field(default=20, ge=0)
    streaming: bool = False
    decisions: bool = False


class PricesEntry(_Strict):
    """Table ``prices``: for a million tokens."""

    prompt: float = Field(default=0.0, ge=0.0)
    completion: float = Field(default=0.0, ge=0.0)


class BudgetEntry(_Strict):
    """Table ``budget``: what one instruction may take."""

    calls: int = Field(default=DEFAULT.calls, gt=0)
    tokens: int = Field(default=DEFAULT.tokens, gt=0)
    money: float | None = Field(default=None, gt=0.0)
    seconds: float = Field(default=DEFAULT.seconds, gt=0.0)


class ModelFile(_Strict):
    """What a model file says; only ``model`` has to be there."""

    kind: str = "openai"
    model: str = Field(min_length=1)
    base_url: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    timeout: float = Field(default=60.0, gt=0.0)
    retries: int = Field(default=2, ge=0, le=10)
    max_tokens: int = Field(default=2000, gt=0)
    capabilities: AbleEntry = AbleEntry()
    prices: PricesEntry = PricesEntry()
    budget: BudgetEntry = BudgetEntry()

    @property
    def able(self) -> Capabilities:
        """The capabilities as the models take them."""
        told = self.capabilities
        return Capabilities(
            pictures=told.pictures,
            schema=told.schema_,
            logprobs=told.logprobs,
            streaming=told.streaming,
            decisions=told.decisions,
        )


KINDS: Registry[Callable[[ModelFile, int], LanguageModel]] = Registry(
    "kind of language model",
    "handsel.models",
    {
        "openai": "handsel.agent.language.models:open_chat",
        "transformers": "handsel.agent.language.models:open_local",
        "langchain": "handsel.agent.language.models:open_langchain",
        "replay": "handsel.agent.language.models:open_replay",
    },
)


def make_model(
    name: str,
    *,
    base_url: str | None = None,
    pictures: bool = True,
    seed: int = 0,
    record: Path | None = None,
) -> Budgeted:
    """Make a language model with its budget; nothing is sent yet.

    Args:
        name: As the head of this module says.
        base_url: Address of the server, where the name is a model's on one; the environment variable
            ``OPENAI_BASE_URL`` where None.
        pictures: Whether it is shown pictures, if it can see.
        seed: Seed of the server's sampling and of the orders of options.
        record: File to write the conversation to.

    Raises:
        InputError: If there is no such model.
        UnknownName: If a model file names a kind that does not exist.
        MissingDependency: If what it needs is not installed.
    """
    told = described(name, base_url)
    if not pictures:
        able = told.capabilities.model_copy(update={"pictures": False})
        told = told.model_copy(update={"capabilities": able})
    model = KINDS.load(told.kind)(told, seed)
    if record is not None:
        from .recording import RecordingModel

        model = RecordingModel(model, record)
    prices = Prices(**told.prices.model_dump())
    return Budgeted(model, Budget(**told.budget.model_dump(), prices=prices))


def described(name: str, base_url: str | None = None) -> ModelFile:
    """Say in a model file's terms what a name means.

    Raises:
        InputError: If it means nothing.
    """
    if name.endswith(".toml"):
        if base_url:
            raise InputError(f"{name} says where its model is; leave --base-url out")
        return read_model_file(Path(name).expanduser())
    kind, _, rest = name.partition(":")
    if rest and kind != "openai" and kind in KINDS.names():
        if base_url:
            raise InputError(f"{name!r} is on no server; leave --base-url out")
        return ModelFile(kind=kind, model=rest)
    model, at, url = name.rpartition("@")
    if at and url.startswith("http"):
        name, base_url = model, base_url or url
    address = base_url or os.environ.get("OPENAI_BASE_URL", "")
    if not name or not address:
        raise InputError(
            "a language model needs a name and a server: --model NAME --base-url URL, such as "
            "--base-url http://localhost:8000/v1; or transformers:PATH, langchain:PROVIDER:NAME, FILE.toml"
        )
    return ModelFile(model=name, base_url=address)


def read_model_file(path: Path) -> ModelFile:
    """Read a model file.

    Raises:
        InputError: If there is none, or it says something else.
    """
    try:
        return ModelFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"there is no model file at {str(path)!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} is no TOML: {error}") from error
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:4]]
        raise InputError(f"{str(path)!r} is no model file: {'; '.join(wrong)}") from error


def model_file_text(told: ModelFile) -> str:
    """Write a model file."""
    whole = told.model_dump(by_alias=True, exclude_none=True)
    tables = {name: value for name, value in whole.items() if isinstance(value, dict)}
    lines = [f"{name} = {_toml(value)}" for name, value in whole.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON string without exotic escapes is a TOML basic string.
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def open_chat(told: ModelFile, seed: int) -> LanguageModel:
    """Open a model on an OpenAI-compatible server."""
    from .openai_chat import OpenAIChat

    return OpenAIChat(
        told.base_url,
        told.model,
        told.api_key_env,
        capabilities=told.able,
        timeout=told.timeout,
        retries=told.retries,
        max_tokens=told.max_tokens,
        seed=seed,
    )


def open_local(told: ModelFile, seed: int) -> LanguageModel:
    """Open a model on this machine; it leaves nothing to chance, so it has no seed."""
    from .local_chat import LocalChat

    return LocalChat(
        told.model, timeout=told.timeout, max_tokens=told.max_tokens, pictures=told.capabilities.pictures
    )


def open_langchain(told: ModelFile, seed: int) -> LanguageModel:
    """Open a model through LangChain."""
    from .langchain_chat import LangChainChat

    return LangChainChat.from_name(
        told.model,
        timeout=told.timeout,
        max_tokens=told.max_tokens,
        capabilities=told.able,
        retries=told.retries,
        seed=seed,
    )


def open_replay(told: ModelFile, seed: int) -> LanguageModel:
    """Open a recording.

    Raises:
        InputError: If there is none, or likeness is asked for by another word.
    """
    from .replay import LIKENESSES, ReplayedModel

    path, mark, word = told.model.rpartition("#")
    if not mark:
        return ReplayedModel(Path(told.model).expanduser())
    for likeness in LIKENESSES:
        if word == likeness:
            return ReplayedModel(Path(path).expanduser(), likeness=likeness)
    raise InputError(f"{word!r} is no likeness of questions; expected one of {', '.join(LIKENESSES)}")
