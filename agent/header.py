"""What a trace begins with: enough to say what ran, and to run it again."""

import platform
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from .trace import FORMAT

if TYPE_CHECKING:
    from .agent import Agent

PACKAGES = ("handsel", "drake", "numpy", "scipy")


def header(agent: "Agent", instruction: str) -> dict[str, object]:
    """Describe an episode that is about to begin.

    Args:
        agent: Who will carry it out.
        instruction: What the person said.
    """
    info = agent.robot.info
    return {
        "format": FORMAT,
        "versions": versions(),
        "instruction": instruction,
        "seed": agent.seed,
        "robot": {
            "name": info.name,
            "cameras": info.cameras,
            "simulated": info.simulated,
            "lockstep": info.lockstep,
            "arms": [
                {"name": arm.name, "model": arm.model, "X_WR": arm.X_WR, "joints": arm.joint_names}
                for arm in info.arms
            ],
        },
        "mind": agent.mind.name,
        "perceiver": agent.perceiver.name,
        "skills": [skill.spec.name for skill in agent.skills],
        "limits": asdict(agent.limits),
        "ablate": agent.ablate,
    }


@cache
def versions() -> dict[str, str | None]:
    """Give the versions of what figures depend on; None for what is not installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
