"""The comment language itself, on records written by hand."""

from __future__ import annotations

import pytest
from expectations import check_expectations, read_expectations

from tmscan.inventory.types import Access, Auth, Endpoint, Guard, Inventory, Parameter, Store
from tmscan.sources.types import Location
from tmscan.threats.types import Finding, Register

CODE = """\
@app.route("/notes", methods=["GET", "POST"])
@login_required
def notes():
    text = request.form["text"]
    db.execute("INSERT INTO notes VALUES (?)", (text,))
"""
GUARD = Guard("authentication", "login_required", "handler", Location("main.py", 2))
NOTES = Endpoint(
    id="flask:notes",
    framework="flask",
    methods=("GET", "POST"),
    path="/notes",
    handler="main.notes",
    location=Location("main.py", 3),
    app="main.app",
    group="main",
    auth=Auth(True, (GUARD,), ""),
    guards=(GUARD,),
    parameters=(Parameter("text", "form"),),
)
INVENTORY = Inventory(
    name="main",
    endpoints=(NOTES,),
    stores=(Store("store:x", "sql", "sqlite", "x.db", Location("main.py", 5)),),
    accesses=(Access("store:x", "sqlite3", "write", "notes", True, Location("main.py", 5), "main.notes"),),
)
REGISTER = Register(
    (), (Finding("csrf", "", "warning", "low", "tampering", Location("main.py", 3), "main.notes", "f1", "mitigated"),)
)


@pytest.mark.parametrize(
    ("line", "comment", "differences"),
    [
        (1, 'endpoint="GET,POST /notes"', []),
        (3, "endpoint guard=authentication auth=required", []),
        (3, 'endpoint guard="authentication login_required" handler=main.notes', []),
        (4, 'input="form text"', []),
        (5, 'access="sqlite write notes" raw-sql store=x.db', []),
        (5, 'access="write notes" MISSING: sink=sql', []),
        (1, "mitigated=csrf", []),
        (1, 'endpoint="GET /notes"', ['main.py:3: unexpected: endpoint="POST /notes"']),
        (
            5,
            'access="sqlite read notes"',
            [
                'main.py:5: missing: access="sqlite read notes" (here: sqlite write notes)',
                'main.py:5: unexpected: access="sqlite write notes"',
            ],
        ),
        (5, "sink=sql", ['main.py:5: missing: sink="sql"']),
        (5, "MISSING: access=write", ['main.py:5: found what is marked MISSING (delete the mark): access="write"']),
        (5, "SPURIOUS: sink=sql", ['main.py:5: gone, delete the SPURIOUS mark: sink="sql"']),
        (1, "finding=csrf", ['main.py:1: missing: finding="csrf"']),
    ],
)
def test_difference(line: int, comment: str, differences: list[str]) -> None:
    lines = CODE.splitlines()
    lines[line - 1] += f"  # $ {comment}"
    assert check_expectations({"main.py": "\n".join(lines)}, INVENTORY, REGISTER) == differences


@pytest.mark.parametrize("comment", ["endpiont", 'access="x" (really)'])
def test_comment_out_of_the_language(comment: str) -> None:
    with pytest.raises(ValueError, match=r"a\.py:2: "):
        read_expectations({"a.py": f"x = 1\ny = 2  # $ {comment}\n"})
