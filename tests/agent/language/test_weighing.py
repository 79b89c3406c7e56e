"""Letters, groups and rankings: against Luce's axiom, which a made-up chooser keeps to exactly."""

import numpy as np
import pytest
from handsel.agent.language.errors import Refused, ServerFault, WrongForm
from handsel.agent.language.model import Message, Scores, checked_options
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.language.weighing import (
    LETTERS,
    Ranking,
    by_letters,
    by_ranking,
    in_groups,
    letters_of,
    ranking_form,
)
from pydantic import ValidationError

from .servers import Server

ASK = (Message(role="user", text="What next?"),)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def options(count: int) -> list[str]:
    return [f"do thing {i}" for i in range(count)]


def chooser(weights: dict[str, float], prefers: str = ""):  # type: ignore[no-untyped-def]
    """A model that chooses among what is shown by fixed weights, ten times as often the letter it prefers."""

    def ask(messages: tuple[Message, ...]) -> dict[str, float]:
        lines = [line for line in messages[-1].text.splitlines() if line[1:3] == ". "]
        shares = {line[0]: weights[line[3:]] * (10.0 if line[0] == prefers else 1.0) for line in lines}
        told = {letter: np.log(0.9 * share / sum(shares.values())) for letter, share in shares.items()}
        return told | {"": -15.0}

    return ask


@pytest.mark.parametrize("count", [2, 15, 16, 50, 300])
def test_groups_give_what_one_round_would(count: int) -> None:
    w = rng().uniform(0.01, 1.0, count)

    def one_round(chosen: list[int]) -> np.ndarray:
        assert 2 <= len(chosen) <= 15
        return w[chosen] / w[chosen].sum()

    p = in_groups(count, 15, one_round, rng())
    np.testing.assert_allclose(p, w / w.sum(), rtol=1e-12)


def test_letters_find_the_weights_of_a_chooser() -> None:
    names = options(40)
    w = rng().uniform(0.01, 1.0, 40)
    p, mass = by_letters(chooser(dict(zip(names, w, strict=True))), ASK, names, rng())
    np.testing.assert_allclose(p, w / w.sum(), rtol=1e-9)
    assert mass == pytest.approx(0.9)


def test_a_favourite_letter_is_averaged_out() -> None:
    """Two like options stay alike whatever letter the model likes; one order alone would say 10 : 1."""
    names = ["left", "right"]
    p, _ = by_letters(chooser({"left": 1.0, "right": 1.0}, prefers="A"), ASK, names, rng())
    np.testing.assert_allclose(p, [0.5, 0.5])


def test_a_letter_that_was_not_told_gets_the_floor() -> None:
    told = {"A": np.log(0.8), "": np.log(0.01)}
    p, mass = by_letters(lambda messages: told, ASK, ["x", "y"], rng())
    # Once x, once y is A: both orders together leave them alike.
    np.testing.assert_allclose(p, [0.5, 0.5])
    assert mass == pytest.approx(0.8)
    with pytest.raises(WrongForm, match="no letter"):
        by_letters(lambda messages: {"": -3.0}, ASK, ["x", "y"], rng())


def test_spellings_of_a_letter_are_added_up() -> None:
    told = letters_of([("A", np.log(0.2)), (" A", np.log(0.3)), ("A.", np.log(0.1)), ("The", np.log(0.05))])
    assert set(told) == {"A", ""} and np.exp(told["A"]) == pytest.approx(0.6)
    assert told[""] == pytest.approx(np.log(0.05)) and letters_of([]) == {}
    assert "Z" not in LETTERS and "Z" not in letters_of([("Z", -1.0)])


def test_a_ranking_weighs_halves() -> None:
    p = by_ranking(lambda said, form: form(best=["b", "a"]), ASK, ["a", "b", "c", "d"], rng())
    np.testing.assert_allclose(p, np.array([0.25, 0.5, 0.0625, 0.0625]) / 0.875)
    assert by_ranking(lambda said, form: form(best=["a"]), ASK, ["a", "b"], rng())[0] > 0.5
    with pytest.raises(WrongForm, match="none of"):
        by_ranking(lambda said, form: Ranking(best=["z"]), ASK, ["a", "b"], rng())


def test_a_ranking_s_form_knows_the_options() -> None:
    form = ranking_form(["pick up a", "pick up b"])
    assert form(best=["pick up b"]).best == ["pick up b"]
    with pytest.raises(ValidationError):
        form(best=["pick up c"])


