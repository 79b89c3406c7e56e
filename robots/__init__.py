"""Robot models, kinematics, the collision world, and the seam behind which every robot stands."""
