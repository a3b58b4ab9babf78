"""Rows that say what refuses requests, where such things hang, and what an anonymous request looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tmscan.libraries.terms import ArgumentRef, Given, GuardKind, Scope


@dataclass(frozen=True, slots=True)
class GuardRow:
    """A name that refuses requests (or, with `public`, says that anyone may call): decorator, class, dependency, mixin,
    hook.

    Third-party code may leave the decision to an object of the project: the one that is its argument `by`, or that of
    a subclass. `method` is what it asks there.
    """

    paths: tuple[str, ...]
    kind: GuardKind
    public: bool = False
    roles: ArgumentRef = ()
    when: tuple[tuple[str, str], ...] = ()  # constant arguments it needs
    methods: tuple[str, ...] = ()  # the verbs it refuses; empty means all
    marks: bool = False  # it only marks the handler, and may stand outside of the route's own decorator
    by: ArgumentRef = ()
    method: str = ""
    spares: tuple[str, ...] = ()  # classes whose views it leaves alone
    told: tuple[tuple[str, str], ...] = ()  # what a table among the arguments says where it only looks


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """Calling or raising this ends the request with a refusal; `status` is where the code stands, if it decides.

    With one of the constant arguments `unless` it lets everybody in.
    """

    paths: tuple[str, ...]
    status: ArgumentRef = ()
    unless: tuple[tuple[str, str], ...] = ()
    asks: bool = False  # it looks who calls by itself


@dataclass(frozen=True, slots=True)
class AnonymousRow:
    """What reading this path gives while a request that nobody signed comes in: a constant, or a fact of its route.

    `endpoint` is the name of the route, `blueprint` that of its router, `view` the handler itself; `text` is some text,
    `root` the path "/", `safe-methods` the verbs that change nothing (`all-methods`: all verbs), `empty` a mapping
    without keys, and `nobody` a list without elements. `mount` is the prefix under which the application is mounted
    that asks, `inside` the path below it, and `varying` a mapping of what varies in the path. `protocol` is what ASGI
    calls it: "http" or "websocket".
    """

    paths: tuple[str, ...]
    gives: Given


@dataclass(frozen=True, slots=True)
class GuardPlace:
    """Where guards hang besides decorators: a class attribute, a setting (default), a hook call or a middleware
    argument. What runs `besides` the handler is asked whether it refuses only `with-values`; what it reads, each
    request of its router does, `with-values` those whose path has parameters. A hook call may be told the one path
    that it is for in the argument `path`.
    """

    attribute: str = ""
    setting: str = ""
    calls: tuple[str, ...] = ()
    argument: ArgumentRef = ()
    methods: tuple[str, ...] = ()
    scope: Scope = "class"
    of: tuple[str, ...] = ()
    marks: bool = False  # the same as of guards
    besides: Literal["", "always", "with-values"] = ""
    path: ArgumentRef = ()
