"""Rows that say which ways in there are besides plain HTTP routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tmscan.libraries.terms import ArgumentRef, EntryShape, GuardKind


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A way in that is not a plain HTTP route, of `kind` task, consumer, command, websocket, graphql, rpc, …

    `decorated` and `registered` calls take the handler, or a list or mapping of them; `class` is a base class whose
    `methods` are called (`on_*`: each that starts so; `*`: each public one), `named` a pattern for base classes that
    are generated under a name of the application's own. `within` is a call that whoever makes it is the entry point
    for, `module` one whose file is. A `setting` (a name in a module, an attribute that is set, Class.attribute, or
    .attribute) holds handlers or their names in a list or mapping, `handler` says where in each item. A `server` call
    declares nothing itself: its `guards` stand before all entry points of the library and kind, as a guard of the
    kind `gives` if the argument is given at all. With `of` only the classes count that one of these calls is handed,
    if there is one. The handler called `gate` is asked before all others of its class, or of its library.
    """

    kind: str
    shape: EntryShape = "class"
    paths: tuple[str, ...] = ()
    name: ArgumentRef = ()
    handler: ArgumentRef = ()
    methods: tuple[str, ...] = ()
    guards: ArgumentRef = ()
    gives: GuardKind | Literal[""] = ""
    of: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    setting: str = ""
    gate: str = ""
