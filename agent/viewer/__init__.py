"""The run as it goes, in three dimensions: a live page, and a log for rerun."""
