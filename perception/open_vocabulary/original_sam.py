"""Boxes to masks: SAM by its own package ``segment-anything``, from an original checkpoint."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from ...core.errors import InputError
from .checkpoint import read_checkpoint
from .eyes import Picture
from .segmenter import AT_ONCE, Encoded
from .torchvision_shim import mend_torchvision

if TYPE_CHECKING:
    import torch

DECODER_HEADS = 8  # Leaves no trace in the shapes; the same in all that the package builds.
EPSILON = 1e-6  # Likewise: of the picture encoder's layer norms.


class OriginalSamSegmenter:
    """SAM (Kirillov 2023), asked with boxes for one mask each.

    The package's ``SamPredictor`` does the same, but holds one picture at a
    time; here what a picture is encoded to is handed out, so that it can be kept.
    """

    def __init__(self, model: Any, device: str):
        """Hold the loaded model; see ``load_original_sam``."""
        from segment_anything.utils.transforms import (  # pyright: ignore[reportMissingImports] - optional
            ResizeLongestSide,
        )

        self._model = model
        self._device = device
        self._resize = ResizeLongestSide(model.image_encoder.img_size)

    def encode(self, rgb: Picture) -> Encoded:
        """Encode a picture; see ``Segmenter.encode``."""
        import torch

        resized: NDArray[np.uint8] = self._resize.apply_image(rgb)
        pixels = torch.from_numpy(np.ascontiguousarray(resized.transpose(2, 0, 1)))[None]
        with torch.inference_mode():
            embedding = self._model.image_encoder(self._model.preprocess(pixels.to(self._device)))
        size, inner = rgb.shape[:2], resized.shape[:2]
        return Encoded(embedding=embedding, size=(size[0], size[1]), inner=(inner[0], inner[1]))

    def masks(self, encoded: object, boxes: Float64) -> NDArray[np.bool_]:
        """Cut out what each box shows; see ``Segmenter.masks``."""
        assert isinstance(encoded, Encoded), "masks are cut from what encode() gave"
        import torch

        model = self._model
        scaled = self._resize.apply_boxes(boxes, encoded.size).astype(np.float32)
        found = np.zeros((len(boxes), *encoded.size), bool)
        for start in range(0, len(boxes), AT_ONCE):
            prompt = torch.from_numpy(scaled[start : start + AT_ONCE]).to(self._device)
            with torch.inference_mode():
                sparse, dense = model.prompt_encoder(points=None, boxes=prompt, masks=None)
                # A box is hardly ambiguous: SAM's paper asks for a single mask then.
                coarse, _ = model.mask_decoder(
                    image_embeddings=encoded.embedding,
                    image_pe=model.prompt_encoder.get_dense_pe(),
                    sparse_prompt_embeddings=sparse,
                    dense_prompt_embeddings=dense,
                    multimask_output=False,
                )
                masks = model.postprocess_masks(coarse, encoded.inner, encoded.size)
            found[start : start + AT_ONCE] = (masks[:, 0] > model.mask_threshold).cpu().numpy()
        return found


def load_original_sam(path: Path, device: str) -> OriginalSamSegmenter:
    """Load SAM from an original checkpoint, whole or not at all.

    Args:
        path: The checkpoint that ``find_checkpoint`` found.
        device: Where torch computes.

    Raises:
        InputError: If the file is damaged, of another kind, or lacks a part of the model.
    """
    tensors = read_checkpoint(path)
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    mend_torchvision()  # The package imports torchvision.
    try:
        model = build_sam(shapes)
    except (KeyError, IndexError, ValueError, ZeroDivisionError, AssertionError) as error:
        raise InputError(
            f"segmenter: the tensors of {str(path)!r} do not fit together to a SAM ({error}); "
            "get the whole file"
        ) from error
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    wrong = sorted(name for name in expected | shapes if expected.get(name) != shapes.get(name))
    if wrong:
        raise InputError(
            f"segmenter: {len(wrong)} tensors of {str(path)!r} are not those of a SAM of its size, "
            f"such as {wrong[0]}: expected shape {expected.get(wrong[0])}, got {shapes.get(wrong[0])}; "
            "get the whole file, of SAM itself"
        )
    model.load_state_dict(tensors)
    return OriginalSamSegmenter(model.to(device).eval(), device)


def build_sam(shapes: dict[str, tuple[int, ...]]) -> "torch.nn.Module":
    """Build the SAM whose tensors have these shapes, with random weights.

    The package's own registry knows ViT-B, ViT-L and ViT-H at 1024 pixels; for
    these the result is the same, and checkpoints that were trained further at
    another size are read too.

    Args:
        shapes: Shape by name of each tensor of a checkpoint.

    Raises:
        KeyError: If a tensor is absent that says a size.
        ValueError: If sizes contradict each other; so too the other errors of arithmetic and indexing.
    """
    from segment_anything.modeling import (  # pyright: ignore[reportMissingImports] - optional
        MaskDecoder,
        PromptEncoder,
        Sam,
        TwoWayTransformer,
    )

    encoder = _encoder(shapes)
    side, width = encoder.img_size, shapes["image_encoder.neck.0.weight"][0]
    grid = shapes["image_encoder.pos_embed"][1]
    transformer = TwoWayTransformer(
        depth=_count(shapes, "mask_decoder.transformer.layers."),
        embedding_dim=width,
        mlp_dim=shapes["mask_decoder.transformer.layers.0.mlp.lin1.weight"][0],
        num_heads=DECODER_HEADS,
    )
    return Sam(
        image_encoder=encoder,
        prompt_encoder=PromptEncoder(
            embed_dim=width,
            image_embedding_size=(grid, grid),
            input_image_size=(side, side),
            mask_in_chans=shapes["prompt_encoder.mask_downscaling.3.weight"][0],
        ),
        mask_decoder=MaskDecoder(
            # One mask for what is clear, and those that an ambiguous prompt may mean.
            num_multimask_outputs=shapes["mask_decoder.mask_tokens.weight"][0] - 1,
            transformer=transformer,
            transformer_dim=width,
            iou_head_depth=_count(shapes, "mask_decoder.iou_prediction_head.layers."),
            iou_head_hidden_dim=shapes["mask_decoder.iou_prediction_head.layers.0.weight"][0],
        ),
    )


def _encoder(shapes: dict[str, tuple[int, ...]]) -> Any:
    """Build the picture encoder."""
    import torch
    from segment_anything.modeling import (  # pyright: ignore[reportMissingImports] - optional
        ImageEncoderViT,
    )

    first = "image_encoder.blocks.0."
    _, grid, _, width = shapes["image_encoder.pos_embed"]
    patch = shapes["image_encoder.patch_embed.proj.weight"][-1]
    depth = _count(shapes, "image_encoder.blocks.")
    # A block's table of relative positions is 2 n - 1 long, n being the side of what it attends to at
    # once: the whole grid of patches, or a window of it.
    spans = [(shapes[f"image_encoder.blocks.{k}.attn.rel_pos_h"][0] + 1) // 2 for k in range(depth)]
    windows = {span for span in spans if span != grid}
    if len(windows) > 1:
        raise ValueError(f"windows of {sorted(windows)} patches, expected one size")
    return ImageEncoderViT(
        depth=depth,
        embed_dim=width,
        img_size=grid * patch,
        mlp_ratio=shapes[f"{first}mlp.lin1.weight"][0] / width,
        norm_layer=partial(torch.nn.LayerNorm, eps=EPSILON),
        num_heads=width // shapes[f"{first}attn.rel_pos_h"][1],
        patch_size=patch,
        qkv_bias=True,
        use_rel_pos=True,
        global_attn_indexes=tuple(k for k, span in enumerate(spans) if span == grid),
        window_size=windows.pop() if windows else 0,
        out_chans=shapes["image_encoder.neck.0.weight"][0],
    )


def _count(shapes: dict[str, tuple[int, ...]], prefix: str) -> int:
    """Count the numbered parts below a name."""
    return len({name.removeprefix(prefix).split(".")[0] for name in shapes if name.startswith(prefix)})
