"""Settings that are given under a condition: a small program in, the level of the finding on it out."""

from __future__ import annotations

import pytest

from tmscan.scan import scan_sources

START = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
CASES = {
    "whenever the file is run": ("if __name__ == '__main__':\n    app.run(debug=True)\n", "error"),
    "where the environment says so": ("if os.environ.get('DEVELOPING'):\n    app.run(debug=True)\n", "warning"),
    "set where an option says so": ("if os.environ.get('DEVELOPING'):\n    app.config['DEBUG'] = True\n", "warning"),
    "set": ("if __name__ == '__main__':\n    app.config['DEBUG'] = True\n", "error"),
    "in a function": ("def start():\n    app.run(debug=True)\n", "error"),
    "in a branch of a function": ("def start(fast):\n    if fast:\n        app.run(debug=True)\n", "warning"),
}


CLASSES = """
class Common:
    DEBUG = True
class Developing(Common):
    pass
class Testing(Common):
    DEBUG = True
class Serving(Common):
    DEBUG = False
"""


def test_of_classes_of_settings_the_one_in_use_counts() -> None:
    for used, lines in (("Developing", {6: "error", 10: "warning"}), ("Serving", {6: "warning", 10: "warning"})):
        code = f"{START}{CLASSES}app.config.from_object({used})\n"
        findings = scan_sources({"app.py": code.encode()}).register.findings
        assert {each.location.line: each.level for each in findings if each.rule == "debug-mode"} == lines


@pytest.mark.parametrize("case", CASES)
def test_a_switch_under_a_condition_is_a_warning(case: str) -> None:
    code, level = CASES[case]
    findings = scan_sources({"app.py": (START + code).encode()}).register.findings
    assert [finding.level for finding in findings if finding.rule == "debug-mode"] == [level]
