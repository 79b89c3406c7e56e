"""Tell a robot arm what to do in plain language, and it is done.

The parts live in subpackages, from the ground up: ``core``, ``robots``,
``perception``, ``planners``, ``prompts``, ``skills``, ``agent``, ``sim`` and
``cli``. Each imports only from those before it. ``docs/design.md`` is the map.
"""

__version__ = "0.1.0"
