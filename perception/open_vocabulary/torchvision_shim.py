"""Makes an installed torchvision importable where its compiled part does not load.

The Linux wheels of torchvision are linked against CUDA. On a CPU build of
torch their ``_C.so`` does not load, ``import torchvision`` then fails for want
of the operator ``torchvision::nms``, and with it every model of transformers
(measured with torch 2.13.0+cpu, torchvision 0.28.0, transformers 5.23.0).
Only the package ``segment-anything`` needs torchvision, and nothing of its
compiled part; but wherever it lies around it must not break us.
So the operators' schemas are defined before the first import. Does nothing
without torchvision, and nothing where it works.
"""

import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@cache
def mend_torchvision() -> bool:
    """Define torchvision's operators in plain torch if its own cannot be loaded.

    Must be called before transformers or torchvision is imported.

    Returns:
        Whether that was needed.
    """
    if "torchvision" in sys.modules:
        return False
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        return False
    import torch

    compiled = sorted(Path(spec.origin).parent.glob("_C*.so"))
    try:
        for library in compiled:
            torch.ops.load_library(str(library))
    except OSError:
        compiled = []
    if compiled:
        return False
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.impl("nms", suppress, "CPU")
    _KEPT.append(library)
    import torchvision.extension  # pyright: ignore[reportMissingImports] - optional

    # torchvision refuses its own nms unless its compiled part has registered the operators.
    torchvision.extension._has_ops = lambda: True
    return True


_KEPT: list[object] = []  # A torch library disappears with its last reference.


def suppress(boxes: "torch.Tensor", scores: "torch.Tensor", iou_threshold: float) -> "torch.Tensor":
    """Non-maximum suppression, greedy, as ``torchvision.ops.nms`` defines it.

    Args:
        boxes: Left, top, right, bottom, shape (N, 4).
        scores: Shape (N,).
        iou_threshold: A box that overlaps a better one more than this is dropped.

    Returns:
        Indices of the kept boxes, best first.
    """
    import torch

    order = scores.argsort(descending=True, stable=True)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = (high - low).clamp(min=0).prod(dim=1)
        order = order[shared <= iou_threshold * (area[best] + area[order] - shared)]
    return torch.tensor(kept, dtype=torch.int64, device=boxes.device)
