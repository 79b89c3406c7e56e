"""A kind of language model: ``script:FILE`` answers with the lines of a file."""

from pathlib import Path

from handsel.agent.language.model import LanguageModel
from handsel.agent.language.models import ModelFile
from handsel.agent.language.scripted import ScriptedModel
from handsel.core.errors import InputError


def open_script(told: ModelFile, seed: int) -> LanguageModel:
    """Open the model that ``script:FILE`` or a model file with ``kind = "script"`` names."""
    try:
        lines = Path(told.model).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"there is no script at {told.model!r}: {error.strerror}") from error
    return ScriptedModel(lines)
