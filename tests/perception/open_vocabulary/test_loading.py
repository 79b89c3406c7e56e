"""Weights are found, checked and loaded from this machine alone; what is wrong is said with its remedy."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tiny
from handsel.core.errors import InputError, MissingDependency
from handsel.perception.open_vocabulary.detector import load_detector
from handsel.perception.open_vocabulary.eyes import load_eyes
from handsel.perception.open_vocabulary.features import SIDE, load_features
from handsel.perception.open_vocabulary.loading import find_weights, require_libraries
from handsel.perception.open_vocabulary.models import OpenVocabularyModels
from handsel.perception.open_vocabulary.namer import load_namer
from handsel.perception.open_vocabulary.perceiver import OpenVocabularyPerceiver
from handsel.perception.open_vocabulary.segmenter import load_segmenter

RGB = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
WORDS = ("block", "red mug", "ball")


@pytest.fixture(scope="module")
def dino(tmp_path_factory) -> Path:
    return tiny.dinov2(tmp_path_factory.mktemp("dino"))


@pytest.mark.parametrize("make", [tiny.owlv2, tiny.owlvit, tiny.grounding_dino])
def test_detectors_load_and_detect(make: Callable[[Path], Path], tmp_path):
    detector = load_detector(find_weights("detector", str(make(tmp_path))), "cpu", 0.01)
    found = detector.detect(RGB, WORDS)
    assert found
    for one in found:
        left, top, right, bottom = one.box
        assert one.word in WORDS and 0.01 <= one.score <= 1.0
        assert 0.0 <= left < right <= 64.0 and 0.0 <= top < bottom <= 48.0


@pytest.mark.parametrize("make", [tiny.sam, tiny.sam2, lambda folder: tiny.sam2(folder, video=True)])
def test_segmenters_load_and_cut(make: Callable[[Path], Path], tmp_path):
    segmenter = load_segmenter(find_weights("segmenter", str(make(tmp_path))), "cpu")
    boxes = np.array([[1.0, 2.0, 30.0, 20.0], [3.0, 3.0, 60.0, 40.0]] * 20)
    masks = segmenter.masks(segmenter.encode(RGB), boxes)
    assert masks.shape == (40, 48, 64) and masks.dtype == bool
    # The same box gives the same mask, also in another batch.
    assert (masks[0] == masks[38]).all() and (masks[0] != masks[1]).any()


@pytest.mark.parametrize(
    ("make", "patch"),
    [(tiny.dinov2, 14), (lambda folder: tiny.dinov2(folder, registers=True), 14), (tiny.dinov3, 16)],
)
def test_features_load_and_describe(make: Callable[[Path], Path], patch: int, tmp_path):
    grid = load_features(find_weights("features", str(make(tmp_path))), "cpu").describe(RGB)
    assert grid.shape == (SIDE * 3 // 4 // patch, SIDE // patch, 32)
    assert np.isfinite(grid).all() and grid.std() > 0.0


@pytest.mark.parametrize("make", [tiny.clip, tiny.siglip])
def test_namers_load_and_compare(make: Callable[[Path], Path], tmp_path):
    namer = load_namer(find_weights("names", str(make(tmp_path))), "cpu")
    phrases = ("a photo of a block", "a photo of a mug", "a photo of a block")
    logits = namer.compare([RGB, RGB[:9, :20]], phrases)
    assert logits.shape == (2, 3)
    assert logits[:, 0] == pytest.approx(logits[:, 2])
    assert abs(logits[0, 0] - logits[0, 1]) > 1e-6
    assert namer.compare([], phrases).shape == (0, 3)


def test_a_missing_folder_is_told_how_to_fill(tmp_path):
    with pytest.raises(MissingDependency, match=r"detector.*config\.json.*hf download .* --local-dir"):
        find_weights("detector", str(tmp_path / "nowhere"))


def test_a_hub_id_that_is_not_cached_is_told_how_to_get(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingDependency, match="hf download google/owlv2-base-patch16-ensemble"):
        OpenVocabularyPerceiver(OpenVocabularyModels())


def test_the_hub_cache_is_read(dino, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = tmp_path / "models--someone--dino"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text("0" * 40)
    shutil.copytree(dino, model / "snapshots" / ("0" * 40))
    weights = find_weights("features", "someone/dino")
    assert weights.kind == "dinov2" and weights.folder.name == "0" * 40


def test_what_is_neither_folder_nor_id_is_refused():
    with pytest.raises(InputError, match="neither a folder"):
        find_weights("names", "C:/weights/of mine/clip")


def test_a_model_of_another_kind_is_refused_by_name(dino):
    with pytest.raises(InputError, match=r"segmenter = .* type 'dinov2'; expected one of sam, sam2"):
        find_weights("segmenter", str(dino))


def test_pickled_weights_are_refused(dino, tmp_path):
    folder = shutil.copytree(dino, tmp_path / "dino")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="no \\*\\.safetensors"):
        find_weights("features", str(folder))


def test_damaged_weights_are_refused(dino, tmp_path):
    folder = shutil.copytree(dino, tmp_path / "dino")
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="cannot be read"):
        load_features(find_weights("features", str(folder)), "cpu")


def test_weights_that_lack_a_part_are_refused(dino, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(dino, tmp_path / "dino")
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("layernorm.weight")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"lack 1 parts .* layernorm\.weight"):
        load_features(find_weights("features", str(folder)), "cpu")


def test_a_detector_without_tokenizer_is_refused(tmp_path):
    folder = tiny.owlv2(tmp_path)
    for file in folder.glob("*token*"):
        file.unlink()
    with pytest.raises(InputError, match="no tokenizer"):
        load_detector(find_weights("detector", str(folder)), "cpu", 0.1)


@pytest.mark.parametrize("absent", ["torch", "transformers"])
def test_without_the_extra_the_line_that_installs_it_is_said(absent, monkeypatch):
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(MissingDependency, match=rf'{absent}.*pip install "handsel\[perception\]"'):
        require_libraries()


def test_all_four_are_loaded_from_one_configuration(dino, tmp_path):
    models = OpenVocabularyModels(
        detector=str(tiny.owlv2(tmp_path / "owl")),
        segmenter=str(tiny.sam2(tmp_path / "sam")),
        features=str(dino),
        names=None,
    )
    eyes = load_eyes(models)
    assert eyes.features is not None and eyes.names is None
