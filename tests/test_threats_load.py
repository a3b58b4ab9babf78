"""Rule files that must not load, and what the message says; the bundled rules that must."""

from __future__ import annotations

from pathlib import Path

import pytest

from tmscan.errors import TmscanError
from tmscan.threats.load import load_rules, read_rule

BUNDLED = Path(__file__).parent.parent / "rules" / "threats"
GOOD = """\
title: A title
stride: tampering
cwe: [89]
level: error
confidence: high
security-severity: 9.1
each: endpoint
where:
  verb: [POST, PUT]
  reaches: {kind: store, operation: [write, delete]}
unless:
  guards: {kind: csrf}
message: "{methods} {path} writes to {reaches.name}"
why: because
fix: so
false-positives: hardly
references: [https://example.org]
examples: ["x = 1"]
"""
PLACE = Path("rules/tampering/some-rule.yaml")


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_good_rule_is_read_whole():
    rule = read_rule(GOOD, PLACE)
    assert (rule.id, rule.stride, rule.cwe, rule.security_severity) == ("some-rule", "tampering", (89,), 9.1)
    assert rule.unless is not None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (changed("level: error", "levl: error"), 4, "unknown key 'levl' in a rule; did you mean 'level'?"),
        (changed("level: error", "level: severe"), 4, "level cannot be 'severe'"),
        (changed("why: because\n", ""), 1, "a rule needs 'why'"),
        (changed("cwe: [89]", "cwe: [CWE-89]"), 3, "without leading zeros"),
        (changed("cwe: [89]", "cwe: 89"), 3, "cwe must be a list"),
        (changed("9.1", "11"), 6, "a number from 0.1 to 10.0"),
        (changed("9.1", '"9.1"'), 6, "a number from 0.1 to 10.0"),
        (changed("each: endpoint", "each: endpont"), 7, "did you mean 'endpoint'?"),
        (changed("verb:", "verbs:"), 9, "endpoint records have no 'verbs'; did you mean 'verb'?"),
        (changed("kind: store", "knd: store"), 10, "reach records have no 'knd'; did you mean 'kind'?"),
        (changed("kind: csrf", "kind: crsf"), 12, "is never 'crsf'; did you mean 'csrf'?"),
        (changed("verb: [POST, PUT]", "verb: []"), 9, "empty list"),
        (changed("verb: [POST, PUT]", "state_changing: yess"), 9, "compared with true or false"),
        (changed("verb: [POST, PUT]", "path: 7"), 9, "compared with text"),
        (changed("verb: [POST, PUT]", "path: null"), 9, "is never null"),
        (changed("verb: [POST, PUT]", "path: {like: x}"), 9, "`not:`"),
        (changed("verb: [POST, PUT]", "any: [{verb: POST}]"), 9, "two conditions or more"),
        (changed("verb: [POST, PUT]", "verb: POST\n  verb: PUT"), 10, "'verb' twice"),
        (changed("{kind: store, operation: [write, delete]}", "{}"), 10, "says nothing"),
        (changed("{path}", "{pth}"), 13, "did you mean 'path'?"),
        (changed("{reaches.name}", "{reaches.nam}"), 13, "did you mean 'name'?"),
        (changed("{reaches.name}", "{reach.name}"), 13, "did you mean 'reaches'?"),
        (changed("{reaches.name}", "{0.__class__}"), 13, "braces are for placeholders"),
        (changed("why: because", "why: 3"), 14, "why must be text"),
        (changed("why: because", "why: because\n\tfix: 3"), 15, "not valid YAML"),
        ("- a list", 1, "expected keys and values"),
        ("", 1, "expected keys and values"),
    ],
)
def test_a_bad_rule_stops_with_file_line_and_a_hint(text: str, line: int, words: str):
    with pytest.raises(TmscanError) as caught:
        read_rule(text, PLACE)
    assert f"{PLACE}:{line}: " in str(caught.value)
    assert words in str(caught.value)


def test_only_one_level_of_nesting():
    text = changed("{kind: csrf}", "{any: [{kind: csrf}, {reaches: {kind: store}}]}")
    with pytest.raises(TmscanError, match="guard records have no 'reaches'"):
        read_rule(text, PLACE)
    text = changed("each: endpoint", "each: flow").replace("verb: [POST, PUT]\n  reaches:", "endpoints:")
    text = text.replace("{kind: store, operation: [write, delete]}", "{guards: {kind: csrf}}")
    with pytest.raises(TmscanError, match="only one level of nesting"):
        read_rule(text, PLACE)


def test_options_are_compared_as_text():
    text = changed("each: endpoint", "each: outbound").replace(
        GOOD[GOOD.index("  verb") : GOOD.index("why:")], "  options: {verify: false}\nmessage: x\n"
    )
    with pytest.raises(TmscanError, match="put its value in quotes"):
        read_rule(text, PLACE)


def test_folder_and_letter_must_agree():
    with pytest.raises(TmscanError, match="stands in a folder of that name, not in 'spoofing'"):
        read_rule(GOOD, Path("rules/spoofing/some-rule.yaml"))


def test_a_rule_of_ones_own_may_be_short_and_stand_anywhere():
    short = "\n".join(line for line in GOOD.splitlines() if line.split(":")[0] not in SPARED)
    rule = read_rule(short, Path("my-rules/own-rule.yaml"))
    assert (rule.security_severity, rule.cwe, rule.references, rule.examples) == (7.0, (), (), ())


SPARED = {"security-severity", "cwe", "false-positives", "references", "examples"}


def test_the_id_is_the_file_name():
    with pytest.raises(TmscanError, match="lower-case words joined by hyphens"):
        read_rule(GOOD, Path("rules/tampering/Some_Rule.yaml"))


def test_two_rules_cannot_share_an_id(tmp_path: Path):
    for name in ("one", "two"):
        folder = tmp_path / name / "tampering"
        folder.mkdir(parents=True)
        (folder / "some-rule.yaml").write_text(GOOD)
    assert len(load_rules([tmp_path / "one"])) == 1
    with pytest.raises(TmscanError, match="there is a rule 'some-rule' already"):
        load_rules([tmp_path / "one", tmp_path / "two"])


def test_a_missing_folder_and_an_unreadable_file_are_named(tmp_path: Path):
    with pytest.raises(TmscanError, match="no such folder of rules"):
        load_rules([tmp_path / "none"])
    (tmp_path / "tampering").mkdir()
    (tmp_path / "tampering" / "some-rule.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TmscanError, match="cannot be read"):
        load_rules([tmp_path])


@pytest.mark.parametrize("where", ["&a {not: *a}", "{not: " * 3000 + "{verb: POST}" + "}" * 3000])
def test_nesting_without_end_is_refused(tmp_path: Path, where: str):
    (tmp_path / "some-rule.yaml").write_text(
        GOOD[: GOOD.index("where:")] + f"where: {where}\n" + GOOD[GOOD.index("unless:") :]
    )
    with pytest.raises(TmscanError, match="nested too deeply"):
        load_rules([tmp_path])


def test_the_bundled_rules_load_and_cover_every_letter():
    rules = load_rules([BUNDLED])
    assert len(rules) >= 20
    assert {rule.stride for rule in rules} == {path.name for path in BUNDLED.iterdir() if path.is_dir()}
    assert [rule.id for rule in rules] == sorted(rule.id for rule in rules)
    for rule in rules:
        assert len(rule.title) <= 100, rule.id
        assert len(rule.why) <= 1024, rule.id
        assert rule.references, rule.id
        assert rule.false_positives, rule.id
        assert rule.cwe, rule.id
        assert "{" not in rule.title, rule.id
