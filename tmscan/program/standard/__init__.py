"""Builtins and the standard library, as far as they decide what a program exposes."""
