"""Evaluation of understanding alone: instructions of another's benchmark against its symbolic goals."""
