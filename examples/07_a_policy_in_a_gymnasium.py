"""The worlds as Gymnasium environments: a sentence, pictures and joints in; actions out; the judge's reward.

A policy of your own takes the place of this one, which closes the hand and lifts it. Actions move the tool a
few centimetres at a time, within the arm's limits (docs/gymnasium.md). Needs the extra `gym`.

Usage:
    python examples/07_a_policy_in_a_gymnasium.py
    python examples/07_a_policy_in_a_gymnasium.py handsel/Tabletop-v0
"""

import sys

import gymnasium
import handsel.sim.gym
import numpy as np
from numpy.typing import NDArray

assert handsel.sim.gym.SUITES, "importing it has registered the environments"


def policy(observation: dict[str, NDArray], instruction: str) -> NDArray:
    """Give the next action: a shift of the tool, [m], a rotation vector, [rad], and the opening, [m]."""
    closed = float(observation["width"][0]) < 0.02
    return np.array([0.0, 0.0, 0.01 if closed else 0.0, 0.0, 0.0, 0.0, 0.0])


def main(name: str = "handsel/Basics-v0") -> int:
    """Act for two seconds and tell what the judge says."""
    env = gymnasium.make(name, control="tool", image_size=(64, 48))
    observation, info = env.reset(seed=3)
    print(info["instruction"])
    for _ in range(20):
        action = policy(observation, info["instruction"])
        observation, reward, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            break
    print(f"reward {reward:.0f} after {info['time']:.1f} s: {info['reason']}")
    env.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
