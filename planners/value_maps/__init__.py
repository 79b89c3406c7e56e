"""Value maps: statements become fields over the workspace, and the fields become motion."""
