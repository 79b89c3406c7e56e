"""What one instruction may take from a language model: requests, tokens, money, waiting.

``Budgeted`` opens a purse around every call of the model that it wraps, and whoever
sends a request pays from the open purse first. So repairs and repetitions are
counted, too, and a single request is granted no more time than is left.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from time import monotonic, sleep

from .errors import OverBudget
from .model import AnswerT, Capabilities, LanguageModel, Message, Scores, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a provider asks for, in the money of the budget.

    Attributes:
        prompt: For a million tokens read.
        completion: For a million tokens written.
    """

    prompt: float = 0.0
    completion: float = 0.0

    def of(self, usage: Usage) -> float:
        """Give the price of what was used."""
        return 1e-6 * (self.prompt * usage.prompt_tokens + self.completion * usage.completion_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds of one instruction.

    What is spent is known when an answer is there: the last request may go over in tokens and money
    by one answer, whose length is bounded.

    Attributes:
        calls: Requests, repairs and repetitions included.
        tokens: Tokens read and written together.
        money: In the unit of the prices; unbounded where None.
        seconds: Time spent waiting for answers, [s].
        prices: What tokens cost; without prices no money is counted.
    """

    calls: int = 40
    tokens: int = 400_000
    money: float | None = None
    seconds: float = 600.0
    prices: Prices = Prices()


class Purse:
    """What is left of a budget."""

    def __init__(self, budget: Budget, payer: str):
        """Fill it.

        Args:
            budget: What may be spent.
            payer: The model's name, for messages.
        """
        self.budget, self.payer, self.spent = budget, payer, Usage()

    @property
    def seconds_left(self) -> float:
        """Waiting that is still granted, [s]."""
        return self.budget.seconds - self.spent.seconds

    def check(self) -> None:
        """See whether another request may be sent.

        Raises:
            OverBudget: If not.
        """
        budget, spent = self.budget, self.spent
        if spent.calls >= budget.calls:
            raise OverBudget(
                f"the {budget.calls} answers that one instruction may take from {self.payer} are used up"
            )
        if spent.tokens >= budget.tokens:
            raise OverBudget(
                f"{spent.tokens} tokens went to {self.payer}; one instruction may take {budget.tokens}"
            )
        if budget.money is not None and budget.prices.of(spent) >= budget.money:
            raise OverBudget(
                f"{budget.prices.of(spent):.3g} was spent on {self.payer}; "
                f"one instruction may cost {budget.money:.3g}"
            )
        if self.seconds_left <= 0.0:
            raise OverBudget(
                f"{spent.seconds:.0f} s went by waiting for {self.payer}; "
                f"one instruction may take {budget.seconds:.0f} s"
            )


_PURSE: ContextVar[Purse | None] = ContextVar("handsel_purse", default=None)


def time_left() -> float:
    """Give the waiting that the open purse still grants, [s]; infinite where none is open."""
    purse = _PURSE.get()
    return inf if purse is None else purse.seconds_left


class Meter:
    """Counts what a model's requests cost; every backend has one."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.usage = Usage()

    @contextmanager
    def request(self) -> Iterator["Request"]:
        """Pay for one request: it counts whether or not it succeeds.

        Raises:
            OverBudget: If the open purse has nothing left for it.
        """
        purse = _PURSE.get()
        if purse is not None:
            purse.check()
        one, began = Request(), monotonic()
        try:
            yield one
        finally:
            self._pay(
                Usage(
                    calls=1,
                    prompt_tokens=one.prompt_tokens,
                    completion_tokens=one.completion_tokens,
                    seconds=monotonic() - began,
                )
            )

    def wait(self, seconds: float) -> None:
        """Let time pass before a repetition; it counts as waiting."""
        sleep(seconds)
        self._pay(Usage(seconds=seconds))

    def _pay(self, cost: Usage) -> None:
        purse = _PURSE.get()
        self.usage = self.usage.plus(cost)
        if purse is not None:
            purse.spent = purse.spent.plus(cost)


class Request:
    """What one request turned out to cost; filled in by whoever reads the answer."""

    prompt_tokens = 0
    completion_tokens = 0


class Budgeted:
    """A model that stops answering when an instruction's budget is used up."""

    def __init__(self, model: LanguageModel, budget: Budget | None = None):
        """Put a budget on a model.

        Args:
            model: Who answers.
            budget: What one instruction may take; the default budget where None.
        """
        self.model, self.budget = model, budget or Budget()
        self.begin()

    def begin(self) -> None:
        """Begin an instruction: the purse is full again."""
        self.purse = Purse(self.budget, self.model.name)

    @property
    def name(self) -> str:
        """Name in traces."""
        return self.model.name

    @property
    def capabilities(self) -> Capabilities:
        """What the model can do."""
        return self.model.capabilities

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        return self.model.usage

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text; see ``LanguageModel.complete``."""
        with self._open():
            return self.model.complete(messages)

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form; see ``LanguageModel.complete_as``."""
        with self._open():
            return self.model.complete_as(messages, form)

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Weigh options; see ``LanguageModel.score``."""
        with self._open():
            return self.model.score(messages, options)

    @contextmanager
    def _open(self) -> Iterator[None]:
        self.purse.check()
        mark = _PURSE.set(self.purse)
        try:
            yield
        finally:
            _PURSE.reset(mark)
