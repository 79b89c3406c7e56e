"""Stages that several arms do together: one sub-goal and one path over the joints of all of them."""
