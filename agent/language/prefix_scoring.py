"""Exact likelihoods of many answers to one prompt: the prompt is read once, all answers share what it left.

The log-likelihood of an answer a_1 .. a_n after a prompt is the sum of log P(a_i |
prompt, a_1 .. a_{i-1}), the last token being the end of the turn, so that the answers
are disjoint events and a short one is not favoured over the longer ones that begin
with it.

The prompt's keys and values are kept. All answers are then read in one row, one behind
the other, each seeing the prompt and itself alone, and each counted from the prompt's
end: nothing is copied and nothing padded. Models whose positions are not plain numbers,
or whose attention forgets, get a row for each answer instead; which of the two a model
takes is tried out at the first call, not assumed.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy import isclose

if TYPE_CHECKING:
    import torch

ROOM = 512 * 2**20
"""Logits, and copies of the prompt's keys and values, may take so much at once, [bytes]."""
LONGEST_ROW = 2048
"""Tokens of answers in one row: the mask grows with their square."""
AGREE = 1e-2
"""Both ways have to agree on a log-likelihood up to so much. In float32 they differ by some 1e-5; half
precision rounds log-likelihoods of tens to 1e-2; a wrong position or mask costs whole units."""


class Likelihoods:
    """Reads answers with one model."""

    def __init__(self, model: Any):
        """Take a model.

        Args:
            model: A causal model of ``transformers``, in evaluation mode.
        """
        self._model = model
        self.in_one_row: bool | None = None

    def of(self, prompt: Mapping[str, "torch.Tensor"], answers: Sequence[Sequence[int]]) -> list[float]:
        """Give the log-likelihood of every answer.

        Args:
            prompt: The model's inputs for the prompt, ``input_ids`` of shape ``(1, tokens)`` among them.
            answers: Token numbers of each answer, none empty.
        """
        import torch

        with torch.inference_mode():
            told = self._model(**prompt, use_cache=True, logits_to_keep=1)
            first = torch.log_softmax(told.logits[0, -1].float(), dim=-1)
            totals = [float(first[answer[0]]) for answer in answers]
            # Answers of like length lie together, so that little is padded where they get rows.
            longer = sorted(
                (i for i in range(len(answers)) if len(answers[i]) > 1), key=lambda i: len(answers[i])
            )
            rest = self._rest(told.past_key_values, prompt["input_ids"], [answers[i] for i in longer])
        for i, value in zip(longer, rest, strict=True):
            totals[i] += value
        return totals

    def _rest(self, cache: Any, prompt_ids: "torch.Tensor", answers: list[Sequence[int]]) -> list[float]:
        """Give the log-likelihood of all tokens but the first, for each answer."""
        if not answers:
            return []
        if self.in_one_row is None:
            self.in_one_row = self._agree(cache, prompt_ids, answers[:2])
        words = self._model.config.get_text_config().vocab_size
        if self.in_one_row:
            most = max(1, min(LONGEST_ROW, ROOM // (8 * words)) // len(answers[-1]))
            read = self._row
        else:
            kept = sum(one.keys.nbytes + one.values.nbytes for one in cache.layers if hasattr(one, "keys"))
            most = max(1, ROOM // (2 * kept + 8 * words * len(answers[-1])))
            read = self._rows
        parts = [answers[i : i + most] for i in range(0, len(answers), most)]
        return [value for part in parts for value in read(cache, prompt_ids, part)]

    def _agree(self, cache: Any, prompt_ids: "torch.Tensor", answers: list[Sequence[int]]) -> bool:
        try:
            packed = self._row(cache, prompt_ids, answers)
        except (TypeError, ValueError, RuntimeError, IndexError, AttributeError):
            # What a model that takes no positions, or no mask of its own, says to that.
            return False
        return bool(isclose(packed, self._rows(cache, prompt_ids, answers), rtol=0.0, atol=AGREE).all())

    def _row(self, cache: Any, prompt_ids: "torch.Tensor", answers: list[Sequence[int]]) -> list[float]:
        import torch

        device, length = prompt_ids.device, prompt_ids.shape[1]
        known = [token for answer in answers for token in answer[:-1]]
        places = torch.tensor([i for answer in answers for i in range(len(answer) - 1)], device=device)
        owner = [number for number, answer in enumerate(answers) for _ in answer[:-1]]
        of = torch.tensor(owner, device=device)
        own = (of[:, None] == of[None, :]) & (places[:, None] >= places[None, :])
        sees = torch.cat([own.new_ones(len(owner), length), own], dim=1)
        mask = torch.zeros(sees.shape, dtype=self._model.dtype, device=device)
        mask = mask.masked_fill(~sees, torch.finfo(mask.dtype).min)[None, None]
        told = self._model(
            input_ids=torch.tensor([known], device=device),
            attention_mask=mask,
            position_ids=(length + places)[None],
            past_key_values=_shared(cache, 1),
            use_cache=True,
        )
        logprobs = torch.log_softmax(told.logits[0].float(), dim=-1)
        following = torch.tensor([token for answer in answers for token in answer[1:]], device=device)
        taken = logprobs.gather(1, following[:, None])[:, 0]
        totals = torch.zeros(len(answers), device=device).index_add(0, of, taken)
        return [float(value) for value in totals]

    def _rows(self, cache: Any, prompt_ids: "torch.Tensor", answers: list[Sequence[int]]) -> list[float]:
        import torch

        width, device = max(map(len, answers)), prompt_ids.device
        ids = torch.zeros((len(answers), width), dtype=torch.long, device=device)
        known = torch.zeros_like(ids)
        for row, answer in enumerate(answers):
            ids[row, : len(answer)] = torch.tensor(list(answer))
            known[row, : len(answer)] = 1
        # Padding stands to the right, where nothing that counts can see it.
        read = ids.new_ones(len(answers), prompt_ids.shape[1])
        told = self._model(
            input_ids=ids[:, :-1],
            attention_mask=torch.cat([read, known[:, :-1]], dim=1),
            past_key_values=_shared(cache, len(answers)),
            use_cache=True,
        )
        logprobs = torch.log_softmax(told.logits.float(), dim=-1)
        taken = logprobs.gather(2, ids[:, 1:, None]).squeeze(-1)
        return [float(value) for value in (taken * known[:, 1:]).sum(dim=1)]


def _shared(cache: Any, count: int) -> Any:
    """Give a cache of which every row is the prompt's; what is appended to it leaves the prompt's as it was.

    Rows of plain attention are views until the model appends to them, which makes the one copy that is
    needed. Layers that keep something else are copied as they know how to.
    """
    shared = copy.copy(cache)
    shared.layers = []
    for layer in cache.layers:
        if hasattr(layer, "keys") and hasattr(layer, "values"):
            row = copy.copy(layer)
            row.keys = layer.keys.expand(count, -1, -1, -1)
            row.values = layer.values.expand(count, -1, -1, -1)
        else:
            row = copy.deepcopy(layer)
            row.batch_repeat_interleave(count)
        shared.layers.append(row)
    return shared
