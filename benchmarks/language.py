"""Weigh options with a local model: the prompt read once against once for each option, in processor time.

The model is a random one, made on the spot, of the size that is asked for; what is
compared is arithmetic, not wisdom.

Usage:
    python benchmarks/language.py [--options 50] [--prompt 400] [--width 384] [--layers 8] [--json FILE]
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import numpy as np
from handsel.agent.language.local_chat import LocalChat
from handsel.agent.language.model import Message

VERBS = ("pick up", "put down", "push", "pull", "open", "close", "pour from", "wipe", "look at", "hand over")
COLORS = ("red", "green", "blue", "yellow", "white")
KINDS = ("block", "bowl", "mug", "plate", "ball", "tray", "bottle", "box")


def write_model(folder: Path, width: int, layers: int) -> None:
    """Write a llama with random weights and a byte-level tokenizer with merges of the words used here."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    words = [f"{verb} the {color} {kind}" for verb in VERBS for color in COLORS for kind in KINDS]
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    raw.train_from_iterator(words, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>")
    config = LlamaConfig(
        vocab_size=8000,
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 64,
        max_position_embeddings=4096,
        bos_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=False,
        # Random weights of the usual spread tell all words alike; these tell them apart.
        initializer_range=0.06,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def naive(model: Any, prompt: Any, answers: list[list[int]]) -> list[float]:
    """Read prompt and answer anew for every answer."""
    import torch

    totals = []
    for answer in answers:
        ids = torch.cat([prompt["input_ids"], torch.tensor([answer])], dim=1)
        with torch.inference_mode():
            logits = model(input_ids=ids, logits_to_keep=len(answer) + 1).logits[0, :-1]
        logprobs = torch.log_softmax(logits.float(), dim=-1)
        totals.append(float(logprobs.gather(1, torch.tensor(answer)[:, None]).sum()))
    return totals


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Give a result and its processor time, [s]."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def main() -> None:
    """Measure and print."""
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    read.add_argument("--options", type=int, default=50)
    read.add_argument("--prompt", type=int, default=400)
    read.add_argument("--width", type=int, default=384)
    read.add_argument("--layers", type=int, default=8)
    read.add_argument("--json", type=Path)
    asked = read.parse_args()
    import torch

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    every = [f"{verb} the {color} {kind}" for verb in VERBS for color in COLORS for kind in KINDS]
    options = [every[i] for i in rng.permutation(len(every))[: asked.options]]
    with tempfile.TemporaryDirectory() as folder:
        write_model(Path(folder), asked.width, asked.layers)
        chat = LocalChat(folder, device="cpu")
    text = " ".join(every[i] for i in rng.permutation(len(every)))
    ids = chat._tokenizer.encode(text)[: asked.prompt]
    messages = (Message(role="user", text=chat._tokenizer.decode(ids)),)
    prompt = chat._read(messages)
    answers = [chat._answer(option) for option in options]
    chat.score(messages, options[:2])  # The first pass of all allocates.
    scores, fast = timed(lambda: chat.score(messages, options))
    slow_ones, slow = timed(lambda: naive(chat._model, prompt, answers))
    found = np.array(scores.logprobs)
    difference = float(np.abs(found - np.array(slow_ones)).max())
    same = bool((np.argsort(-found) == np.argsort(-np.array(slow_ones))).all())
    row = {
        "options": len(options),
        "prompt_tokens": int(prompt["input_ids"].shape[1]),
        "answer_tokens": [min(map(len, answers)), max(map(len, answers))],
        "parameters": sum(one.numel() for one in chat._model.parameters()),
        "naive_cpu_s": round(slow, 3),
        "shared_prefix_cpu_s": round(fast, 3),
        "times_less": round(slow / fast, 1),
        "largest_difference": difference,
        "same_ranking": same,
    }
    for name, value in row.items():
        print(f"{name:<22}{value}")
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
