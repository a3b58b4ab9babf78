"""Redirects to a page where one signs in: what a response or an exception leads to in, whether it does out."""

from __future__ import annotations

import re

from tmscan.inventory.calls.arguments import pick, show
from tmscan.libraries.index import Index
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Choice, Class, Event, External, Instance, Text, Value

_LOGIN = re.compile(r"log_?-?in\b|sign_?-?in\b|log_?-?in_|\bauthenticate\b", re.IGNORECASE)
_SENDS = re.compile(r"(?<!post_)(?:to_?(?:log_?in|sign_?in)(?:_page)?|(?:log_?in|sign_?in)_?redirect)$", re.IGNORECASE)


def to_login(index: Index, event: Event) -> bool:
    """Whether a call answers with a redirect to a page where one signs in."""
    for effect in index.effects.get(event.path, ()):
        if effect.row.does == "redirect":
            target = pick(event.arguments, effect.row.argument)
            if target is not None and _LOGIN.search(_address(target)):
                return True
            maker = event.activation.function
            if target is not None and maker is not None and _SENDS.search(maker.definition.name):
                return True  # whatever makes the address of it
    return False


def sends_to_login(value: Instance) -> bool:
    """A redirect that the project raises as an exception of its own: `raise Redirect(url_for(".login"))`."""
    if not any(isinstance(base, Class) and "redirect" in base.qualname.lower() for base in order_of(value.cls)):
        return False
    given = [*value.attributes.values(), *(value.event.arguments.positional if value.event is not None else ())]
    return any(_LOGIN.search(_address(one)) for one in given)


def _address(value: Value) -> str:
    """The words of a target before its query; what is not known in it (`{?}`) begins none."""
    return _said(value).replace("{?}", "").partition("?")[0]


def _said(value: Value, depth: int = 3) -> str:
    """The words of a redirect's target: constants, names of routes looked up, attributes that hold an address."""
    if depth and isinstance(value, Text | Choice):
        return " ".join(_said(part, depth - 1) for part in (value.parts if isinstance(value, Text) else value.options))
    if isinstance(value, External) and value.event is not None:
        return f"{value.path} " + " ".join(_said(argument, 0) for argument in value.event.arguments.positional[:1])
    return show(value)
