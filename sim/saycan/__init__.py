"""Household instructions in a home told in words: symbols only, nothing is seen and nothing moves."""
