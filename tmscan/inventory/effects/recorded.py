"""Effects: recorded calls in; store accesses, outbound calls and sinks out, each with its place and what reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tmscan.facts.types import At
from tmscan.inventory.calls.arguments import pick, show, texts
from tmscan.inventory.calls.places import Bodies, bodies_of, function_of, place_of
from tmscan.inventory.calls.sqltext import read_sql
from tmscan.inventory.effects.connections import link_statements, store_for
from tmscan.inventory.effects.engines import engines_of_pages
from tmscan.inventory.effects.entities import Owners, chain_of, entity_of, owners_of
from tmscan.inventory.effects.joined import Made, joined_entities, made_relations
from tmscan.inventory.effects.managers import own_readings
from tmscan.inventory.effects.outbound import outbound_of
from tmscan.inventory.effects.pages import UNESCAPED, rendered
from tmscan.inventory.effects.returned import answers, fixed_paths
from tmscan.inventory.effects.sinks import WAYS, sink_of
from tmscan.inventory.effects.stores import Stores, add_store
from tmscan.inventory.effects.validated import Readings
from tmscan.inventory.types import Access, Outbound, Sink
from tmscan.libraries.index import Known
from tmscan.libraries.types import EffectRow, Operation
from tmscan.program.evaluation.summaries import resolved
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Checks, Event, External, Origin, Origins, Value
from tmscan.program.values import Known as Constant
from tmscan.sources.types import PageTemplate

Record = Access | Outbound | Sink


@dataclass(slots=True)
class Effects:
    """Everything the program does to the outside; `of_event` says which records one recorded call gave.

    `of_call` are the accesses of calls of the program's own methods of managers, by calling activation; `in_bodies`
    the calls that class bodies make, by class.
    """

    accesses: list[Access] = field(default_factory=list)
    outbound: list[Outbound] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)
    of_event: dict[int, list[Record]] = field(default_factory=dict)
    of_call: dict[int, list[tuple[At, Access]]] = field(default_factory=dict)
    processed: dict[int, list[str]] = field(default_factory=dict)
    in_bodies: dict[int, list[Event]] = field(default_factory=dict)
    pages: list[Event] = field(default_factory=list)  # what handlers and templates put into pages
    commits: dict[int, str] = field(default_factory=dict)  # the store that a call makes earlier changes last in


@dataclass(slots=True)
class _View:
    """What reading one call needs to know of the rest of the program."""

    stores: Stores
    owners: Owners
    bodies: Bodies
    fixed: Callable[[Origin], bool]
    behind: Callable[[Origins, Checks], Origins]
    machine: Machine
    relations: Made
    readings: Readings = field(default_factory=dict)
    engines: frozenset[int] = frozenset()  # the calls that made engines which fill pages in


def effects_of(machine: Machine, stores: Stores, templates: Sequence[PageTemplate] = ()) -> Effects:
    """The effects of every recorded call, each once, in a stable order; stores that nothing uses beside others go."""
    effects = Effects()
    link_statements(machine, stores)
    view = _View(
        stores,
        owners_of(machine),
        bodies_of(machine),
        fixed_paths(machine, stores.index),
        partial(resolved, machine),
        machine,
        made_relations(machine),
        engines=engines_of_pages(machine.events),
    )
    merged: dict[tuple[object, ...], Record] = {}
    settled = _decided(machine, stores)
    called = frozenset(event.path for event in machine.events)
    effects.pages = [*answers(machine, stores.index), *rendered(machine, stores.index, templates)]
    for event in (*machine.events, *effects.pages):
        rows = stores.index.effects.get(event.path)
        if rows is None:
            continue
        if event.activation.function is None:
            cls = view.bodies.class_at(event)
            if cls is not None:
                effects.in_bodies.setdefault(id(cls), []).append(event)
        for known in rows:
            if not applies(event, known.row) or not called.isdisjoint(known.row.unless_called):
                continue
            if known.row.does == "process":
                effects.processed.setdefault(id(event), []).append(known.library.name)
            if known.row.does == "commit":
                effects.commits[id(event)] = store_for(stores, event, known.library.name, known.row.engine, "sql")
            for record in _records(view, event, known, settled):
                key = _key(record, event)
                kept = merged.get(key)
                if isinstance(kept, Sink) and isinstance(record, Sink):
                    merged[key] = _joined(kept, record)
                elif kept is None:
                    merged[key] = record
                effects.of_event.setdefault(id(event), []).append(record)
    for caller, event, known, entity in own_readings(machine, stores.index, view.owners):
        access = _reading(view, event, known, entity)
        merged.setdefault(("Access", event.module.path, event.at, event.at, ("read", entity)), access)
        effects.of_call.setdefault(id(caller), []).append((event.at, access))
    for record in merged.values():
        if isinstance(record, Access):
            effects.accesses.append(record)
        elif isinstance(record, Outbound):
            effects.outbound.append(record)
        else:
            effects.sinks.append(record)
    effects.accesses.sort(key=lambda item: (item.location, item.store, item.operation, item.entity))
    effects.outbound.sort(key=lambda item: (item.location, item.target, item.callee))
    effects.sinks.sort(key=lambda item: (item.location, item.kind, item.callee))
    _drop_nameless(stores, effects.accesses)
    return effects


def _key(record: Record, event: Event) -> tuple[object, ...]:
    detail = (
        record.kind
        if isinstance(record, Sink)
        else record.target
        if isinstance(record, Outbound)
        else (record.operation, record.entity)
    )
    return (type(record).__name__, event.module.path, event.at, event.end, detail)


def _joined(one: Sink, other: Sink) -> Sink:
    """What two ways of coming to one call say together: the inputs of both, the worse argument."""
    if not (one.inputs and other.inputs):
        worse = (bool(other.inputs), other.argument != "constant") > (bool(one.inputs), one.argument != "constant")
        return other if worse else one
    sources = dict.fromkeys((*one.steps[:-1], *other.steps[:-1]))
    inputs = tuple(dict.fromkeys((*one.inputs, *other.inputs)))
    return replace(one, inputs=inputs, steps=(*list(sources)[:WAYS], *one.steps[-1:]))


def applies(event: Event, row: EffectRow) -> bool:
    """Whether the constant arguments of a call are such that the row applies (`only`, `unless`)."""
    needed: dict[str, bool] = {}
    for key, text in row.only:
        needed[key] = needed.get(key, False) or any(_allows({text}, shown) for shown in _shown(event, key))
    if not all(needed.values()):
        return False
    harmless: dict[str, set[str]] = {}
    for key, text in row.unless:
        harmless.setdefault(key, set()).add(text)
    for key, allowed in harmless.items():
        said = _shown(event, key)
        enough = any if "*" in allowed else all  # that something may be given is a decision of whoever runs it
        if said and enough(_allows(allowed, shown) for shown in said):
            return False
    return True


def _allows(allowed: set[str], given: Value) -> bool:
    if "*" in allowed:
        return not (isinstance(given, Constant) and given.value is None)
    return any(_same(given, text) for text in allowed)


def _shown(event: Event, key: str) -> tuple[Value, ...]:
    """What an argument can be; empty when it is not given."""
    value = pick(event.arguments, (int(key) if key.isdigit() else key,))
    return options(value) if value is not None else ()


def _same(option: Value, text: str) -> bool:
    """Whether a value is what a row says: a constant, a path or its last name, or a call with a keyword of it."""
    shown = show(option)
    if shown == text or shown.rpartition(".")[2] == text:
        return True
    call, _, keyword = text.removesuffix(")").partition("(")
    name, _, said = keyword.partition("=")
    made = option.event if isinstance(option, External) else None
    return bool(said) and made is not None and made.path == call and show(made.arguments.keywords.get(name)) == said


def _records(view: _View, event: Event, known: Known[EffectRow], settled: set[int]) -> Iterator[Record]:
    for does in (known.row.does, *known.row.also):
        if does == "access":
            if id(event) in settled and known.row.lazy:
                continue
            if known.row.models:
                yield from _joined_accesses(view, event, known)
            else:
                yield _access(view, event, known)
        elif does == "send":
            yield outbound_of(view.bodies, event, known)
        elif does == "engine" and id(event) not in view.engines:
            continue
        elif does == "answer" or (does == "page" and UNESCAPED in event.arguments.keywords):
            yield sink_of(view.stores.index, view.bodies, event, known, "html", view.fixed, view.behind, view.readings)
        elif does not in ("process", "error-handler", "commit", "page"):
            yield sink_of(view.stores.index, view.bodies, event, known, does, view.fixed, view.behind, view.readings)


def _access(view: _View, event: Event, known: Known[EffectRow]) -> Access:
    row, library = known.row, known.library.name
    operation: Operation = "execute"
    entity = ""
    raw = row.operation == "sql"
    if row.operation == "sql":
        statement = _statement(pick(event.arguments, row.argument))
        if statement:
            operation, entity = read_sql(statement)
        else:
            raw = not isinstance(pick(event.arguments, row.argument), External)
    elif row.operation:
        operation = row.operation
    if not entity:
        entity = entity_of(view.stores.index, event, row, view.owners)
    kind = row.kind or "sql"
    store = store_for(view.stores, event, library, row.engine, kind)
    if kind == "object" and entity and "{" not in entity and "/" not in entity:
        store = _bucket(view.stores, store, entity, library)
    return Access(store, library, operation, entity, raw, place_of(event), function_of(view.bodies, event))


def _joined_accesses(view: _View, event: Event, known: Known[EffectRow]) -> Iterator[Access]:
    """One access for each model that the call names; a call that asks for something nobody knows is one, too."""
    names = joined_entities(view.machine, view.stores.index, event, known.row, view.owners, view.relations)
    for name in names or (("",) if known.row.argument else ()):
        yield _reading(view, event, known, name)


def _reading(view: _View, event: Event, known: Known[EffectRow], entity: str) -> Access:
    store = store_for(view.stores, event, known.library.name, known.row.engine, known.row.kind or "sql")
    return Access(store, known.library.name, "read", entity, False, place_of(event), function_of(view.bodies, event))


def _bucket(stores: Stores, key: str, name: str, library: str) -> str:
    """An object store is its bucket: the client that was opened serves many."""
    client = stores.found[key]
    if client.name not in (client.engine, name):
        return key
    return add_store(
        stores, library, client.kind, client.engine, name, client.location, host=client.host, provenance="observed"
    )


def _drop_nameless(stores: Stores, accesses: list[Access]) -> None:
    """A client whose buckets are all known is no store beside them."""
    accessed = {access.store for access in accesses}
    buckets = {store.engine for store in stores.found.values() if store.kind == "object" and store.id in accessed}
    for key, store in list(stores.found.items()):
        if store.kind == "object" and store.name == store.engine and store.engine in buckets and key not in accessed:
            del stores.found[key]


def _statement(value: Value | None) -> str:
    if isinstance(value, External) and value.event is not None and value.event.arguments.positional:
        value = value.event.arguments.positional[0]
    found = texts(value)
    return found[0] if found else ""


def _decided(machine: Machine, stores: Stores) -> set[int]:
    """The lazy calls that only prepare what a later call on their result does: `filter(…)` before `.delete()`.

    A query that another function refines stays: where it was written is where a reader looks for it.
    """
    found: set[int] = set()
    for event in machine.events:
        rows = [known.row for known in stores.index.effects.get(event.path, ())]
        if any("access" in (row.does, *row.also) and not row.models for row in rows):
            for value in chain_of(event.callee):
                earlier = value.event if isinstance(value, External) else None
                if earlier is None or earlier is event:
                    continue
                if earlier.activation.function is event.activation.function:
                    found.add(id(earlier))
    return found
