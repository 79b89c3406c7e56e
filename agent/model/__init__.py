"""The mind of a language model, one concern a file: look, decompose, choose, write, judge, explain."""
