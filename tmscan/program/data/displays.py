"""List, tuple, set and dict displays: the containers they make, stars spread."""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.data.subscripts import element
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.tables import NO_KEY, key_for, key_value
from tmscan.program.values import (
    Frame,
    Sequence,
    Table,
    Value,
)


def display(machine: Machine, frame: Frame, node: ir.Display) -> Value:
    found = Sequence(node.kind, [], level=frame.uncertain)
    for item in node.items:
        if type(item) is ir.Starred:
            value = machine.evaluate(machine, frame, item.value)
            if type(value) is Sequence:
                found.items.extend(value.items)
                found.rest = value.rest if found.rest is None else found.rest
            elif type(value) is Table:
                found.items.extend(key_value(key) for key in value.items)
            else:
                found.rest = element(machine, value)
        else:
            found.items.append(machine.evaluate(machine, frame, item))
    return found


def mapping(machine: Machine, frame: Frame, node: ir.Mapping) -> Value:
    table = Table({}, made=frame.uncertain)
    for key_node, value_node in node.items:
        value = machine.evaluate(machine, frame, value_node)
        if key_node is None:
            if type(value) is Table:
                table.items.update(value.items)
                table.rest = value.rest if value.rest is not None else table.rest
            else:
                table.rest = element(machine, value)
            continue
        key = machine.evaluate(machine, frame, key_node)
        handle = key_for(key)
        if handle is not NO_KEY:
            table.items[handle] = value
        else:
            table.rest = value if table.rest is None else join([table.rest, value])
    return table
