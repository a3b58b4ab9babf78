"""The call graphs of the snippets in `fixtures/callgraph`: what stands in a `callgraph.json` is all that is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tmscan.scan import ScanOptions, call_graph

SNIPPETS = Path(__file__).resolve().parent.parent / "fixtures" / "callgraph"
FILES = sorted(SNIPPETS.glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_edges(file: Path, tmp_path: Path) -> None:
    text = file.read_text("utf-8")
    (tmp_path / "main.py").write_text(text, "utf-8")
    graph = call_graph([tmp_path], ScanOptions(cache=False, workers=1))
    found = {f"{caller} -> {callee}" for caller, callees in graph.items() for callee in callees}
    assert found == {line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ") and " -> " in line}


def test_json_is_sorted(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("def f(): g(); len('')\ndef g(): pass\n", "utf-8")
    graph = call_graph([tmp_path], ScanOptions(cache=False, workers=1))
    assert json.dumps(graph) == json.dumps(
        {"<builtin>.len": [], "main": [], "main.f": ["<builtin>.len", "main.g"], "main.g": []}
    )
