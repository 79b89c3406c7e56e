"""What a pair of fingers can close on: the hand's own shape, pinches, contacts."""
