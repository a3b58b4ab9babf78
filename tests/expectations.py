"""Compares what a scan found with the `# $ …` comments of the code it read: differences in words come out.

One comparison for the examples of library files, rule files and the snippets under `fixtures/python`, so that the
comment language means the same everywhere. It reads records only; it never runs the code.

The language, at the end of the line that a fact stands on (`# $ ` then words separated by blanks):

    tag                    some fact of this kind stands here
    tag=value              … and this is what it says;  tag="two words" where the value holds blanks
    MISSING: tag=value     true of the code, but not seen yet: a red test tells when it is
    SPURIOUS: tag=value    seen, but not true of the code: a red test tells when it is gone

| tag | values that match |
|---|---|
| endpoint | `GET /x`, `GET,POST /x`, `/x`, `ANY /x` (every verb gets through); `^` and `$` of patterns do not count |
| handler, group, app, framework | text of that field of the endpoint on this line |
| auth | `required`, `open`, `unknown` |
| guard | kind, name, or `kind name` of a guard on this endpoint |
| input | place, name, or `place name` of a parameter of the endpoint whose handler this line belongs to |
| entry | kind, name, or `kind name` |
| store | kind, engine, name, or `engine name` |
| reach | what the endpoint or entry point on this line gets to: verb of a store, model, or `host:name` |
| access | `read`, `read notes`, `sqlite read notes`, `library read notes` (entity `*` where none is known) |
| raw-sql | flag of an access |
| outbound | kind, host, `kind host`, vendor, or `kind vendor` (host `?` where none is known) |
| option | `verify=False` and the like, on an outbound call or a sink |
| timeout, no-timeout | whether an outbound call has one |
| sink | kind, or `kind constant`, `kind built`, `kind unknown`, `kind form` (the input that reaches it) |
| setting | meaning, key, or `meaning value` |
| observation, unknown | kind |
| finding, mitigated | rule id (open and mitigated findings) |

For `endpoint`, `entry`, `access`, `outbound`, `sink`, `finding` and `mitigated` a fact that no comment expects is a
difference too, once the files use that tag at all; the other tags are only looked up.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tmscan.inventory.types import Access, Endpoint, Inventory, Outbound, Sink
    from tmscan.sources.types import Location
    from tmscan.threats.types import Register

EXACT = frozenset({"endpoint", "entry", "access", "outbound", "sink", "finding", "mitigated"})
TAGS = EXACT | {"handler", "group", "app", "framework", "auth", "guard", "input", "store", "raw-sql", "option"}
TAGS |= {"timeout", "no-timeout", "setting", "observation", "unknown", "reach"}

QUIET = ("HEAD /", "OPTIONS /")  # verbs that frameworks add by themselves

_COMMENT = re.compile(r"#\s*\$\s+(?P<words>.*)$")
_WORD = re.compile(r'(?P<mode>MISSING:|SPURIOUS:)|(?P<tag>[\w-]+)(?:=(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+)))?')

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One word of a comment. `value` is "" where any fact of this kind will do."""

    file: str
    line: int
    tag: str
    value: str
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found: the lines it may be expected on and the ways to say it, the fullest first."""

    tag: str
    places: frozenset[Place]
    spellings: tuple[str, ...]


def check_expectations(
    files: dict[str, str], inventory: Inventory, register: Register | None = None, *, rule: str | None = None
) -> list[str]:
    """Differences between the comments in `files` (path → text) and the records of their scan, a line of words each.

    `rule` limits findings to one rule (a rule's own examples speak of that rule only). Raises ValueError with file and
    line for a comment that is not in the language.
    """
    expected = read_expectations(files)
    facts = _facts(files, inventory, register, rule)
    used = {item.tag for item in expected}
    differences: list[tuple[str, int, str]] = []
    explained: set[int] = set()
    for item in expected:
        hits = [index for index, fact in enumerate(facts) if _matches(item, fact)]
        explained.update(hits)
        problem = _problem(item, bool(hits))
        if problem:
            seen = "" if hits else _seen(item, facts)
            differences.append((item.file, item.line, f"{problem}{seen}"))
    for index, fact in enumerate(facts):
        if index not in explained and fact.tag in EXACT & used and not fact.spellings[0].startswith(QUIET):
            file, line = max(fact.places)
            differences.append((file, line, f'unexpected: {fact.tag}="{fact.spellings[0]}"'))
    return [f"{file}:{line}: {text}" for file, line, text in sorted(set(differences))]


def read_expectations(files: dict[str, str]) -> list[Expectation]:
    """Every word of every `# $ …` comment, by file and line; ValueError for an unknown tag or a stray character."""
    return [
        item
        for file, text in sorted(files.items())
        for number, line in enumerate(text.splitlines(), start=1)
        for item in _words(file, number, line)
    ]


def plain_path(path: str) -> str:
    """A path without the anchors of regular expressions, which frameworks keep in odd places (`api/^notes/$`)."""
    return re.sub(r"(?<!\[)\^|\$(?=/|$)", "", path)


def _words(file: str, number: int, line: str) -> Iterator[Expectation]:
    comment = _COMMENT.search(line)
    if comment is None:
        return
    mode = ""
    words = comment["words"]
    rest = _WORD.sub(" ", words).replace(",", " ").strip()
    if rest:
        raise ValueError(f"{file}:{number}: cannot read {rest!r} in the expectation {words!r}")
    for word in _WORD.finditer(words):
        if word["mode"]:
            mode = word["mode"].rstrip(":")
        elif word["tag"] not in TAGS:
            raise ValueError(f"{file}:{number}: unknown tag {word['tag']!r}; known are {', '.join(sorted(TAGS))}")
        else:
            for value in _verbs_apart(word["tag"], word["quoted"] or word["plain"] or ""):
                yield Expectation(file, number, word["tag"], value, mode)


def _verbs_apart(tag: str, value: str) -> Iterable[str]:
    """`GET,POST /x` is two endpoints, because a scan may find the one and not the other."""
    if tag != "endpoint":
        return [value]
    verbs, blank, path = plain_path(value).partition(" ")
    if not blank or verbs.startswith("/"):
        return [plain_path(value)]
    return [f"{verb} {path}" for verb in verbs.split(",")]


def _problem(item: Expectation, found: bool) -> str:
    said = f'{item.tag}="{item.value}"' if item.value else item.tag
    if item.mode == "MISSING":
        return f"found what is marked MISSING (delete the mark): {said}" if found else ""
    if found:
        return ""
    return f"gone, delete the SPURIOUS mark: {said}" if item.mode == "SPURIOUS" else f"missing: {said}"


def _seen(item: Expectation, facts: list[Fact]) -> str:
    here = [fact.spellings[0] for fact in facts if fact.tag == item.tag and (item.file, item.line) in fact.places]
    return f" (here: {', '.join(sorted(set(here)))})" if here else ""


def _matches(item: Expectation, fact: Fact) -> bool:
    if item.tag != fact.tag or (item.file, item.line) not in fact.places:
        return False
    return not item.value or item.value in fact.spellings


# ---------------------------------------------------------------- facts, one function a kind


def _facts(files: dict[str, str], inventory: Inventory, register: Register | None, rule: str | None) -> list[Fact]:
    lines = {file: text.splitlines() for file, text in files.items()}
    facts = [fact for endpoint in inventory.endpoints for fact in _endpoint(endpoint, lines)]
    facts += _inputs(inventory.endpoints, lines)
    for endpoint in inventory.endpoints:
        here = _endpoint_places(endpoint, lines)
        for reach in (reach for reach in inventory.reaches if reach.source == endpoint.id):
            facts += [Fact("reach", here, (said,)) for said in (reach.target, *reach.operations, *reach.entities)]
    for entry in inventory.entry_points:
        places = _declared(lines, entry.location)
        facts.append(Fact("entry", places, (f"{entry.kind} {entry.name}", entry.kind, entry.name)))
    engines = {store.id: store.engine for store in inventory.stores}
    for store in inventory.stores:
        kinds = (f"{store.engine} {store.name}", store.engine, store.name, store.kind, f"{store.kind} {store.name}")
        facts.append(Fact("store", _at(store.location), kinds))
    for access in inventory.accesses:
        facts += _access(access, engines.get(access.store, access.store))
    for outbound in inventory.outbound:
        facts += _outbound(outbound)
    for sink in inventory.sinks:
        facts += _sink(sink)
    for setting in inventory.settings:
        said = (f"{setting.meaning} {setting.value}", setting.meaning, setting.key)
        facts.append(Fact("setting", _at(setting.location), said))
    facts += [Fact("observation", _at(item.location), (item.kind,)) for item in inventory.observations]
    facts += [Fact("unknown", _at(item.location), (item.kind,)) for item in inventory.unknowns]
    if register is not None:
        routes = {place: _endpoint_places(one, lines) for one in inventory.endpoints for place in _at(one.location)}
        for finding in register.findings:
            if finding.state == "not-applicable" or rule not in (None, finding.rule):
                continue
            tag = "mitigated" if finding.state == "mitigated" else "finding"
            here = _at(finding.location)
            facts.append(Fact(tag, here.union(*(routes.get(place, here) for place in here)), (finding.rule,)))
    return facts


def _endpoint(endpoint: Endpoint, lines: dict[str, list[str]]) -> Iterator[Fact]:
    places = _endpoint_places(endpoint, lines)
    path = plain_path(endpoint.path)
    for method in endpoint.methods or ("*",):
        yield Fact("endpoint", places, (f"{method} {path}", f"ANY {path}", path))
    for tag in ("handler", "group", "app", "framework"):
        yield Fact(tag, places, (str(getattr(endpoint, tag)),))
    required = {True: "required", False: "open", None: "unknown"}[endpoint.auth.required]
    yield Fact("auth", places, (required,))
    for guard in endpoint.guards or endpoint.auth.evidence:
        spellings = (f"{guard.kind} {guard.name}", guard.kind, guard.name)
        yield Fact("guard", places | _at(guard.location), spellings)


def _endpoint_places(endpoint: Endpoint, lines: dict[str, list[str]]) -> frozenset[Place]:
    places = _declared(lines, endpoint.location)
    return places | _at(endpoint.route_location) if endpoint.route_location else places


def _inputs(endpoints: tuple[Endpoint, ...], lines: dict[str, list[str]]) -> Iterator[Fact]:
    """A parameter has no place of its own: it may be expected on any line of its handler, up to the next handler."""
    starts = {(one.location.file, min(line for _, line in _declared(lines, one.location))) for one in endpoints}
    for endpoint in endpoints:
        file = endpoint.location.file
        first = min(line for _, line in _declared(lines, endpoint.location))
        later = sorted(line for other, line in starts if other == file)
        index = bisect_right(later, first)
        last = later[index] - 1 if index < len(later) else len(lines.get(file, ()))
        places = frozenset((file, line) for line in range(first, last + 1))
        for parameter in endpoint.parameters:
            spellings = (f"{parameter.place} {parameter.name}", parameter.place, parameter.name)
            yield Fact("input", places, spellings)


def _access(access: Access, engine: str) -> Iterator[Fact]:
    entity = access.entity or "*"
    tails = (f"{access.operation} {entity}", access.operation)
    spellings = tuple(f"{head} {tail}" for head in (engine, access.library) for tail in tails) + tails
    yield Fact("access", _at(access.location), spellings)
    if access.raw_sql:
        yield Fact("raw-sql", _at(access.location), ("",))


def _outbound(outbound: Outbound) -> Iterator[Fact]:
    host = outbound.target or "?"
    spellings = (f"{outbound.kind} {host}", outbound.kind, host, outbound.vendor, f"{outbound.kind} {outbound.vendor}")
    places = _at(outbound.location)
    yield Fact("outbound", places, spellings)
    yield from (Fact("option", places, (f"{name}={text}", name)) for name, text in outbound.options)
    if outbound.timeout is not None:
        yield Fact("timeout" if outbound.timeout else "no-timeout", places, ("",))


def _sink(sink: Sink) -> Iterator[Fact]:
    spellings = (f"{sink.kind} {sink.argument}", sink.kind, *(f"{sink.kind} {name}" for name in sink.inputs))
    yield Fact("sink", _at(sink.location), spellings)
    yield from (Fact("option", _at(sink.location), (f"{name}={text}", name)) for name, text in sink.options)


def _at(location: Location) -> frozenset[Place]:
    return frozenset({(location.file, location.line)})


def _declared(lines: dict[str, list[str]], location: Location) -> frozenset[Place]:
    """The line of a `def` or `class` and the decorator lines right above it."""
    text = lines.get(location.file, [])
    first = last = location.line
    while first > 1 and first - 2 < len(text) and text[first - 2].lstrip().startswith("@"):
        first -= 1
    while last <= len(text) and text[last - 1].lstrip().startswith("@"):
        last += 1
    return frozenset((location.file, line) for line in range(first, last + 1))
