"""Shapes of code that are no calls: a small program in, what was observed out, each place once."""

from __future__ import annotations

from tmscan.scan import scan_sources

RAISED = """
from fastapi import FastAPI, HTTPException
app = FastAPI()

@app.get("/notes")
def notes():
    try:
        return [int("x")]
    except ValueError as error:
        raise HTTPException(status_code=422, detail=str(error))
"""


def test_an_error_that_is_made_and_raised_in_one_statement_is_told_once() -> None:
    observations = scan_sources({"app.py": RAISED.encode()}).inventory.observations
    assert [(each.kind, each.location.line) for each in observations] == [("error-text-returned", 10)]
