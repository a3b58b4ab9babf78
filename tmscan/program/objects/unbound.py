"""Methods of third-party classes called on the class with an object of the project's: `Base.method(self, …)`.

The call goes in; the same call on the object comes out, as if it were written with `super()`.
"""

from __future__ import annotations

from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import member_path
from tmscan.program.objects.classes import external_bases
from tmscan.program.values import Arguments, External, Instance


def on_object(machine: Machine, callee: External, arguments: Arguments) -> tuple[External, Arguments] | None:
    """The method of the object that the first argument is, if the class stands among its bases."""
    base = callee.base
    receiver = arguments.positional[0] if arguments.positional else None
    if not (isinstance(receiver, Instance) and isinstance(base, External)) or base.event is not None:
        return None
    if all(owner.path != base.path for owner in external_bases(receiver.cls)):
        return None
    name = callee.path.rpartition(".")[2]
    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.unknown)
    if name == "__init__":
        return External(base.path, receiver, None, attributes={"\0makes": receiver}), rest
    return External(member_path(machine, receiver.cls, None, name, made=True), receiver), rest
