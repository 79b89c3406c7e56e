"""How program text becomes a ``Program``: source, names, values, statements, rules."""
