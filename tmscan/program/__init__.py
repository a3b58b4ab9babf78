"""Linking: an abstract interpreter that evaluates the project and gives every third-party value its canonical path."""
