"""From relations to motion: programs, constraints, sub-goals, grasps, paths, timing."""
