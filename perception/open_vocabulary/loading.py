"""Finds weights on this machine, checks that they are of a known kind, and never downloads any.

Only safetensors are read here: other weight files are pickles, which can run
code. The one exception, an original checkpoint of SAM, is read by ``checkpoint.py``.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from ...core.errors import InputError, MissingDependency
from .models import OpenVocabularyModels, is_checkpoint, is_folder
from .torchvision_shim import mend_torchvision

Role = Literal["detector", "segmenter", "features", "names"]

KINDS: dict[Role, tuple[str, ...]] = {
    "detector": ("owlv2", "owlvit", "grounding-dino", "mm-grounding-dino"),
    # The published SAM 2 weights call themselves by the video model that contains the image model.
    "segmenter": ("sam", "sam2", "sam2_video"),
    "features": ("dinov2", "dinov2_with_registers", "dinov3_vit"),
    "names": ("clip", "siglip"),
}
"""The ``model_type`` of ``config.json`` that each role understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A model's folder that was found and looked at.

    Attributes:
        role: What it is used for.
        folder: Where its files lie.
        kind: Its ``model_type``.
    """

    role: Role
    folder: Path
    kind: str


def require_libraries() -> None:
    """Check that torch and transformers are installed, and mend a broken torchvision.

    Raises:
        MissingDependency: If one is absent.
    """
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise MissingDependency(
            f"the open-vocabulary perceiver needs {' and '.join(missing)}",
            'pip install "handsel[perception]"',
        )
    mend_torchvision()


def find_weights(role: Role, where: str) -> Weights:
    """Find a model in a local folder or in the hub's cache.

    Args:
        role: What it is to be used for.
        where: The folder or the hub id.

    Raises:
        InputError: If what is there is of another kind, or has no safetensors.
        MissingDependency: If nothing is there; says the line that gets it.
    """
    folder = _folder(role, where)
    kind = _kind(role, where, folder)
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"{role}: {str(folder)!r} has no *.safetensors; other weight files are pickles, which can run "
            "code, and are not read. Get or convert the model to safetensors"
        )
    return Weights(role=role, folder=folder, kind=kind)


def load_model(weights: Weights, maker: Any, device: str) -> Any:
    """Load a model, whole or not at all.

    Args:
        weights: Its files.
        maker: The class of transformers that makes it.
        device: Where torch computes.

    Returns:
        The model, ready for inference.

    Raises:
        InputError: If a file is damaged, or lacks a part of the model.
    """
    from safetensors import SafetensorError

    with _quiet():
        try:
            model, report = maker.from_pretrained(
                weights.folder, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
        except (SafetensorError, OSError) as error:
            raise InputError(
                f"{weights.role}: the weights in {str(weights.folder)!r} cannot be read ({error}); "
                "get them again"
            ) from error
    absent = sorted(map(str, (*report["missing_keys"], *report["mismatched_keys"])))
    if absent:
        # transformers would fill them with random numbers and go on.
        raise InputError(
            f"{weights.role}: the weights in {str(weights.folder)!r} lack {len(absent)} parts of a "
            f"{weights.kind} model, such as {absent[0]}; get the whole model"
        )
    return model.to(device).eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from drawing progress bars and from warning of what is checked here."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _folder(role: Role, where: str) -> Path:
    """Give the folder that holds the model's ``config.json``."""
    if is_checkpoint(where):
        raise InputError(
            f"{role} = {where!r}: expected a folder or a hub id; only the segmenter can be a .pth file"
        )
    if is_folder(where):
        folder = Path(where).expanduser()
        if not (folder / "config.json").is_file():
            default = getattr(OpenVocabularyModels(), role)
            raise MissingDependency(
                f"{role}: no model in {where!r} (a config.json is expected there)",
                f"hf download {default} --local-dir {where}",
            )
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(where, local_files_only=True))
    except HFValidationError as error:
        raise InputError(
            f"{role} = {where!r} is neither a folder (begin it with / ./ ../ or ~) nor a hub id (owner/name)"
        ) from error
    except LocalEntryNotFoundError as error:
        raise _not_cached(role, where) from error
    if not (folder / "config.json").is_file():
        raise _not_cached(role, where)
    return folder


def _not_cached(role: Role, where: str) -> MissingDependency:
    return MissingDependency(
        f"{role}: the weights {where!r} are not on this machine, and nothing is downloaded unasked",
        f"hf download {where}",
    )


def _kind(role: Role, where: str, folder: Path) -> str:
    """Read the model's own word for what it is, and check it against the role."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{role}: {str(path)!r} is not JSON: {error}") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind not in KINDS[role]:
        raise InputError(
            f"{role} = {where!r} is a model of type {kind!r}; expected one of {', '.join(KINDS[role])}"
        )
    return kind
