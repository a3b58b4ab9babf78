"""Traces: the way from an input to an effect, step by step, followed back from the findings that need it."""
