"""The web page: what a browser on this machine sees of the desk, and how it commands it."""
