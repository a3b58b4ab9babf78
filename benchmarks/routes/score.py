"""Scores the endpoints of one `tmscan inventory --format json` against the recorded truth of a running application.

In: a truth file and an inventory. Out: a `Score`: counts, ratios read off them, the rows behind every miss. Apart from
the runner, so that an inventory made anywhere can be scored: `python benchmarks/routes/score.py TRUTH INVENTORY`.

Truth rows with own=true, no "variant" (format-suffix twins) and no "mount" count. Paths match after `paths.normal`.
  recall           (row, method) pairs found by path and method; a path is enough where the framework names no methods
  recall_path      rows with an inventory row of the same path and the same handler
  recall_handler   distinct (file, handler) pairs that the inventory knows
  precision        inventory rows whose path is a truth path (any row, own or not)
  guarded, open    share of the matched endpoints that refused / let in an anonymous request and are called so: silence
                   is wrong. "guarded" everywhere would score 100 and 0: read the two together. Verdicts that rest only
                   on 400/404/405/422 are left out: a 404 for a placeholder often comes before the check.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from paths import normal


class Auth(TypedDict, total=False):
    required: bool | None


class Row(TypedDict, total=False):
    """One endpoint of a truth file or an inventory: the keys that scoring reads."""

    methods: list[str]
    path: str
    handler: str
    file: str
    line: int
    def_line: int
    own: bool
    variant: str
    mount: bool
    view_class: str
    methods_declared: bool
    auth: Auth
    auth_by_method: dict[str, bool | None]
    auth_strength: str


@dataclass(slots=True)
class Score:
    app: str
    rows: int = 0
    pairs: int = 0
    found: int = 0
    pairs_hit: int = 0
    paths_hit: int = 0
    handlers: int = 0
    handlers_hit: int = 0
    found_true: int = 0
    guarded: int = 0
    guarded_right: int = 0
    open: int = 0
    open_right: int = 0
    misses: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    called_guarded: list[str] = field(default_factory=list)
    called_open: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def ratios(self) -> dict[str, float | None]:
        """The figures of the table; None where there was nothing to find."""
        shares = {
            "recall": (self.pairs_hit, self.pairs),
            "precision": (self.found_true, max(self.found, 1)),  # finding nothing is not precise
            "recall_path": (self.paths_hit, self.rows),
            "recall_handler": (self.handlers_hit, self.handlers),
            "guarded": (self.guarded_right, self.guarded),
            "open": (self.open_right, self.open),
        }
        return {name: hit / of if of else None for name, (hit, of) in shares.items()}


def score(app: str, truth: list[Row], inventory: list[Row]) -> Score:
    """Counts for one application."""
    result = Score(app)
    by_path: dict[str, list[Row]] = defaultdict(list)
    for row in inventory:
        by_path[normal(row.get("path"))].append(row)
    scored = [row for row in truth if _counts(row)]
    result.rows, result.found = len(scored), len(inventory)
    for row in scored:
        _score_row(result, row, by_path.get(normal(row.get("path")), []))
    true_paths = {normal(row.get("path")) for row in truth}
    for row in inventory:
        if normal(row.get("path")) in true_paths:
            result.found_true += 1
        else:
            result.extras.append(_shown(row))
    handlers = {(row.get("file"), row.get("handler")): row for row in reversed(scored)}
    result.handlers = len(handlers)
    result.handlers_hit = sum(any(_same_handler(row, other) for other in inventory) for row in handlers.values())
    return result


def _counts(row: Row) -> bool:
    own = row.get("own") and not row.get("variant") and not row.get("mount")
    return bool(own) and not row["path"].startswith("<traversal>")


def _score_row(result: Score, row: Row, same_path: list[Row]) -> None:
    same = [other for other in same_path if _same_handler(row, other)]
    hits = [method for method in row["methods"] if any(_allows(row, method, other) for other in same or same_path)]
    result.pairs += len(row["methods"])
    result.pairs_hit += len(hits)
    result.paths_hit += bool(same)
    if not same or len(hits) < len(row["methods"]):
        why = "path" if not same_path else "handler" if not same else "method"
        result.misses.append(f"({why}) {_shown(row)}")
    if row.get("auth_strength") == "weak":
        return
    for method in row["methods"]:
        want = (row.get("auth_by_method") or {}).get(method)
        said = {(other.get("auth") or {}).get("required") for other in same or same_path if _allows(row, method, other)}
        if want is not None and said:
            _score_guard(result, want, said, f"{method} {row['path']} -> {row['handler']}")


def _score_guard(result: Score, want: bool, said: set[bool | None], shown: str) -> None:
    right = want in said
    if want:
        result.guarded += 1
        result.guarded_right += right
    else:
        result.open += 1
        result.open_right += right
    if not right:
        wrong = result.called_guarded if True in said else result.called_open if False in said else result.unanswered
        wrong.append(shown)


def _allows(row: Row, method: str, other: Row) -> bool:
    said = {name.upper() for name in other.get("methods") or []}
    undeclared = row.get("methods_declared") is False or method == "ANY"
    return undeclared or not said or method in said or bool(said & {"ANY", "*", "ALL"})


def _same_handler(row: Row, other: Row) -> bool:
    view_class = row.get("view_class")
    row_names = _names(row.get("handler")) | ({_last(view_class)} if view_class else set())
    if _last(other.get("handler")) in row_names or _last(row.get("handler")) in _names(other.get("handler")):
        return _same_file(row.get("file"), other.get("file")) or bool(view_class)
    line = other.get("line")
    if row.get("file") and other.get("file") and line and _same_file(row["file"], other["file"]):
        defined = row.get("def_line") or -9
        return abs(defined - line) <= 1 or (row.get("line") or -9) <= line <= defined
    return False


def _last(handler: str | None) -> str:
    return (handler or "").replace(":", ".").replace(".<locals>", "").rsplit(".", 1)[-1]


def _names(handler: str | None) -> set[str]:
    """The name parts after the module: an inventory may name the class or its method."""
    text = (handler or "").replace(".<locals>", "")
    return set(text.split(":", 1)[1].split(".")) if ":" in text else set(text.split(".")[-3:])


def _same_file(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return True
    one, other = one.lstrip("./"), other.lstrip("./")
    return one == other or one.endswith("/" + other) or other.endswith("/" + one)


def _shown(row: Row) -> str:
    place = f"{row.get('file')}:{row.get('def_line') or row.get('line')}"
    return f"{','.join(row.get('methods') or [])} {row.get('path')} -> {row.get('handler')} {place}"


def load_rows(file: Path) -> list[Row]:
    """The endpoints of a truth file or an inventory."""
    rows: list[Row] = json.loads(file.read_text(encoding="utf-8"))["endpoints"]
    return rows


def details(result: Score, most: int) -> str:
    """The first `most` rows of every kind that is wrong."""
    kinds = {
        "MISS": result.misses,
        "EXTRA": result.extras,
        "OPEN, CALLED GUARDED": result.called_guarded,
        "GUARDED, CALLED OPEN": result.called_open,
        "NO ANSWER": result.unanswered,
    }
    return "\n".join(f"{kind} {row}" for kind, rows in kinds.items() for row in rows[:most])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("inventory", type=Path)
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="list the first N wrong rows of each kind")
    options = parser.parse_args()
    result = score(options.truth.stem, load_rows(options.truth), load_rows(options.inventory))
    json.dump(result.ratios(), sys.stdout, indent=1)
    sys.stdout.write("\n" + details(result, options.misses) + "\n")


if __name__ == "__main__":
    main()
