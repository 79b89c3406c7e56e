"""Evaluation of understanding alone: instructions over scenes told in symbols, no world, no motion."""
