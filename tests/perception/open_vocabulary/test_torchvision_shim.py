"""An installed torchvision that cannot load its compiled part does not break transformers."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import handsel.perception.open_vocabulary
import numpy as np
import pytest
import torch
from handsel.perception.open_vocabulary.torchvision_shim import mend_torchvision, suppress


def test_suppress_is_greedy_suppression():
    rng = np.random.default_rng(5)
    corner = rng.uniform(0.0, 50.0, (60, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5.0, 30.0, (60, 2))], axis=1)
    scores = rng.uniform(size=60)
    kept: list[int] = []
    for one in np.argsort(-scores):
        if all(_iou(boxes[one], boxes[other]) <= 0.4 for other in kept):
            kept.append(int(one))
    found = suppress(torch.from_numpy(boxes), torch.from_numpy(scores), 0.4)
    assert found.tolist() == kept and 3 < len(kept) < 60


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    shared = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0.0))
    return float(shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared))


@pytest.mark.skipif(find_spec("torchvision") is not None, reason="torchvision is installed here")
def test_without_torchvision_nothing_is_done():
    mend_torchvision.cache_clear()
    assert mend_torchvision() is False


@pytest.mark.skipif(find_spec("torchvision") is None, reason="torchvision is not installed")
def test_with_torchvision_models_still_load():
    program = (
        "from handsel.perception.open_vocabulary.torchvision_shim import mend_torchvision as mend\n"
        "mend()\n"
        "from transformers import CLIPModel, Sam2Model\n"
        "import torch, torchvision.ops\n"
        "boxes = torch.tensor([[0., 0., 9., 9.], [1., 1., 9., 9.], [20., 0., 29., 9.]])\n"
        "assert torchvision.ops.nms(boxes, torch.tensor([.5, .9, .1]), .5).tolist() == [1, 2]\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_all_that_needs_mending_is_imported_where_it_is_mended():
    """Else a broken torchvision would break that part of handsel, as it breaks transformers."""
    mended = Path(handsel.perception.open_vocabulary.__file__).parent
    needy = re.compile(r"^\s*(?:from|import) (?:transformers|torchvision|segment_anything)\b", re.MULTILINE)
    parts = ("agent", "cli", "core", "perception", "planners", "prompts", "robots", "sim", "skills")
    files = [path for part in parts for path in (mended.parents[1] / part).rglob("*.py")]
    found = {path for path in files if needy.search(path.read_text(encoding="utf-8"))}
    assert len(files) > 100 and found
    outside = [path for path in found if path.parent != mended]
    assert [path for path in outside if "mend_torchvision()" not in path.read_text(encoding="utf-8")] == []
