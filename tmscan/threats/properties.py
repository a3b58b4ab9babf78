"""Named questions that a rule may ask of an inventory record: record and context in, a plain value out.

Every property is a small tested function; rules only compare what it returns. `PROPERTIES` is the whole vocabulary.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tmscan.inventory.strangers import (
    changes_by_get,
    is_for_anyone,
    is_for_strangers,
    takes_credentials,
)
from tmscan.threats.context import endpoints_of
from tmscan.threats.model_properties import MODEL_PROPERTIES, READ_ONLY, WRITING, Value
from tmscan.threats.open_properties import endpoint_any_method, endpoint_takes_secret
from tmscan.threats.setting_properties import SETTING_PROPERTIES
from tmscan.threats.store_properties import endpoint_changes_records, endpoint_uses_store, endpoint_writes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmscan.inventory.types import (
        Access,
        Dependency,
        Endpoint,
        EntryPoint,
        Observation,
        Outbound,
        Parameter,
        Sink,
    )
    from tmscan.threats.context import Context

CONTENT_ROLES = frozenset({"document", "pdf", "office", "image", "media", "archive", "parser", "xml", "markup", "ml"})
_SESSIONS = frozenset({"secret", "session", "cookie-secure", "cookie-httponly", "cookie-samesite", "cookie-lifetime"})
_SECRETS = re.compile(
    r"token|passw|secret|nonce|salt|session|csrf|otp|credential|invit|reset|sign|(^|_)(key|code|pin)s?(_|$)",
    re.IGNORECASE,
)
_ASKING = frozenset({"exists", "is_file", "is_dir", "isfile", "isdir", "stat", "lstat", "lexists"})
_ANY = frozenset({"ANY", "*"})
_WEBHOOK = re.compile(r"web[-_]?hook|/hooks?\b|/callback\b|/ipn\b", re.IGNORECASE)
_LOCAL = re.compile(
    r"^(https?://)?(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|testserver"
    r"|169\.254\.\d+\.\d+|metadata\.google\.internal|\[?fd00:ec2::254\]?)([:/]|$)",  # the cloud's, on the same link
    re.IGNORECASE,
)


def endpoint_verb(endpoint: Endpoint, _: Context) -> tuple[str, ...]:
    """HTTP methods."""
    return endpoint.methods


def endpoint_authenticated(endpoint: Endpoint, _: Context) -> bool | None:
    """Whether an anonymous caller is refused; null where that is not known."""
    return endpoint.auth.required


def endpoint_state_changing(endpoint: Endpoint, context: Context) -> bool:
    """Whether it is for a method other than GET, HEAD, OPTIONS and TRACE.

    A handler that lets every method through unasked counts when it takes a form, checks credentials or changes a
    database.
    """
    methods = {method.upper() for method in endpoint.methods} - READ_ONLY
    if methods - _ANY:
        return True
    return bool(methods) and (
        endpoint_takes_form(endpoint, context)
        or endpoint_credentials(endpoint, context)
        or endpoint_changes_records(endpoint, context)
    )


def endpoint_takes_file(endpoint: Endpoint, _: Context) -> bool:
    """Whether it takes an uploaded file."""
    return any(parameter.place == "file" for parameter in endpoint.parameters)


def endpoint_session_cookie(endpoint: Endpoint, context: Context) -> bool:
    """Whether browsers are recognised by a cookie: it reads one, or the application sets up sessions or signs them."""
    told = {setting.meaning for setting in context.inventory.settings}
    return bool(told & _SESSIONS) or any(parameter.place == "cookie" for parameter in endpoint.parameters)


def endpoint_takes_form(endpoint: Endpoint, _: Context) -> bool:
    """Whether it takes fields of an HTML form, which a browser sends across sites together with its cookies."""
    return any(parameter.place in {"form", "file"} for parameter in endpoint.parameters)


def endpoint_credentials(endpoint: Endpoint, _: Context) -> bool:
    """Whether its path or handler says that it checks a password, a code or the like, or hands out a token for it."""
    return takes_credentials(endpoint)


def endpoint_for_strangers(endpoint: Endpoint, _: Context) -> bool:
    """Whether it is meant for people who are not signed in yet (or any more): login, sign-up, logout, invitation."""
    return is_for_strangers(endpoint)


def endpoint_for_anyone(endpoint: Endpoint, _: Context) -> bool:
    """Whether every site shows it to everybody: a health check, an icon, a map for crawlers."""
    return is_for_anyone(endpoint)


def endpoint_webhook(endpoint: Endpoint, context: Context) -> bool:
    """Whether its path says that another system calls it (the way back from a login provider is not meant)."""
    return bool(_WEBHOOK.search(endpoint.path)) and not endpoint_for_strangers(endpoint, context)


def endpoint_expensive(endpoint: Endpoint, context: Context) -> bool:
    """Whether one request makes this process do heavy work: take a file, use a content library, call a host."""
    targets = {reach.target for reach in context.reaches.get(endpoint.id, ())}
    heavy = {
        f"library:{library.distribution}".lower()
        for library in context.inventory.libraries
        if dependency_handles_content(library, context)
    }
    return (
        endpoint_takes_file(endpoint, context)
        or any(target.lower() in heavy or target.startswith("host:") for target in targets)
        or bool(context.endpoint_outbound.get(endpoint.id))
    )


def endpoint_siblings_guarded(endpoint: Endpoint, context: Context) -> bool:
    """Whether most others (two at least) of the same app and group refuse anonymous callers, or all do by custom."""
    size, guarded = context.group_sizes[(endpoint.app, endpoint.group)]
    others = guarded - (endpoint.auth.required is True)
    return endpoint.customary or (others >= 2 and others * 2 > size - 1)


def endpoint_changes_by_get(endpoint: Endpoint, _: Context) -> bool:
    """Whether its name says that it deletes, stops, moves and the like, and a mere link sets it off."""
    return changes_by_get(endpoint)


def endpoint_logs(endpoint: Endpoint, context: Context) -> bool:
    """Whether its handler writes a log record."""
    return any(sink.kind == "log" for sink in context.endpoint_sinks.get(endpoint.id, ()))


def entry_point_writes(entry: EntryPoint, context: Context) -> bool:
    """Whether it reaches a store to write, delete or change its schema."""
    return any(WRITING & set(reach.operations) for reach in context.reaches.get(entry.id, ()))


def entry_point_authenticated(entry: EntryPoint, _: Context) -> bool | None:
    """Whether an anonymous caller is refused; null where that is not known."""
    return entry.auth.required if entry.auth is not None else None


def entry_point_among_guarded(_: EntryPoint, context: Context) -> bool:
    """Whether some endpoint of the program asks who is calling."""
    return any(endpoint.auth.required for endpoint in context.inventory.endpoints)


def in_endpoint(record: Access | Outbound | Sink | Observation, context: Context) -> bool:
    """Whether it stands in the handler of an endpoint."""
    return bool(endpoints_of(context.by_handler, record.function))


def anonymous(record: Access | Outbound | Sink | Observation, context: Context) -> bool:
    """Whether it stands in the handler of an endpoint that anonymous callers reach."""
    return any(endpoint.auth.required is False for endpoint in endpoints_of(context.by_handler, record.function))


def access_store_kind(access: Access, context: Context) -> str:
    """Kind of the store (sql, document, cache, …); empty when the store is not known."""
    return context.stores[access.store].kind if access.store in context.stores else ""


def outbound_plain_http(outbound: Outbound, _: Context) -> bool:
    """Whether the target is another machine named with an `http://` URL."""
    urls = [outbound.target, *(text for name, text in outbound.options if name in {"url", "scheme", "base_url"})]
    plain = any(text.lower().startswith("http://") or text.lower() == "http" for text in urls)
    return plain and not any(_LOCAL.match(text) for text in urls)


def outbound_local(outbound: Outbound, _: Context) -> bool:
    """Whether the target is this machine."""
    return bool(_LOCAL.match(outbound.target))


def sink_from_input(sink: Sink, _: Context) -> bool:
    """Whether request input was seen to reach the argument."""
    return bool(sink.inputs)


def sink_about_secrets(sink: Sink, context: Context) -> bool:
    """Whether it answers requests, or its function's name is about tokens, passwords, keys and the like (no cache)."""
    named = _SECRETS.search(sink.function.rpartition(".")[2]) and "cache" not in sink.function.lower()
    return in_endpoint(sink, context) or bool(named)


