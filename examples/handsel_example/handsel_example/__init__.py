"""One of everything that can be added to handsel; ``docs/extending.md`` walks through it."""
