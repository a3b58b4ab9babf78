"""Scores `tmscan callgraph` on PyCG's micro-benchmark: small programs with the call graph that each has.

In: the path of a checkout of vitsalis/PyCG. Out: per category how many graphs are complete (no edge too many) and sound
(no edge missing), as PyCG and its successors count it.
    python benchmarks/callgraph/run.py CHECKOUT [--misses] [--only CATEGORY/NAME]
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tmscan.scan import ScanOptions, call_graph

Graph = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Result:
    category: str
    name: str
    surplus: tuple[str, ...]
    missing: tuple[str, ...]


def main() -> int:
    options = _options()
    folder = options.checkout / "micro-benchmark" / "snippets"
    if not folder.is_dir():
        sys.exit(f"{folder} is no folder: give the path of a checkout of vitsalis/PyCG")
    paths = sorted(path.parent for path in folder.glob("*/*/callgraph.json"))
    results = [_score(path) for path in paths if options.only in f"{path.parent.name}/{path.name}"]
    sys.stdout.write(_table(results))
    for result in results if options.misses else []:
        for sign, edges in (("+", result.surplus), ("-", result.missing)):
            for edge in edges:
                sys.stdout.write(f"{sign} {result.category}/{result.name}: {edge}\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, help="a checkout of vitsalis/PyCG")
    parser.add_argument("--misses", action="store_true", help="list the edges too many (+) and missing (-)")
    parser.add_argument("--only", default="", metavar="TEXT", help="snippets whose CATEGORY/NAME contains this")
    return parser.parse_args()


def _score(folder: Path) -> Result:
    expected = _edges(json.loads((folder / "callgraph.json").read_text("utf-8")))
    options = ScanOptions(cache=False, workers=1)
    sources = replace(options.sources, root=str(folder), include_tests=True)
    graph = call_graph([folder], replace(options, sources=sources))
    found = _edges(graph)
    if (folder / "__init__.py").exists():  # a package, whose name the expected names leave out
        found = {edge.removeprefix(f"{folder.name}.").replace(f" {folder.name}.", " ") for edge in found}
    return Result(folder.parent.name, folder.name, tuple(sorted(found - expected)), tuple(sorted(expected - found)))


def _edges(graph: Graph) -> set[str]:
    return {f"{caller} -> {callee}" for caller, callees in graph.items() for callee in callees}


def _table(results: list[Result]) -> str:
    lines = ["| category | snippets | complete | sound |", "| --- | --- | --- | --- |"]
    for category in [*sorted({result.category for result in results}), "all"]:
        of = [result for result in results if category in ("all", result.category)]
        complete, sound = sum(not one.surplus for one in of), sum(not one.missing for one in of)
        lines.append(f"| {category} | {len(of)} | {complete} | {sound} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
