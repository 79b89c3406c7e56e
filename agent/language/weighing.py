"""Weighing options through answers: letters in several orders, groups where there are many, or a ranking.

A chat server gives no likelihood for a whole answer. So the options are put under
letters, and the probabilities of the letters as the next token are taken (Ren et
al., "Robots That Ask For Help", 2023). Models prefer some letters, so every question
is asked in an order and in its reverse, and averaged.

Where there are more options than letters, they are weighed in groups, and the best
of each group in a last round. If a model chooses as Luce's axiom says, P(i | S) =
w_i / sum of w over S, then w_i is proportional to P(f | finals) P(i | group) /
P(f | group) for the group's finalist f, and the result is the same as of one round.
"""

from collections.abc import Callable, Sequence
from math import ceil
from types import GenericAlias
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, create_model

from .errors import WrongForm
from .model import Message

Float64 = NDArray[np.float64]
AskLetters = Callable[[tuple[Message, ...]], dict[str, float]]
"""Gives the log-probability of each letter that is among the likeliest next tokens, and, under the empty
name, that of the least likely token that was told."""
AskRanking = Callable[[tuple[Message, ...], type["Ranking"]], "Ranking"]

LETTERS = "ABCDEFGHIJKLMNO"
"""Fifteen: providers tell the twenty likeliest tokens, and other spellings need room."""
NAMED = 5
"""How many of the best a ranking names."""


class Ranking(BaseModel):
    """The best options, best first; ``ranking_form`` narrows the words to those of the options."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    best: list[str] = Field(min_length=1, max_length=NAMED)


def by_letters(
    ask: AskLetters, messages: tuple[Message, ...], options: Sequence[str], rng: np.random.Generator
) -> tuple[Float64, float]:
    """Weigh options by the probabilities of letters.

    Args:
        ask: Asks for one letter.
        messages: The conversation.
        options: What is weighed.
        rng: Chance of the groups and orders.

    Returns:
        Probabilities, shape ``(len(options),)``, together 1; and the mean share of the model's belief
        that fell on letters, 0 to 1.

    Raises:
        WrongForm: If no letter is among the likeliest tokens.
        LanguageModelError: If there is no answer.
    """
    masses: list[float] = []

    def one_round(chosen: list[int]) -> Float64:
        order = rng.permutation(len(chosen))
        total = np.zeros(len(chosen))
        for one in (order, order[::-1]):
            shown = [options[chosen[int(i)]] for i in one]
            p, mass = _letter_shares(ask(lettered(messages, shown)), len(shown))
            total[one] += p
            masses.append(mass)
        return total / total.sum()

    p = in_groups(len(options), len(LETTERS), one_round, rng)
    return p, float(np.mean(masses)) if masses else 1.0


def in_groups(
    count: int, size: int, one_round: Callable[[list[int]], Float64], rng: np.random.Generator
) -> Float64:
    """Weigh many options a few at a time.

    Args:
        count: How many there are.
        size: How many one round can weigh, at least 2.
        one_round: Gives probabilities of the options with these indices, together 1, none of them 0.
        rng: Chance of the groups.

    Returns:
        Probabilities, shape ``(count,)``, together 1.
    """
    return _weighed(list(range(count)), size, one_round, rng)


def _weighed(
    chosen: list[int], size: int, one_round: Callable[[list[int]], Float64], rng: np.random.Generator
) -> Float64:
    if len(chosen) == 1:
        return np.ones(1)
    if len(chosen) <= size:
        return one_round(chosen)
    groups = np.array_split(rng.permutation(len(chosen)), ceil(len(chosen) / size))
    within = [_weighed([chosen[i] for i in group], size, one_round, rng) for group in groups]
    finalists = [int(group[p.argmax()]) for group, p in zip(groups, within, strict=True)]
    finals = _weighed([chosen[i] for i in finalists], size, one_round, rng)
    weights = np.zeros(len(chosen))
    for group, p, final in zip(groups, within, finals, strict=True):
        weights[group] = final * p / p.max()
    return weights / weights.sum()


def lettered(messages: tuple[Message, ...], shown: Sequence[str]) -> tuple[Message, ...]:
    """Ask for one of a few options by its letter."""
    lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, shown, strict=False)]
    text = "\n".join(["Which of these is the best answer?", *lines, "Answer with one letter alone."])
    return (*messages, Message(role="user", text=text))


def _letter_shares(told: dict[str, float], count: int) -> tuple[Float64, float]:
    letters = LETTERS[:count]
    if not any(letter in told for letter in letters):
        raise WrongForm("no letter is among the likeliest tokens")
    # What was not told is less likely than the least likely that was: that bound is the floor.
    floor = told.get("", -20.0)
    p = np.exp([min(told.get(letter, floor), 0.0) for letter in letters])
    p = np.maximum(p, 1e-9)
    mass = sum(float(np.exp(told[letter])) for letter in letters if letter in told)
    return p / p.sum(), min(mass, 1.0)


def letters_of(tokens: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Sort what a server told of the next token.

    Args:
        tokens: Token texts with their log-probabilities.

    Returns:
        Log-probability of each letter, its spellings (``A``, `` A``, ``A.``) added up; under the empty
        name the least one told.
    """
    found: dict[str, float] = {}
    for text, logprob in tokens:
        letter = text.strip().rstrip(".):")
        if letter and letter in LETTERS and len(letter) == 1:
            found[letter] = float(np.logaddexp(found.get(letter, -np.inf), logprob))
    if tokens:
        found[""] = min(logprob for _, logprob in tokens)
    return found


