"""Classes that describe data (models, schemas, serializers, forms) in; the fields that a request fills in out.

Works on what such classes have in common: annotated names, or names that objects of third-party classes are assigned
to, and an inner `Meta` that lists fields. Which classes they are, and which methods take data in, rows say.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import listed, pick, texts
from tmscan.inventory.inputs.annotations import written
from tmscan.inventory.types import Parameter
from tmscan.libraries.index import Index
from tmscan.libraries.types import Place
from tmscan.program.lattice import options, origins_of
from tmscan.program.objects.classes import external_bases, find_in_class, order_of
from tmscan.program.values import Class, Event, External, Instance, Known, Table, Value

PLACES: dict[str, Place] = {
    "query": "query", "form": "form", "json": "json", "header": "header", "file": "file", "cookie": "cookie",
}  # fmt: skip
_OTHER_NAMES = ("alias", "validation_alias", "data_key")
_ANSWER_ONLY = ("read_only", "dump_only")
_SETTINGS = "model_config"
_COMPUTED = ("SerializerMethodField", "ReadOnlyField", "HiddenField", "HyperlinkedIdentityField")
_FILES = ("FileField", "ImageField", "MultipleFileField", "UploadFile")


def spread(value: Value | None, place: Place) -> Iterator[Parameter]:
    """The fields of a class, of an object of it, or of a table of fields, as parameters."""
    for option in options(value) if value is not None else ():
        if isinstance(option, Table):
            for name, given in option.items.items():
                if isinstance(name, str):
                    yield Parameter(name, place, _kind(given))
            continue
        cls = option if isinstance(option, Class) else option.cls if isinstance(option, Instance) else None
        for name, kind in fields_of(cls) if cls is not None else ():
            yield Parameter(name, "file" if place == "form" and kind in _FILES else place, kind)


def taken_in(index: Index, event: Event) -> Iterator[Parameter]:
    """The fields that a call such as `schema.load(…)` or `form.is_valid()` takes in, for classes that rows speak of."""
    callee = event.callee
    holder = callee.base if isinstance(callee, External) else None
    if not isinstance(holder, Instance | Class):
        return
    method = f"{event.path.rpartition('.')[2]}()"
    for name, place in _said(index, holder.cls if isinstance(holder, Instance) else holder):
        if name == method:
            made = holder.event if isinstance(holder, Instance) else None
            there = _place_of(place, [event, *([made] if made is not None else [])])
            if there is not None:
                yield from spread(holder, there)
            return


def _place_of(said: Place, events: list[Event]) -> Place | None:
    """Where the data in calls comes from: the place that a row says unless it is seen to be another; None for files."""
    kinds: set[str] = set()
    for event in events:
        arguments = event.arguments
        for value in (*arguments.positional, *arguments.keywords.values(), arguments.unknown):
            kinds |= {origin.kind for origin in origins_of(value)}
    if said in kinds or not kinds or "body" in kinds:
        return said
    other = next((place for word, place in PLACES.items() if word in kinds and place != "file"), None)
    return other if other is not None or kinds.isdisjoint(("file", "path")) else None


def named_by_view(index: Index, cls: Class) -> Iterator[Parameter]:
    """The fields of the classes that attributes of a class view name, where a row says that they do so."""
    for name, place in _said(index, cls):
        if not name.endswith("()"):
            yield from spread(find_in_class(cls, name)[0], place)


def _said(index: Index, cls: Class) -> Iterator[tuple[str, Place]]:
    """(attribute or method, place) pairs that rows say of the third-party bases of a class, and of their bases."""
    paths = list(dict.fromkeys(base.path for base in external_bases(cls)))
    for path in paths:
        known = index.classes.get(path)
        if known is not None:
            paths.extend(base for base in known.row.bases if base not in paths)
            yield from ((name, PLACES[word]) for name, word in known.row.attributes if word in PLACES)


def fields_of(cls: Class) -> list[tuple[str, str]]:
    """(name, type) of the fields, those of bases first: as a request writes them, without what is answered only."""
    found: dict[str, tuple[str, str]] = {}
    for owner in reversed(order_of(cls)):
        if isinstance(owner, Class):
            found |= _annotated(owner) if owner.fields else _assigned(owner)
            found |= {name: (name, kind) for name, kind in _listed(owner, found) if name not in found}
    return list(found.values())


def _annotated(cls: Class) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, field in cls.fields.items():
        kind = written(field.annotation)
        if not name.startswith("_") and name != _SETTINGS and not kind.startswith("ClassVar"):
            found[name] = (_called(cls.namespace.get(name)) or name, kind)
    return found


def _assigned(cls: Class) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, value in cls.namespace.items():
        kind = _kind(value)
        if kind and not name.startswith("_") and name != _SETTINGS and not _is_answer(value):
            found[name] = (_called(value) or name, kind)
    return found


def _listed(cls: Class, found: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What `Meta.fields` names; all fields of `Meta.model` where it says so."""
    meta = cls.namespace.get("Meta")
    if not isinstance(meta, Class):
        return
    model = meta.namespace.get("model")
    of_model = _assigned(model) if isinstance(model, Class) else {}
    said = meta.namespace.get("fields")
    names = [name for item in listed(said) for name in texts(item)]
    if not names and "__all__" in texts(said):
        names = list(of_model)
    silent = {name for item in listed(meta.namespace.get("read_only_fields")) for name in texts(item)}
    for name in names:
        own = cls.namespace.get(name)
        if name not in found and name not in silent and own is None and name not in ("id", "pk"):
            yield name, of_model.get(name, ("", ""))[1]


def _kind(value: Value) -> str:
    """`CharField` of `forms.CharField(…)`; "" for what is no object of a third-party class."""
    if not isinstance(value, External) or value.event is None or not value.path.endswith("()"):
        return ""
    name = value.path[:-2].rpartition(".")[2].rpartition(":")[2]
    return name if name[:1].isupper() else ""


def _called(value: Value | None) -> str:
    """The name that a field has in a request, where it is another one."""
    if isinstance(value, External) and value.event is not None:
        return next(iter(texts(pick(value.event.arguments, _OTHER_NAMES))), "")
    return ""


def _is_answer(value: Value) -> bool:
    if _kind(value) in _COMPUTED:
        return True
    arguments = value.event.arguments.keywords if isinstance(value, External) and value.event is not None else {}
    return any(isinstance(said := arguments.get(name), Known) and said.value is True for name in _ANSWER_ONLY)
