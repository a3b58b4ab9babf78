"""Links the drafts of all library files: protocols are copied into those that follow them, short names become aliases,
and every path takes its one canonical form.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from tmscan.libraries.nodes import suggestion
from tmscan.libraries.paths import PLACEHOLDER, canonical, split

if TYPE_CHECKING:
    from tmscan.libraries.draft import Draft
    from tmscan.libraries.types import Library, StoreKind

Paths = tuple[str, ...]
Rewrite = Callable[[Paths], Paths]
Row = TypeVar("Row")

_MAX_ROUNDS = 20


def link(drafts: list[Draft], problems: list[str]) -> tuple[tuple[Library, ...], dict[str, str]]:
    """The finished libraries, sorted by name, and the aliases. Mistakes go to `problems` with file and line."""
    by_name: dict[str, Draft] = {}
    for draft in drafts:
        other = by_name.setdefault(draft.library.name, draft)
        if other is not draft:
            problems.append(
                f"{draft.library.file}:1: library `{draft.library.name}` is already described in {other.library.file}"
            )
    ready = [_inherit(draft, by_name, problems) for draft in by_name.values() if not draft.is_protocol]
    known = {draft.library.name: frozenset(draft.names) for draft in ready}
    roots = {name.partition(".")[0] for draft in ready for name in draft.library.imports}
    roots |= sys.stdlib_module_names | {"builtins", "tuple"}
    linked = [_qualify(draft, known, roots, problems) for draft in ready]
    aliases = _aliases(linked, problems)

    def finish(found: Paths) -> Paths:
        return tuple(dict.fromkeys(canonical(path, aliases) for path in found))

    libraries = [_fill_stores(_rewrite(draft.library, finish), draft.kind) for draft in linked]
    return tuple(sorted(libraries, key=lambda library: library.name)), dict(sorted(aliases.items()))


def _inherit(draft: Draft, by_name: dict[str, Draft], problems: list[str]) -> Draft:
    """The draft with the rows of each protocol it follows, for each module it imports as."""
    names, library = dict(draft.names), draft.library

    def place(found: Paths) -> Paths:
        return tuple(
            path.replace(PLACEHOLDER, module)
            for path in found
            for module in (draft.library.imports if PLACEHOLDER in path else ("",))
        )

    for wanted in draft.like:
        protocol = by_name.get(wanted)
        if protocol is None:
            hint = suggestion(wanted, by_name.keys())
            problems.append(f"{library.file}:1: `like: {wanted}` names no library file{hint}")
            continue
        for name, found in protocol.names.items():
            names[name] = (*place(found), *names.get(name, ()))
        copied = _rewrite(protocol.library, place)
        library = replace(
            library,
            effects=library.effects + copied.effects,
            stores=library.stores + copied.stores,
            inputs=library.inputs + copied.inputs,
            guards=library.guards + copied.guards,
            entries=library.entries + copied.entries,
            classes=library.classes + copied.classes,
        )
    return replace(draft, names=names, library=library)


def _qualify(draft: Draft, known: dict[str, frozenset[str]], roots: set[str], problems: list[str]) -> Draft:
    """The draft with every short name written out as `library:Name`, and unknown beginnings noted."""
    own = draft.library.name

    def one(path: str) -> str:
        root = split(path)[0]
        library, colon, short = root.rpartition(":")
        if colon and short in known.get(library, ()):
            return path
        if root in known[own]:
            return f"{own}:{path}"
        if not colon and root in roots:
            return path
        choices = known.get(library, frozenset(known)) if colon else known[own] | roots
        line = draft.lines.get(path, 1)
        problems.append(
            f"{draft.library.file}:{line}: `{root}` in `{path}` is neither a short name nor a known module"
            f"{suggestion(short if library in known else root, choices)}"
        )
        return path

    def qualify(found: Paths) -> Paths:
        return tuple(one(path) for path in found)

    names = {name if ":" in name else f"{own}:{name}": qualify(found) for name, found in draft.names.items()}
    for name in draft.names:
        library, colon, short = name.rpartition(":")
        if colon and short not in known.get(library, ()):
            hint = suggestion(short, known.get(library, frozenset(known)))
            problems.append(f"{draft.library.file}:1: `names` adds to `{name}`, which no library file has{hint}")
    return replace(draft, names=names, library=_rewrite(draft.library, qualify))


def _aliases(drafts: Iterable[Draft], problems: list[str]) -> dict[str, str]:
    """Concrete path → short name, with the keys themselves in canonical form (a key may begin with another name)."""
    meant = [(path, name, draft) for draft in drafts for name, found in draft.names.items() for path in found]
    for path, name, draft in meant:
        if ":" in path and not split(path)[1]:
            problems.append(
                f"{draft.library.file}:1: the name `{name}` stands for the bare name `{path}`; use one of them"
            )
    aliases = {path: name for path, name, _ in meant}
    for _ in range(_MAX_ROUNDS):
        rewritten = {canonical(path, aliases, whole=False): name for path, name in aliases.items()}
        if rewritten == aliases:
            break
        aliases = rewritten
    for path, name, draft in meant:
        other = aliases.get(canonical(path, aliases, whole=False), name)
        if other != name:
            line = draft.lines.get(path.removeprefix(f"{draft.library.name}:"), 1)
            problems.append(f"{draft.library.file}:{line}: `{path}` is named both `{name}` and `{other}`")
    return aliases


def _fill_stores(library: Library, kind: str) -> Library:
    """Every access and store with the kind and engine of the library's `store:` where it has none of its own."""
    known = cast("StoreKind", kind)
    effects = tuple(
        replace(row, engine=row.engine or library.engine, kind=row.kind or known)
        if "access" in (row.does, *row.also)
        else row
        for row in library.effects
    )
    stores = tuple(replace(row, engine=row.engine or library.engine) for row in library.stores)
    return replace(library, effects=effects, stores=stores)


