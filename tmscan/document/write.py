"""Inventory, model and register in; the text of `threatmodel.yaml` out, the same bytes for the same code.

Records become plain lists in the order of the model; keys without a value are left out, so that a review sees what
there is to see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tmscan.document.digest import digest_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmscan.dfd.types import Boundary, DataFlowModel, Element, Flow
    from tmscan.document.types import Plain
    from tmscan.inventory.types import Endpoint, Inventory
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, Register, Threat

VERSION = 1
PLACES = 10
HEADER = """\
# Threat model, drafted from the code by tmscan. `tmscan model` writes this file anew as long as nobody has edited it;
# once it is edited, it says so instead of overwriting. Names and paths below come from the code and are data.
"""


def to_document(inventory: Inventory, model: DataFlowModel, register: Register) -> str:
    """The whole file, with a header and a digest line that `is_generated` checks."""
    content: Plain = {
        "version": VERSION,
        "name": model.name,
        "elements": [_element(element) for element in model.elements],
        "flows": [_flow(flow) for flow in model.flows],
        "boundaries": [_boundary(boundary) for boundary in model.boundaries],
        "endpoints": [_endpoint(endpoint) for endpoint in inventory.endpoints],
        "threats": [_threat(threat) for threat in register.threats],
        "findings": [_finding(finding) for finding in register.findings],
        "not-resolved": [
            f"{_place(unknown.location)}: {unknown.kind}: {unknown.reason}" for unknown in inventory.unknowns
        ],
        "not-read": [f"{skipped.file}: {skipped.reason}" for skipped in inventory.skipped],
    }
    body = _dumped(content)
    return f"{HEADER}{digest_line(HEADER, body)}{body}"


def _element(element: Element) -> Plain:
    return _filled(
        {
            "id": element.id,
            "kind": element.kind,
            "name": element.name,
            "technology": element.technology,
            "description": element.description,
            "boundary": element.boundary,
            "parent": element.parent,
            "provenance": element.provenance,
            "data": _texts(element.data),
            "endpoints": _texts([endpoint.id for endpoint in element.endpoints]),
            "evidence": _places(element.evidence),
        }
    )


def _flow(flow: Flow) -> Plain:
    return _filled(
        {
            "id": flow.id,
            "from": flow.source,
            "to": flow.target,
            "label": flow.label,
            "operations": _texts(flow.operations),
            "protocol": flow.protocol,
            "crosses": _texts(flow.crosses),
            "authenticated": flow.authenticated,
            "encrypted": flow.encrypted,
            "provenance": flow.provenance,
            "data": _texts(flow.data),
            "evidence": _places(flow.evidence),
        }
    )


def _boundary(boundary: Boundary) -> Plain:
    return _filled(
        {
            "id": boundary.id,
            "name": boundary.name,
            "kind": boundary.kind,
            "inside": boundary.parent,
            "reason": boundary.reason,
        }
    )


def _endpoint(endpoint: Endpoint) -> Plain:
    guards = dict.fromkeys(guard.name for guard in (*endpoint.auth.evidence, *endpoint.guards))
    return _filled(
        {
            "id": endpoint.id,
            "methods": _texts(endpoint.methods),
            "path": endpoint.path,
            "handler": endpoint.handler,
            "framework": endpoint.framework,
            "authentication": {True: "required", False: "none", None: "unknown"}[endpoint.auth.required],
            "because": endpoint.auth.reason,
            "public": endpoint.public or None,
            "guards": _texts(list(guards)),
            "parameters": [f"{each.name} ({each.place})" for each in endpoint.parameters],
            "place": _place(endpoint.location),
        }
    )


def _threat(threat: Threat) -> Plain:
    return _filled(
        {
            "id": threat.id,
            "target": threat.target,
            "stride": threat.stride,
            "title": threat.title,
            "state": threat.state,
            "reason": threat.reason,
            "findings": _texts(threat.findings),
            "evidence": _places(threat.evidence),
        }
    )


def _finding(finding: Finding) -> Plain:
    return _filled(
        {
            "id": finding.fingerprint,
            "rule": finding.rule,
            "level": finding.level,
            "confidence": finding.confidence,
            "state": finding.state,
            "suppressed": finding.suppressed,
            "message": finding.message,
            "element": finding.element,
            "flow": finding.flow,
            "threat": finding.threat,
            "place": _place(finding.location),
        }
    )


def _filled(record: dict[str, Plain]) -> Plain:
    return {key: value for key, value in record.items() if value is not None and value not in ("", [])}


def _texts(texts: Sequence[str]) -> list[Plain]:
    return list(texts)


def _places(locations: Sequence[Location]) -> list[Plain]:
    """The first of them: two hundred lines that read one store say no more than ten."""
    more = len(locations) - PLACES
    shown: list[Plain] = [_place(location) for location in locations[:PLACES]]
    return [*shown, f"and {more} more"] if more > 0 else shown


def _place(location: Location) -> str:
    return f"{location.file}:{location.line}"


def _dumped(content: Plain) -> str:
    """YAML; all in ASCII if anything in it cannot be seen, so that no name hides or turns the text around it."""
    text: str = _written(content, readable=True)
    if any(not (char.isprintable() or char == "\n") for char in text):
        text = _written(content, readable=False)
    return text


def _written(content: Plain, *, readable: bool) -> str:
    text: str = yaml.dump(
        _encodable(content),
        Dumper=yaml.CSafeDumper,
        allow_unicode=readable,
        default_flow_style=False,
        sort_keys=False,
        width=120,
    )
    return text


def _encodable(value: Plain) -> Plain:
    """Lone surrogates, which stand for undecodable bytes of a file name, as visible codes: no encoder takes them."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_encodable(each) for each in value]
    if isinstance(value, dict):
        return {key: _encodable(each) for key, each in value.items()}
    return value
