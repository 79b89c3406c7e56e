"""``transformers serve`` with a tiny model that sees: pictures travel, and the probe tells what it drops."""

import pytest
from handsel.agent.language.errors import LanguageModelError
from handsel.agent.language.model import Message
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.language.probe import plain_picture, probe

from ..test_real_servers import idefics  # noqa: F401

pytestmark = pytest.mark.slow


@pytest.fixture(name="model")
def make_chat(idefics: tuple[str, str]) -> OpenAIChat:  # noqa: F811
    url, name = idefics
    return OpenAIChat(url, name, max_tokens=20, retries=0, timeout=120.0)


def test_pictures_are_read(model: OpenAIChat) -> None:
    """What was asked with a picture costs more tokens than what was asked without."""
    words = (Message(role="user", text="What is it?"),)
    shown = (Message(role="user", text="What is it?", pictures=(plain_picture("red"),)),)
    model.raw(words, {}, limit=4)
    without = model.usage.prompt_tokens
    model.raw(shown, {}, limit=4)
    assert model.usage.prompt_tokens - without > without


def test_the_probe_believes_nothing(model: OpenAIChat) -> None:
    """This server takes the wish for schemas, probabilities and tools, and drops it without a word."""
    report = probe(model)
    able = report.capabilities
    assert able.pictures and able.streaming
    assert not able.schema and able.logprobs == 0 and not able.decisions
    offered = {one.name: one.offered for one in report.abilities}
    assert offered["tools"] is False and offered["text"] is True


def test_options_are_weighed_or_refused(model: OpenAIChat) -> None:
    with pytest.raises(LanguageModelError):
        model.score((Message(role="user", text="What next?"),), ["pick", "place"])
    assert model.capabilities.logprobs == 0
