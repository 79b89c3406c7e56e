"""Simulated worlds: scenes, things, cameras, tasks and their truth, in a process of their own."""
