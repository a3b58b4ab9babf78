"""What a form or a serializer took out of a request: an object and the data that was read in, a table by field out.

Fields that let only numbers, dates or choices through (`sanitizers` rows say which) hold nothing that does harm.
"""

from __future__ import annotations

from tmscan.program.checks import marked
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import external_bases, order_of
from tmscan.program.objects.validators import by_method
from tmscan.program.values import Class, Event, External, Frame, Instance, Scalar, Table, Value


def by_field(machine: Machine, frame: Frame, form: Instance, read: External, at: int) -> Table:
    """The data under the names of the fields that the class declares; under other names whatever a request said.

    A form that the program fills with data of its own holds what is known of these.
    """
    if form.event is not None and _given(form.event) and not _asked(form.event):
        read = External(read.path, read.base, read.event)
    method = machine.vocabulary.filled.get(read.path, "")
    items: dict[Scalar, Value] = {}
    for owner in reversed(order_of(form.cls)):
        if not isinstance(owner, Class):
            continue
        for name, field in list(owner.namespace.items()):  # what cleans a field may set attributes
            made = _made_by(field)
            if made:
                kinds = next((machine.vocabulary.cleans[path].kinds for path in made if _lets(machine, path)), None)
                value = read if kinds is None else marked(read, kinds)
                items[name] = by_method(machine, frame, form, method.format(name), value, at) if method else value
    return Table(items, read)


def _given(event: Event) -> bool:
    return bool(event.arguments.positional or "data" in event.arguments.keywords)


def _asked(event: Event) -> bool:
    """Whether data of a request went into an object."""
    given = [*event.arguments.positional, *event.arguments.keywords.values()]
    return any(origins_of(each, 3) for each in given) or event.arguments.unknown is not None


def _made_by(field: Value) -> list[str]:
    """The paths of the classes that a field is of."""
    if isinstance(field, External) and field.event is not None and field.event.kind == "call":
        return [field.event.path]
    if isinstance(field, Instance) and field.event is not None:
        return [base.path for base in external_bases(field.cls)]
    return []


def _lets(machine: Machine, path: str) -> bool:
    row = machine.vocabulary.cleans.get(path)
    return row is not None and row.shape == "call"
