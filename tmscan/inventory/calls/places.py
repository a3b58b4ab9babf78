"""Where a recorded call stands: its region, and the function, class body or module it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from tmscan.facts.types import At, column_of, line_of
from tmscan.program.machine import Machine
from tmscan.program.values import Class, Event
from tmscan.sources.types import Location


@dataclass(slots=True)
class Bodies:
    """Class bodies by file: (first line, last line, class), so that a call at class level finds its class."""

    by_file: dict[str, list[tuple[int, int, Class]]] = field(default_factory=dict)

    def class_at(self, event: Event) -> Class | None:
        """The innermost class in whose body a call stands that runs with its module."""
        line = line_of(event.at)
        inside = [
            (end - start, index)
            for index, (start, end, _) in enumerate(self.by_file.get(event.module.path, ()))
            if start <= line <= end
        ]
        return self.by_file[event.module.path][min(inside)[1]][2] if inside else None


def bodies_of(machine: Machine) -> Bodies:
    """The bodies of the classes that modules define."""
    found = Bodies()
    for cls in machine.classes:
        if cls.definition is not None and "<locals>" not in cls.qualname:
            found.by_file.setdefault(cls.module.path, []).append((cls.definition.start, cls.definition.end, cls))
    return found


def place_of(event: Event) -> Location:
    """The region of a call."""
    end: At = event.end
    if end <= event.at:
        return Location(event.module.path, line_of(event.at), column_of(event.at))
    return Location(event.module.path, line_of(event.at), column_of(event.at), line_of(end), column_of(end))


def function_of(bodies: Bodies, event: Event) -> str:
    """The qualified name of the function, class or module that makes a call."""
    if event.activation.function is None:
        cls = bodies.class_at(event)
        if cls is not None:
            return f"{event.activation.name}.{cls.qualname}"
    return event.activation.name.replace(".<locals>", "")
