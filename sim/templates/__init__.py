"""Evaluation of planning alone: another's instruction templates over blocks and bowls, judged by where things end."""
