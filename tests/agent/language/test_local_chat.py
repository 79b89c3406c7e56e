"""Models on this machine: likelihoods against reading each answer by itself, and against an enumeration."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.language.budget import Budget, Budgeted
from handsel.agent.language.errors import BadAnswer, LanguageModelError, TimedOut, TooLong
from handsel.agent.language.local_chat import LocalChat
from handsel.agent.language.model import Message
from handsel.agent.language.prefix_scoring import Likelihoods
from handsel.agent.language.probe import plain_picture

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

ASK = (Message(role="system", text="Be brief."), Message(role="user", text="What comes next on the table?"))
OPTIONS = ["pick", "pick up the red block", "pick up the mug", "put it in the bowl", "a"]


def write_tiny(folder: Path, kind: str, template: bool = False) -> Path:
    """Write a random model of a kind, two layers wide 32, with a byte-level tokenizer."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    torch.manual_seed(0)
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=280, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    raw.train_from_iterator([*OPTIONS, "the red block"], trainer)
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>")
    if template:
        tokenizer.chat_template = (
            "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
        )
    same: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "initializer_range": 0.2,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "max_position_embeddings": 512,
    }
    if kind == "llama":
        config: Any = transformers.LlamaConfig(intermediate_size=64, num_key_value_heads=1, **same)
    elif kind == "forgetful":
        config = transformers.MistralConfig(
            intermediate_size=64, num_key_value_heads=1, sliding_window=16, **same
        )
    else:
        config = transformers.BloomConfig(**same)
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChat]:
    yield LocalChat(str(write_tiny(tmp_path_factory.mktemp("llama"), "llama")), max_tokens=24)


def one_by_one(chat: LocalChat, options: list[str]) -> list[float]:
    """Read prompt and answer anew for each option, without any cache."""
    ids = chat._read(ASK)["input_ids"]
    totals = []
    for option in options:
        answer = torch.tensor([chat._answer(option)])
        with torch.inference_mode():
            logits = chat._model(input_ids=torch.cat([ids, answer], dim=1), use_cache=False).logits[0]
        logprobs = torch.log_softmax(logits[ids.shape[1] - 1 : -1].double(), dim=-1)
        totals.append(float(logprobs.gather(1, answer[0][:, None]).sum()))
    return totals


def test_likelihoods_are_those_of_reading_each_by_itself(llama: LocalChat) -> None:
    scores = llama.score(ASK, OPTIONS)
    assert scores.logprobs is not None and scores.method == "exact likelihood"
    np.testing.assert_allclose(scores.logprobs, one_by_one(llama, OPTIONS), atol=1e-4)
    shares = np.exp(np.array(scores.logprobs) - max(scores.logprobs))
    np.testing.assert_allclose(scores.probabilities, shares / shares.sum(), rtol=1e-6)
    assert llama._likelihoods.in_one_row is True


@pytest.mark.parametrize("kind", ["forgetful", "bloom"])
def test_models_that_cannot_read_all_in_one_row_get_rows(tmp_path: Path, kind: str) -> None:
    """Attention that forgets, and positions that are no numbers: found out, not assumed."""
    chat = LocalChat(str(write_tiny(tmp_path, kind)))
    scores = chat.score(ASK, OPTIONS)
    assert scores.logprobs is not None
    np.testing.assert_allclose(scores.logprobs, one_by_one(chat, OPTIONS), atol=1e-4)
    assert chat._likelihoods.in_one_row is False


def test_rows_and_one_row_agree_in_parts(llama: LocalChat, monkeypatch: pytest.MonkeyPatch) -> None:
    from handsel.agent.language import prefix_scoring

    want = one_by_one(llama, OPTIONS)
    prompt, answers = llama._read(ASK), [llama._answer(option) for option in OPTIONS]
    monkeypatch.setattr(prefix_scoring, "LONGEST_ROW", 24)
    np.testing.assert_allclose(llama._likelihoods.of(prompt, answers), want, atol=1e-4)
    rows = Likelihoods(llama._model)
    rows.in_one_row = False
    monkeypatch.setattr(prefix_scoring, "ROOM", 1)
    np.testing.assert_allclose(rows.of(prompt, answers), want, atol=1e-4)


