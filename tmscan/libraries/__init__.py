"""What third-party names mean: `rules/libraries/*.yaml` go in, one checked and indexed catalogue comes out."""
