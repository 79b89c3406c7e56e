"""Suites of tasks, one a file."""
