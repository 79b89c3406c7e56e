"""Typed registries: a name leads to ``"module:attribute"``, imported when it is asked for.

What lies in a higher part is reached from below only through one of these, by
name. Third parties join through entry points, which use the same door::

    [project.entry-points."handsel.robots"]
    my_arm = "my_package.arm:connect"

Nothing of a third party is imported before its name is asked for. The environment
variable ``HANDSEL_PLUGINS`` says whose names count: distributions with commas
between them, none where it is empty, all where it is not set.
"""

import importlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from .errors import InputError, UnknownName

T = TypeVar("T")
ALLOWED = "HANDSEL_PLUGINS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name and what it leads to.

    Attributes:
        name: The name.
        where: ``"module:attribute"``.
        distribution: The third party's distribution; empty for what comes along.
    """

    name: str
    where: str
    distribution: str = ""


class Registry(Generic[T]):
    """Names of one kind of thing and where each is implemented."""

    def __init__(self, kind: str, group: str, builtin: dict[str, str]):
        """Hold the built-in names; nothing is imported yet.

        Args:
            kind: What is registered, in the singular, for messages.
            group: The entry-point group of third parties.
            builtin: Name to ``"module:attribute"``.
        """
        self.kind = kind
        self.group = group
        self._builtin = dict(builtin)

    def entries(self) -> tuple[Entry, ...]:
        """List every name and where it leads, built in first, without importing any.

        A third party's name that comes along already is left out: it would never be reached.
        """
        builtin = [Entry(name=name, where=where) for name, where in self._builtin.items()]
        others = {point.name: _entry(point) for point in self._points() if point.name not in self._builtin}
        return (*builtin, *(others[name] for name in sorted(others)))

    def names(self) -> tuple[str, ...]:
        """List every name, built in or from an entry point, without importing any."""
        return tuple(sorted(entry.name for entry in self.entries()))

    def others(self) -> tuple[str, ...]:
        """List the names of third parties."""
        return tuple(entry.name for entry in self.entries() if entry.distribution)

    def load(self, name: str) -> T:
        """Import what the name stands for.

        Args:
            name: A built-in name or an entry point's.

        Returns:
            The attribute that the name leads to.

        Raises:
            UnknownName: If there is no such name.
            InputError: If a third party's module cannot be imported or has no such attribute, or two
                third parties offer the name.
        """
        if name in self._builtin:
            return cast(T, _found(self.kind, Entry(name=name, where=self._builtin[name])))
        offers = {_entry(point) for point in self._points() if point.name == name}
        if not offers:
            raise UnknownName(self.kind, name, self.names())
        if len(offers) > 1:
            by = " and ".join(sorted(one.distribution for one in offers))
            raise InputError(
                f"{self.kind} {name!r} is offered by {by}; uninstall one of them, or name the one that "
                f"counts in {ALLOWED}"
            )
        return cast(T, _found(self.kind, offers.pop()))

    def _points(self) -> Iterator[EntryPoint]:
        """Give the entry points that count."""
        told = os.environ.get(ALLOWED)
        allowed = None if told is None else {_plain(name) for name in told.split(",")}
        for point in entry_points(group=self.group):
            if allowed is None or _plain(_entry(point).distribution) in allowed:
                yield point


def _entry(point: EntryPoint) -> Entry:
    distribution = point.dist.name if point.dist else "an unknown distribution"
    return Entry(name=point.name, where=point.value, distribution=distribution)


def _plain(name: str) -> str:
    """Write a distribution's name as they are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _found(kind: str, entry: Entry) -> object:
    """Import what an entry leads to.

    Raises:
        InputError: If it is a third party's and is broken, or the attribute does not exist.
    """
    module_name, _, attribute = entry.where.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        if not entry.distribution:
            raise
        raise InputError(
            f"{kind} {entry.name!r} of {entry.distribution} cannot be imported: {error}; mend or uninstall it"
        ) from error
    if not hasattr(module, attribute):
        raise InputError(f"{kind} {entry.name!r} points at {entry.where!r}, which does not exist")
    return getattr(module, attribute)
