"""LeRobot's robots as ours, and ours as LeRobot's, across two processes with an environment each.

LeRobot's packages do not go together with ours in one environment, so nothing
here imports it: ``worker.py`` is run by LeRobot's own Python.
"""
