"""How fast a person wants things done, as the planner's numbers."""

from dataclasses import replace

from ..planners.settings import Settings

SLOWEST, FASTEST = 0.2, 1.5
"""Shares of the usual speed between which a person may choose; joint and jerk limits hold besides."""


def paced(settings: Settings, pace: float) -> Settings:
    """Give settings that move at a share of their speed.

    Where a curve is run at a share s of its speed, its accelerations fall with s squared and its jerks with
    s cubed. Slower than usual the accelerations are only asked to fall with s: the arm may leave and arrive
    briskly as long as nothing is faster. Faster than usual they stay as they are, for what is in the hand.

    Args:
        settings: The usual numbers.
        pace: Share of the usual speed; what lies outside ``SLOWEST`` to ``FASTEST`` is brought there.
    """
    share = min(max(pace, SLOWEST), FASTEST)
    if share == 1.0:
        return settings
    return replace(
        settings,
        speed=settings.speed * share,
        acceleration=settings.acceleration * min(share, 1.0),
        contact_speed=settings.contact_speed * min(share, 1.0),
        tool_speed=settings.tool_speed * share,
    )
