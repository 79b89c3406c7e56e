"""A model on this machine through ``transformers``: no server, no key, and exact likelihoods of options.

Only what lies on this machine is opened, as safetensors, and no code that comes with a
model is run.
"""

import io
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import InputError, MissingDependency
from ...perception.open_vocabulary.torchvision_shim import mend_torchvision
from .answers import checked, refuse_foreign
from .budget import Meter, time_left
from .errors import NotOffered, ServerFault, TimedOut, TooLong
from .forms import asked_in_form
from .model import AnswerT, Capabilities, Message, Scores, Usage, checked_options
from .prefix_scoring import Likelihoods

if TYPE_CHECKING:
    import torch

REMEDY = "pip install 'handsel[models]'"


class LocalChat:
    """One model in this process."""

    def __init__(
        self,
        path: str,
        *,
        timeout: float = 600.0,
        max_tokens: int = 2000,
        device: str | None = None,
        pictures: bool = True,
    ):
        """Load the model.

        Args:
            path: Its folder, or its name in the cache of ``huggingface_hub``.
            timeout: Longest wait for one answer, [s].
            max_tokens: Longest answer, [tokens].
            pictures: Whether it is shown pictures, if it can see.
            device: Where it runs, such as ``cuda``; the first GPU, else the processor, where None.

        Raises:
            InputError: If there is no usable model.
            MissingDependency: If ``torch`` or ``transformers`` is not installed.
        """
        try:
            import torch

            mend_torchvision()
            import transformers
        except ImportError as error:
            raise MissingDependency("torch or transformers is not installed", REMEDY) from error
        self.name = Path(path).name or path
        self._timeout, self._max_tokens = timeout, max_tokens
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._meter = Meter()
        given: dict[str, Any] = {"local_files_only": True}
        try:
            config = transformers.AutoConfig.from_pretrained(path, **given)
            sees = type(config) in transformers.AutoModelForImageTextToText._model_mapping
            made = transformers.AutoModelForImageTextToText if sees else transformers.AutoModelForCausalLM
            reader = transformers.AutoProcessor if sees else transformers.AutoTokenizer
            # Half precision is slow on a processor, and its likelihoods are not exact.
            dtype = torch.float32 if self._device == "cpu" else "auto"
            self._model: Any = made.from_pretrained(path, dtype=dtype, use_safetensors=True, **given)
            self._reader: Any = reader.from_pretrained(path, **given)
        except (OSError, ValueError, KeyError) as error:
            brief = str(error).strip().splitlines()[0][:200]
            raise InputError(
                f"{path!r} is no model that transformers can open here: {brief}; "
                "give a folder with config.json and safetensors, or fetch one with: hf download NAME"
            ) from error
        self._model.eval().to(self._device)
        self._likelihoods = Likelihoods(self._model)
        self._sees = sees
        self._tokenizer: Any = self._reader.tokenizer if sees else self._reader
        self.capabilities = Capabilities(
            pictures=sees and pictures, schema=False, logprobs=len(self._tokenizer)
        )

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        return self._meter.usage

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text, always the likeliest next token; see ``LanguageModel.complete``."""
        return refuse_foreign(self._asked(messages), self.name, messages)

    def _asked(self, messages: tuple[Message, ...]) -> str:
        import torch

        prompt, patience = self._read(messages), min(self._timeout, max(time_left(), 0.1))
        length = prompt["input_ids"].shape[1]
        room = min(self._max_tokens, self._room(length))
        with self._meter.request() as request, torch.inference_mode():
            began = time.monotonic()
            ids = self._model.generate(
                **prompt,
                max_new_tokens=room,
                max_time=patience,
                do_sample=False,
                pad_token_id=self._ends()[0],
                eos_token_id=self._ends(),
            )[0, length:]
            late = time.monotonic() - began >= patience
            request.prompt_tokens, request.completion_tokens = length, len(ids)
        complete = len(ids) > 0 and int(ids[-1]) in self._ends()
        if late and not complete:
            raise TimedOut(f"{self.name} did not end its answer within {patience:.0f} s")
        text = self._tokenizer.decode(ids, skip_special_tokens=True)
        return checked(text, self.name, complete=complete, limit=room)

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form, told in words; see ``LanguageModel.complete_as``."""
        return asked_in_form(self._asked, messages, form, self.name, in_words=True)

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Weigh options by their exact likelihoods as whole answers; see ``LanguageModel.score``."""
        listed = checked_options(options)
        prompt = self._read(messages)
        answers = [self._answer(option) for option in listed]
        length = prompt["input_ids"].shape[1]
        self._room(length + max(map(len, answers)))
        with self._meter.request() as request:
            request.prompt_tokens = length + sum(map(len, answers))
            try:
                found = np.array(self._likelihoods.of(prompt, answers))
            except RuntimeError as error:
                raise ServerFault(f"{self.name} cannot weigh options: {str(error)[:200]}") from error
        p = np.exp(found - found.max())
        return Scores(
            options=listed,
            probabilities=tuple(float(one) for one in p / p.sum()),
            method="exact likelihood",
            logprobs=tuple(float(one) for one in found),
            mass=min(float(np.exp(found).sum()), 1.0),
        )

    def _answer(self, option: str) -> list[int]:
        # After a chat template's last mark a word begins without a space; after "assistant:" with one.
        lead = "" if self._reader.chat_template else " "
        return [*self._tokenizer.encode(lead + option, add_special_tokens=False), self._ends()[0]]

    def _ends(self) -> list[int]:
        """Tokens that end a turn, the tokenizer's own first."""
        told = self._model.generation_config.eos_token_id
        others = told if isinstance(told, list) else [told]
        listed = [self._tokenizer.eos_token_id, *others]
        return list(dict.fromkeys(one for one in listed if one is not None)) or [0]

    def _room(self, length: int) -> int:
        """Give how many tokens fit after a prompt.

        Raises:
            TooLong: If none do.
        """
        config = self._model.config.get_text_config()
        most = getattr(config, "max_position_embeddings", None) or 2**31
        if length >= most:
            raise TooLong(f"the prompt does not fit into {self.name}: {length} of {most} tokens")
        return most - length

    def _read(self, messages: tuple[Message, ...]) -> Mapping[str, "torch.Tensor"]:
        """Turn a conversation into the model's inputs.

        Raises:
            NotOffered: If the model's template does not take such a conversation.
        """
        from jinja2 import TemplateError

        shown = (
            [picture for one in messages for picture in one.pictures] if self.capabilities.pictures else []
        )
        turns = [
            {"role": one.role, "content": _parts(one, bool(shown)) if self._sees else one.text}
            for one in messages
        ]
        if self._reader.chat_template:
            try:
                text = self._reader.apply_chat_template(
                    turns, tokenize=False, add_generation_prompt=True, enable_thinking=False
                )
            except TemplateError as error:
                raise NotOffered(f"{self.name} takes no such conversation: {error}") from error
        else:
            text = "".join(f"{one.role}: {one.text}\n" for one in messages) + "assistant:"
        if shown:
            inputs = self._reader(text=text, images=[_picture(one) for one in shown], return_tensors="pt")
        else:
            # The template has written the marks that begin a text already.
            marks = not self._reader.chat_template
            inputs = self._tokenizer(text, add_special_tokens=marks, return_tensors="pt")
        return {name: value.to(self._device) for name, value in inputs.items() if name != "token_type_ids"}


def _parts(message: Message, pictures: bool) -> list[dict[str, str]]:
    shown = [{"type": "image"} for _ in message.pictures] if pictures else []
    return [*shown, {"type": "text", "text": message.text}]


def _picture(png: bytes) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGB")
