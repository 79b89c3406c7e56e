"""Masks: our own resizing and padding gives what transformers' processor gives."""

import numpy as np
import tiny
import torch
from handsel.perception.open_vocabulary.loading import find_weights
from handsel.perception.open_vocabulary.pixels import MEAN, SPREAD, to_tensor
from handsel.perception.open_vocabulary.segmenter import load_segmenter

RGB = np.random.default_rng(2).integers(0, 255, (60, 80, 3), dtype=np.uint8)
BOXES = np.array([[5.0, 6.0, 40.0, 30.0], [20.0, 10.0, 79.0, 59.0]])


def test_sam_cuts_as_transformers_does(tmp_path):
    from transformers import SamImageProcessorPil, SamModel

    folder = tiny.sam(tmp_path)
    segmenter = load_segmenter(find_weights("segmenter", str(folder)), "cpu")
    ours = segmenter.masks(segmenter.encode(RGB), BOXES)
    processor = SamImageProcessorPil(size={"longest_edge": 64}, pad_size={"height": 64, "width": 64})
    inputs = processor(images=[RGB], return_tensors="pt")
    boxes = torch.tensor(BOXES * 64 / 80, dtype=torch.float32)[None]
    with torch.inference_mode():
        output = SamModel.from_pretrained(folder).eval()(
            pixel_values=inputs["pixel_values"], input_boxes=boxes, multimask_output=False
        )
    theirs = processor.post_process_masks(
        output.pred_masks,
        [(60, 80)],
        inputs["reshaped_input_sizes"],
        pad_size={"height": 64, "width": 64},
    )[0][:, 0]
    assert ours.any() and not ours.all()
    # The two resize with other rounding, so single pixels on the outline may differ.
    assert (ours == theirs.numpy()).mean() > 0.99


def test_pictures_are_resized_and_normalised():
    flat = np.full((10, 20, 3), 51, np.uint8)
    tensor = to_tensor(flat, (7, 9), (MEAN, SPREAD))
    assert tensor.shape == (1, 3, 7, 9)
    for channel in range(3):
        expected = (0.2 - MEAN[channel]) / SPREAD[channel]
        assert torch.allclose(tensor[0, channel], torch.tensor(expected, dtype=torch.float32), atol=1e-6)
