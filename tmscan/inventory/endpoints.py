"""Endpoints out of routes: identity, handler, parameters, and the verdict on who may call them.

First the routes become answers (see `answers`) and their handlers run; then they are judged, with what the runs did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tmscan.facts.types import line_of
from tmscan.inventory.guards.judges import Judge, Judged
from tmscan.inventory.guards.verdict import guards_of, verdict
from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.types import Endpoint
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Class
from tmscan.sources.types import Location


def endpoints_of(judge: Judge, answers: Iterable[Answer]) -> list[tuple[Endpoint, Answer]]:
    """One endpoint per answer, or several where a class guards some of its verbs only, in a stable order."""
    made: dict[str, tuple[Endpoint, Answer]] = {}
    for answer in answers:
        for endpoint in _by_verdict(judge, answer):
            made.setdefault(endpoint.id, (endpoint, answer))
    return sorted(made.values(), key=lambda item: (item[0].path, item[0].methods, item[0].handler, item[0].id))


def look_ahead(judge: Judge, answers: Iterable[Answer]) -> None:
    """Run what will be judged as it is, without rehearsals: from then on judging runs nothing that stays behind."""
    judge.only_looks = True
    for answer in answers:
        for methods in _judged_apart(answer):
            guards_of(judge, answer, methods)
    judge.only_looks = False
    judge.known.clear()
    judge.candidates.clear()


def _judged_apart(answer: Answer) -> list[tuple[str, ...]]:
    """The verbs of a handler that are judged together: all, or each alone where a class may guard some only."""
    if answer.handler.cls is None or answer.method is not None:
        return [answer.methods]
    return [(verb,) for verb in answer.methods] or [()]


def _by_verdict(judge: Judge, answer: Answer) -> Iterator[Endpoint]:
    """The endpoints of a handler: one, unless a class guards some of its verbs only."""
    singles = [_endpoint(judge, answer, methods) for methods in _judged_apart(answer)]
    if len(singles) == 1:
        yield singles[0]
        return
    groups: dict[bool | None, list[Endpoint]] = {}
    for single in singles:
        groups.setdefault(single.auth.required, []).append(single)
    for group in groups.values():
        first = group[0]
        verbs = tuple(verb for single in group for verb in single.methods)
        rest = first.id.removeprefix(f"endpoint:{first.methods[0]} ")
        guards = tuple(dict.fromkeys(guard for single in group for guard in single.guards))
        yield replace(first, id=f"endpoint:{','.join(verbs)} {rest}", methods=verbs, guards=guards)


def _endpoint(judge: Judge, answer: Answer, methods: tuple[str, ...]) -> Endpoint:
    found, handler = answer.found, answer.handler
    event = found.event
    route_location = Location(event.module.path, line_of(event.at)) if event is not None else None
    guards = guards_of(judge, answer, methods)
    return Endpoint(
        id=f"endpoint:{','.join(methods)} {answer.path} {handler.name}",
        framework=found.library.name,
        methods=methods,
        path=answer.path or "/",
        handler=handler.name,
        location=handler.location or route_location or Location("", 0),
        app=found.app,
        group=found.group or (event.module.name if event is not None else ""),
        auth=verdict(guards, handler, methods),
        guards=tuple(guard.guard for guard in guards if not _exempts_from_forms(guard)),
        parameters=answer.parameters,
        public=any(guard.public and not _exempts_from_forms(guard) for guard in guards),
        route_location=route_location,
        bases=_bases(handler.cls) if handler.cls is not None else (),
        customary=handler.cls is not None and _is_customary(judge, handler.cls),
    )


def _is_customary(judge: Judge, cls: Class) -> bool:
    known = (judge.index.classes.get(path) for path in provided_by(judge.machine, cls))
    return any(each is not None and each.row.guarded for each in known)


def _exempts_from_forms(judged: Judged) -> bool:
    """Whether it only lifts the protection against forged forms, which says nothing of who may call."""
    return judged.public and judged.guard.kind == "csrf"


def _bases(cls: Class) -> tuple[str, ...]:
    return tuple(f"{each.module.name}.{each.qualname}" for each in order_of(cls) if isinstance(each, Class))