def by_ranking(
    ask: AskRanking, messages: tuple[Message, ...], options: Sequence[str], rng: np.random.Generator
) -> Float64:
    """Weigh options by asking for the best few, in an order and in its reverse.

    The first named weighs 1/2, the next 1/4 and so on; those that were not named share half of what
    the last named weighs. These are weights for an order, not calibrated probabilities.

    Args:
        ask: Asks for a ranking.
        messages: The conversation.
        options: What is weighed.
        rng: Chance of the order.

    Returns:
        Weights, shape ``(len(options),)``, together 1.

    Raises:
        WrongForm: If nothing of a ranking is among the options.
        LanguageModelError: If there is no answer.
    """
    if len(options) == 1:
        return np.ones(1)
    order = rng.permutation(len(options))
    total, form = np.zeros(len(options)), ranking_form(options)
    for one in (order, order[::-1]):
        asked = ranking_asked(messages, [options[int(i)] for i in one])
        total += _ranked(ask(asked, form).best, options)
    return total / total.sum()


def ranking_form(options: Sequence[str]) -> type[Ranking]:
    """Make the form of a ranking of these options, which a server with schemas keeps to."""
    words = Literal[tuple(options)]  # type: ignore[valid-type]
    best: Any = (GenericAlias(list, (words,)), Field(min_length=1, max_length=NAMED))
    return create_model("Ranking", __base__=Ranking, best=best)


def ranking_asked(messages: tuple[Message, ...], shown: Sequence[str]) -> tuple[Message, ...]:
    """Ask for the best few of some options."""
    text = "\n".join(
        [
            f"Which of these are the best answers? Name up to {NAMED}, the best first, word for word.",
            *(f"- {option}" for option in shown),
        ]
    )
    return (*messages, Message(role="user", text=text))


def _ranked(named: Sequence[str], options: Sequence[str]) -> Float64:
    known = {option.strip(): i for i, option in enumerate(options)}
    places = list(dict.fromkeys(known[name] for name in map(_plain, named) if name in known))
    if not places:
        raise WrongForm(f"none of {list(named)!r} is among the options")
    weights = np.zeros(len(options))
    for rank, i in enumerate(places):
        weights[i] = 0.5 ** (rank + 1)
    rest = weights == 0.0
    if rest.any():
        weights[rest] = 0.5 ** (len(places) + 1) / rest.sum()
    return weights / weights.sum()


def _plain(name: str) -> str:
    return name.strip().removeprefix("- ").strip()
