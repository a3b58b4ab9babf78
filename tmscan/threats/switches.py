"""Known rules and the ids that a person switches on or off in; the ids that run out. An id of no rule stops here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.errors import TmscanError
from tmscan.threats.nodes import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.threats.types import Rule


def active_rules(rules: Sequence[Rule], enable: Sequence[str] | None, disable: Iterable[str]) -> frozenset[str]:
    """The ids of `enable` (all when None) without those of `disable`. Raises TmscanError for an unknown id."""
    known = frozenset(rule.id for rule in rules)
    off = check_ids(disable, known)
    return (known if enable is None else check_ids(enable, known)) - off


def check_ids(ids: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """`ids` as a set. Raises TmscanError for one that is not known, with the nearest that is."""
    wanted = frozenset(ids)
    for name in sorted(wanted - known):
        near = did_you_mean(name, known)
        hint = near if near.startswith("; did") else "; `tmscan rules` lists them"
        raise TmscanError(f"there is no rule {name!r}{hint}")
    return wanted
