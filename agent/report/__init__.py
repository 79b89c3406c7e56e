"""What a run leaves behind for people: pictures and an animation, all made from the trace."""
