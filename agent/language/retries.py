"""Sending a request again where the fault may pass: bounded in number and in time."""

from collections.abc import Callable
from typing import TypeVar

from .budget import Meter, time_left
from .errors import LanguageModelError

T = TypeVar("T")

LONGEST_WAIT = 60.0
"""A server that asks for a longer wait, [s], is not waited for: a person stands beside the arm."""
FIRST_WAIT = 0.5
"""Wait before the first repetition where the server names none, [s]; doubled for each further one, as the
clients of the large providers do."""


def retried(request: Callable[[], T], meter: Meter, retries: int) -> T:
    """Send a request, again where its fault is transient.

    Args:
        request: Sends it once, or raises.
        meter: Counts the waiting.
        retries: How often it is sent again at most.

    Raises:
        LanguageModelError: The last fault, or the first one that is not transient or would
            take longer to pass than there is time.
    """
    for repetition in range(retries + 1):
        try:
            return request()
        except LanguageModelError as error:
            wait = FIRST_WAIT * 2**repetition if error.after is None else error.after
            if not error.transient or repetition == retries or wait > min(LONGEST_WAIT, time_left()):
                raise
        meter.wait(wait)
    raise AssertionError("the loop returns or raises")
