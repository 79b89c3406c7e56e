"""Why something could not go on: one closed list, for people, counts and judges alike."""

from enum import StrEnum


class Cause(StrEnum):
    """A true cause; the first ones come from what moves, the others from the loop around it."""

    NOT_GRASPED = "not_grasped"
    DROPPED = "dropped"
    NO_PLAN = "no_plan"
    BLOCKED = "blocked"
    OFF_TRACK = "off_track"
    THING_LOST = "thing_lost"
    THING_MOVED = "thing_moved"
    IN_THE_WAY = "in_the_way"
    LATE = "late"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    """The motion ended as planned, and what is seen afterwards says that it did not happen."""
    NOT_UNDERSTOOD = "not_understood"
    NEEDS_ANSWER = "needs_answer"
    CANNOT = "cannot"
    BLIND = "blind"
    """Nothing can be measured in the pictures."""
    OVER_LIMIT = "over_limit"
    """Stages, calls, cost or time of an instruction are used up."""
    STOPPED = "stopped"
    MIND_FAILED = "mind_failed"
    """The mind gave no answer: its model is gone, or says nothing that can be used."""
    ROBOT_FAILED = "robot_failed"
    FAULT = "fault"
