"""Sinks: calls that are dangerous with the wrong argument, how that argument is made and which inputs reach it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile
from typing import Literal

from tmscan.facts.types import column_of, line_of
from tmscan.inventory.calls.arguments import pick, show, texts
from tmscan.inventory.calls.handles import is_handle
from tmscan.inventory.calls.harmless import harmful, kinds_of, still_harmful
from tmscan.inventory.calls.places import Bodies, function_of, place_of
from tmscan.inventory.effects.options import option_data, words_of
from tmscan.inventory.effects.outbound import by_own_transport, host_of, options_of
from tmscan.inventory.effects.pages import SHOWN_IN, UNESCAPED
from tmscan.inventory.effects.typed import types_before
from tmscan.inventory.effects.validated import Readings, is_validated
from tmscan.inventory.types import Sink, Step
from tmscan.libraries.index import Index
from tmscan.libraries.index import Known as KnownRow
from tmscan.libraries.types import EffectRow
from tmscan.program.data.addresses import FIXED, stays
from tmscan.program.lattice import join, options, origins_of
from tmscan.program.values import (
    APPENDED,
    CONTENT_TYPE,
    UNKNOWN,
    Checks,
    Choice,
    Event,
    External,
    Known,
    Origin,
    Origins,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
)
from tmscan.sources.types import Location

WAYS = 8  # inputs that are named for one sink
Shape = Literal["constant", "built", "unknown", "checked"]
_WORDS = {
    "query": "the query string", "form": "a form field", "json": "the JSON body", "path": "the path",
    "header": "a header", "cookie": "a cookie", "file": "an uploaded file", "body": "the request body",
}  # fmt: skip
# What they run lies in a file: where it lies is what can be wrong.
_FILES = frozenset({"importlib.util.spec_from_file_location", "runpy.run_path", "imp.load_source",
                    "importlib.machinery.SourceFileLoader"})  # fmt: skip
_SHELL_LESS = frozenset({"subprocess.Popen", "subprocess.run", "subprocess.call", "subprocess.check_call",
                         "subprocess.check_output"})  # fmt: skip
_TRANSLATING = frozenset({"gettext", "gettext_lazy", "ugettext", "ugettext_lazy", "lazy_gettext"})
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell", "env"})
# Types of content in which a browser runs no script; `{?}` may stand behind the slash, as in `image/{?}`.
_OTHER_TYPE = re.compile(
    r"image/(?!svg)|audio/|video/|font/|text/(?:plain|csv|css|calendar|event-stream|markdown|vtt)"
    r"|application/(?!xml|xhtml|[\w.+-]*\+xml|mathml)",
    re.IGNORECASE,
)
_BY_ADDRESS = ("urllib.request.Request", "tornado.httpclient.HTTPRequest")  # objects that are made of an address
_BEFORE_PORT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\@:]+:")


def sink_of(
    index: Index,
    bodies: Bodies,
    event: Event,
    known: KnownRow[EffectRow],
    does: str,
    fixed: Callable[[Origin], bool],
    behind: Callable[[Origins, Checks], Origins],
    readings: Readings,
) -> Sink:
    """The record of a dangerous call. `fixed` says which inputs are none: the path where a route has no variable."""
    row = known.row
    value = argument_of(event, row)
    if does == "html" and isinstance(value, Sequence) and value.kind == "tuple" and value.items:
        value = value.items[0]  # the page, before status and headers
    if (row.text and does != "access") or (does == "html" and not _is_page(event)):
        value = _text_in(value) if row.text else Known("")
    if does == "html":
        value = _without_answers(value)
    if does == "template" and value is None and event.arguments.unknown is None:
        value = Known("")  # made of a file: `Template(filename="page.tmpl")`
    if does == "file" and is_handle(event, value):
        value = Known("")  # what is open is read as it is
    about = "file" if event.path in _FILES else does
    reaching = harmful(about, _leading(value) if does in ("url", "redirect") else value)
    came = kinds_of(still_harmful(about, behind(reaching, frozenset({"plain", about}))))
    origins = [origin for origin in came if not fixed(origin)]
    steps: list[Step] = []
    name = event.path.rpartition(":")[2]
    for origin in origins[:WAYS]:
        words = _WORDS.get(origin.kind, origin.kind)
        steps.append(
            Step(f"{origin.name} comes from {words}", Location(origin.file, line_of(origin.at), column_of(origin.at)))
        )
    if steps:
        shown = event.arguments.keywords.get(SHOWN_IN)
        words = f"it stands unescaped in {show(shown)}, by" if shown is not None else "it reaches"
        steps.append(Step(f"{words} {name}()", place_of(event)))
    given = options_of(event, row)
    if does == "command" and _may_use_shell(event):
        given = (*(pair for pair in given if pair[0] != "shell"), ("shell", "True"))
    if does == "command" and _without_shell(event, value, given) and not _names_program(value, behind):
        given = (*given, ("sequence", "True"))
        if kinds_of(behind(option_data(value), frozenset({"plain", "command", "option"}))):
            given = (*given, ("may-be-option", "True"))
    if does == "url" and by_own_transport(event):
        given = (*given, ("own-transport", "True"))
    shape = (
        "checked" if not origins and kinds_of(behind(origins_of(value), frozenset())) else shape_of(index, value, does)
    )
    if shape in ("built", "unknown") and not origins and is_validated(event, readings):
        shape = "checked"
    return Sink(
        does,
        known.library.name,
        event.path,
        shape,
        place_of(event),
        function_of(bodies, event),
        tuple(dict.fromkeys(origin.kind for origin in origins)),
        tuple(steps),
        given,
    )


def _text_in(value: Value | None) -> Value | None:
    """What of a value is text, written out or put together; an object stands for itself and is no text."""
    if value is None:
        return None
    kept: list[Value] = [option for option in options(value) if isinstance(option, Text | Known)]
    return join(kept) if kept else UNKNOWN


def _without_answers(value: Value | None) -> Value | None:
    """What of a page may be text: a table is sent as JSON, and `Response(…)` was looked at where it was made."""
    kept: list[Value] = [
        option
        for option in (options(value) if value is not None else ())
        if not isinstance(option, Table)
        and not (isinstance(option, External) and option.event is not None and _made(option.event))
    ]
    return join(kept) if kept else None


def _made(event: Event) -> bool:
    name = event.path.rpartition(".")[2] if event.kind == "call" else ""  # else it was read: `request.GET["name"]`
    return name[:1].isupper() or name.rpartition(":")[2][:1].isupper()


def _is_page(event: Event) -> bool:
    """Whether a browser reads an answer as a page: not when the call says that it is an image, JSON, a download."""
    later = event.result.attributes if isinstance(event.result, External) else None
    said = (later or {}).get(CONTENT_TYPE) or pick(event.arguments, ("mimetype", "content_type", "media_type"))
    if said is None:
        headers = event.arguments.keywords.get("headers")
        if isinstance(headers, Table):
            named = {str(key).lower(): each for key, each in headers.items.items()}
            if any(text.startswith("attachment") for text in texts(named.get("content-disposition"))):
                return False
            said = named.get("content-type")
    kinds = texts(said) if said is not None else types_before(event)
    return not kinds or not all(_OTHER_TYPE.match(kind.strip()) for kind in kinds)


def argument_of(event: Event, row: EffectRow) -> Value | None:
    """The argument that matters; `receiver` is what the method is of, `callee` what is called, `all` every argument."""
    if row.argument[:1] in (("words",), ("program",)):
        return words_of(event.arguments, row.argument[1:])
    if row.does == "page":
        return event.arguments.keywords.get(UNESCAPED)
    if "callee" in row.argument:
        return event.callee
    if "receiver" in row.argument and isinstance(event.callee, External):
        return event.callee.base
    if "all" in row.argument:
        return Sequence(
            "list", [*event.arguments.positional, *event.arguments.keywords.values()], event.arguments.unknown
        )
    return pick(event.arguments, row.argument) if row.argument else None


def _without_shell(event: Event, value: Value | None, options: tuple[tuple[str, str], ...]) -> bool:
    """Whether a command is a list of words that no shell reads, or a text that `subprocess` hands to none."""
    if isinstance(value, Choice):
        return all(_without_shell(event, option, options) for option in value.options)
    if isinstance(value, Text) and event.path in _SHELL_LESS:
        return ("shell", "True") not in options and isinstance(value.parts[0], Known)
    if not isinstance(value, Sequence) or ("shell", "True") in options:
        return False
    said = [texts(item) for item in value.items[:2]]
    program = said[0][0].rpartition("/")[2] if said and said[0] else ""
    return not (program in _SHELLS and len(said) > 1 and any(text.startswith("-") and "c" in text for text in said[1]))


def _may_use_shell(event: Event) -> bool:
    """Whether `shell` is true, or is on some systems: `shell=os.name == "nt"`."""
    said = event.arguments.keywords.get("shell")
    return said is not None and any(isinstance(each, Known) and each.value is True for each in options(said))


def _names_program(value: Value | None, behind: Callable[[Origins, Checks], Origins]) -> bool:
    """Whether input says which program runs: without a shell too, that is a command."""
    if isinstance(value, Choice):
        return any(_names_program(option, behind) for option in value.options)
    program = value.items[0] if isinstance(value, Sequence) and value.items else None
    return bool(
        kinds_of(still_harmful("command", behind(harmful("command", program), frozenset({"plain", "command"}))))
    )


def _leading(value: Value | None, depth: int = 4) -> Value | None:
    """The part that decides where an address points to; nothing where a host or path is fixed before it."""
    if isinstance(value, Choice):
        parts = [part for option in value.options if (part := _leading(option, depth)) is not None]
        return join(parts) if parts else None
    if isinstance(value, Unknown) and value.hint == APPENDED:
        return None
    if isinstance(value, External) and value.event is not None and "Request" in value.event.path.rpartition(".")[2]:
        first = (0,) if value.event.path.endswith(_BY_ADDRESS) else ()  # others begin with the method
        asked = pick(value.event.arguments, ("url", *first))  # of all that an object for a request is made of
        return _leading(asked) if asked is not None else value
    if isinstance(value, External) and value.event is not None and value.event.path == "urllib.parse.urljoin":
        found = [part for each in value.event.arguments.positional[:2] if (part := _leading(each)) is not None]
        return join(found) if found else None  # what begins with a slash keeps the host of the base
    if not isinstance(value, Text):
        return value
    if len(value.parts) > 1 and isinstance(value.parts[0], Known) and _BEFORE_PORT.fullmatch(str(value.parts[0].value)):
        return join(list(takewhile(lambda part: not isinstance(part, Known), value.parts[1:])))  # `80@elsewhere/` too
    if host_of(value, bare=False):
        return None
    before = ""
    for part in value.parts:
        if isinstance(part, Known):
            if FIXED.match(str(part.value)):
                return None
            before += str(part.value)
            continue
        if stays(before, part):
            return None
        return _leading(part, depth - 1) if depth else part
    return None


def shape_of(index: Index, value: Value | None, does: str, depth: int = 4) -> Shape:
    """Whether a value is constant, assembled from parts that are not, or simply not known.

    Numbers do no harm, and neither does what was made harmless for this kind of sink.
    """
    if isinstance(value, Known) or _is_number(value):
        return "constant"
    if isinstance(value, Text):
        shapes = {shape_of(index, part, does, depth - 1) for part in value.parts} if depth else {"unknown"}
        return "constant" if shapes <= {"constant"} else "built"
    if depth and isinstance(value, Sequence | Table):
        parts = value.items if isinstance(value, Sequence) else list(value.items.values())
        shapes = {shape_of(index, item, does, depth - 1) for item in parts}
        if value.rest is not None:
            shapes.add("unknown")
        if shapes <= {"constant"}:
            return "constant"
        return "built" if "built" in shapes or "constant" in shapes else "unknown"
    if depth and isinstance(value, External) and value.event is not None and value.event.kind == "call":
        if any(does in each.row.kinds for each in index.sanitizers.get(value.event.path, ())):
            return "constant"
        # A call that only wraps its argument (`text("…")`) says what its argument says.
        source = _transformed(index, value.event)
        if source is not None:
            return shape_of(index, source, does, depth - 1)
        for known in index.effects.get(value.event.path, ()):
            row = known.row
            if row.argument and (row.operation == "sql" or row.does not in ("access", "send", "process")):
                return shape_of(index, pick(value.event.arguments, row.argument), does, depth - 1)
        return "unknown"
    if depth and isinstance(value, Choice):
        shapes = {shape_of(index, option, does, depth - 1) for option in value.options}
        return shapes.pop() if len(shapes) == 1 else "built" if "built" in shapes else "unknown"
    return "unknown"


def _transformed(index: Index, event: Event) -> Value | None:
    """The text that a call only writes in another way: encoded, decoded, cleaned."""
    name = event.path.rpartition(".")[2]
    if (event.path in index.sanitizers or name in _TRANSLATING) and event.arguments.positional:
        return event.arguments.positional[0]
    if name in ("encode", "decode", "strip", "lower", "upper", "replace"):
        return event.callee.base if isinstance(event.callee, External) else None
    return None


def _is_number(value: Value | None) -> bool:
    return isinstance(value, Unknown) and value.hint == "number"
