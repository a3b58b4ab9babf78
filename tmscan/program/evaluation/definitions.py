"""Making functions and classes out of their definitions, in the scope that they stand in."""

from __future__ import annotations

from tmscan.facts.types import ClassDef, FunctionDef
from tmscan.program.machine import Machine, external
from tmscan.program.objects.classes import PLAIN_BASES, external_bases
from tmscan.program.values import Arguments, Class, Decorated, External, Frame, Function, Known, Value


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


def described(machine: Machine, cls: Class) -> None:
    """Put a class whose third-party bases are unknown on top of what its attributes say: one with fields is a model."""
    known, telling = machine.vocabulary.known, machine.vocabulary.describing
    if not telling or all(base.path in known or base.path in PLAIN_BASES for base in external_bases(cls)):
        return
    attributes = (value.path for value in cls.namespace.values() if isinstance(value, External))
    told = next((telling[path] for path in attributes if path in telling), None)
    if told is not None:
        cls.bases, cls.order = (*cls.bases, external(machine, told)), None


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
