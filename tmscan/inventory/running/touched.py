"""Which files touch which libraries: the linked program in, roots of third-party paths per file out."""

from __future__ import annotations

from collections.abc import Mapping

from tmscan.libraries.index import Index
from tmscan.libraries.own import FOUND
from tmscan.libraries.types import Library
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import external_bases
from tmscan.program.values import Class, Decorated, External, Function, Instance, Module


def libraries_touched(machine: Machine) -> dict[str, frozenset[str]]:
    """Per file, the roots of third-party paths (`flask`, `sqlalchemy`) that its own and borrowed names hold."""
    direct: dict[str, set[str]] = {}
    borrowed: dict[str, set[str]] = {}
    for module in machine.modules.values():
        if module.frame is None:
            continue
        facts = machine.facts.get(module.path)
        roots = direct.setdefault(
            module.path, {name.partition(".")[0] for name in facts.imports} if facts is not None else set()
        )
        others = borrowed.setdefault(module.path, set())
        for value in module.frame.locals.values():
            if isinstance(value, External):
                roots.add(_root(value.path))
            elif isinstance(value, Class | Instance | Function | Decorated):
                inner = value.value if isinstance(value, Decorated) else value
                cls = inner.cls if isinstance(inner, Instance) else inner
                if isinstance(cls, Class):
                    roots.update(_root(base.path) for base in external_bases(cls))
                if isinstance(cls, Class | Function):
                    others.add(cls.module.path)
            elif isinstance(value, Module):
                others.add(value.path)
    return {
        path: frozenset(roots.union(*(direct.get(other, set()) for other in borrowed[path])))
        for path, roots in direct.items()
    }


def _root(path: str) -> str:
    return path.partition(".")[0].partition("(")[0].partition(":")[0]


def files_of_web(index: Index, touched: Mapping[str, frozenset[str]]) -> set[str]:
    """The files that touch a library with routes."""
    web = {
        name
        for library in index.libraries
        if library.routes or library.routers or library.resources or library.trees
        for name in (library.name, *library.imports, *_own_packages(library))
    }
    return {path for path, roots in touched.items() if not web.isdisjoint(roots)}


def _own_packages(library: Library) -> tuple[str, ...]:
    """The packages of the project that have their own ways of declaring routes."""
    return tuple(_root(path) for row in library.routes for path in row.paths) if library.name == FOUND else ()
