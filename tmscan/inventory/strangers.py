"""An endpoint in; out come what its names say: people who are not signed in need it, everybody may see it, it changes.

Stands apart because both the search for odd ones out and the rules ask it: login and sign-up are open on purpose.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint

_WORD = r"(change|reset|forgot|lost|set)?[-_]?passwords?([-_]?(reset|change|forgot))?"
_LOG_IN = rf"log[-_]?in|sign[-_]?in|authenticate|{_WORD}|otp|2fa|mfa"
_CREDENTIALS = re.compile(
    rf"(^|[/._])({_LOG_IN})($|[/._?])|/token(/(cli|login|obtain|refresh|verify))?/?$", re.IGNORECASE
)
_SECRET = re.compile(
    r"(^|_)(token|secret|signature|sig|hmac|passw(or)?d|passphrase|api_?key|nonce|otp|pin|uidb64)(_|$)", re.IGNORECASE
)
_UNGUESSED = frozenset({"code", "key", "hash"})
_FOR_STRANGERS = re.compile(
    r"(^|[/._])((log|sign)[-_]?(up|out|off)|register|registration|oauth2?|sso|saml2?|invite|invitation|activate)($|[/._?])",
    re.IGNORECASE,
)
# What browsers, crawlers and load balancers ask every site for, and pages that describe an interface.
_FOR_ANYONE = re.compile(
    r"/(health[-_]?(z|check)?|(ready|live|alive|ping|status|version)z?|favicon(\.\w+)?|robots\.txt|sitemap[\w-]*\.xml|manifest(\.\w+)?"
    r"|opensearch\.xml|\.well-known(/.*)?|redoc|swagger(-ui)?|openapi(\.\w+)?|apple-touch-icon.*|service-?worker\.js|sw\.js)/?$",
    re.IGNORECASE,
)


# What a page never does by being shown. Forms are shown by verbs that are missing here: add, edit, create, change.
_CHANGING = re.compile(
    r"(^|_)(delete|remove|destroy|abort|cancel|kill|stop|restart|reset|clear|purge|revoke|disable|enable|approve|reject"
    r"|move|reorder|toggle|unlock|ban|unban|promote|demote|drop|wipe|erase|terminate|shutdown)(_|$)"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def changes_by_get(endpoint: Endpoint) -> bool:
    """Whether its handler is called after a change, is told what to change, and answers GET like no form."""
    alike = {"GET", "HEAD", "OPTIONS"}
    if not endpoint.handler.rpartition(".")[2][:1].isupper():
        alike |= {"DELETE"}  # a function does for GET what it does for DELETE, a class has a method of its own
    if not {"GET"} <= set(endpoint.methods) <= alike:
        return False
    name = _HUMP.sub("_", endpoint.handler.rpartition(".")[2]).lower()
    return bool(_CHANGING.search(name)) and bool(endpoint.parameters) and not is_for_strangers(endpoint)


def is_for_anyone(endpoint: Endpoint) -> bool:
    """Whether it only reads, and every site shows it to everybody: a health check, an icon, a map for crawlers."""
    reads = {"GET", "HEAD", "OPTIONS"} >= set(endpoint.methods)
    return reads and not endpoint.customary and _FOR_ANYONE.search(endpoint.path) is not None


def is_for_strangers(endpoint: Endpoint) -> bool:
    """Whether it is meant for people who are not signed in yet (or any more): login, sign-up, logout, invitation."""
    return takes_credentials(endpoint) or _says(_FOR_STRANGERS, endpoint)


def takes_credentials(endpoint: Endpoint) -> bool:
    """Whether its path or handler says that it checks a password, a code or the like, or hands out a token for it."""
    return _says(_CREDENTIALS, endpoint)


def takes_secret(endpoint: Endpoint) -> bool:
    """Whether it has a parameter that only those know who may call it: a token, a signature, a code nobody guesses."""
    return any(
        _SECRET.search(parameter.name) or (parameter.type == "uuid" and parameter.name in _UNGUESSED)
        for parameter in endpoint.parameters
    )


def _says(words: re.Pattern[str], endpoint: Endpoint) -> bool:
    path = endpoint.path.replace("^", "").replace("$", "")  # where paths are expressions
    return bool(words.search(path) or words.search(endpoint.handler.rpartition(".")[2]))
