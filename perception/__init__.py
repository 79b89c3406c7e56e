"""From RGB-D frames to a scene: clouds, things, keypoints, free space."""
