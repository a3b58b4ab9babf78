"""Classes of the project: their method resolution order, and finding a name along it."""

from __future__ import annotations

from tmscan.program.values import Choice, Class, Decorated, Deferred, External, Value

PLAIN_BASES = frozenset(
    {
        "builtins.object",
        "typing.Generic[]",
        "typing.Generic",
        "abc.ABC",
        "typing.Protocol",
        "typing.Protocol[]",
        "builtins.Exception",
    }
)


def order_of(cls: Class) -> tuple[Class | External, ...]:
    """The linearised bases of a class, itself first: C3 where it works out, else depth first without repeats."""
    if cls.order is None:
        cls.order = (cls,)  # a class that inherits from itself is cut here
        parents = [base for base in map(_plain, cls.bases) if base is not None]
        sequences: list[list[Class | External]] = [
            list(order_of(base)) if isinstance(base, Class) else [base] for base in parents
        ]
        order = (cls, *_merge([*sequences, list(parents)]))
        # A base of a module that is still running (a cycle of imports) is looked up again when it is needed next.
        waiting = len(parents) < len(cls.bases) and any(isinstance(base, Deferred) for base in cls.bases)
        cls.order = None if waiting or any(isinstance(p, Class) and p.order is None for p in parents) else order
        return order
    return cls.order


def _plain(base: Value) -> Class | External | None:
    if isinstance(base, Decorated):
        return _plain(base.value)
    if isinstance(base, Choice):
        classes = [found for found in map(_plain, base.options) if found is not None]
        return next((found for found in classes if isinstance(found, Class)), classes[0] if classes else None)
    if isinstance(base, Deferred):
        found = base.module.frame.locals.get(base.name) if base.module.frame is not None else None
        return _plain(found) if found is not None and not isinstance(found, Deferred) else None
    return base if isinstance(base, Class | External) else None


def _identity(value: Class | External) -> object:
    return value.path if isinstance(value, External) else id(value)


def _merge(sequences: list[list[Class | External]]) -> list[Class | External]:
    merged: list[Class | External] = []
    sequences = [list(sequence) for sequence in sequences if sequence]
    while sequences:
        tails = {_identity(value) for sequence in sequences for value in sequence[1:]}
        head = next((s[0] for s in sequences if _identity(s[0]) not in tails), sequences[0][0])
        merged.append(head)
        taken = _identity(head)
        sequences = [kept for s in sequences if (kept := [value for value in s if _identity(value) != taken])]
    return merged


def find_in_class(cls: Class, name: str, after: Class | None = None) -> tuple[Value | None, Class | External | None]:
    """The value of `name` along the order (behind `after`, for `super()`), and where it stands.

    When no project class defines it, the value is None and the owner the first third-party base that may.
    """
    skipping = after is not None
    outside: External | None = None
    for owner in order_of(cls):
        if skipping:
            skipping = owner is not after
            continue
        if isinstance(owner, Class):
            found = owner.namespace.get(name)
            if found is not None:
                return found, owner
        elif outside is None and owner.path not in PLAIN_BASES:
            outside = owner
            if after is not None and name == "__init__":
                break  # third-party classes make themselves, and rarely hand on
    return None, outside


def external_bases(cls: Class) -> tuple[External, ...]:
    """The third-party classes that a class inherits from, nearest first."""
    return tuple(owner for owner in order_of(cls) if isinstance(owner, External))