def test_answers_are_disjoint_events(llama: LocalChat) -> None:
    """All answers of at most one token, and the longer ones' beginnings, have probability 1 together."""
    prompt = llama._read(ASK)
    words = range(llama._model.config.vocab_size)
    short = [[1], *([word, 1] for word in words if word != 1)]
    with torch.inference_mode():
        first = torch.softmax(llama._model(**prompt).logits[0, -1].double(), dim=-1)
    p = np.exp(llama._likelihoods.of(prompt, short))
    assert p[0] == pytest.approx(float(first[1]), rel=1e-4) and 0.0 < p.sum() < 1.0
    longer = [[word, other] for word, other in itertools.islice(itertools.product(words, words), 3)]
    assert all(value < 0.0 for value in llama._likelihoods.of(prompt, longer))


def test_it_answers_or_says_why_not(llama: LocalChat) -> None:
    with pytest.raises(BadAnswer):
        llama.complete(ASK)
    assert llama.usage.calls >= 1 and llama.usage.completion_tokens > 0
    before = llama.usage.completion_tokens
    with pytest.raises(BadAnswer):
        llama.complete(ASK)
    assert llama.usage.completion_tokens - before <= 24


def test_time_is_bounded(llama: LocalChat) -> None:
    with pytest.raises(LanguageModelError) as caught:
        Budgeted(llama, Budget(seconds=0.001)).complete(ASK)
    assert isinstance(caught.value, TimedOut | BadAnswer)


def test_overflow(llama: LocalChat) -> None:
    long = (Message(role="user", text="word " * 600),)
    for ask in (lambda: llama.complete(long), lambda: llama.score(long, ["a", "b"])):
        with pytest.raises(TooLong, match="of 512 tokens"):
            ask()


def test_a_chat_template_is_used(tmp_path: Path) -> None:
    chat = LocalChat(str(write_tiny(tmp_path, "llama", template=True)))
    text = chat._tokenizer.decode(chat._read(ASK)["input_ids"][0])
    assert text == "system: Be brief.\nuser: What comes next on the table?\nassistant:"
    assert chat._tokenizer.decode(chat._answer("pick")) == "pick</s>"


def test_no_picture_goes_to_a_model_that_sees_none(llama: LocalChat) -> None:
    assert not llama.capabilities.pictures
    shown = (ASK[0], Message(role="user", text=ASK[1].text, pictures=(plain_picture("red"),)))
    assert llama._read(shown)["input_ids"].shape == llama._read(ASK)["input_ids"].shape


def test_a_model_that_sees_weighs_by_what_it_sees(tmp_path: Path) -> None:
    from ..random_models import write_idefics

    chat = LocalChat(str(write_idefics(tmp_path)), max_tokens=8)
    assert chat.capabilities.pictures
    found = []
    for color in ("red", "blue"):
        shown = (Message(role="user", text="What is it?", pictures=(plain_picture(color),)),)
        scores = chat.score(shown, OPTIONS)
        assert scores.logprobs is not None
        prompt, answers = chat._read(shown), [chat._answer(option) for option in OPTIONS]
        with torch.inference_mode():
            for answer, value in zip(answers, scores.logprobs, strict=True):
                whole = dict(prompt.items())
                whole["input_ids"] = torch.cat([prompt["input_ids"], torch.tensor([answer])], dim=1)
                whole["attention_mask"] = torch.ones_like(whole["input_ids"])
                logits = chat._model(**whole, use_cache=False).logits[0]
                logprobs = torch.log_softmax(logits[prompt["input_ids"].shape[1] - 1 : -1], dim=-1)
                want = float(logprobs.gather(1, torch.tensor(answer)[:, None]).sum())
                assert value == pytest.approx(want, abs=1e-4)
        found.append(scores.logprobs)
    assert found[0] != found[1]
    blind = LocalChat(str(tmp_path), pictures=False)
    assert not blind.capabilities.pictures and blind.score(ASK, ["a", "b"]).logprobs is not None
