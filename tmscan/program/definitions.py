"""Making functions and classes out of their definitions, in the scope that they stand in."""

from __future__ import annotations

from tmscan.facts.types import ClassDef, FunctionDef
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Class, Decorated, Frame, Function, Known, Value


def define_function(machine: Machine, frame: Frame, node: FunctionDef) -> Function:
    """The function a `def` makes; its defaults are evaluated here and now."""
    function = Function(node, frame.module, qualified(frame, node.name), frame.closure())
    if frame.is_class:
        function.owner = frame.cls
        if node.name in ("__init_subclass__", "__class_getitem__"):
            function.kind = "classmethod"
        elif node.name == "__new__":
            function.kind = "staticmethod"
    for parameter in node.parameters:
        if parameter.default is not None:
            function.defaults[parameter.name] = machine.evaluate(machine, frame, parameter.default)
    machine.functions.append(function)
    return function


def define_class(machine: Machine, frame: Frame, node: ClassDef, bases: Arguments) -> Class:
    """The class a `class` statement makes, its body not yet run."""
    cls = Class(node, frame.module, qualified(frame, node.name), tuple(bases.positional), keywords=bases.keywords)
    cls.namespace["__qualname__"] = Known(cls.qualname)
    machine.classes.append(cls)
    return cls


def qualified(frame: Frame, name: str) -> str:
    """The qualified name of something defined in `frame`, as Python would call it."""
    if frame.is_class and frame.cls is not None:
        return f"{frame.cls.qualname}.{name}"
    return f"{frame.function.qualname}.<locals>.{name}" if frame.function is not None else name


def plain(value: Value) -> Value:
    """A value without the third-party decorators around it."""
    while isinstance(value, Decorated):
        value = value.value
    return value
