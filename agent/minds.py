"""The minds by name; the name of a model's mind says which model."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import InputError
from ..core.registry import Registry
from .mind import Mind

if TYPE_CHECKING:
    from .model.mind import Choosing

MINDS: Registry[Callable[[], Mind]] = Registry(
    "mind",
    "handsel.minds",
    {
        "rules": "handsel.agent.rules.mind:RulesMind",
        "program": "handsel.agent.program_mind:ProgramMind",
        "random": "handsel.agent.random_mind:RandomMind",
        "nothing": "handsel.agent.idle_mind:IdleMind",
    },
)
PROGRAM = "program:"
"""What a name begins with that says where programs lie: ``program:FILE`` or ``program:FOLDER``."""
RECORDED = "recorded:"
"""What a name begins with that says where recorded conversations lie: ``recorded:FOLDER``."""
MODEL = "model:"
"""What a name begins with that says which language model thinks, as ``language.models.make_model`` names it:
``model:NAME@URL``."""


def make_mind(
    name: str, *, record: Path | None = None, choosing: "Choosing" = "scored", repairs: bool = True
) -> Mind:
    """Make a mind.

    Args:
        name: One of ``MINDS``, ``program:PATH`` for programs written beforehand, ``model:NAME@URL``, or
            ``recorded:PATH`` for a model's recorded conversations.
        record: File to write the conversation with a language model to.
        choosing: How a language model's mind finds what is useful; ``named`` asks for nothing but the plan.
        repairs: Whether a language model is asked again where its answer could not be used.

    Raises:
        UnknownName: If there is no such mind.
        InputError: If there is no program at the path, no such model, or nothing to record.
        MissingDependency: If what a model needs is not installed.
    """
    if name.startswith(MODEL):
        from .language.models import make_model
        from .model.mind import TRIES, ModelMind

        model = make_model(name.removeprefix(MODEL), record=record)
        return ModelMind(model, choosing=choosing, tries=TRIES if repairs else 1)
    if record is not None:
        raise InputError(f"--record writes what a language model says, and {name!r} has none")
    if name.startswith(RECORDED):
        from .model.mind import TRIES
        from .model.recorded import RecordedMind

        folder = Path(name.removeprefix(RECORDED)).expanduser()
        return RecordedMind(folder, tries=TRIES if repairs else 1)
    if name.startswith(PROGRAM):
        from .program_mind import ProgramMind

        return ProgramMind(Path(name.removeprefix(PROGRAM)).expanduser())
    return MINDS.load(name)()


def named_mind(mind: str, model: str | None, base_url: str | None) -> str:
    """Give the one name that says all of a mind, as ``make_mind`` takes it.

    Args:
        mind: The mind; ``model`` needs the model's name besides.
        model: The language model's name.
        base_url: Address of its server.

    Raises:
        InputError: If a model is named for another mind, or none for this one.
    """
    if mind != "model":
        if model or base_url:
            raise InputError("--model and --base-url belong to --mind model, which is not asked for")
        return mind
    from .language.models import described

    told = described(model or "", base_url)
    on_server = told.kind == "openai" and not (model or "").endswith(".toml")
    return MODEL + (f"{told.model}@{told.base_url}" if on_server else model or "")
