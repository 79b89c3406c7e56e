"""The free-flying hand: one more robot, of six degrees of freedom, with compiled solvers."""
