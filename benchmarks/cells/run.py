"""Endpoint by store and by host: `python benchmarks/cells/run.py APP FOLDER [--rows]` prints right, missed, false.

APP names a file in `truth`, read by hand from the handlers of one version of an application; FOLDER holds that version
unpacked. A cell is an endpoint with a verb on a store, with a table, or with a host (or a verb on files).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

VERBS = {"read", "write", "delete"}
NAMES = ("verbs", "tables", "hosts or files")
Cells = tuple[set[str], set[str], set[str]]


def main(app: str, folder: str, *options: str) -> None:
    """Print one line for the application, and with `--rows` what is missed and what is false."""
    file = Path(__file__).parent / "truth" / f"{app}.txt"
    truth = _truth(file)
    noted = (line.partition("not counted:")[2] for line in file.read_text("utf-8").splitlines() if line[:1] == "#")
    aside = {name for names in noted for name in names.split()}  # tables that only tie others together
    command = [sys.executable, "-m", "tmscan", "inventory", folder, "--format", "json"]
    inventory = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    files = any(cells[2] & VERBS for cells in truth.values())
    tables = {table.lower(): table for cells in truth.values() for table in cells[1]}
    found: dict[str, Cells] = {}
    for reach in inventory["reaches"]:
        verbs, entities, rest = found.setdefault(reach["source"], (set(), set(), set()))
        if reach["target"] == "store:filesystem":
            rest |= set(reach["operations"]) & VERBS if files else set()
        elif reach["target"].startswith("store:"):
            verbs |= set(reach["operations"]) & VERBS
            entities |= {tables.get(name.lower(), name) for name in reach["entities"]} - aside
        elif reach["target"].startswith("host:") and not files:
            rest.add(reach["target"].removeprefix("host:"))
    counts = [[0, 0, 0] for _ in NAMES]
    for endpoint in inventory["endpoints"]:
        name = endpoint["handler"].rpartition(".")[2]
        expected = truth.get(name) or truth[f"{name} {'one' if 'pk' in endpoint['path'] else 'list'}"]
        for count, want, have in zip(counts, expected, found.get(endpoint["id"], (set(), set(), set())), strict=True):
            count[0] += len(want & have)
            count[1] += len(want - have)
            count[2] += len(have - want)
            if "--rows" in options and want != have:
                print(name, "missed", sorted(want - have), "false", sorted(have - want))
    columns = 3 + len(tables) + (3 if files else len(set().union(*(cells[2] for cells in truth.values()))))
    print(f"{app}: {len(inventory['endpoints'])} endpoints, {columns * len(inventory['endpoints'])} cells")
    for label, (right, missed, false) in zip(NAMES, counts, strict=True):
        print(f"  {label}: {right} right, {missed} missed, {false} false")


def _truth(path: Path) -> dict[str, Cells]:
    rows = [line.split("|") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    read = [[part.strip() for part in (*row, "", "", "")] for row in rows]
    return {row[0]: (set(row[1].split()), set(row[2].split()), set(row[3].split())) for row in read}


if __name__ == "__main__":
    main(*sys.argv[1:])
