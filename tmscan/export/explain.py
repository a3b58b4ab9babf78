"""A rule in, its prose out: for the help of an alert and for `tmscan explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tmscan.threats.types import Rule

MEANING: Mapping[str, str] = {
    "spoofing": "someone or something passes for another",
    "tampering": "data or code is changed by someone who may not",
    "repudiation": "someone can deny what they did",
    "information-disclosure": "someone learns what they may not know",
    "denial-of-service": "the system is kept from doing its work",
    "elevation-of-privilege": "someone does what they may not do",
}


def help_text(rule: Rule) -> str:
    """What a reader of an alert wants to know, in plain text."""
    return "\n\n".join(
        (
            f"{rule.title}.",
            f"Why it matters: {rule.why}",
            f"STRIDE: {rule.stride.replace('-', ' ')}, that is, {MEANING[rule.stride]}.",
            f"What to do: {rule.fix}",
            *((f"When it is a false alarm: {rule.false_positives}",) if rule.false_positives else ()),
            f"To suppress it on a line: # tmscan: ignore[{rule.id}] reason=...",
            *(("See also: " + ", ".join(rule.references),) if rule.references else ()),
        )
    )


def help_markdown(rule: Rule) -> str:
    """The same as Markdown; the prose of a rule is written by its author and trusted."""
    links = "\n".join(f"- <{reference}>" for reference in rule.references)
    parts = (
        f"## {rule.title}",
        rule.why,
        f"**STRIDE:** {rule.stride.replace('-', ' ')}, that is, {MEANING[rule.stride]}.",
        f"### What to do\n\n{rule.fix}",
        *((f"### When it is a false alarm\n\n{rule.false_positives}",) if rule.false_positives else ()),
        f"To suppress it on a line, say why:\n\n```python\n# tmscan: ignore[{rule.id}] reason=...\n```",
    )
    return "\n\n".join((*parts, f"### References\n\n{links}") if links else parts)
