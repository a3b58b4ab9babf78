"""Settings that are given under a condition: a small program in, the level of the finding on it out."""

from __future__ import annotations

import pytest

from tmscan.scan import scan_sources

START = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
CASES = {
    "whenever the file is run": ("if __name__ == '__main__':\n    app.run(debug=True)\n", "error"),
    "where the environment says so": ("if os.environ.get('DEVELOPING'):\n    app.run(debug=True)\n", "warning"),
    "in a function": ("def start():\n    app.run(debug=True)\n", "error"),
    "in a branch of a function": ("def start(fast):\n    if fast:\n        app.run(debug=True)\n", "warning"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_switch_under_a_condition_is_a_warning(case: str) -> None:
    code, level = CASES[case]
    findings = scan_sources({"app.py": (START + code).encode()}).register.findings
    assert [finding.level for finding in findings if finding.rule == "debug-mode"] == [level]
