"""CWE numbers by what one analyst would accept as the same finding; SARIF results as records that carry them.

Stands apart from scoring because it says what agreement means, and nothing else here may decide that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAMILIES: dict[str, set[int]] = {
    "sqli": {89, 564, 943},
    "cmdi": {77, 78, 88, 214, 426, 427, 428},
    "code": {94, 95, 96, 97, 98, 470, 913, 1336, 749, 829},
    "deser": {502},
    "path": {*range(22, 42), 59, 61, 73, 99, 434, 538, 552, 610, 641, 706},
    "xss": {79, 80, 81, 83, 85, 86, 87, 116, 692},
    "ssrf": {918, 441, 610},
    "redirect": {601},
    "xxe": {611, 776, 827},
    "xpath": {643, 91, 652},
    "ldap": {90},
    "crypto": {261, 310, 323, 325, 326, 327, 328, 329, 696, 759, 760, 780, 916, 1204, 1240, 1391},
    "random": {330, 331, 332, 334, 335, 336, 337, 338, 340, 341, 342, 343},
    "tls": {295, 296, 297, 298, 299, 322, 599},
    "cleartext": {311, 312, 319, 523},
    "cookie": {311, 315, 539, 614, 1004, 1275},
    "secret": {256, 257, 258, 259, 260, 321, 522, 547, 798, 1188, 1392},
    "auth": {269, 284, 285, 287, 288, 289, 290, 302, 304, 305, 306, 425, 566, 639, 862, 863, 1220},
    "csrf": {352, 346, 942, 1275, 1385, 693},
    "infoleak": {11, 200, 201, 203, 208, 209, 210, 215, 489, 497, 532, 538, 548, 1295},
    "timing": {203, 208},
    "crlf": {93, 113, 117, 644, 150},
    "dos": {400, 405, 407, 409, 770, 776, 789, 835, 1333},
    "perms": {276, 277, 278, 279, 280, 281, 732},
    "tempfile": {377, 378, 379, 668},
    "trust": {501},
    "exception": {390, 391, 396, 397, 703, 754, 755},
    "massassign": {915},
    "session": {384, 613, 565},
    "bind": {605, 668, 1327},
    "token": {345, 347, 353, 354, 290},
    "validation": {20, 183, 184, 185, 186, 625, 697, 777, 1287, 1289},
    "logging": {223, 778},
    "password": {521, 620, 640, 307, 308, 309},
    "config": {15, 16, 489, 1032},
    "supply": {345, 353, 494, 829, 1104, 1357},
    "encoding": {150, 176, 838, 1007},
}
_CWE = re.compile(r"cwe[-_/ :]*0*(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One SARIF result: where it stands, the families of its CWEs, its rule, and all places that it names."""

    file: str
    line: int
    families: frozenset[str]
    rule: str
    flow: frozenset[tuple[str, int]]


def families(cwes: Iterable[int]) -> frozenset[str]:
    """The families of some CWEs; one that is in none is a family by itself."""
    found: set[str] = set()
    for cwe in cwes:
        found |= {name for name, members in FAMILIES.items() if cwe in members} or {f"cwe{cwe}"}
    return frozenset(found)


def results(sarif: dict[str, Any]) -> list[Result]:
    """The results of a SARIF document that are not suppressed."""
    found = []
    for run in sarif["runs"]:
        rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", [])}
        for item in run["results"]:
            if item.get("suppressions") or not item.get("locations"):
                continue
            tags = " ".join(rules.get(item["ruleId"], {}).get("properties", {}).get("tags", []))
            kinds = families(int(cwe) for cwe in _CWE.findall(tags))
            file, line = next(_places(item["locations"]))
            found.append(Result(file, line, kinds, item["ruleId"], frozenset(_way(item))))
    return found


def _way(item: dict[str, Any]) -> Iterator[tuple[str, int]]:
    yield from _places(item.get("relatedLocations", []))
    for flow in item.get("codeFlows", []):
        for thread in flow["threadFlows"]:
            yield from _places([step["location"] for step in thread["locations"]])


def _places(locations: Iterable[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for location in locations:
        physical = location.get("physicalLocation", {})
        yield physical.get("artifactLocation", {}).get("uri", ""), physical.get("region", {}).get("startLine", 0)
