"""Rows for resources that tables describe: the application makes the routes of each out of what its table says."""

from __future__ import annotations

from dataclasses import dataclass

from tmscan.libraries.terms import ArgumentRef, PathSyntax


@dataclass(frozen=True, slots=True)
class DescribedRow:
    """A call that registers a resource: its `name` and the `table` that describes it.

    All resources by name may stand in `setting` as well: a name in a module, or a key of the `settings` that the call
    `made` is given, which makes the application. `under` are the settings before every path, `url` is the key of the
    path, `hidden` that of resources without routes. `collection` and `item` say what is read for the two paths:
    `path` (with the keys of the table in it, `defaults` where they are not given), `methods` and the setting
    `methods-setting`, `public` and `public-setting` for those that anybody may call, `handler`, and the key `switch`.
    A verb may be `sent-as` another one. `lookup` is a third path, of resources that have the key `if`: keys of the
    table there stand in `path` behind its own name.
    `guards` is the argument of `made` that refuses others, `guard` a key in the table that says it for one resource.
    What nobody guards stands as `open`; `start` is the page at the root, answered by the handler behind it.
    """

    paths: tuple[str, ...]
    name: ArgumentRef
    table: ArgumentRef
    setting: str
    made: tuple[str, ...]
    settings: ArgumentRef = ()
    under: tuple[str, ...] = ()
    url: str = ""
    hidden: str = ""
    collection: tuple[tuple[str, str], ...] = ()
    item: tuple[tuple[str, str], ...] = ()
    lookup: tuple[tuple[str, str], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    guards: ArgumentRef = ()
    guard: str = ""
    open: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    syntax: PathSyntax = ""
