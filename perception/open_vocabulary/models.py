"""Which weights the open-vocabulary perceiver uses and what it looks for: defaults, or a TOML file."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from ...core.errors import InputError, UnknownName
from .words import HOUSEHOLD

VARIABLE = "HANDSEL_OPEN_VOCABULARY"
"""Environment variable that names a TOML file of models."""

_LOCAL = ("/", "./", "../", "~")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVocabularyModels:
    """Weights by role; each a local folder or a hub id.

    A folder begins with ``/``, ``./``, ``../`` or ``~``; anything else is an id
    whose files are looked for in the hub's cache. The kind of model is read
    from its own ``config.json``.

    Attributes:
        detector: OWLv2, OWL-ViT, Grounding DINO or MM Grounding DINO.
        segmenter: SAM or SAM 2; or a ``.pth`` file, an original checkpoint of SAM.
        features: DINOv2 (with or without registers) or DINOv3, for semantic keypoints; None for none.
        names: CLIP or SigLIP, that verifies what the detector says and names what it did not; None for none.
        device: Where torch computes, such as ``cpu`` or ``cuda``.
        least_score: Detections below this score are dropped, 0 to 1. The default lies between the
            0.1 of OWLv2's and the 0.25 of Grounding DINO's own post-processing defaults.
        words: What is looked for.
    """

    detector: str = "google/owlv2-base-patch16-ensemble"
    segmenter: str = "facebook/sam2.1-hiera-tiny"
    features: str | None = "facebook/dinov2-small"
    names: str | None = "google/siglip2-base-patch16-224"
    device: str = "cpu"
    least_score: float = 0.2
    words: tuple[str, ...] = HOUSEHOLD

    def __post_init__(self) -> None:
        """Check the score.

        Raises:
            InputError: If it is no share.
        """
        if not 0.0 < self.least_score < 1.0:
            raise InputError(f"least_score = {self.least_score!r}: expected a number between 0 and 1")


def is_folder(where: str) -> bool:
    """Tell whether a text is meant as a local folder rather than a hub id."""
    return where.startswith(_LOCAL)


def is_checkpoint(where: str) -> bool:
    """Tell whether a text is meant as a file of weights rather than a folder or a hub id."""
    return where.endswith(".pth")


def read_models(path: Path) -> OpenVocabularyModels:
    """Read a TOML file whose keys are the fields of ``OpenVocabularyModels``.

    Relative folders and files count from the file's own folder; ``""`` leaves an optional role out.

    Args:
        path: The file.

    Raises:
        InputError: If the file cannot be read or a value has the wrong type.
        UnknownName: If it has a key that is no field.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the file of models {str(path)!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} is not TOML: {error}") from error
    known = [field.name for field in fields(OpenVocabularyModels)]
    values: dict[str, str | float | tuple[str, ...] | None] = {}
    for key, value in table.items():
        if key not in known:
            raise UnknownName(f"key in {path.name}", key, known)
        values[key] = _checked(path, key, value)
    return OpenVocabularyModels(**values)  # pyright: ignore[reportArgumentType] - each is checked above


def chosen_models() -> OpenVocabularyModels:
    """Give the models of the file that ``HANDSEL_OPEN_VOCABULARY`` names, or the defaults.

    Raises:
        InputError: As ``read_models``.
    """
    path = os.environ.get(VARIABLE)
    return read_models(Path(path).expanduser()) if path else OpenVocabularyModels()


def _checked(path: Path, key: str, value: object) -> str | float | tuple[str, ...] | None:
    """Check one value of the file and make its folder absolute."""
    if key == "least_score":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"{key} = {value!r} in {path.name}: expected a number between 0 and 1")
        return float(value)
    if key == "words":
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise InputError(f"{key} = {value!r} in {path.name}: expected a list of texts")
        return tuple(value)
    if not isinstance(value, str):
        raise InputError(f"{key} = {value!r} in {path.name}: expected a text, a folder or a hub id")
    if not value and key in ("features", "names"):
        return None
    if not value:
        raise InputError(f"{key} is empty in {path.name}: expected a folder or a hub id")
    if value.startswith(("./", "../")) or (is_checkpoint(value) and not is_folder(value)):
        return str((path.parent / value).resolve())
    return value
