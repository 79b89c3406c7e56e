"""A mind that stands before another one and hides nothing of what else that one can do."""

from typing import Any, Self, cast

from .mind import Mind


class Wrapped:
    """The base of such minds: what a wrapper does not do itself, the mind behind it is asked for.

    What minds can do besides is found by ``isinstance`` with a protocol, which looks for names in the
    class. So each wrapper gets a class of its own, with the further public names of the mind that it wraps.
    """

    mind: Mind

    def __new__(cls, mind: Mind, *others: Any, **named: Any) -> Self:
        """Make a wrapper for a mind.

        Args:
            mind: The mind behind it.
            others: What the wrapper takes besides.
            named: The same, by name.
        """
        # Methods and properties; what the mind's object holds besides is its own affair.
        names = [name for name in dir(type(mind)) if not name.startswith("_") and not hasattr(cls, name)]
        own = type(cls.__name__, (cls,), {name: _passed_on(name) for name in names})
        return super().__new__(cast(type[Self], own))

    def __init__(self, mind: Mind):
        """Stand before a mind.

        Args:
            mind: The mind behind.
        """
        self.mind = mind


def _passed_on(name: str) -> property:
    return property(lambda wrapper: getattr(wrapper.mind, name))
