"""Other people's benchmarks: each in a process and an environment of its own, reached as a robot."""
