"""Which files there are, what part of the system each one is, and what the manifests promise."""
