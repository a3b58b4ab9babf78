"""Annotations in, the short text that a reader knows them by out."""

from __future__ import annotations

from tmscan.facts.types import Attribute, Expr, Name, Subscript


def written(annotation: Expr) -> str:
    """An annotation as short text; of `Annotated[T, …]` only the type."""
    if isinstance(annotation, Name):
        return annotation.id
    if isinstance(annotation, Attribute):
        return annotation.attr
    if isinstance(annotation, Subscript):
        name, items = written(annotation.value), getattr(annotation.index, "items", None)
        if name == "Annotated" and items:
            return written(items[0])
        return f"{name}[{written(annotation.index)}]"
    items = getattr(annotation, "items", None)
    if items is not None:
        return ", ".join(written(item) for item in items)
    left, right = getattr(annotation, "left", None), getattr(annotation, "right", None)
    if left is not None and right is not None and not isinstance(right, tuple):
        return f"{written(left)} | {written(right)}"
    value = getattr(annotation, "value", "")
    return "None" if value is None else str(value) if isinstance(value, str) else ""
