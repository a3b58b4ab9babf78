"""Texts written anew: what is known of the data in what `replace`, `strip`, `re.sub` and `normpath` give."""

from __future__ import annotations

from tmscan.program.checks import marked
from tmscan.program.data.regexes import NAME, TELLING, taken_out
from tmscan.program.lattice import options
from tmscan.program.values import Arguments, Choice, External, Known, Text, Unknown, Value

REWRITING = frozenset({"replace", "sub", "normpath", "strip", "lstrip"})
_JOINED = frozenset({"os.path.join()", "posixpath.join()"})
# What data must lack for some sink to be safe from it.
_HARMING = frozenset({"..", "../", "..\\", "/", "\\", "'", '"', "<", "\n", "\r", "*", "(", ")"})

_LEADING_SLASHES = frozenset({"^/+", "^/*", "\\A/+", "^[/\\\\]+", "^[\\\\/]+"})


def rewritten(method: str, callee: Value, arguments: Arguments, result: Value) -> Value:
    """What a call of one of these gave, with what is known of it."""
    if method == "normpath":
        return marked(result, frozenset({"lacks:.."})) if _rooted(arguments.positional[:1]) else result
    if method in ("strip", "lstrip"):
        return _stripped(arguments.positional, result)
    if method == "replace":
        return _replaced(arguments.positional, result)
    return _substituted(callee, arguments, result)


def _rooted(given: list[Value]) -> bool:
    """Whether a path begins with a slash: normalized, it has no way out of there."""
    return bool(given) and all(_begins_at_root(option) for option in options(given[0]))


def _begins_at_root(value: Value) -> bool:
    if isinstance(value, External) and value.event is not None and value.path in _JOINED:
        return _rooted(value.event.arguments.positional[:1])
    first = value.parts[0] if isinstance(value, Text) else value
    return isinstance(first, Known) and str(first.value).startswith("/")


def _stripped(given: list[Value], result: Value) -> Value:
    """What `text.lstrip("/")` gave: it does not begin with a slash."""
    said = given[0].value if len(given) == 1 and isinstance(given[0], Known) else None
    return marked(result, frozenset({"bare:/"})) if isinstance(said, str) and "/" in said else result


def _substituted(callee: Value, arguments: Arguments, result: Value) -> Value:
    """What `re.sub(pattern, replacement, text)` gave, or `pattern.sub(replacement, text)`: some letters are gone."""
    if not isinstance(callee, External) or not isinstance(result, External) or not result.origins:
        return result
    made = callee.base.event if isinstance(callee.base, External) else None
    given = [*(made.arguments.positional if made is not None else ()), *arguments.positional]
    if given and isinstance(given[0], External) and given[0].event is not None and given[0].path == "re.compile()":
        given[:1] = given[0].event.arguments.positional[:1]
    said = [each.value for each in given[:2] if isinstance(each, Known) and isinstance(each.value, str)]
    if not callee.path.startswith("re.") or len(said) != 2:
        return result
    gone = taken_out(said[0], said[1])
    checks = {f"lacks:{letter}" for letter in gone}
    if said[0] in _LEADING_SLASHES and not said[1]:
        checks.add("bare:/")
    if gone >= set(TELLING) - {"."}:
        checks |= {"plain"} if "." in gone else NAME
    return marked(result, frozenset(checks)) if checks else result


def _replaced(given: list[Value], result: Value) -> Value:
    """What `text.replace(old, new)` gave: no quote is left by `replace("'", "")`; of `../` one may be."""
    separators = ("os.sep", "os.path.sep")
    given = [Known("/") if isinstance(each, External) and each.path in separators else each for each in given]
    said = [each.value for each in given if isinstance(each, Known) and isinstance(each.value, str)]
    if len(given) != 2 or len(said) != 2 or not isinstance(result, Unknown | External | Text | Choice):
        return result
    old, new = said
    if old in ("'", '"') and new == old * 2:
        return marked(result, frozenset({f"doubled:{old}"}))
    gone = old in _HARMING and old not in new and len(set(old)) == 1
    return marked(result, frozenset({f"lacks:{old}"})) if gone else result
