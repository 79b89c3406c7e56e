"""Typed registries: a name leads to ``"module:attribute"``, imported when it is asked for.

What lies in a higher part is reached from below only through one of these, by
name. Third parties join through entry points, which use the same door::

    [project.entry-points."handsel.robots"]
    my_arm = "my_package.arm:connect"
"""

import importlib
from importlib.metadata import entry_points
from typing import Generic, TypeVar, cast

from .errors import InputError, UnknownName

T = TypeVar("T")


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

    def names(self) -> tuple[str, ...]:
        """List every name, built in or from an entry point, without importing any."""
        return tuple(sorted({*self._builtin, *(point.name for point in entry_points(group=self.group))}))

    def load(self, name: str) -> T:
        """Import what the name stands for.

        Args:
            name: A built-in name or an entry point's.

        Returns:
            The attribute that the name leads to.

        Raises:
            UnknownName: If there is no such name.
            InputError: If the name's module has no such attribute.
        """
        where = self._builtin.get(name)
        if where is None:
            points = entry_points(group=self.group, name=name)
            if not points:
                raise UnknownName(self.kind, name, self.names())
            where = next(iter(points)).value
        module_name, _, attribute = where.partition(":")
        module = importlib.import_module(module_name)
        if not hasattr(module, attribute):
            raise InputError(f"{self.kind} {name!r} points at {where!r}, which does not exist")
        return cast(T, getattr(module, attribute))
