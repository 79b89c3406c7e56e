"""What was said, seen and done in earlier episodes, in one file; see ``docs/chat.md``."""
