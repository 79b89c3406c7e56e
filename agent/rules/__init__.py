"""Controlled English by grammar and lexicon: offline, deterministic, no weights."""
