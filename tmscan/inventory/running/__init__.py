"""Running what nobody has called yet: factories, handlers, hooks, the rest."""
