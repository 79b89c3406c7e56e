"""Minds, language models, choice, judgement, and the one loop that everything runs in."""
