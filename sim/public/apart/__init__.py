"""What runs in the benchmarks' own Python environments, where handsel is not installed."""
