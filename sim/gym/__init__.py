"""The simulated world as Gymnasium environments; importing this registers them (extra ``gym``).

Gymnasium's own door to environments is an import, so this package is the one
that registers when it is imported, and nothing else of handsel imports it::

    import gymnasium
    import handsel.sim.gym

    env = gymnasium.make("handsel/Basics-v0", control="tool")

``gymnasium.make("handsel.sim.gym:handsel/Basics-v0")`` does both.
"""

from ...core.errors import MissingDependency

try:
    from gymnasium.envs.registration import register, registry
except ImportError as error:
    raise MissingDependency(
        "gymnasium, which the environments need, is not installed", "pip install 'handsel[gym]'"
    ) from error

RATE = 10.0
"""Steps a second, [Hz]."""
LONGEST = 60.0
"""Robot time after which an episode is truncated, [s]."""
SUITES = {
    "handsel/Basics-v0": "basics",
    "handsel/Household-v0": "household",
    "handsel/ReachIn-v0": "reach_in",
    "handsel/Relations-v0": "relations",
    "handsel/StayAway-v0": "stay_away",
    "handsel/Tabletop-v0": "tabletop",
}
"""The suite that each environment draws its tasks from; any other is given as ``suite=``."""

for _name, _suite in SUITES.items():
    if _name not in registry:
        register(
            _name,
            entry_point="handsel.sim.gym.env:TaskEnv",
            max_episode_steps=round(RATE * LONGEST),
            kwargs={"suite": _suite},
        )
