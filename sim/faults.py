"""What goes wrong in a world on purpose, with the label that a judge compares a reported cause with.

It is done and kept in the world's own process, on the judge's channel: whoever drives
the robot is told nothing, neither that something was done nor what.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.causes import Cause
from ..core.errors import InputError
from .degradations import depth_holes

if TYPE_CHECKING:
    from .world import World

LONGEST = 600.0
"""Longest that a camera is at fault, [s]."""
CAUSES: Mapping[str, Cause] = MappingProxyType(
    {
        "moved": Cause.THING_MOVED,
        "knocked": Cause.DROPPED,
        "removed": Cause.THING_LOST,
        "hidden": Cause.THING_LOST,
        "frozen": Cause.BLIND,
        "holes": Cause.BLIND,
    }
)
"""The true cause of giving up after each fault."""
REVEALED = "revealed"
"""Not a fault: what hid a thing is put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that was done.

    Attributes:
        fault: One of ``CAUSES``.
        thing: Whom it befell; empty for cameras.
        time: Robot time, [s].
    """

    fault: str
    thing: str
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A moment at which the robot was told to stop.

    Attributes:
        wall: The machine's monotonic clock, which all its processes share, [s].
        time: Robot time, [s].
        speed: How fast the fastest joint was, [rad/s].
    """

    wall: float
    time: float
    speed: float


@dataclass(slots=True, kw_only=True)
class Faults:
    """What was done to a world, and how long its cameras are still at fault.

    Attributes:
        rng: Chance of its own, so that the cameras' noise is the same with and without.
        injected: What was done, oldest first.
    """

    rng: np.random.Generator
    injected: list[Fault] = field(default_factory=list)
    _until: dict[str, float] = field(default_factory=dict)
    _stills: dict[str, CameraFrame] = field(default_factory=dict)

    def begin(self, fault: str, until: float) -> None:
        """Let the cameras be at fault up to a robot time, [s]."""
        self._until[fault] = until
        self._stills.clear()

    def on(self, frame: CameraFrame) -> CameraFrame:
        """Give a frame as the cameras give it now.

        A frozen camera goes on sending the picture that it had when it froze, with the time of now and
        from where it then was, as drivers do that have lost their sensor and not their clock.

        Args:
            frame: The frame as it would be.
        """
        if frame.time < self._until.get("frozen", -np.inf):
            frame = replace(self._stills.setdefault(frame.camera, frame), time=frame.time)
        if frame.time < self._until.get("holes", -np.inf):
            (frame,) = depth_holes((frame,), self.rng)
        return frame


def inject(world: "World", fault: str, thing: str, by_W: Float64, seconds: float) -> None:
    """Do something to a world, and note it.

    Args:
        world: The world.
        fault: One of ``CAUSES``, or ``revealed``.
        thing: Whom it befalls; for ``hidden`` and ``revealed`` what is put before it; empty for cameras.
        by_W: How far that is moved, shape (3,), [m].
        seconds: How long cameras are at fault, [s].

    Raises:
        InputError: If there is no such fault, or it cannot be.
    """
    deeds: Mapping[str, Callable[[], None]] = {
        "removed": lambda: world.take_away(thing),
        "frozen": lambda: world.faults.begin("frozen", world.time + seconds),
        "holes": lambda: world.faults.begin("holes", world.time + seconds),
    }
    if fault not in CAUSES and fault != REVEALED:
        raise InputError(f"there is no fault {fault!r}; there are: {', '.join(CAUSES)}")
    if not 0.0 <= seconds <= LONGEST:
        raise InputError(f"a camera cannot be at fault for {seconds!r} s; expected 0 to {LONGEST:.0f} s")
    deeds.get(fault, lambda: world.disturb(thing, by_W))()
    if fault != REVEALED:
        world.faults.injected.append(Fault(fault=fault, thing=thing, time=world.time))
