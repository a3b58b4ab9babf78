"""What the interpreter has to notice, said by the libraries' index: the bridge from rows to paths."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tmscan.inventory.inputs.schemas import PLACES
from tmscan.libraries.index import Index
from tmscan.libraries.load import rules_folder
from tmscan.libraries.own import FOUND, NAME
from tmscan.libraries.paths import last_name
from tmscan.libraries.types import CallDoes, Catalogue
from tmscan.program.objects.unseen import UNSEEN
from tmscan.program.relation import Relating
from tmscan.program.values import Known, Sequence
from tmscan.program.vocabulary import Cleaning, Held, Included, Kept, Lookup, Vocabulary

# How a value is got out of a mapping of input by its name.
GETTERS = ("get", "getlist", "getall", "getone", "get_all", "get_list", "pop")


def vocabulary_of(catalogue: Catalogue, index: Index) -> Vocabulary:
    """Aliases, recorded paths, inputs and third-party class facts for `tmscan.program.link`."""
    recorded: set[str] = set()
    for rows in (
        index.routes, index.routers, index.mounts, index.resources, index.trees, index.described,
        index.effects, index.stores, index.guards, index.refusals, index.settings, index.entries, index.guard_places,
    ):  # fmt: skip
        recorded |= set(rows)
    recorded |= {f"{path}()" for path, rows in index.routes.items() if any(k.row.shape == "decorated" for k in rows)}
    recorded |= {f"{path}()" for path, rows in index.entries.items() if any(k.row.shape == "decorated" for k in rows)}
    recorded |= {path for library in index.libraries for row in library.entries for path in row.of}
    recorded |= {f"{path}()" for path in index.guard_places}
    # Responses are applications to ASGI: `await Response(…)(scope, receive, send)`.
    recorded |= {f"{path}()" for path in index.refusals if last_name(path)[:1].isupper()}
    recorded |= {f"{row.tools}.register()" for library in index.libraries for row in library.trees if row.tools}
    recorded |= {f"{path}()" for rows in index.trees.values() for path in rows[0].row.parameters}
    trees = [known.row for rows in index.trees.values() for known in rows]
    placed = [path for row in trees for path in row.placed]
    recorded |= {path for row in trees for path in (*row.exposed, *row.answering, *row.routed, *row.placed)}
    recorded |= {path for rows in index.effects.values() for known in rows for path in known.row.unless_called}
    recorded |= {f"{path}[]" for path in index.inputs}
    recorded |= {path for rows in index.resources.values() for known in rows for path in known.row.extended}
    recorded |= {f"{path}.{name}" for path in index.inputs for name in GETTERS}
    recorded |= {path.removesuffix("()") for path in index.inputs}  # `get_argument(…)`
    recorded |= {
        f"{path}().{name[:-2]}"
        for path, known in index.classes.items()
        for name, _ in known.row.attributes
        if name.endswith("()")
    }  # `schema.load(…)`
    recorded |= {
        f"{path}.{name[:-2]}"
        for path, known in index.classes.items()
        for name, word in known.row.attributes
        if name.endswith("()") and word in PLACES
    }  # `Model.model_validate(…)`
    recorded |= {f"{path}()" for path in index.guards}  # `authenticated(view)(self)`
    inputs = {path: rows[0].row.place for path, rows in index.inputs.items() if not rows[0].row.of}
    known = recorded | set(catalogue.aliases) | set(inputs) | set(index.url_attributes)
    known |= {path for library in index.libraries for row in library.lookups if row.sole for path in row.paths}
    return Vocabulary(
        aliases=catalogue.aliases,
        recorded=frozenset(recorded),
        inputs=inputs,
        filled={path: rows[0].row.checked_by for path, rows in index.inputs.items() if rows[0].row.fields},
        cleaning=frozenset(
            last_name(path) for path, rows in index.sanitizers.items() if rows[0].row.shape in ("test", "compared")
        ),
        ending=_ENDING | {path for path in index.refusals if last_name(path).startswith("abort")},
        cleans={
            path: Cleaning(row.shape, frozenset(row.kinds), row.argument, frozenset(row.after))
            for path, rows in index.sanitizers.items()
            for row in (each.row for each in rows)
        },
        bases=catalogue.bases,
        constants={
            path: Sequence("tuple", [Known(verb) for verb in _CONSTANT[rows[0].row.gives]])
            for path, rows in index.anonymous.items()
            if rows[0].row.gives in _CONSTANT
        },
        known=frozenset(known),
        stems=frozenset(stem for path in recorded for stem in _stems(path)),
        owned=_owned(catalogue),
        unseen=frozenset(
            last_name(path) for path in (*index.effects, *index.refusals, *placed) if path.startswith(f"{UNSEEN}.")
        ),
        lookups={
            path: Lookup(frozenset(row.base), row.by, row.prepare, row.every, frozenset(row.has), row.holds)
            for library in index.libraries
            for row in library.lookups
            for path in row.paths
        },
        outcomes={
            path: (row.does, row.argument[0] if isinstance(row.argument[0], int) else -(row.argument[0] == "receiver"))
            for library in index.libraries
            for row in library.calls
            if not row.does.startswith("holds")
            for path in row.paths
        },
        holding={
            path: Held(row.does.partition("-")[2], row.argument)
            for library in index.libraries
            for row in library.calls
            if row.does.startswith("holds")
            for path in row.paths
        },
        standing={
            path: (str(row.argument[0]), str(row.argument[1]))
            for library in index.libraries
            for row in library.calls
            if row.does == "stands-for"
            for path in row.paths
        },
        naming={
            path: tuple(map(str, row.argument))
            for library in index.libraries
            for row in library.calls
            if row.does == "names-model"
            for path in row.paths
        },
        stored=frozenset(path for path, known_row in index.classes.items() if known_row.row.stored),
        defaults={
            f"{root.object}.{name}": said
            for library in index.libraries
            for root in library.roots
            for name, said in root.defaults
        },
        describing={
            f"{path}()": str(row.argument[0])
            for library in index.libraries
            for row in library.calls
            if row.does == "describes"
            for path in row.paths
        },
        handed={
            str(row.argument[0]): (frozenset(map(str, row.argument)), path)
            for library in index.libraries
            for row in library.calls
            if row.does == "handed"
            for path in row.paths
        },
        relating={
            path: Relating(
                row.gives[0],
                row.to,
                row.through,
                row.back,
                row.otherwise,
                row.gives_back[0] if row.gives_back else "",
                row.manager,
                row.own,
            )
            for library in index.libraries
            for row in library.relations
            for path in row.paths
        },
        querying={path: library.query_class for library in index.libraries for path in library.queries},
        modelled=frozenset(path for library in index.libraries for path in library.objects),
        validating=paths_that(index, "validates"),
        computing=frozenset(path.removesuffix("()") for path in paths_that(index, "computes")),
        configured=frozenset(path.removesuffix("()") for path in paths_that(index, "configures")),
        injecting=paths_that(index, "injects"),
        kept=_kept(index),
        listed=frozenset(path.rpartition("().")[0] for path in _kept(index)),
        includes={
            path: Included(rows[0].row.child, rows[0].row.includes, rows[0].row.directive)
            for path, rows in index.mounts.items()
            if rows[0].row.includes or rows[0].row.directive
        },
        late=frozenset(root.attribute for library in index.libraries for root in library.roots),
        early=frozenset(row.module for library in index.libraries for row in library.lookups if row.module),
        settings={root.object: root.setting for library in index.libraries for root in library.roots if root.object},
        makers=frozenset(known.row.made_by for rows in index.routes.values() for known in rows) - {""},
        declares=declaring_names(index),
        handling=frozenset(
            root.partition(".")[0]
            for library in catalogue.libraries
            if library.role in ("document", "image", "parser", "ml")
            for root in (library.name, *library.imports)
            if root.partition(".")[0] not in sys.stdlib_module_names
        ),
        open={path[:-2]: name for path, name in catalogue.aliases.items() if path.endswith(".*")},
        asked={catalogue.aliases.get(path, path): rows[0].row.gives for path, rows in index.anonymous.items()},
        having={path: frozenset(known_row.row.has) for path, known_row in index.classes.items() if known_row.row.has},
        methods={path: known_row.row.methods for path, known_row in index.classes.items()},
    )


def paths_that(index: Index, does: CallDoes) -> frozenset[str]:
    """What the calls give of which a row says that they do this."""
    rows = (row for library in index.libraries for row in library.calls if row.does == does)
    return frozenset(f"{path}()" for row in rows for path in row.paths)


def _kept(index: Index) -> dict[str, Kept]:
    """The attributes that objects in lists of routes keep, by path: `django.urls.path().callback`."""
    includes = {path: rows[0].row.child for path, rows in index.mounts.items()}
    found: dict[str, Kept] = {}
    for path, known_rows in index.routes.items():
        for known in known_rows:
            attribute = next((root.attribute for root in known.library.roots), "")
            for name, children in ((known.row.handler_attribute, False), (known.row.children_attribute, True)):
                if name:
                    found[f"{path}().{name}"] = Kept(known.row.handler, children, attribute, includes)
    return found


_ENDING = frozenset({"sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit"})


def declaring_names(index: Index) -> frozenset[str]:
    """The last names of the calls that declare or mount routes, without words that code uses for everything."""
    tables = (index.routes, index.mounts, index.resources, index.trees, index.described)
    changing = {known.row.children_attribute for rows in index.routes.values() for known in rows}
    declared = {
        last_name(path)
        for library in index.libraries
        if library.name in (FOUND, NAME)
        for row in library.routes
        for path in row.paths
    }  # somebody says of these very functions that they declare routes, whatever they are called
    changing |= {last_name(path) for rows in index.trees.values() for known in rows for path in known.row.placed}
    return ((frozenset(last_name(path) for table in tables for path in table) | changing) - COMMON) | declared


_SAFE = ("GET", "HEAD", "OPTIONS")
_CONSTANT = {
    "safe-methods": _SAFE,
    "all-methods": (*_SAFE, "POST", "DELETE", "PATCH", "PUT"),
}

# Verbs and other words that code uses for much besides routing.
COMMON = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "trace",
        "view",
        "path",
        "add",
        "register",
        "url",
        "include",
        "",
        "tuple",
        "merge",
        "resource",
        "blueprint",
        "append",
        "copy",
        "extend",
        "insert",
        "attach",
        "connect",
        "http",
        "typed",
        "group",
        "app",
        "application",
    }
)


def _stems(path: str) -> Iterator[str]:
    """The attributes of an object on the way to what a row names: `Admin().site` of `Admin().site.admin_view`."""
    first, made, rest = path.partition("().")
    names = rest.split(".") if made else []
    for count in range(1, len(names)):
        yield f"{first}().{'.'.join(names[:count])}"


def _owned(catalogue: Catalogue) -> frozenset[str]:
    """Last names of sources, sinks and sanitizers in library files that are not built in."""
    built_in = rules_folder() / "libraries"
    own = [library for library in catalogue.libraries if not Path(library.file).is_relative_to(built_in)]
    paths = [path for library in own for row in library.inputs for path in row.paths]
    paths += [path for library in own for row in library.effects for path in row.paths]
    paths += [path for library in own for row in library.sanitizers for path in row.paths]
    return frozenset(last_name(path) for path in paths)
