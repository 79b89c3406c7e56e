"""A benchmark behind a connection: needs numpy, msgpack and the benchmark's own packages, nothing of handsel.

Run by the Python of a benchmark's environment, with the folder above this one on its path::

    PYTHONPATH=.../sim/public/apart /path/of/env/bin/python -m benchside.metaworld BODY_FD JUDGE_FD
"""
