"""What a program of the memory says of itself, so that the trace tells."""

MARK = "# remembered: "
"""How its first line begins."""