def sink_literal(sink: Sink, _: Context) -> bool:
    """Whether the argument is a constant, or all that came from outside in it was checked."""
    return sink.argument in {"constant", "checked"}


def sink_only_asks(sink: Sink, _: Context) -> bool:
    """Whether it only asks if something is there, and neither reads nor changes it."""
    return sink.callee.rpartition(".")[2] in _ASKING


def sink_by_own_forms(sink: Sink, context: Context) -> bool:
    """Whether all that reaches it stands in forms which no other site can send: each endpoint asks for a token."""
    endpoints = endpoints_of(context.by_handler, sink.function)
    everywhere = any(SETTING_PROPERTIES["enabled"](setting, context) for setting in context.settings.get("csrf", ()))
    return (
        bool(sink.inputs)
        and set(sink.inputs) <= {"form", "file"}
        and bool(endpoints)
        and all(everywhere or any(guard.kind == "csrf" for guard in endpoint.guards) for endpoint in endpoints)
    )


def dependency_handles_content(library: Dependency, _: Context) -> bool:
    """Whether it reads or makes documents, images, archives or the like: formats worth attacking."""
    return bool(CONTENT_ROLES & set(re.split(r"[^a-z]+", library.role.lower())))


def dependency_on_request_path(library: Dependency, context: Context) -> bool:
    """Whether an endpoint or another way in gets to it."""
    return any(
        target in context.reached
        for target in (f"library:{library.distribution}", f"library:{library.distribution.lower()}")
    )


