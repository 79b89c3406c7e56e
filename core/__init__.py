"""What every part speaks: errors, camera frames, trajectories, registries."""
