"""Sources in, facts out: one syntax record per file, the same whatever stands in the rules."""
