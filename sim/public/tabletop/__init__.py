"""Who acts at a table with an arm in the named tier: the house's language, named pixels, a turning hand."""
