"""Text from scanned code in, the same text made harmless for one format out: names are data and may be hostile."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKUP = re.compile(r"([\\`*_{}\[\]|~$])")
_LINKED = re.compile(r"(?<=[@#])(?=\w)|(?<=\w:)(?=//)|(?<=[wW]{3})(?=\.)")


def visible(text: str) -> str:
    """Control characters, line breaks, direction marks and lone surrogates as `\\xNN` or `\\uNNNN`: one safe line."""
    return _UNSEEN.sub(_code, text)


def for_terminal(text: str) -> str:
    """One line without escape sequences, so that a name cannot colour, move or clear anything."""
    return visible(text)


def for_markdown(text: str) -> str:
    """Text that no Markdown reader takes for markup, tables or HTML, nor GitHub for a mention, an issue or a link.

    Escapes do not stop the last three: they look at the finished page, so that a space without width goes in between.
    """
    plain = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKED.sub("&#8203;", _MARKUP.sub(r"\\\1", plain))


def as_code(text: str) -> str:
    """A Markdown code span that stays one span and one table cell whatever is in it."""
    plain = visible(text).replace("|", "¦") or "(empty)"
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    pad = " " if "`" in plain or plain.strip() != plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def for_annotation(text: str) -> str:
    """The message of a GitHub workflow command, where `%` and line ends have a meaning."""
    return visible(text).replace("%", "%25")


def for_annotation_property(text: str) -> str:
    """A property of a GitHub workflow command, where `:` and `,` have a meaning as well."""
    return for_annotation(text).replace(":", "%3A").replace(",", "%2C")


def _code(match: re.Match[str]) -> str:
    number = ord(match.group())
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
