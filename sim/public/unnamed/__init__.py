"""Acting without a benchmark's names: pieces by colour and connectedness, meant by geometry."""
