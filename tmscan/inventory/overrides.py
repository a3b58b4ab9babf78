"""A finished inventory and what settings declare in; out comes the inventory with a person's word on who may call.

A person knows what code does not say: that a gateway asks first, or that a page is meant for everybody. What fits no
endpoint is noted as unknown, so that a slip of the pen does not stay unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.inventory.selection import matches_path
from tmscan.inventory.types import Auth, Guard, Unknown
from tmscan.sources.ignore import parse_patterns
from tmscan.sources.types import Location

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint, Inventory
    from tmscan.libraries.declared import Declarations, DeclaredGuard, DeclaredPublic

_ASKING = frozenset({"authentication", "authorization", "signature"})
Fits = Callable[[str], bool]


def declare(inventory: Inventory, declarations: Declarations, root: str) -> Inventory:
    """The inventory with declared guards before, and declared public endpoints among, its endpoints."""
    endpoints = list(inventory.endpoints)
    missed: list[Unknown] = []
    for guard in declarations.guards:
        if guard.outside:
            _cover(endpoints, guard, declarations, root, missed)
        elif guard.roles:
            endpoints = [_with_roles(endpoint, guard) for endpoint in endpoints]
    for public in declarations.public:
        _open(endpoints, public, declarations, root, missed)
    if not missed and endpoints == list(inventory.endpoints):
        return inventory
    unknowns = sorted({*inventory.unknowns, *missed}, key=lambda each: (each.location, each.kind, each.reason))
    return replace(inventory, endpoints=tuple(endpoints), unknowns=_still(unknowns, endpoints))


def _cover(
    endpoints: list[Endpoint], guard: DeclaredGuard, declared: Declarations, root: str, missed: list[Unknown]
) -> None:
    place = Location(Path(declared.file).name, guard.line)
    made = Guard(guard.kind, guard.name, "middleware", place, guard.roles)
    in_files, found = _files(guard.paths, declared, root), False
    for position, endpoint in enumerate(endpoints):
        named = not guard.covers or any(matches_path(each, endpoint.path) for each in guard.covers)
        if named and in_files(endpoint.location.file) and _answers(endpoint, guard.methods):
            found = True
            endpoints[position] = _guarded(endpoint, made)
    if not found:
        missed.append(Unknown("setting", f"the guard {guard.name!r} is declared for no endpoint there is", place))


def _open(
    endpoints: list[Endpoint], public: DeclaredPublic, declared: Declarations, root: str, missed: list[Unknown]
) -> None:
    name = Path(declared.file).name
    in_files, found, others = _files(public.paths, declared, root), False, ""
    for position, endpoint in enumerate(endpoints):
        if not matches_path(public.pattern, endpoint.path) or not in_files(endpoint.location.file):
            continue
        if _answers(endpoint, public.methods):
            found = True
            reason = f"{public.pattern} is declared public in {name}"
            endpoints[position] = replace(endpoint, auth=Auth(False, (), reason), public=True)
        else:
            others = ",".join(endpoint.methods)
    if not found:
        reason = f"{public.pattern!r} is declared public for other verbs than it answers ({others})"
        reason = reason if others else f"{public.pattern!r} is declared public, and no endpoint is like it"
        missed.append(Unknown("setting", reason, Location(name, public.line)))


def _guarded(endpoint: Endpoint, guard: Guard) -> Endpoint:
    guards = (guard, *endpoint.guards)
    if guard.kind not in _ASKING:
        return replace(endpoint, guards=guards)
    reason = f"{guard.name} ({guard.location.file}) refuses anonymous requests"
    evidence = (guard, *(endpoint.auth.evidence if endpoint.auth.required else ()))
    return replace(endpoint, guards=guards, auth=Auth(True, evidence, reason), public=False)


def _with_roles(endpoint: Endpoint, declared: DeclaredGuard) -> Endpoint:
    name = declared.name.rpartition(".")[2]

    def told(guard: Guard) -> Guard:
        known = guard.name == name and guard.kind == declared.kind and not guard.roles
        return replace(guard, roles=declared.roles) if known else guard

    auth = replace(endpoint.auth, evidence=tuple(told(guard) for guard in endpoint.auth.evidence))
    return replace(endpoint, auth=auth, guards=tuple(told(guard) for guard in endpoint.guards))


def _answers(endpoint: Endpoint, methods: tuple[str, ...]) -> bool:
    """Whether all of an endpoint is meant: one that also answers other verbs is left as it is."""
    return not methods or set(endpoint.methods) <= set(methods)


def _files(patterns: tuple[str, ...], declared: Declarations, root: str) -> Fits:
    if not patterns:
        return lambda _: True
    spec, _ = parse_patterns(patterns, declared.file)
    folder = Path(declared.folder)

    def fits(file: str) -> bool:
        path = Path(root, file)
        return spec is not None and path.is_relative_to(folder) and spec.match_file(path.relative_to(folder).as_posix())

    return fits


def _still(unknowns: list[Unknown], endpoints: list[Endpoint]) -> tuple[Unknown, ...]:
    """Without the guards that were not known and are settled now."""
    unsure = {each.route_location or each.location for each in endpoints if each.auth.required is None}
    return tuple(each for each in unknowns if each.kind != "guard" or each.location in unsure)
