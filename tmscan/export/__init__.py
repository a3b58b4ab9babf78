"""Exporters: one file per format, each a translation of finished records."""
