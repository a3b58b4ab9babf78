"""What a person declares in settings about guards, wrappers of routes and public endpoints, as records.

What names code becomes rows like those of a library file (`own.py`); what covers paths or files is applied to finished
endpoints (`inventory/overrides.py`). Stands apart because settings are read before anything heavy is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tmscan.libraries.types import ArgumentRef, GuardKind


@dataclass(frozen=True, slots=True)
class DeclaredGuard:
    """A guard: a function or class of the code, by its dotted name, or one outside of the code that stands before the
    endpoints whose path is like one of `covers` and whose handler's file is like one of `paths` (empty: any).
    """

    name: str
    kind: GuardKind = "authentication"
    roles: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    line: int = 0

    @property
    def outside(self) -> bool:
        """Whether it stands before the application, such as a gateway, and is no name in the code."""
        return bool(self.covers or self.paths)


@dataclass(frozen=True, slots=True)
class DeclaredWrapper:
    """A function of one's own that declares a route: it decorates the handler, or is given it (`handler`)."""

    name: str
    path: ArgumentRef = (0, "path")
    handler: ArgumentRef = ()
    methods: ArgumentRef = ("methods",)
    default: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class DeclaredPublic:
    """Endpoints that anybody may call, on purpose: a path pattern, verbs (empty: all), files of handlers."""

    pattern: str
    methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything declared in one settings file; patterns of files are relative to `folder`."""

    file: str = ""
    folder: str = ""
    guards: tuple[DeclaredGuard, ...] = ()
    wrappers: tuple[DeclaredWrapper, ...] = ()
    public: tuple[DeclaredPublic, ...] = ()

    @property
    def names_code(self) -> bool:
        """Whether the program is read differently because of them."""
        return bool(self.wrappers) or any(not guard.outside for guard in self.guards)
