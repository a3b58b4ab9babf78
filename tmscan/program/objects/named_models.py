"""The model that a setting names, for `get_user_model()` and `request.user`: a path goes in, the class comes out."""

from __future__ import annotations

from tmscan.program.machine import Machine, stored_class
from tmscan.program.objects.models import model_named
from tmscan.program.values import Class, External, Frame, Known, Module


def model_for(machine: Machine, frame: Frame, path: str) -> Class | None:
    """The class that the setting behind a name of a library names; None where it is not (yet) to be found."""
    place = machine.vocabulary.naming[path][0]
    holder, _, name = place.rpartition(".")
    said = machine.attribute(machine, frame, External(holder), name, 0)
    return _labelled(machine, said.value) if isinstance(said, Known) and isinstance(said.value, str) else None


def _labelled(machine: Machine, text: str) -> Class | None:
    """The class behind `accounts.User`: of the program, whose module may have to run first, or of a library."""
    label, _, name = text.rpartition(".")
    known = model_named(machine, text)
    if known is not None and label.rpartition(".")[2] in known.module.name.split("."):
        return known
    for path in machine.vocabulary.stored:
        if path.endswith(f".{label}.models.{name}"):
            return stored_class(machine, path)
    places = [place for place in machine.modules if f".{place}".endswith(f".{label}.models")]
    for place in sorted(places, key=lambda each: (each.count("."), each)):
        module = machine.import_module(machine, place)
        held = module.frame.locals.get(name) if isinstance(module, Module) and module.frame is not None else None
        if isinstance(held, Class):
            return held
    return known
