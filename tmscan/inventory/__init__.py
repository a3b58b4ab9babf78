"""Inventory: what the linked program exposes, stores, calls and uses."""
