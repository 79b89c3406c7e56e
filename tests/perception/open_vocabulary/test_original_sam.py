"""Masks of SAM's own package: our reading of a checkpoint, and of what the model says, is the package's."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from handsel.core.camera import CameraFrame
from handsel.core.errors import InputError
from handsel.perception.open_vocabulary.eyes import Detection, Eyes, load_eyes
from handsel.perception.open_vocabulary.memory import Memory
from handsel.perception.open_vocabulary.models import OpenVocabularyModels
from handsel.perception.open_vocabulary.original_sam import OriginalSamSegmenter, build_sam, load_original_sam
from handsel.perception.open_vocabulary.views import look
from household import thing
from scripted import frames_of

pytestmark = pytest.mark.skipif(
    find_spec("segment_anything") is None or find_spec("torchvision") is None,
    reason='needs segment-anything and torchvision: pip install "handsel[segment-anything]"',
)

RGB = np.random.default_rng(2).integers(0, 255, (60, 80, 3), dtype=np.uint8)
BOXES = np.array([[5.0, 6.0, 40.0, 30.0], [20.0, 10.0, 79.0, 59.0]])


def _tiny(window: int = 4) -> torch.nn.Module:
    """Make a SAM of 64 pixels with the package's own classes, none of whose sizes is a default."""
    from functools import partial

    from segment_anything.modeling import (  # pyright: ignore[reportMissingImports] - optional
        ImageEncoderViT,
        MaskDecoder,
        PromptEncoder,
        Sam,
        TwoWayTransformer,
    )

    torch.manual_seed(3)
    model = Sam(
        image_encoder=ImageEncoderViT(
            img_size=64, patch_size=8, embed_dim=24, depth=3, num_heads=3, mlp_ratio=1.5, out_chans=16,
            norm_layer=partial(torch.nn.LayerNorm, eps=1e-6), use_rel_pos=True, window_size=window,
            global_attn_indexes=(1,),
        ),
        prompt_encoder=PromptEncoder(
            embed_dim=16, image_embedding_size=(8, 8), input_image_size=(64, 64), mask_in_chans=4
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=2, transformer_dim=16, iou_head_depth=2, iou_head_hidden_dim=12,
            transformer=TwoWayTransformer(depth=1, embedding_dim=16, num_heads=8, mlp_dim=20),
        ),
    )  # fmt: skip
    for tensor in model.state_dict().values():  # What begins as zeros would leave no trace.
        tensor.add_(0.3 * torch.randn(tensor.shape))
    return model.eval()


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sam") / "sam_tiny.pth"
    torch.save(_tiny().state_dict(), path)
    return path


@pytest.mark.parametrize("shape", [(60, 80), (80, 60), (33, 64), (480, 640)])
def test_it_cuts_as_the_package_does(saved, shape):
    from segment_anything import SamPredictor  # pyright: ignore[reportMissingImports] - optional

    rgb = np.random.default_rng(4).integers(0, 255, (*shape, 3), dtype=np.uint8)
    boxes = np.array([[0.1, 0.1, 0.5, 0.5], [0.3, 0.2, 0.99, 0.97]]) * [
        shape[1],
        shape[0],
        shape[1],
        shape[0],
    ]
    segmenter = load_original_sam(saved, "cpu")
    ours = segmenter.masks(segmenter.encode(rgb), boxes)
    predictor = SamPredictor(_tiny())
    predictor.set_image(rgb)
    theirs = [predictor.predict(box=box, multimask_output=False)[0][0] for box in boxes]
    assert ours.shape == (2, *shape) and ours.dtype == bool
    assert ours.any() and not ours.all() and (ours[0] != ours[1]).any()
    # Boxes are decoded together here and one by one there: sums are rounded in another order.
    assert (ours == np.array(theirs)).mean() > 0.999


def test_many_boxes_go_in_batches_and_none_is_none(saved):
    segmenter = load_original_sam(saved, "cpu")
    encoded = segmenter.encode(RGB)
    masks = segmenter.masks(encoded, np.concatenate([BOXES] * 20))
    assert masks.shape == (40, 60, 80)
    assert (masks[::2] == masks[0]).mean() > 0.999 and (masks[1::2] == masks[1]).mean() > 0.999
    assert segmenter.masks(encoded, np.zeros((0, 4))).shape == (0, 60, 80)


