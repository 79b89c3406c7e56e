"""Plans for household tasks told in words: the Embodied Agent Interface's VirtualHome half."""
