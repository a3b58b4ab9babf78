"""What a condition says of the caller: a test in an activation goes in, the words that speak of who asks come out.

A function of the project that the test calls is asked in its place where the test itself has no such words: what it
returns, and what that hangs on, `if not is_known(request)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tmscan.facts.types import Attribute, Call, If, Name, Return, Subscript, Try, With
from tmscan.inventory.guards.identity import assigned, caller_words, from_settings, words_of
from tmscan.program.machine import Machine
from tmscan.program.values import Activation

DEPTH = 2
# What is asked of a list of those who must not come in: whoever is not on it needs no name.
_BANNED = re.compile(r"(?:^|_)(?:ban|bans|banned|blocked|black_?list\w*|deny_?list\w*|block_?list\w*)(?:_|$)")
Sources = dict[int, Mapping[str, list[object]]]


def words_of_test(
    machine: Machine,
    sources: Sources,
    known: dict[int, frozenset[str]],
    holder: Activation,
    test: object,
    plainly: bool,
) -> frozenset[str]:
    """The words of a condition in `holder` that speak of the caller; unless `plainly`, also what its functions say.

    What a `try` calls is no condition: it may fail for any reason.
    """
    return _words(machine, sources, known, holder, (test,), 0 if plainly or isinstance(test, Try) else DEPTH)


def _words(
    machine: Machine,
    sources: Sources,
    known: dict[int, frozenset[str]],
    holder: Activation,
    tests: tuple[object, ...],
    depth: int,
) -> frozenset[str]:
    named = sources_of(machine, sources, holder)
    found: frozenset[str] = frozenset().union(*(caller_words(named, test, known) for test in tests))
    if found or not depth or any(_BANNED.search(word) for test in tests for word in words_of(test, known)):
        return found
    wanted = {at for test in tests for at in _called(test, named)}
    for at, callee in holder.calls if wanted else ():
        if at in wanted and callee.function is not None:
            answers = tuple(_answers(machine.bodies.get(id(callee.function.definition), ())))
            found = found | _words(machine, sources, known, callee, answers, depth - 1)
    return found


def sources_of(machine: Machine, sources: Sources, holder: Activation) -> Mapping[str, list[object]]:
    """What the names of the function that ran are assigned from."""
    if holder.function is None:
        return {}
    key = id(holder.function.definition)
    if key not in sources:
        sources[key] = assigned(holder.function.definition, machine.bodies)
    return sources[key]


def _called(node: object, named: Mapping[str, list[object]]) -> Iterator[int]:
    """Where the calls of a test are, and those that its names come from; settings say nothing of the caller."""
    queue: list[tuple[object, bool]] = [(node, True)]
    while queue:
        one, follow = queue.pop()
        if isinstance(one, Name | Attribute | Subscript | Call) and from_settings(one):
            continue
        if isinstance(one, Call):
            yield one.at
        elif isinstance(one, Name) and follow:
            queue.extend((source, False) for source in named.get(one.id, ()))
        if isinstance(one, tuple):
            queue.extend((item, follow) for item in one)
        elif hasattr(one, "__struct_fields__"):
            values = (getattr(one, name) for name in one.__struct_fields__)
            queue.extend((value, follow) for value in values if not isinstance(value, str | int | bool | None))


def _answers(block: object) -> Iterator[object]:
    """What a function returns, and the tests that this hangs on."""
    for statement in block if isinstance(block, tuple) else ():
        if isinstance(statement, Return):
            yield statement.value
        elif isinstance(statement, If):
            yield statement.test
        if isinstance(statement, If | Try | With):
            for name in ("body", "orelse", "final"):
                yield from _answers(getattr(statement, name, None))