@pytest.mark.parametrize("name", ["vit_b", "vit_l", "vit_h"])
def test_the_published_sizes_are_those_of_the_registry(name):
    from segment_anything import sam_model_registry  # pyright: ignore[reportMissingImports] - optional

    with torch.device("meta"):  # Shapes without memory.
        theirs = sam_model_registry[name]()
        ours = build_sam({key: tuple(value.shape) for key, value in theirs.state_dict().items()})
    assert {k: v.shape for k, v in ours.state_dict().items()} == {
        k: v.shape for k, v in theirs.state_dict().items()
    }
    # The text of a module says its kinds and constants; these numbers are said nowhere.
    assert str(ours) == str(theirs)
    assert _hidden(ours.eval()) == _hidden(theirs)


def _hidden(model: torch.nn.Module) -> list[tuple[str, str, object]]:
    """Give all plain numbers that the modules hold."""
    return [
        (name, key, value)
        for name, module in model.named_modules()
        for key, value in sorted(vars(module).items())
        if isinstance(value, int | float | tuple) and not key.startswith("_")
    ]


@pytest.mark.parametrize("window", [0, 3])
def test_windows_are_read_from_the_shapes(window):
    model = _tiny(window)
    built = build_sam({key: tuple(value.shape) for key, value in model.state_dict().items()})
    assert _hidden(built.eval()) == _hidden(model)


@pytest.mark.parametrize(
    ("name", "change", "match"),
    [
        ("mask_decoder.iou_token.weight", None, r"1 tensors .*iou_token\.weight: expected shape \(1, 16\)"),
        (
            "mask_decoder.hf_token.weight",
            torch.ones(1, 16),
            r"hf_token\.weight: expected shape None, got \(1, 16",
        ),
        (
            "image_encoder.blocks.2.norm1.bias",
            torch.ones(7),
            r"norm1\.bias: expected shape \(24,\), got \(7,\)",
        ),
        ("image_encoder.neck.0.weight", None, r"do not fit together .*neck\.0\.weight"),
        ("image_encoder.pos_embed", torch.ones(3), "do not fit together"),
        ("image_encoder.blocks.0.attn.rel_pos_h", torch.ones(3, 8), "windows of .2, 4. patches"),
        ("image_encoder.blocks.0.attn.rel_pos_h", torch.ones(7, 0), "do not fit together"),
    ],
)
def test_what_does_not_fit_together_is_refused(saved, tmp_path, name, change, match):
    tensors = torch.load(saved, weights_only=True)
    tensors.pop(name, None)
    torch.save(tensors if change is None else {**tensors, name: change}, tmp_path / "sam.pth")
    with pytest.raises(InputError, match=match):
        load_original_sam(tmp_path / "sam.pth", "cpu")


def test_the_configuration_chooses_it_and_each_view_is_encoded_once(saved, tmp_path):
    models = OpenVocabularyModels(
        detector=str(tiny.owlv2(tmp_path / "owl")), segmenter=str(saved), features=None, names=None
    )
    segmenter = load_eyes(models).segmenter
    assert isinstance(segmenter, OriginalSamSegmenter)
    encoded: list[int] = []
    segmenter._model.image_encoder.register_forward_hook(lambda *_: encoded.append(1))
    frame, memory = _frame(), Memory()
    views = [
        look(frame, 0, words, Eyes(detector=Boxes(), segmenter=segmenter), memory)
        for words in (("mug",), ("mug", "ball"), ("mug",))
    ]
    assert len(encoded) == 1
    assert [len(view.seen) for view in views] == [1, 2, 1]
    assert (views[0].seen[0].mask == views[2].seen[0].mask).all() and views[0].seen[0].mask.any()


class Boxes:
    """Finds each word in a box of its own."""

    def detect(self, rgb, words):
        return tuple(
            Detection(word=word, score=0.9, box=(5.0 + 40.0 * k, 6.0, 35.0 + 40.0 * k, 50.0))
            for k, word in enumerate(words)
        )


def _frame() -> CameraFrame:
    rng = np.random.default_rng(0)
    return frames_of([thing("block", "red", 0.5, 0.0, rng)], rng)[0]
