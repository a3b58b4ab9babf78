"""Attributes of models that stand for objects of other models: what libraries say of the call that makes one, and where
the program has them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tmscan.program.values import Arguments, Class, Value

Reference = tuple[int | str, ...]


@dataclass(slots=True, frozen=True)
class Relating:
    """What a call in a class body makes: see `RelationRow` in `tmscan.libraries.effects`."""

    gives: str
    to: Reference
    through: Reference = ()
    back: Reference = ()
    otherwise: str = ""
    gives_back: str = ""
    manager: str = ""
    own: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Relation:
    """An attribute `name` of the class `owner` and its subclasses, or (`back`) of the model that it leads to."""

    owner: Class
    name: str
    made: Value
    arguments: Arguments
    how: Relating
    back: bool = False
    target: Value | None = None
