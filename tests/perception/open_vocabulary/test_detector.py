"""Boxes: our own reading of the models' outputs is that of transformers; one box for each thing."""

import numpy as np
import pytest
import tiny
import torch
from handsel.perception.open_vocabulary.detector import load_detector, overlap, suppress
from handsel.perception.open_vocabulary.eyes import Detection
from handsel.perception.open_vocabulary.loading import find_weights

RGB = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
WORDS = ("block", "ball")


def test_owlv2_reads_boxes_as_transformers_does(tmp_path):
    from transformers import Owlv2ForObjectDetection, Owlv2ImageProcessorPil, PreTrainedTokenizerFast

    folder = tiny.owlv2(tmp_path)
    ours = load_detector(find_weights("detector", str(folder)), "cpu", 0.01).detect(RGB, WORDS)
    processor = Owlv2ImageProcessorPil.from_pretrained(folder)
    text = PreTrainedTokenizerFast.from_pretrained(folder)(
        [f"a photo of a {word}" for word in WORDS], padding="max_length", max_length=16, return_tensors="pt"
    )
    model = Owlv2ForObjectDetection.from_pretrained(folder).eval()
    with torch.inference_mode():
        output = model(
            input_ids=text["input_ids"],
            attention_mask=text["attention_mask"],
            pixel_values=processor(images=[RGB], return_tensors="pt")["pixel_values"],
        )
    theirs = processor.post_process_object_detection(output, threshold=0.01, target_sizes=[(60, 80)])[0]
    inside = _inside(theirs["boxes"].numpy())
    assert len(ours) == inside.sum() > 0
    assert [one.score for one in ours] == pytest.approx(theirs["scores"].numpy()[inside].tolist(), abs=1e-6)
    assert [WORDS.index(one.word) for one in ours] == theirs["labels"].numpy()[inside].tolist()
    boxes = np.clip(theirs["boxes"].numpy()[inside], 0.0, [80, 60, 80, 60])
    assert np.array([one.box for one in ours]) == pytest.approx(boxes, abs=1e-3)


def test_grounding_dino_reads_boxes_as_transformers_does(tmp_path):
    from transformers import (
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessorPil,
        PreTrainedTokenizerFast,
    )

    folder = tiny.grounding_dino(tmp_path)
    # One word of one token: then the score of a box is that of the word.
    ours = load_detector(find_weights("detector", str(folder)), "cpu", 0.01).detect(RGB, ("mug",))
    processor = GroundingDinoImageProcessorPil.from_pretrained(folder)
    text = PreTrainedTokenizerFast.from_pretrained(folder)("mug. ", return_tensors="pt")
    model = GroundingDinoForObjectDetection.from_pretrained(folder).eval()
    with torch.inference_mode():
        output = model(
            **processor(images=[RGB], return_tensors="pt"),
            input_ids=text["input_ids"],
            attention_mask=text["attention_mask"],
        )
    at = text["input_ids"][0].tolist().index(PreTrainedTokenizerFast.from_pretrained(folder).vocab["mug"])
    scores = output.logits[0, :, at].sigmoid().numpy()
    assert len(ours) > 0
    assert sorted(one.score for one in ours) == pytest.approx(sorted(scores)[-len(ours) :], abs=1e-6)
    theirs = processor.post_process_object_detection(output, threshold=0.0, target_sizes=[(60, 80)])[0]
    boxes = np.clip(theirs["boxes"].numpy(), 0.0, [80, 60, 80, 60])
    for one in ours:
        assert np.abs(boxes - one.box).max(axis=1).min() < 1e-3


def test_many_words_are_asked_in_several_sentences(tmp_path):
    detector = load_detector(find_weights("detector", str(tiny.grounding_dino(tmp_path))), "cpu", 0.01)
    words = tuple(f"{kind} {number}" for number in range(20) for kind in ("mug", "ball"))
    assert {one.word for one in detector.detect(RGB, words)} & set(words[24:])


def _inside(boxes: np.ndarray) -> np.ndarray:
    """Mark boxes that lie in the picture by two pixels at least."""
    boxes = np.clip(boxes, 0.0, [80, 60, 80, 60])
    return np.asarray(((boxes[:, 2:] - boxes[:, :2]) >= 2.0).all(axis=1))


def _at(left: float, word: str, score: float, side: float = 20.0) -> Detection:
    return Detection(word=word, score=score, box=(left, 10.0, left + side, 10.0 + side))


def test_overlap():
    assert overlap(_at(0, "mug", 1), _at(10, "mug", 1)) == pytest.approx(1 / 3)
    assert overlap(_at(0, "mug", 1), _at(40, "mug", 1)) == 0.0


def test_suppression_keeps_the_best_of_one_thing():
    best, other, near = _at(0, "mug", 0.9), _at(2, "bowl", 0.8), _at(5, "mug", 0.7)
    far, whole = _at(50, "mug", 0.3), _at(0, "tray", 0.95, side=100.0)
    assert suppress((other, near, far, best, whole), (110, 110)) == (best, far)


def test_suppression_keeps_what_lies_in_a_bowl():
    bowl = Detection(word="bowl", score=0.9, box=(0, 0, 40, 40))
    ball = Detection(word="ball", score=0.5, box=(10, 10, 30, 30))
    assert suppress((bowl, ball), (200, 200)) == (bowl, ball)
