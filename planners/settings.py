"""The planner's numbers; budgets count iterations, never seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a plan is asked to keep and how hard it tries.

    Attributes:
        clearance: Distance from obstacles that is kept where it can be, [m].
        least_clearance: Distance below which no plan is given between contacts, [m].
        contact_clearance: The same next to a contact that is meant, for all else, [m].
        limit_margin: Distance kept from joint limits, [rad].
        starts: Seeded restarts of a sub-goal solve.
        iterations: Major iterations of one solve.
        goals_tried: Proven sub-goals that get a path.
        grasps_solved: Grasp candidates that get an inverse-kinematics solve.
        grasps_weighed: Solved grasps whose load is computed before the best of them is tried.
        grasps_tried: Solved grasps that get a path.
        tree_nodes: Most nodes of both trees of a path search.
        shortcuts: Tries to shorten a path.
        speed: Share of the joint speed limits that is used.
        acceleration: Share of the joint acceleration limits that is used.
        jerk: Share of the joint jerk limits that is used.
        contact_speed: Tool speed close to a grasp or a place, [m/s].
        tool_speed: Tool speed elsewhere, [m/s].
        depart: Straight way out of contact, [m].
        approach: Straight way into contact, [m].
        retreat: Straight way back after letting go, [m].
        open_room: How much wider than the thing the fingers open, both sides together, [m].
        release_room: How much the fingers open to let go, both sides together, [m].
        grip_force: Force of a grasp, [N].
        friction: Coefficient of friction of the pads on things.
        least_margin: Share of the expected load that a grasp has to bear.
        check_length: Largest step of the hand between checks of the executed curve, [m].
        check_angle: Largest joint step between checks of the executed curve, [rad].
        knot_step: Time between knots of the executed curve, [s].
    """

    clearance: float = 0.012
    least_clearance: float = 0.004
    contact_clearance: float = 0.001
    limit_margin: float = 0.03
    starts: int = 6
    iterations: int = 60
    goals_tried: int = 3
    grasps_solved: int = 10
    grasps_weighed: int = 5
    grasps_tried: int = 12
    tree_nodes: int = 3000
    shortcuts: int = 40
    speed: float = 0.5
    acceleration: float = 0.35
    jerk: float = 0.8
    contact_speed: float = 0.12
    tool_speed: float = 0.8
    depart: float = 0.07
    approach: float = 0.07
    retreat: float = 0.09
    open_room: float = 0.020
    release_room: float = 0.025
    grip_force: float = 40.0
    friction: float = 0.5
    least_margin: float = 0.5
    check_length: float = 0.005
    check_angle: float = 0.02
    knot_step: float = 0.03
