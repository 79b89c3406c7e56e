"""As much of LeRobot as its worker and its plugins need; without torch and without hardware."""
