"""Who may call: what refuses an anonymous request, on every layer, and the verdict."""
