"""A catalogue and what is known about names in the code in, from settings or the code; the catalogue with that out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tmscan.libraries.declared import Declarations, DeclaredGuard, DeclaredWrapper
from tmscan.libraries.types import Catalogue, GuardRow, Library, RouteRow

NAME, FOUND = "settings", "own code"


def with_found(catalogue: Catalogue, routes: tuple[RouteRow, ...]) -> Catalogue:
    """The catalogue with the calls that declare routes in the program's own way."""
    own = Library(name=FOUND, file="", pypi=(), imports=(), docs="", role="", routes=routes)
    return replace(catalogue, libraries=(*catalogue.libraries, own)) if routes else catalogue


def with_declared(catalogue: Catalogue, declarations: Declarations) -> Catalogue:
    """The catalogue as it was, or with the library of one's own."""
    if not declarations.names_code:
        return catalogue
    own = Library(
        name=NAME,
        file=declarations.file,
        pypi=(),
        imports=(),
        docs="",
        role="",
        routes=tuple(_route(wrapper) for wrapper in declarations.wrappers),
        guards=tuple(_guards(declarations.guards)),
    )
    return replace(catalogue, libraries=(*catalogue.libraries, own))


def _route(wrapper: DeclaredWrapper) -> RouteRow:
    return RouteRow(
        shape="registered" if wrapper.handler else "decorated",
        paths=(wrapper.name,),
        path=wrapper.path,
        handler=wrapper.handler,
        methods=wrapper.methods,
        default=wrapper.default,
    )


def _guards(declared: Iterable[DeclaredGuard]) -> Iterable[GuardRow]:
    return (
        GuardRow(paths=(guard.name,), kind=guard.kind, methods=guard.methods) for guard in declared if not guard.outside
    )
