"""Work that grows with itself: lists that loops fill from lists of their own, loops inside loops over much."""

from __future__ import annotations

from pathlib import Path

from tmscan.facts.collect import collect
from tmscan.facts.types import FileFacts
from tmscan.program.link import link
from tmscan.program.machine import Machine
from tmscan.program.values import Sequence
from tmscan.program.vocabulary import Vocabulary
from tmscan.sources.types import Source

GROWING = """
class Item:
    def __init__(self, left, right):
        self.left = left
        self.right = right

def pairs(items, more):
    found = []
    for one in items:
        for other in more:
            found.append(Item(one, other))
            found.append(one)
    return found

def grow(items):
    for _ in range(20):
        items = pairs(items, items) + [each.left for each in items]
    return items

grown = grow(list(load()))
"""

ROUTES = """
def table(names):
    rows = []
    for name in names:
        rows.append((f"/{name}", name))
    return rows

NAMES = [NAMED]
rows = table(NAMES)
"""


def run(text: str) -> Machine:
    facts = collect([("app.py", text.encode())], None)["app.py"]
    assert isinstance(facts, FileFacts)
    source = Source("app.py", str(Path("app.py")), "app", False, "", "application")
    return link([source], {"app.py": facts}, Vocabulary()).machine


def names_of(machine: Machine) -> dict[str, object]:
    frame = machine.modules["app"].frame
    assert frame is not None
    return dict(frame.locals)


def test_lists_that_feed_themselves_stay_small() -> None:
    machine = run(GROWING)
    grown = names_of(machine)["grown"]
    assert machine.steps < 100_000  # without bounds: all that a module may take, 300,000
    assert grown is not None


def test_constants_in_long_lists_are_all_told_apart() -> None:
    names = ", ".join(f'"page{number}"' for number in range(1_500))
    machine = run(ROUTES.replace("NAMED", names))
    rows = names_of(machine)["rows"]
    assert isinstance(rows, Sequence)
    assert (len(rows.items), rows.rest) == (1_500, None)
