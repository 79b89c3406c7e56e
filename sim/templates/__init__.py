"""Evaluation of planning alone: another's templates over blocks and bowls, judged by where things end."""