def parameter_untyped(parameter: Parameter, _: Context) -> bool:
    """Whether nothing says what type it must have."""
    return not parameter.type


_STANDING: Mapping[str, Callable[..., Value]] = {"in_endpoint": in_endpoint, "anonymous": anonymous}
PROPERTIES: Mapping[str, Mapping[str, Callable[..., Value]]] = {
    "endpoint": {
        "verb": endpoint_verb,
        "authenticated": endpoint_authenticated,
        "state_changing": endpoint_state_changing,
        "writes": endpoint_writes,
        "changes_records": endpoint_changes_records,
        "any_method": endpoint_any_method,
        "uses_store": endpoint_uses_store,
        "takes_file": endpoint_takes_file,
        "takes_form": endpoint_takes_form,
        "session_cookie": endpoint_session_cookie,
        "credentials": endpoint_credentials,
        "takes_secret": endpoint_takes_secret,
        "for_strangers": endpoint_for_strangers,
        "for_anyone": endpoint_for_anyone,
        "webhook": endpoint_webhook,
        "expensive": endpoint_expensive,
        "siblings_guarded": endpoint_siblings_guarded,
        "changes_by_get": endpoint_changes_by_get,
        "logs": endpoint_logs,
    },
    "entry-point": {
        "writes": entry_point_writes,
        "authenticated": entry_point_authenticated,
        "among_guarded": entry_point_among_guarded,
    },
    "access": {**_STANDING, "store_kind": access_store_kind},
    "outbound": {**_STANDING, "plain_http": outbound_plain_http, "local": outbound_local},
    "sink": {
        **_STANDING,
        "from_input": sink_from_input,
        "literal": sink_literal,
        "about_secrets": sink_about_secrets,
        "by_own_forms": sink_by_own_forms,
        "only_asks": sink_only_asks,
    },
    "observation": {**_STANDING},
    "dependency": {
        "handles_content": dependency_handles_content,
        "on_request_path": dependency_on_request_path,
    },
    "setting": SETTING_PROPERTIES,
    "parameter": {"untyped": parameter_untyped},
    **MODEL_PROPERTIES,
    "guard": {},
    "suppression": {},
}
