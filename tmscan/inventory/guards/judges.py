"""What a judgement on guards is made with: the judge, what it is asked, and its answer, as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tmscan.inventory.guards.refusals import Reader
from tmscan.inventory.guards.rehearsal import NOWHERE, Situation, fact_paths
from tmscan.inventory.types import Guard
from tmscan.libraries.index import Index
from tmscan.libraries.types import Scope
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Event, Value


@dataclass(frozen=True, slots=True)
class Judged:
    """A guard together with what only the verdict needs: whether it opens instead of closing, and for which verbs.

    `rehearsed` is one of the project's own, which has been asked about this endpoint: a mark on the handler that a
    library's guards heed is nothing to it. What a person has declared, `declared`, stands above both.
    """

    guard: Guard
    public: bool = False
    methods: tuple[str, ...] = ()
    rehearsed: bool = False
    declared: bool = False
    spares: tuple[str, ...] = ()  # classes and decorators of handlers that it leaves alone
    unsure: str = ""  # why it is not known whether it refuses: it could not be followed to the end


@dataclass(slots=True)
class Judge:
    """The program and the libraries, with verdicts already passed, hooks by router, and defaults from settings."""

    machine: Machine
    index: Index
    reader: Reader
    facts: frozenset[str]
    known: dict[object, Judged | None] = field(default_factory=dict)
    candidates: dict[object, bool | None] = field(default_factory=dict)  # None: depends on the endpoint
    spare: int = 400_000  # steps for rehearsals that do not come to an end in the usual number
    refusing: dict[object, bool] = field(default_factory=dict)  # whether something refuses at all, whoever asks
    answers: dict[tuple[int, int], Value] = field(default_factory=dict)
    admitting: dict[object, bool] = field(default_factory=dict)  # whether what is asked who calls takes anybody
    hooks: dict[object, list[tuple[Value, Scope, Event]]] = field(default_factory=dict)
    limited: dict[int, tuple[str, ...]] = field(default_factory=dict)  # hooks for one path alone, by `id` of the event
    besides: dict[object, list[tuple[Value, str]]] = field(default_factory=dict)  # hooks that are no guards, by router
    middleware: list[tuple[Value, Scope]] = field(default_factory=list)
    defaults: dict[str, Value] = field(default_factory=dict)
    only_looks: bool = False  # what would be judged runs as it is, and nothing is rehearsed yet


@dataclass(frozen=True, slots=True)
class Asked:
    """What a judgement is about: where the guard would stand, before which endpoint, and what is not to be entered.

    What is `injected` gets the variables of the path by name, as the handler does.
    """

    scope: Scope
    situation: Situation = NOWHERE
    request: Value | None = None
    skipped: frozenset[int] = frozenset()
    passes: bool = False  # whether the framework hands the request to handlers as their first argument
    runs: Sequence[Activation] = ()  # what the handler did when it ran on input that nothing is known about
    injected: bool = False


def new_judge(machine: Machine, index: Index) -> Judge:
    """A judge that has not judged anything yet."""
    machine.placing = fact_paths(machine)
    return Judge(machine, index, Reader(machine, index), machine.placing)


def apart(judge: Judge) -> Judge:
    """A judge that knows the same of the program, and whose verdicts the other one does not learn of."""
    return replace(
        judge,
        known=dict(judge.known),
        candidates=dict(judge.candidates),
        refusing=dict(judge.refusing),
        answers=dict(judge.answers),
        admitting=dict(judge.admitting),
    )
