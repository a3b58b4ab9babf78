"""Configuration, rules and options with mistakes in them: exit code 2, the place, and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import GOOD, run


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.tmscan\n", ["pyproject.toml"]),
        ("[tool.tmscan]\nexclud = ['x']\n", ["pyproject.toml", "exclud", "exclude"]),
        ("[tool.tmscan]\nexclude = 3\n", ["pyproject.toml", "exclude"]),
        ("[tool.tmscan]\nfail-on = 'catastrophe'\n", ["pyproject.toml", "catastrophe"]),
        ("[tool]\ntmscan = 'yes'\n", ["pyproject.toml", "tmscan"]),
    ],
)
def test_invalid_configuration(environment: dict[str, str], tmp_path: Path, text: str, words: list[str]) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "pyproject.toml").write_text(text)
    done = run(environment, "scan", tmp_path)
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr


RULE = """\
title: A rule of our own
stride: tampering
cwe: [89]
level: error
confidence: high
each: sink
where:
  kind: sql
message: "SQL in {function}"
why: because
fix: do not
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("level: error", "levle: error", 4, ["levle", "level"]),
        ("  kind: sql", "  kidn: sql", 8, ["kidn", "kind"]),
        ("stride: tampering", "stride: tampring", 2, ["tampring", "tampering"]),
        ("each: sink", "each: snk", 6, ["snk", "sink"]),
        ("level: error", "level: [error", 0, []),
        ('message: "SQL in {function}"', 'message: "SQL in {functoin}"', 9, ["functoin"]),
    ],
)
def test_rule_with_a_mistake(
    environment: dict[str, str], tmp_path: Path, old: str, new: str, line: int, words: list[str]
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "own-rule.yaml").write_text(RULE.replace(old, new))
    (tmp_path / "good.py").write_text(GOOD)
    done = run(environment, "scan", tmp_path / "good.py", "--rules", rules)
    assert done.returncode == 2
    assert "own-rule.yaml" in done.stderr
    if line:
        assert f":{line}" in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "content", ["!!python/object/apply:os.system ['touch hit']\n", "a: &a [*a]\n", "- 1\n", "", "\0", "a: 1\na: 2\n"]
)
def test_hostile_rule_file(environment: dict[str, str], tmp_path: Path, content: str) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "odd.yaml").write_text(content)
    (tmp_path / "good.py").write_text(GOOD)
    done = run(environment, "scan", tmp_path / "good.py", "--rules", rules)
    assert done.returncode == 2
    assert "odd.yaml" in done.stderr
    assert not Path("hit").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "--format", "sarfi"], "sarfi"),
        (["scan", "--fail-on", "never-ever"], "never-ever"),
        (["scan", "--no-such-option"], "no-such-option"),
        (["frobnicate"], "frobnicate"),
        (["explain", "no-such-rule"], "no-such-rule"),
        (["scan", "--rules", "no/such/folder"], "no/such/folder"),
        (["scan", "--output", "no/such/folder/out.sarif", "--format", "sarif"], "no/such/folder"),
    ],
)
def test_wrong_option(environment: dict[str, str], tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    target: list[str | Path] = [tmp_path] if words[0] == "scan" else []
    done = run(environment, *words, *target)
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", "")
