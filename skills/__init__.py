"""What the robot can do: each skill says when it can, does it in steps, and checks that it happened."""
