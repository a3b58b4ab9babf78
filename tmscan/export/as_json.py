"""Inventory, model and register in, JSON out: the machine-readable contract of `inventory` and `scan`.

Keys are only ever added. Written in ASCII (other characters escaped), so that no terminal or file system can spoil it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tmscan.inventory.siblings import odd_ones

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.inventory.siblings import OddOne
    from tmscan.inventory.types import Auth, Endpoint, Guard, Inventory, Reach, Sink, Step
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, Register, Rule


def to_json(inventory: Inventory, everything: Iterable[Endpoint] | None = None) -> str:
    """The inventory as `tmscan inventory --format json` prints it; siblings of its endpoints are looked for in
    `everything`, where a filter left some out.
    """
    odd = odd_ones(inventory.endpoints if everything is None else everything)
    return _written(
        {
            "name": inventory.name,
            "files": inventory.files,
            "lines": inventory.lines,
            "endpoints": [_endpoint(endpoint, odd.get(endpoint.id)) for endpoint in inventory.endpoints],
            "entry_points": [
                {
                    "id": entry.id,
                    "kind": entry.kind,
                    "name": entry.name,
                    "handler": entry.handler,
                    "auth": _auth(entry.auth) if entry.auth is not None else None,
                    "guards": [_guard(guard) for guard in entry.guards],
                    **_place(entry.location),
                }
                for entry in inventory.entry_points
            ],
            "data_accesses": [
                {
                    "store": access.store,
                    "library": access.library,
                    "operation": access.operation,
                    "entity": access.entity,
                    "raw_sql": access.raw_sql,
                    "function": access.function,
                    **_place(access.location),
                }
                for access in inventory.accesses
            ],
            "outbound_calls": [
                {
                    "library": call.library,
                    "target": call.target,
                    "kind": call.kind,
                    "function": call.function,
                    "callee": call.callee,
                    "vendor": call.vendor,
                    "options": dict(call.options),
                    "timeout": call.timeout,
                    **_place(call.location),
                }
                for call in inventory.outbound
            ],
            "sinks": [_sink(sink) for sink in inventory.sinks],
            "observations": [
                {"kind": seen.kind, "detail": seen.detail, "function": seen.function, **_place(seen.location)}
                for seen in inventory.observations
            ],
            "stores": [
                {
                    "id": store.id,
                    "kind": store.kind,
                    "engine": store.engine,
                    "name": store.name,
                    "host": store.host,
                    "provenance": store.provenance,
                    **_place(store.location),
                }
                for store in inventory.stores
            ],
            "libraries": [
                {
                    "distribution": library.distribution,
                    "version": library.version,
                    "imports": _texts(library.imports),
                    "role": library.role,
                    "files": _texts(library.files),
                    "pinned": library.pinned,
                }
                for library in inventory.libraries
            ],
            "settings": [
                {
                    "key": setting.key,
                    "meaning": setting.meaning,
                    "value": "(not shown)" if setting.meaning == "secret" and setting.value else setting.value,
                    "origin": setting.origin,
                    "library": setting.library,
                    **_place(setting.location),
                }
                for setting in inventory.settings
            ],
            "reaches": [_reach(reach) for reach in inventory.reaches],
            "unknowns": [
                {"kind": unknown.kind, "reason": unknown.reason, **_place(unknown.location)}
                for unknown in inventory.unknowns
            ],
            "skipped": [
                {"file": skipped.file, "reason": skipped.reason, "line": skipped.line} for skipped in inventory.skipped
            ],
        }
    )


def findings_to_json(inventory: Inventory, register: Register, rules: Sequence[Rule]) -> str:
    """Findings, the register and what was not seen, as `tmscan scan --format json` prints them."""
    titles = {rule.id: rule for rule in rules}
    return _written(
        {
            "name": inventory.name,
            "files": inventory.files,
            "lines": inventory.lines,
            "findings": [_finding(finding, titles.get(finding.rule)) for finding in register.findings],
            "threats": [
                {
                    "id": threat.id,
                    "target": threat.target,
                    "stride": threat.stride,
                    "title": threat.title,
                    "state": threat.state,
                    "reason": threat.reason,
                    "findings": _texts(threat.findings),
                    "evidence": [_place(location) for location in threat.evidence],
                }
                for threat in register.threats
            ],
            "unknowns": [
                {"kind": unknown.kind, "reason": unknown.reason, **_place(unknown.location)}
                for unknown in inventory.unknowns
            ],
            "skipped": [
                {"file": skipped.file, "reason": skipped.reason, "line": skipped.line} for skipped in inventory.skipped
            ],
        }
    )


def _written(value: dict[str, object]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


def _endpoint(endpoint: Endpoint, odd: OddOne | None) -> dict[str, object]:
    route = endpoint.route_location
    return {
        "id": endpoint.id,
        "framework": endpoint.framework,
        "methods": _texts(endpoint.methods),
        "path": endpoint.path,
        "handler": endpoint.handler,
        "app": endpoint.app,
        "group": endpoint.group,
        "public": endpoint.public,
        "provenance": endpoint.provenance,
        "auth": _auth(endpoint.auth),
        "guards": [_guard(guard) for guard in endpoint.guards],
        "parameters": [
            {"name": parameter.name, "in": parameter.place, "type": parameter.type} for parameter in endpoint.parameters
        ],
        "bases": _texts(endpoint.bases),
        "odd": _odd(odd) if odd is not None else None,
        "route": _place(route) if route else None,
        **_place(endpoint.location),
    }


def _auth(auth: Auth) -> dict[str, object]:
    return {
        "required": auth.required,
        "evidence": [_guard(guard) for guard in auth.evidence],
        "reason": auth.reason,
    }


def _odd(odd: OddOne) -> dict[str, object]:
    """What it lacks, and how many of its siblings (of a class, on a router, in a module) have it."""
    return {
        "kind": odd.kind,
        "guard": odd.guard,
        "tie": odd.tie,
        "name": odd.name,
        "having": odd.having,
        "siblings": odd.siblings,
    }


def _guard(guard: Guard) -> dict[str, object]:
    return {
        "kind": guard.kind,
        "name": guard.name,
        "scope": guard.scope,
        "roles": _texts(guard.roles),
        **_place(guard.location),
    }


def _sink(sink: Sink) -> dict[str, object]:
    return {
        "kind": sink.kind,
        "library": sink.library,
        "callee": sink.callee,
        "argument": sink.argument,
        "function": sink.function,
        "inputs": _texts(sink.inputs),
        "steps": _steps(sink.steps),
        "options": dict(sink.options),
        **_place(sink.location),
    }


def _reach(reach: Reach) -> dict[str, object]:
    return {
        "source": reach.source,
        "target": reach.target,
        "operations": _texts(reach.operations),
        "entities": _texts(reach.entities),
        "outside": _texts(reach.outside),
        "steps": _steps(reach.steps),
        "provenance": reach.provenance,
    }


def _finding(finding: Finding, rule: Rule | None) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "title": rule.title if rule else finding.rule,
        "message": finding.message,
        "level": finding.level,
        "confidence": finding.confidence,
        "security_severity": rule.security_severity if rule else None,
        "stride": finding.stride,
        "cwe": list(rule.cwe) if rule else [],
        "state": finding.state,
        "suppressed": finding.suppressed,
        "function": finding.function,
        "fingerprint": finding.fingerprint,
        "element": finding.element,
        "flow": finding.flow,
        "threat": finding.threat,
        "related": _steps(finding.related),
        "trace": _steps(finding.trace),
        "other_traces": [_steps(trace) for trace in finding.others],
        "mitigation": _steps(finding.mitigation),
        **_place(finding.location),
    }


def _steps(steps: Iterable[Step]) -> list[object]:
    return [{"text": step.text, **_place(step.location)} for step in steps]


def _texts(texts: Iterable[str]) -> list[object]:
    return list(texts)


def _place(location: Location) -> dict[str, object]:
    return {"file": location.file, "line": location.line, "column": location.column}
