"""Resources that tables describe: `app.register_resource("notes", {"item_methods": []})`, or a setting of them all.

The walk goes in; out come the routes of each resource, behind what guards the application, save for public verbs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tmscan.inventory.calls.arguments import HOLE, pick, texts
from tmscan.inventory.routes.found import Found, Walk, verbs_of
from tmscan.inventory.routes.named import shared
from tmscan.inventory.routes.routers import children_of
from tmscan.libraries.index import Known
from tmscan.libraries.types import DescribedRow, Scope
from tmscan.program.data.operators import is_none, truth
from tmscan.program.lattice import options
from tmscan.program.values import UNKNOWN, Arguments, Event, External, Table, Value

RESOURCES = 5_000
_NAME = re.compile(r"\{(\w+)\}")


def described_routes(walk: Walk) -> Iterator[Found]:
    """The routes of every resource that is registered by a call or stands in the setting for all of them."""
    for library in walk.index.libraries:
        for row in library.described:
            known = Known(library, row)
            made = next((event for event in walk.machine.events if event.path in row.made), None)
            found = {name: pair for name, pair in _registered(walk, row) if not name.startswith(HOLE)}
            if made is None and not found:
                continue
            for name, (table, event) in list(found.items())[:RESOURCES]:
                yield from _of(walk, known, made, event, name, table)
            if row.start and made is not None:
                path = _prefix(walk, row, made, made) + row.start[0]
                yield _route(walk, known, made, made, (path, ("GET",), row.start[1]), _guards(row, made, Table({})))


def _registered(walk: Walk, row: DescribedRow) -> Iterator[tuple[str, tuple[Table, Event]]]:
    """Each resource with its name and its table, and the call (or none) that registers it."""
    for module in list(walk.machine.modules.values()):
        held = module.frame.locals.get(row.setting) if module.frame is not None else None
        yield from _all_in(
            held, Event(row.setting, UNKNOWN, Arguments(), module, 0, 0, walk.machine.nowhere.activation)
        )
    for event in walk.machine.events:
        if event.path in row.made:
            settings = pick(event.arguments, row.settings)
            yield from _all_in(settings.items.get(row.setting) if isinstance(settings, Table) else None, event)
        elif event.path in row.paths:
            for name in texts(pick(event.arguments, row.name)):
                for option in options(pick(event.arguments, row.table) or UNKNOWN):
                    if isinstance(option, Table):
                        yield name, (option, event)


def _all_in(value: Value | None, event: Event) -> Iterator[tuple[str, tuple[Table, Event]]]:
    for option in options(value) if value is not None else ():
        for name, table in option.items.items() if isinstance(option, Table) else ():
            described = next((each for each in options(table) if isinstance(each, Table)), None)
            if described is not None:
                yield str(name), (described, event)


def _of(
    walk: Walk, known: Known[DescribedRow], made: Event | None, event: Event, name: str, table: Table
) -> Iterator[Found]:
    row = known.row
    if truth(table.items.get(row.hidden, UNKNOWN)) is True:
        return
    values = dict(row.defaults)
    values |= {str(key): said[0] for key, value in table.items.items() if (said := texts(value))}
    values["url"] = f"{_prefix(walk, row, made, event)}/{(values.get(row.url) or name).strip('/')}"
    guards = _guards(row, made, table)
    for key, inner in table.items.items():
        if isinstance(inner, Table):
            values |= {f"{key!s}_{each!s}": said[0] for each, value in inner.items.items() if (said := texts(value))}
    for part in (dict(row.collection), dict(row.item), dict(row.lookup)):
        if part.get("if", row.url) not in (row.url, *table.items):
            continue
        switch = table.items.get(part.get("switch", ""), UNKNOWN)
        if not part or truth(switch) is False:
            continue
        own = table.items.get(part.get("methods", ""))
        given = own if own is not None else _setting(walk, row, made, event, part.get("methods-setting", ""))
        verbs = verbs_of(given) or ("GET",)
        own = table.items.get(part["public"])
        public = verbs_of(own if own is not None else _setting(walk, row, made, event, part["public-setting"])) or ()
        means, _, sent = part.get("sent-as", "").partition(" ")
        verbs = (*verbs, sent) if means in verbs and sent not in verbs else verbs
        path = _NAME.sub(lambda match: values.get(match[1], ""), part["path"])
        closed = tuple(verb for verb in verbs if verb not in public)
        for some, before in ((closed, guards), (tuple(verb for verb in verbs if verb in public), _open(row))):
            if some:
                yield _route(walk, known, made, event, (path, some, part["handler"]), before)


def _route(
    walk: Walk, known: Known[DescribedRow], made: Event | None, event: Event, said: tuple[str, tuple[str, ...], str],
    guards: tuple[tuple[Value, Scope], ...],
) -> Found:  # fmt: skip
    path, verbs, handler = said
    routers = tuple(children_of(walk.routers, made.result)) if made is not None and made.result is not None else ()
    where = (made or event).module.name
    return Found(
        known.library, None, path, verbs, External(handler), event, guards, routers, where, where, known.row.syntax
    )


def _guards(row: DescribedRow, made: Event | None, table: Table) -> tuple[tuple[Value, Scope], ...]:
    """What refuses: said by the table, else by the application; what nobody says anything of is open."""
    own = table.items.get(row.guard) if row.guard else None
    value = own if own is not None else pick(made.arguments, row.guards) if made is not None else UNKNOWN
    if value is None and made is not None and made.arguments.unknown is not None:
        return ()  # `Eve(**options)`
    if value is None or is_none(value):
        return _open(row)
    return ((value, "handler" if own is not None else "app"),)


def _open(row: DescribedRow) -> tuple[tuple[Value, Scope], ...]:
    return tuple((External(path), "handler") for path in row.open)


def _prefix(walk: Walk, row: DescribedRow, made: Event | None, event: Event) -> str:
    given = (_setting(walk, row, made, event, name) for name in row.under)
    said = (next(iter(texts(value)), HOLE) for value in given if value is not None and not is_none(value))
    return "".join(f"/{part.strip('/')}" for part in said if part.strip("/"))


def _setting(walk: Walk, row: DescribedRow, made: Event | None, event: Event, name: str) -> Value | None:
    """A setting of the application: given when it is made, else a name in the module of its settings.

    That is the one with the resources, or one called so; of several, the one nearest to what registers the resource.
    """
    given = pick(made.arguments, row.settings) if made is not None else None
    if isinstance(given, Table) and name in given.items:
        return given.items[name]
    names = {*row.under, *(said for part in (row.collection, row.item) for _, said in part)}
    spaces = {each.name: each.frame.locals for each in walk.machine.modules.values() if each.frame is not None}
    held = [
        place
        for place, space in spaces.items()
        if (row.setting in space or "settings" in place) and not names.isdisjoint(space)
    ]
    nearest = min(held, key=lambda place: (-shared(place, event.module.name), place), default="")
    return spaces[nearest].get(name) if nearest else None
