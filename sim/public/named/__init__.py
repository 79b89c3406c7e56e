"""Who acts in the named tier: words, named pixels and contact, and nothing that knows a task."""
