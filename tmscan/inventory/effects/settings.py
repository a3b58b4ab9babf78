"""Configuration values with a meaning: module constants, `app.config[…]` and arguments that library files name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tmscan.facts.types import Try, column_of, line_of
from tmscan.inventory.calls.arguments import pick, show, texts
from tmscan.inventory.effects.configured import Declared
from tmscan.inventory.types import Setting
from tmscan.libraries.index import Index, Known
from tmscan.libraries.types import SettingRow
from tmscan.program.data.operators import is_none
from tmscan.program.evaluation.control import is_main
from tmscan.program.machine import Machine
from tmscan.program.values import Choice, Event, External, Sequence, Table, Text, Value
from tmscan.program.values import Known as Constant
from tmscan.sources.types import Location

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Origin = Literal["literal", "environment", "computed"]
_Row = tuple[str, str, str, Origin, str, Location]


def settings_of(machine: Machine, index: Index, declarations: Iterable[Declared]) -> tuple[Setting, ...]:
    """Every setting that is given a value somewhere, once per place, in a stable order."""
    found: dict[_Row, bool] = {}  # whether it is given under a condition, wherever it is
    abroad: set[_Row] = set()  # those that somewhere are told to a server which other machines may reach
    for event in machine.events:
        for known in index.settings.get(event.path, ()):
            # a row without an argument says that the call as such switches something on
            value = pick(event.arguments, known.row.argument) if known.row.argument else Constant(True)
            if value is not None and known.row.meaning != "keys":
                place = Location(event.module.path, line_of(event.at), column_of(event.at))
                row = _setting(known, known.row.key, value, place)
                found[row] = found.get(row, True) and _hangs(event)
                if not _is_local(event, known.row):
                    abroad.add(row)
    used = {name.partition(".")[0] for facts in machine.facts.values() for name in facts.imports}
    for key, value, module, at, conditional in declarations:
        for known in index.setting_keys.get(key, ()):
            if not known.row.paths and (
                not known.library.imports or any(name.partition(".")[0] in used for name in known.library.imports)
            ):
                row = _setting(known, key, value, Location(module.path, line_of(at), column_of(at)))
                found[row] = found.get(row, True) and conditional
                abroad.add(row)
    rows = sorted(found, key=lambda item: (item[5], item[0], item[4], item[2]))
    return tuple(
        Setting(key, meaning, value, origin, library, place, conditional=found[row], local=row not in abroad)
        for row in rows
        for key, meaning, value, origin, library, place in (row,)
    )


def _is_local(event: Event, row: SettingRow) -> bool:
    """Whether a call starts a server that listens on this machine only, as most for developers do unless told."""
    if not row.host or event.arguments.unknown is not None:
        return False
    host = pick(event.arguments, row.host)
    return host is None or is_none(host) or (isinstance(host, Constant) and host.value in _LOOPBACK)


def _hangs(event: Event) -> bool:
    """Whether a call is made under some condition, other than that the file is run by itself."""
    tests = event.activation.under.get(id(event), ())
    return any(not isinstance(test, Try) and not is_main(test) for test in tests)


def _setting(known: Known[SettingRow], key: str, value: Value, place: Location) -> _Row:
    origin = origin_of(value)
    text = _default(value) if origin == "environment" else show(value, 200)
    return key, known.row.meaning, text, origin, known.library.name, place


def _default(value: Value) -> str:
    """What a value is when the environment says nothing; "" when it then is nothing."""
    if isinstance(value, Choice):
        return next((text for option in value.options if (text := _default(option))), "")
    if isinstance(value, External):
        default = (value.attributes or {}).get("\0default")
        return show(default, 200) if default is not None else ""
    if isinstance(value, Constant):
        return "" if value.value is None else show(value, 200)
    found = texts(value)
    return found[0][:200] if found else ""


def origin_of(value: Value) -> Origin:
    """Whether a value stands in the code, comes from the environment, or is computed."""
    if isinstance(value, Constant):
        return "literal"
    if isinstance(value, External):
        return "environment" if "environ" in value.path or "\0default" in (value.attributes or {}) else "computed"
    if isinstance(value, Sequence | Table):
        parts = value.items if isinstance(value, Sequence) else list(value.items.values())
        return "literal" if parts and all(origin_of(part) == "literal" for part in parts) else "computed"
    parts = list(value.options) if isinstance(value, Choice) else list(value.parts) if isinstance(value, Text) else []
    return "environment" if any(origin_of(part) == "environment" for part in parts) else "computed"
