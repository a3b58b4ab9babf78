"""Conditions in, the words in them that speak of the caller out, those that a value was computed from included.

It stands apart because a refusal is a guard only if it hangs on the caller: on user, session, token, role or header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tmscan.facts.types import (
    Annotated,
    Assign,
    Attribute,
    Block,
    Bytes,
    Call,
    Constant,
    FunctionDef,
    Match,
    Name,
    Subscript,
    Try,
    With,
)

_CALLER = re.compile(
    r"(?:^|_)(?:users?|accounts?|identity|principal|member|owner|log(?:in|ged)|sign(?:ed)?_?in|session|tokens?|jwt|bearer|"
    r"cred\w*|passw\w*|secret|api_?keys?|perm|permissions?|permitted|roles?|is_admin\w*|admin|staff|superuser|anonymous|"
    r"auth(?!or(?:s|_|$))\w*|access|allowed|unauth\w*|privileges?|can|scopes?|acl|signature|hmac|csrf\w*|xsrf\w*|"
    r"compare_digest|pin|forbidden|security|headers?|cookies?|hosts?|origins?|referr?er)(?:_|$)|\w_keys?$"
)
_SETTING = re.compile(r"(?:^|_)(?:settings?|config\w*|conf|environ|getenv|env|features?|flags?|options)$")
# What a user sends along says nothing about who it is.
_SENT = re.compile(
    r"user_?(?:agent|provided|supplied|input|defined|text|prompt|message|quer(?:y|ies)|content|data|path|files?)|"
    # … and neither does what is allowed whoever asks.
    r"allowed_?(?:http_?)?(?:methods?|verbs?|paths?|prefix(?:es)?|urls?|ext(?:ension)?s?|types?|mime\w*|formats?|schemes?)|"
    r"methods?_?(?:not_?)?allowed"
)
_SIGNATURE = re.compile(r"signature|hmac|compare_digest|webhook")
_DATABASE = re.compile(r"Session$|^Db|Database|Engine")
_PLACE = re.compile(r"(?:^|_)(?:hosts?|origins?|referr?er|ips?|addr|addresses)(?:_|$)")
_CARRIES = re.compile(r"headers?|^scope$")  # what a request comes in: ASGI's `scope` is none that a token grants
_TOKEN_ERROR = re.compile(r"Signature|Token|JWT")
_HANDED = re.compile(r"HTTP_[A-Z_]+|REMOTE_USER|AUTH_TYPE")  # of a request's `environ`, which no setting is called so
_CSRF = re.compile(r"csrf|xsrf")
_BESIDE = re.compile(r"token|header|cookie|origin|host|referr?er|secret|compare_digest|hmac|protection")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
DEPTH = 3


def caller_words(sources: Mapping[str, list[object]], test: object, known: dict[int, frozenset[str]]) -> frozenset[str]:
    """The words of a condition that speak of the caller, those included that its names were assigned from."""
    found: set[str] = set()
    queue: list[tuple[str, int]] = [(word, DEPTH) for word in words_of(test, known)]
    seen: set[str] = set()
    while queue:
        word, left = queue.pop()
        if word in seen:
            continue
        seen.add(word)
        plain = re.sub(r"\W+", "_", _CAMEL.sub("_", word)).lower()
        if _CALLER.search(_SENT.sub("", plain)):
            found.add(plain)
        if left:
            queue.extend((other, left - 1) for node in sources.get(word, ()) for other in words_of(node, known))
    return frozenset(found)


def kind_of(words: set[str]) -> str:
    """The kind of guard that a condition with these words makes: csrf and signatures prove no identity."""
    rest = {word for word in words if not _CSRF.search(word)}
    if len(rest) < len(words) and all(_BESIDE.search(word) for word in rest):
        return "csrf"
    telling = [word for word in rest if _CALLER.search(_CARRIES.sub("", word))]
    if rest and all(_PLACE.search(word) for word in telling):
        return "validation"
    if any(_SIGNATURE.search(word) for word in rest) and not any("user" in word or "auth" in word for word in rest):
        return "signature"
    return "authentication"


def words_of(node: object, known: dict[int, frozenset[str]]) -> frozenset[str]:
    """Names, attributes and short constants of an expression, but for what is read from settings; cached by node."""
    key = id(node)
    if key not in known:
        known[key] = frozenset(_words(_tried(node) if isinstance(node, Try) else node))
    return known[key]


def _tried(node: Try) -> tuple[object, ...]:
    """What a `try` does, and what it catches of signatures and tokens: `except BadSignature: abort(403)`."""
    caught = (word for handler in node.handlers for word in _words(handler.type) if _TOKEN_ERROR.search(word))
    return (*node.body, *(Name(node.at, word) for word in caught))


def _words(node: object) -> Iterator[str]:
    if isinstance(node, tuple):
        for item in node:
            yield from _words(item)
    elif isinstance(node, Constant):
        if isinstance(node.value, str) and len(node.value) <= 40:
            yield node.value
    elif isinstance(node, Bytes):
        if len(node.value) <= 40:
            yield node.value.decode("latin-1")
    elif isinstance(node, Name):
        yield node.id
    elif isinstance(node, Match):
        yield from _words(node.subject)
    elif hasattr(node, "__struct_fields__"):
        if isinstance(node, Attribute | Subscript | Call) and from_settings(node):
            yield from (word for word in _keys(node) if _HANDED.fullmatch(word))
            return
        if isinstance(node, Attribute):
            if isinstance(node.value, Name) and node.value.id == "os":
                return  # `os.access(path)`, `os.getlogin()`: that is about the server itself
            yield node.attr
        for name in node.__struct_fields__:
            value = getattr(node, name)
            if not isinstance(value, str | int | bool | None):
                yield from _words(value)


def _keys(node: object) -> Iterator[str]:
    """The constant keys that something is read under."""
    if isinstance(node, Subscript):
        yield from _words(node.index)
    elif isinstance(node, Call):
        yield from (word for argument in node.arguments[:1] for word in _words(argument.value))


def from_settings(node: object) -> bool:
    while True:
        if isinstance(node, Attribute):
            if _SETTING.search(node.attr.lower()):
                return True
            node = node.value
        elif isinstance(node, Subscript):
            node = node.value
        elif isinstance(node, Call):
            node = node.func
        else:
            return isinstance(node, Name) and _SETTING.search(node.id.lower()) is not None


def assigned(definition: FunctionDef, bodies: Mapping[int, Block]) -> Mapping[str, list[object]]:
    """Per local name of a function, the expressions it is assigned from; `bodies` are those that have run."""
    found: dict[str, list[object]] = {}
    for parameter in definition.parameters:
        for node in (parameter.default, parameter.annotation):
            if node is not None and not (isinstance(node, Name | Attribute) and _DATABASE.search(_last(node))):
                found.setdefault(parameter.name, []).append(node)
    _gather(bodies.get(id(definition), ()), found)
    return found


def _last(node: Name | Attribute) -> str:
    return node.id if isinstance(node, Name) else node.attr


def _gather(block: object, found: dict[str, list[object]]) -> None:
    if not isinstance(block, tuple):
        return
    for statement in block:
        if isinstance(statement, Assign):
            for target in statement.targets:
                for item in getattr(target, "items", (target,)):
                    if isinstance(item, Name):
                        found.setdefault(item.id, []).append(statement.value)
        elif isinstance(statement, Annotated):
            if isinstance(statement.target, Name) and statement.value is not None:
                found.setdefault(statement.target.id, []).append(statement.value)
        elif isinstance(statement, With):
            for item in statement.items:
                if isinstance(item.target, Name):
                    found.setdefault(item.target.id, []).append(item.value)
        for name in ("body", "orelse", "final"):
            _gather(getattr(statement, name, None), found)
        for handler in getattr(statement, "handlers", ()):
            _gather(handler.body, found)