def test_scores_are_a_distribution() -> None:
    scores = Scores(options=("a", "b"), probabilities=(0.4, 0.6), method="x")
    assert scores.best == "b"
    with pytest.raises(AssertionError):
        Scores(options=("a", "b"), probabilities=(0.4, 0.5), method="x")
    for wrong in ([], ["a", "a"], ["a", " "]):
        with pytest.raises(ValueError, match="different and not empty"):
            checked_options(wrong)


def chat(server: Server, **others: object) -> OpenAIChat:
    return OpenAIChat(server.url, "m", "HANDSEL_TEST_KEY", retries=0, **others)  # type: ignore[arg-type]


def test_a_server_that_tells_probabilities(server: Server) -> None:
    server.tells({"A": 0.7, " B": 0.2, "x": 0.1})
    server.tells({"A": 0.3, " B": 0.6, "x": 0.1})
    scores = chat(server).score(ASK, ["up", "down"])
    assert scores.method == "letters' probabilities, two orders" and scores.mass == pytest.approx(0.9)
    first = server.requests[0]
    assert (first["logprobs"], first["top_logprobs"], first["max_tokens"]) == (True, 20, 1)
    # What is A in one order is B in the other.
    shown = first["messages"][-1]["content"]
    high, low = (7 / 9 + 6 / 9) / 2, (2 / 9 + 3 / 9) / 2
    want = (high, low) if shown.index("up") < shown.index("down") else (low, high)
    assert scores.probabilities == pytest.approx(want)


def test_a_server_that_tells_none_is_asked_for_a_ranking_and_remembered(server: Server) -> None:
    server.says("A")
    for _ in range(4):
        server.says('{"best": ["down"]}')
    model = chat(server)
    scores = model.score(ASK, ["up", "down"])
    assert scores.method == "ranked choice, two orders" and scores.best == "down"
    assert model.capabilities.logprobs == 0
    model.score(ASK, ["up", "down"])
    assert len(server.requests) == 5


def test_a_server_that_refuses_probabilities(server: Server) -> None:
    server.fails(400, "logprobs is not supported with this model")
    server.says('{"best": ["up"]}')
    server.says('{"best": ["up"]}')
    assert chat(server).score(ASK, ["up", "down"]).best == "up"


def test_a_model_that_thinks_aloud_is_ranked_and_it_is_said(server: Server) -> None:
    server.tells({"<think>": 0.99, "Well": 0.01})
    server.says('{"best": ["up"]}')
    server.says('{"best": ["up"]}')
    scores = chat(server).score(ASK, ["up", "down"])
    assert scores.method == "ranked choice, two orders (no letter was likely)"


def test_one_option_costs_nothing(server: Server) -> None:
    assert chat(server).score(ASK, ["up"]).probabilities == (1.0,) and not server.requests


def test_decisions(server: Server) -> None:
    from handsel.agent.language.model import Capabilities

    model = chat(server, capabilities=Capabilities(decisions=True))
    server.decides({"up": 0.25, "down": 0.75})
    picture = Message(role="user", text="What next?", pictures=(b"\x89PNG",))
    scores = model.score((Message(role="system", text="Be brief."), picture), ["up", "down"])
    assert scores.probabilities == pytest.approx((0.25, 0.75)) and scores.method == "decisions"
    sent = server.requests[0]
    assert server.paths[0] == "/v1/decisions" and sent["model"] == "m"
    assert sent["questions"][0]["choices"] == [{"value": "up"}, {"value": "down"}]
    assert sent["input"][1]["content"][1]["image_url"].startswith("data:image/png;base64,")
    assert model.usage.prompt_tokens == 11


def test_many_options_are_decided_in_groups(server: Server) -> None:
    from handsel.agent.language.model import Capabilities

    names = options(300)
    w = rng().uniform(0.01, 1.0, 300)
    server.decide = dict(zip(names, w, strict=True))
    scores = chat(server, capabilities=Capabilities(decisions=True)).score(ASK, names)
    np.testing.assert_allclose(scores.probabilities, w / w.sum(), rtol=1e-3)
    assert len(server.requests) == 3


def test_decisions_may_be_declined_or_none(server: Server) -> None:
    from handsel.agent.language.model import Capabilities

    model = chat(server, capabilities=Capabilities(decisions=True))
    server.decides(None)
    with pytest.raises(Refused):
        model.score(ASK, ["up", "down"])
    server.says("hello")
    with pytest.raises(ServerFault, match="expected a choice"):
        model.score(ASK, ["up", "down"])
