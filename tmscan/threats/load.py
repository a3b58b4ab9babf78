"""Folders of rule files in, checked `Rule` records out: one rule a file, its id the file name.

Everything a rule says is checked here, against the records and properties it speaks of: no rule fails while scanning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from tmscan.errors import TmscanError
from tmscan.threats.conditions import check_message, read_condition
from tmscan.threats.nodes import choice, fail, items, keyed, number, parse, scalar, text
from tmscan.threats.subjects import EACH
from tmscan.threats.types import Confidence, LevelName, Rule, Stride

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import yaml

REQUIRED = ("title", "stride", "level", "confidence", "each", "where", "message", "why", "fix")
OPTIONAL = (
    "cwe",
    "owasp",
    "security-severity",
    "unless",
    "unsure",
    "sure-within",
    "false-positives",
    "references",
    "examples",
    "tags",
    "gather",
)
SEVERITIES: dict[LevelName, float] = {"error": 7.0, "warning": 5.0, "note": 3.0}
"""What a rule that gives no number is taken for."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LIBRARY = re.compile(r"^library:", re.MULTILINE)
_LEVELS: dict[str, LevelName] = {name: name for name in get_args(LevelName)}
_CONFIDENCES: dict[str, Confidence] = {name: name for name in get_args(Confidence)}
_STRIDES: dict[str, Stride] = {name: name for name in get_args(Stride)}


def load_rules(folders: Sequence[Path]) -> tuple[Rule, ...]:
    """Every `*.yaml` below the folders, ordered by id.

    Raises TmscanError (file, line, what is wrong, the nearest known word) for a missing folder, an unknown key or name,
    a value of the wrong type, a rule in the folder of another letter, and two rules with one id.
    """
    found: dict[str, Rule] = {}
    for folder in folders:
        if not folder.is_dir():
            raise TmscanError(f"{folder}: no such folder of rules")
        for path in sorted(folder.rglob("*.yaml")):
            try:
                content = path.read_text(encoding="utf-8")
                if _LIBRARY.search(content):
                    continue  # sources, sinks and sanitizers of one's own may stand beside one's rules
                rule = read_rule(content, path)
            except (OSError, UnicodeDecodeError) as error:
                raise TmscanError(f"{path}: cannot be read: {error}") from error
            except RecursionError as error:
                raise TmscanError(f"{path}:1: nested too deeply, or an alias that contains itself") from error
            if rule.id in found:
                raise TmscanError(f"{path}:1: there is a rule {rule.id!r} already, in {found[rule.id].file}")
            found[rule.id] = rule
    return tuple(found[key] for key in sorted(found))


def read_rule(content: str, path: Path) -> Rule:
    """One rule from its text; `path` gives its id and its letter. Raises TmscanError as `load_rules` does."""
    file = str(path)
    top = parse(content, file)
    given = keyed(top, file, "a rule", (*REQUIRED, *OPTIONAL))
    missing = [key for key in REQUIRED if key not in given]
    if missing:
        fail(top, file, f"a rule needs {', '.join(repr(key) for key in missing)}")
    if not _ID.fullmatch(path.stem):
        fail(top, file, f"the file name {path.stem!r} is the rule's id: lower-case words joined by hyphens")
    stride = _STRIDES[choice(given["stride"], file, "stride", _STRIDES)]
    if path.parent.name in _STRIDES and path.parent.name != stride:
        fail(
            given["stride"], file, f"a rule under {stride} stands in a folder of that name, not in {path.parent.name!r}"
        )
    each = choice(given["each"], file, "each", EACH)
    level = _LEVELS[choice(given["level"], file, "level", _LEVELS)]
    severity = given.get("security-severity")
    where = read_condition(given["where"], file, "where", EACH[each])
    message = text(given["message"], file, "message")
    check_message(message, given["message"], file, EACH[each])
    return Rule(
        id=path.stem,
        title=text(given["title"], file, "title"),
        stride=stride,
        level=level,
        confidence=_CONFIDENCES[choice(given["confidence"], file, "confidence", _CONFIDENCES)],
        security_severity=number(severity, file, "security-severity", 0.1, 10.0) if severity else SEVERITIES[level],
        each=each,
        where=where,
        unless=read_condition(given["unless"], file, "unless", EACH[each]) if "unless" in given else None,
        unsure=read_condition(given["unsure"], file, "unsure", EACH[each]) if "unsure" in given else None,
        message=message,
        why=text(given["why"], file, "why"),
        fix=text(given["fix"], file, "fix"),
        false_positives=text(given["false-positives"], file, "false-positives") if "false-positives" in given else "",
        cwe=tuple(_cwe(node, file) for node in items(given["cwe"], file, "cwe")) if "cwe" in given else (),
        owasp=_texts(given.get("owasp"), file, "owasp"),
        references=_texts(given.get("references"), file, "references"),
        examples=_texts(given.get("examples"), file, "examples"),
        tags=_texts(given.get("tags"), file, "tags"),
        sure_within=int(number(given["sure-within"], file, "sure-within", 2, 1000)) if "sure-within" in given else 0,
        gather=int(number(given["gather"], file, "gather", 1, 1000)) if "gather" in given else 0,
        file=file,
    )


def _cwe(node: yaml.Node, file: str) -> int:
    value = scalar(node, file, "a CWE")
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        fail(node, file, "a CWE is its number, without leading zeros")
    return value


def _texts(node: yaml.Node | None, file: str, what: str) -> tuple[str, ...]:
    return tuple(text(item, file, what) for item in items(node, file, what)) if node is not None else ()