def _rewrite(library: Library, change: Rewrite) -> Library:
    """`library` with every path of every row sent through `change`."""

    def each(rows: tuple[Row, ...], *fields: str) -> tuple[Row, ...]:
        changed = ({name: change(getattr(row, name)) for name in fields} for row in rows)
        # Rows are dataclasses all, but no type says "whichever dataclass".
        return tuple(replace(row, **new) for row, new in zip(rows, changed, strict=True))  # type: ignore[type-var]

    return replace(
        library,
        routes=each(library.routes, "paths"),
        routers=each(library.routers, "paths", "urls"),
        mounts=each(library.mounts, "paths", "directive", "scanned"),
        resources=each(
            library.resources,
            "paths",
            "of",
            "inherited_guards",
            "action",
            "urls",
            "entry",
            "dynamic",
            "site",
            "guards",
            "extended",
        ),
        trees=each(
            library.trees,
            "paths",
            "exposed",
            "by_verb",
            "configures",
            "parameters",
            "answering",
            "routed",
            "placed",
            "root_bases",
        ),
        described=each(library.described, "paths", "made", "open"),
        lookups=each(library.lookups, "paths", "base"),
        calls=each(library.calls, "paths"),
        inputs=each(library.inputs, "paths"),
        relations=each(library.relations, "paths", "gives", "gives_back"),
        objects=change(library.objects),
        queries=change(library.queries),
        effects=each(library.effects, "paths"),
        stores=each(library.stores, "paths"),
        guards=each(library.guards, "paths", "spares"),
        guard_places=each(library.guard_places, "calls", "of"),
        refusals=each(library.refusals, "paths"),
        anonymous=each(library.anonymous, "paths"),
        sanitizers=each(library.sanitizers, "paths"),
        settings=each(library.settings, "paths"),
        entries=each(library.entries, "paths", "of"),
        classes=tuple(
            replace(row, path=path, bases=change(row.bases), adds=change(row.adds))
            for row in library.classes
            for path in change((row.path,))
        ),
    )
