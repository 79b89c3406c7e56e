"""A model's tokenizer and picture processor from its folder, without torchvision or sentencepiece."""

from typing import Any

from ...core.errors import InputError, MissingDependency
from .loading import Weights

FILES = ("tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "tokenizer.model")
"""Any of these holds a tokenizer's words."""


def load_tokenizer(weights: Weights) -> Any:
    """Load a tokenizer.

    Args:
        weights: The model's files.

    Raises:
        InputError: If the folder has none.
        MissingDependency: If the tokenizer's own format needs another package.
    """
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    if not any((weights.folder / file).is_file() for file in FILES):
        # transformers would make a tokenizer without words and go on.
        raise InputError(
            f"{weights.role}: {str(weights.folder)!r} has no tokenizer; expected one of {', '.join(FILES)} "
            "beside the weights"
        )
    # tokenizer.json holds the whole tokenizer; the class named beside it may ask for packages that
    # are not needed then (SigLIP's asks for sentencepiece).
    whole = (weights.folder / "tokenizer.json").is_file()
    try:
        if whole:
            return PreTrainedTokenizerFast.from_pretrained(weights.folder, local_files_only=True)
        return AutoTokenizer.from_pretrained(weights.folder, local_files_only=True)
    except ImportError as error:
        raise MissingDependency(
            f"{weights.role}: the tokenizer of {str(weights.folder)!r} has no tokenizer.json and needs more",
            "pip install sentencepiece",
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(
            f"{weights.role}: {str(weights.folder)!r} has a tokenizer that cannot be read ({error}); "
            "get the whole model again"
        ) from error


def load_image_processor(weights: Weights) -> Any:
    """Load a picture processor that works with PIL alone.

    Args:
        weights: The model's files.

    Raises:
        InputError: If the folder has none.
    """
    from transformers import AutoImageProcessor

    try:
        # The other back end is torchvision's, whose results differ a little: one is enough.
        return AutoImageProcessor.from_pretrained(weights.folder, backend="pil", local_files_only=True)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{weights.role}: {str(weights.folder)!r} has no preprocessor_config.json that can be read"
        ) from error
