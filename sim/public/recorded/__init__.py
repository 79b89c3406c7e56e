"""Acting by what a reader of a prompt and one picture answered beforehand, in words alone."""
