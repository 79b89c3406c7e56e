"""One arm of a world while it lives: what it senses, what it was told, and its joints' controllers."""

import numpy as np
from pydrake.multibody.plant import MultibodyPlant
from pydrake.systems.framework import Context

from ..core.arrays import Float64
from ..robots.following import Follower, MotionLedger
from ..robots.robot import ArmState
from .arm import GRIP_STIFFNESS, ArmBody
from .gripping import Hand


class ArmDrive:
    """An arm's joints and fingers, step by step.

    Attributes:
        body: The arm in the plant.
        follower: What it follows.
        hand: Its fingers, or None.
    """

    def __init__(self, plant: MultibodyPlant, body: ArmBody, ledger: MotionLedger):
        """Stand where the arm looks from, fingers open.

        Args:
            plant: Where the arm lives.
            body: The arm.
            ledger: Keeps the motions' states.
        """
        model = body.model
        self.body = body
        self.follower = Follower(body.name, body.limits(), model.q_look, ledger)
        self.hand = Hand(body.name, model.gripper, ledger) if model.gripper else None
        self._plant = plant
        self._port = plant.get_desired_state_input_port(body.instance)
        self._changed = True

    def put(self, context: Context) -> None:
        """Put the arm where it begins."""
        model = self.body.model
        width = model.gripper.max_width if model.gripper else 0.0
        self.body.put(self._plant, context, model.q_look, width)

    def state(self, context: Context) -> ArmState:
        """Sense joints and fingers."""
        positions = self._plant.GetPositions(context)
        q = self.body.q(positions)
        v = self.body.v(self._plant.GetVelocities(context))
        if self.hand is None:
            return ArmState(q=q, v=v)
        width = self.body.width(positions)
        # The closing force that the fingers' drives feel.
        force = max(0.0, GRIP_STIFFNESS * (width - self.hand.reference))
        return ArmState(q=q, v=v, width=width, grip_force=force)

    def width(self, context: Context) -> float:
        """Give the opening of the hand, [m]."""
        return self.body.width(self._plant.GetPositions(context))

    def stop(self, time: float, context: Context) -> None:
        """Bring the arm and the fingers to rest."""
        self.follower.stop(time)
        self._changed = True
        if self.hand is not None:
            self.hand.stop(self.width(context))

    def command(self, time: float, step: float, context: Context) -> None:
        """Tell the joints' controllers where to be at the step's end; it holds until the next word."""
        gripping = self.hand is not None and self.hand.moving
        if not (self.follower.moving or gripping or self._changed):
            return
        q, v = self.follower.target(time + step)
        if self.hand is not None:
            self.hand.step(time, step, self.width(context))
        self._port.FixValue(context, self._desired_state(q, v))
        self._changed = self.hand is not None and self.hand.moving

    def follow(self, time: float, context: Context) -> None:
        """Look how the arm fares after a step."""
        if self.follower.moving:
            positions, velocities = self._plant.GetPositions(context), self._plant.GetVelocities(context)
            self.follower.update(time, self.body.q(positions), self.body.v(velocities))
            self._changed = True

    def _desired_state(self, q: Float64, v: Float64) -> Float64:
        """Stack wanted positions and velocities in the order of the actuators: arm, then fingers."""
        gripper = self.body.model.gripper
        if gripper is None or self.hand is None:
            return np.concatenate([q, v])
        low, high = gripper.widths[0], gripper.widths[-1]
        share = (self.hand.reference - low) / (high - low)
        # Past the ends too: that is how a force is asked for when the hand is nearly shut.
        fingers = gripper.positions[0] + share * (gripper.positions[-1] - gripper.positions[0])
        if low < self.hand.reference < high:
            fingers = gripper.joint_positions(self.hand.reference)
        return np.concatenate([q, fingers, v, np.zeros_like(fingers)])
